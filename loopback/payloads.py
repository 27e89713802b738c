"""The shapes in which Discord writes its state down as JSON, for REST answers and gateway events alike."""

from __future__ import annotations

from typing import Any

from loopback import limits, permissions
from loopback.clock import timestamp
from loopback.permissions import Permission
from loopback.state import (
    Attachment,
    Channel,
    ChannelType,
    Command,
    Guild,
    Interaction,
    InteractionType,
    Json,
    Member,
    Message,
    Role,
    User,
)
from loopback.world import World

ATTACHMENT = "attachment://"
SPOILER_FLAG = 1 << 3  # of an attachment
MEDIA_LOADED = 2


def user(of: User) -> Json:
    return {
        "id": str(of.id),
        "username": of.username,
        "global_name": of.global_name,
        "discriminator": "0000" if of.bot else "0",
        "avatar": None,
        "bot": of.bot,
        "system": False,
        "flags": 0,
        "public_flags": 0,
        "banner": None,
        "accent_color": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
    }


def own_user(of: User) -> Json:
    return user(of) | {"mfa_enabled": True, "locale": of.locale, "verified": True, "email": None, "premium_type": 0}


def role(of: Role) -> Json:
    return {
        "id": str(of.id),
        "name": of.name,
        "color": of.color,
        "colors": {"primary_color": of.color, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": of.position,
        "permissions": str(int(of.permissions)),
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def member(world: World, of: Member) -> Json:
    return {
        "user": user(world.users[of.user_id]),
        "nick": None,
        "avatar": None,
        "banner": None,
        "roles": [str(role_id) for role_id in of.role_ids],
        "joined_at": timestamp(of.joined),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": None,
    }


def channel(world: World, of: Channel) -> Json:
    if of.type == ChannelType.DM:
        return {
            "id": str(of.id),
            "type": int(of.type),
            "flags": 0,
            "last_message_id": _optional(of.last_message_id),
            "recipients": [user(world.users[i]) for i in of.recipient_ids],
        }
    return {
        "id": str(of.id),
        "type": int(of.type),
        "guild_id": str(of.guild_id),
        "name": of.name,
        "topic": of.topic,
        "nsfw": of.nsfw,
        "flags": 0,
        "position": of.position,
        "parent_id": None,
        "rate_limit_per_user": 0,
        "last_message_id": _optional(of.last_message_id),
        "permission_overwrites": [
            {"id": str(target), "type": o.kind, "allow": str(o.allow), "deny": str(o.deny)}
            for target, o in of.overwrites.items()
        ],
    }


def guild(of: Guild) -> Json:
    return {
        "id": str(of.id),
        "name": of.name,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "description": None,
        "home_header": None,
        "owner_id": str(of.owner_id),
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "roles": [role(r) for r in of.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": [],
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "max_presences": None,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": of.locale,
        "nsfw": False,
        "nsfw_level": 0,
        "incidents_data": None,
    }


def guild_create(world: World, of: Guild, *, all_members: bool) -> Json:
    """The gateway's GUILD_CREATE. Without the members intent Discord names the bot alone."""
    shown = [m for m in of.members.values() if all_members or m.user_id == world.application.id]
    return guild(of) | {
        "joined_at": timestamp(of.created),
        "large": False,
        "unavailable": False,
        "member_count": len(of.members),
        "members": [member(world, m) for m in shown],
        "channels": [channel(world, world.channels[i]) for i in of.channel_ids],
        "threads": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def application(world: World) -> Json:
    app = world.application
    guilds = [g for g in world.guilds.values() if g.has_bot]
    installs = sum(u.has_installed_app for u in world.users.values())
    return {
        "id": str(app.id),
        "name": app.bot.username,
        "icon": None,
        "description": "",
        "type": None,
        "summary": "",
        "bot": user(app.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "owner": user(world.users[app.owner_id]),
        "team": None,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "tags": [],
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "integration_types_config": {"0": {}, "1": {}},
        "approximate_guild_count": len(guilds),
        "approximate_user_install_count": installs,
        "approximate_user_authorization_count": installs,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": ["applications.commands", "bot"],
    }


def command(world: World, of: Command) -> Json:
    given = of.payload
    body = {
        "id": str(of.id),
        "application_id": str(world.application.id),
        "version": str(of.version),
        "type": of.type,
        "name": of.name,
        "name_localizations": given.get("name_localizations"),
        "description": given.get("description") or "",
        "description_localizations": given.get("description_localizations"),
        "options": given.get("options") or [],
        "default_member_permissions": _optional(given.get("default_member_permissions")),
        "dm_permission": given.get("dm_permission", True),
        "contexts": given.get("contexts"),
        "integration_types": given.get("integration_types") or [0],
        "nsfw": bool(given.get("nsfw")),
    }
    if of.guild_id is not None:
        body["guild_id"] = str(of.guild_id)
    return body


def attachment(world: World, of: Attachment) -> Json:
    url = world.cdn.url(of)
    body: Json = {
        "id": str(of.id),
        "filename": of.filename,
        "size": of.size,
        "url": url,
        "proxy_url": url,
        "content_type": of.content_type,
        "flags": SPOILER_FLAG if of.spoiler else 0,
    }
    if of.width and of.height:
        body |= {"width": of.width, "height": of.height}
    if of.description:
        body["description"] = of.description
    if of.title:
        body["title"] = of.title
    if of.ephemeral:
        body["ephemeral"] = True
    return body


def message(world: World, of: Message) -> Json:
    app_id = world.application.id
    by_name = {ATTACHMENT + a.filename: a for a in of.attachments}
    used: set[int] = set()
    embeds = [_embed(world, embed, by_name, used) for embed in of.embeds]
    components = [_component(world, component, by_name, used) for component in of.components]
    body: Json = {
        "id": str(of.id),
        "type": int(of.type),
        "channel_id": str(of.channel_id),
        "author": user(world.users[of.author_id]),
        "content": of.content,
        # A file that an embed or component shows is not listed a second time.
        "attachments": [attachment(world, a) for a in of.attachments if a.id not in used],
        "embeds": embeds,
        "components": components,
        "mentions": [user(world.users[i]) for i in of.mention_user_ids],
        "mention_roles": [str(i) for i in of.mention_role_ids],
        "mention_everyone": of.mention_everyone,
        "pinned": of.pinned,
        "tts": False,
        "flags": int(of.flags),
        "timestamp": timestamp(of.created),
        "edited_timestamp": timestamp(of.edited) if of.edited else None,
    }
    if of.author_id == app_id:
        body["application_id"] = str(app_id)
    if of.interaction:
        body["webhook_id"] = str(app_id)
        body["interaction_metadata"] = _metadata(world, of.interaction)
        if of.id in of.interaction.followup_ids:
            body["interaction_metadata"]["original_response_message_id"] = str(of.interaction.original_id)
    if of.nonce is not None:
        body["nonce"] = of.nonce
    if of.reactions:
        body["reactions"] = [_reaction(world, emoji, users) for emoji, users in of.reactions.items()]
    if of.reference_id is not None:
        place = world.channels[of.channel_id]
        body["message_reference"] = {
            "type": 0,
            "message_id": str(of.reference_id),
            "channel_id": str(of.channel_id),
        } | ({"guild_id": str(place.guild_id)} if place.guild_id else {})
        referenced = place.messages.get(of.reference_id)
        body["referenced_message"] = message(world, referenced) if referenced else None
    return body


def message_event(world: World, of: Message) -> Json:
    """MESSAGE_CREATE and MESSAGE_UPDATE: an ephemeral message travels without guild and member."""
    place = world.channels[of.channel_id]
    body = message(world, of) | {"channel_type": int(place.type)}
    holder = world.guild_of(place)
    if holder is not None and not of.ephemeral:
        body["guild_id"] = str(holder.id)
        if of.author_id in holder.members:
            body["member"] = {k: v for k, v in member(world, holder.members[of.author_id]).items() if k != "user"}
    return body


def interaction(world: World, of: Interaction) -> Json:
    """INTERACTION_CREATE."""
    place = world.channels[of.channel_id]
    holder = world.guild_of(place)
    rights = int(world.permissions(of.user_id, place))
    bot_rights = world.permissions(world.application.id, place) or permissions.MEMBER
    body: Json = {
        "id": str(of.id),
        "application_id": str(world.application.id),
        "type": int(of.type),
        "token": of.token,
        "version": 1,
        "data": of.data,
        "channel_id": str(of.channel_id),
        "channel": channel(world, place) | {"permissions": str(rights)},
        "app_permissions": str(int(bot_rights)),
        "locale": of.locale,
        "entitlements": [],
        "authorizing_integration_owners": of.owners,
        "context": int(of.context),
        "attachment_size_limit": holder.attachment_bytes if holder else limits.ATTACHMENT_BYTES,
    }
    if holder is not None:
        body["guild_id"] = str(holder.id)
        body["guild_locale"] = holder.locale
        body["guild"] = {"id": str(holder.id), "locale": holder.locale, "features": []}
        body["member"] = member(world, holder.members[of.user_id]) | {"permissions": str(rights)}
    else:
        body["user"] = user(world.users[of.user_id])
    if of.message_id is not None and (shown := place.messages.get(of.message_id)):
        body["message"] = message(world, shown)
    return body


def resolved_member(world: World, holder: Guild, user_id: int, place: Channel) -> Json:
    """A member as `resolved` lists it: without the user, with the permissions."""
    body = {k: v for k, v in member(world, holder.members[user_id]).items() if k not in ("user", "deaf", "mute")}
    return body | {"permissions": str(int(world.permissions(user_id, place)))}


def resolved_channel(of: Channel, rights: Permission) -> Json:
    return {
        "id": str(of.id),
        "type": int(of.type),
        "name": of.name,
        "permissions": str(int(rights)),
        "guild_id": _optional(of.guild_id),
        "parent_id": None,
        "nsfw": of.nsfw,
        "topic": of.topic,
        "position": of.position,
        "flags": 0,
        "rate_limit_per_user": 0,
        "last_message_id": _optional(of.last_message_id),
    }


def _metadata(world: World, of: Interaction) -> Json:
    body: Json = {
        "id": str(of.id),
        "type": int(of.type),
        "user": user(world.users[of.user_id]),
        "authorizing_integration_owners": of.owners,
    }
    if of.type == InteractionType.COMPONENT:
        body["interacted_message_id"] = str(of.message_id)
    elif of.type == InteractionType.MODAL and of.parent:
        body["triggering_interaction_metadata"] = _metadata(world, of.parent)
    elif of.target_message_id is not None:
        body["target_message_id"] = str(of.target_message_id)
    return body


def _reaction(world: World, emoji: str, user_ids: list[int]) -> Json:
    mine = world.application.id in user_ids
    return {
        "emoji": {"id": None, "name": emoji},
        "count": len(user_ids),
        "count_details": {"burst": 0, "normal": len(user_ids)},
        "burst_colors": [],
        "me": mine,
        "me_burst": False,
    }


def _embed(world: World, given: Json, by_name: dict[str, Attachment], used: set[int]) -> Json:
    shown: Json = {"type": "rich"} | {k: v for k, v in given.items() if v not in (None, [], {})}
    for key in ("image", "thumbnail"):
        if key in shown:
            shown[key] = _picture(world, shown[key]["url"], by_name, used)
    for key in ("footer", "author"):
        icon = shown.get(key, {}).get("icon_url", "")
        if icon.startswith(ATTACHMENT) and icon in by_name:
            url = _picture(world, icon, by_name, used)["url"]
            shown[key] = shown[key] | {"icon_url": url, "proxy_icon_url": url}
    return shown


def _picture(world: World, url: str, by_name: dict[str, Attachment], used: set[int]) -> Json:
    held = _attachment_at(url, by_name)
    if held is None:
        return {"url": url, "proxy_url": url}
    used.add(held.id)
    address = world.cdn.url(held)
    body: Json = {"url": address, "proxy_url": address, "content_type": held.content_type}
    if held.width and held.height:
        body |= {"width": held.width, "height": held.height}
    return body


def _attachment_at(url: str, by_name: dict[str, Attachment]) -> Attachment | None:
    """The message's own file that `url` names: by `attachment://name`, or by an address of this CDN sent back to us."""
    if url.startswith(ATTACHMENT):
        return by_name.get(url)
    return next((a for a in by_name.values() if f"/{a.id}/" in url), None)


def _component(world: World, given: Json, by_name: dict[str, Attachment], used: set[int]) -> Json:
    shown: Json = {k: v for k, v in given.items() if v is not None}
    for key, value in given.items():
        if key in ("media", "file"):
            shown[key] = _unfurled(world, value["url"], by_name, used)
            if key == "file" and (held := _attachment_at(value["url"], by_name)):
                shown |= {"name": held.filename, "size": held.size}
        elif key == "accessory":
            shown[key] = _component(world, value, by_name, used)
        elif key in ("components", "items"):
            shown[key] = [_component(world, child, by_name, used) for child in value]
    return shown


def _unfurled(world: World, url: str, by_name: dict[str, Attachment], used: set[int]) -> Json:
    body = _picture(world, url, by_name, used)
    held = _attachment_at(url, by_name)
    return body | {"loading_state": MEDIA_LOADED, "flags": 0} | ({"attachment_id": str(held.id)} if held else {})


def _optional(value: Any) -> str | None:
    return None if value is None else str(value)


def without_content(body: Json) -> Json:
    """A message as a bot sees it that lacks the message-content intent."""
    return body | {"content": "", "embeds": [], "attachments": [], "components": []}
