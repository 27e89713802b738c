"""Discord's limits and error codes, as constants, so that every rule has one place.

Sources: Discord's developer documentation ("Receiving and Responding", "Message Resource", "Component Reference",
"Application Commands", "Rate Limits", "Opcodes and Status Codes") and its published OpenAPI description.
"""

from __future__ import annotations

from typing import Final, NamedTuple

# Interactions
ACKNOWLEDGE_S: Final = 3.0  # a first answer later than this meets 10062
TOKEN_S: Final = 15 * 60.0  # follow-ups and edits after this meet 50027
USER_INSTALL_FOLLOWUPS: Final = 5  # for an app that is only installed on the user

# Messages
CONTENT: Final = 2_000
NONCE: Final = 25
ATTACHMENTS: Final = 10
ATTACHMENT_BYTES: Final = 10 * 1024 * 1024  # per file, without server boosts or Nitro
REQUEST_BYTES: Final = ATTACHMENTS * (ATTACHMENT_BYTES + 4096) + 1024 * 1024
ALT_TEXT: Final = 1_024
BULK_DELETE: Final = (2, 100)
HISTORY: Final = 1_000  # ours, not Discord's: messages kept in a channel, so that memory stays flat

# Embeds
EMBEDS: Final = 10
EMBED_TITLE: Final = 256
EMBED_DESCRIPTION: Final = 4_096
EMBED_FIELDS: Final = 25
EMBED_FIELD_NAME: Final = 256
EMBED_FIELD_VALUE: Final = 1_024
EMBED_FOOTER: Final = 2_048
EMBED_AUTHOR: Final = 256
EMBEDS_TOTAL: Final = 6_000  # characters over all embeds of a message

# Components
CUSTOM_ID: Final = 100
ACTION_ROWS: Final = 5
ROW_BUTTONS: Final = 5
BUTTON_LABEL: Final = 80
BUTTON_URL: Final = 512
SELECT_OPTIONS: Final = 25
SELECT_TEXT: Final = 100  # label, value and description of an option
SELECT_PLACEHOLDER: Final = 150
COMPONENTS_V2: Final = 40  # nested ones included
COMPONENTS_V2_TEXT: Final = 4_000
GALLERY_ITEMS: Final = 10
SECTION_TEXTS: Final = 3
MODAL_TITLE: Final = 45
MODAL_COMPONENTS: Final = 5
LABEL: Final = 45
LABEL_DESCRIPTION: Final = 100
TEXT_INPUT: Final = 4_000
TEXT_INPUT_PLACEHOLDER: Final = 100
MODAL_UPLOADS: Final = 10

# Application commands
COMMANDS: Final = 100  # chat input, global or per guild
CONTEXT_MENUS: Final = 15  # per type: five before 2025
COMMAND_OPTIONS: Final = 25
COMMAND_NAME: Final = 32
COMMAND_DESCRIPTION: Final = 100
COMMAND_TOTAL: Final = (
    8_000  # characters of names, descriptions and values of one command, its longest localisation counted
)
CHOICES: Final = 25
CHOICE_TEXT: Final = 100
STRING_OPTION: Final = 6_000

# Gateway
HEARTBEAT_MS: Final = 41_250
GATEWAY_EVENTS_PER_MINUTE: Final = 120
SESSION_STARTS: Final = 1_000
RESUME_BUFFER: Final = 4_096  # events kept for RESUME
RESUME_S: Final = 300.0  # a session may be resumed for this long after its socket went


class Rate(NamedTuple):
    """So many `requests` in `seconds`, per bucket."""

    requests: int
    seconds: float


# Rate limits. Discord publishes no numbers: these are the ones its headers show for these routes.
GLOBAL: Final = Rate(50, 1.0)  # interaction callbacks and webhooks are exempt
DEFAULT: Final = Rate(50, 1.0)
MESSAGE_CREATE: Final = Rate(5, 5.0)
MESSAGE_EDIT: Final = Rate(5, 5.0)
MESSAGE_DELETE: Final = Rate(5, 1.0)
WEBHOOK: Final = Rate(5, 2.0)
COMMANDS_WRITE: Final = Rate(200, 24 * 3600.0)


class Code:
    """JSON error codes that an answer's `code` carries."""

    GENERAL: Final = 0
    UNKNOWN_CHANNEL: Final = 10003
    UNKNOWN_GUILD: Final = 10004
    UNKNOWN_MEMBER: Final = 10007
    UNKNOWN_MESSAGE: Final = 10008
    UNKNOWN_USER: Final = 10013
    UNKNOWN_WEBHOOK: Final = 10015
    UNKNOWN_INTERACTION: Final = 10062
    UNKNOWN_COMMAND: Final = 10063
    NOT_ON_THIS_ACCOUNT: Final = 20012
    TOO_MANY_COMMANDS: Final = 30032
    TOO_MANY_ATTACHMENTS: Final = 30015
    UNAUTHORIZED: Final = 40001
    TOO_LARGE: Final = 40005
    ALREADY_ACKNOWLEDGED: Final = 40060
    FOLLOWUPS_EXHAUSTED: Final = 40094
    MISSING_ACCESS: Final = 50001
    CANNOT_DM: Final = 50007
    OTHERS_MESSAGE: Final = 50005
    EMPTY_MESSAGE: Final = 50006
    MISSING_PERMISSIONS: Final = 50013
    INVALID_WEBHOOK_TOKEN: Final = 50027
    INVALID_FORM: Final = 50035
    INVALID_JSON: Final = 50109


class Close:
    """Gateway close codes. discord.py gives up on 4004 and 4010 to 4014 and reconnects on the rest."""

    UNKNOWN_OPCODE: Final = 4001
    DECODE_ERROR: Final = 4002
    NOT_AUTHENTICATED: Final = 4003
    AUTHENTICATION_FAILED: Final = 4004
    ALREADY_AUTHENTICATED: Final = 4005
    RATE_LIMITED: Final = 4008
    SESSION_TIMED_OUT: Final = 4009
    INVALID_SHARD: Final = 4010
    INVALID_INTENTS: Final = 4013
    DISALLOWED_INTENTS: Final = 4014
