from __future__ import annotations

import io
import zipfile
from pathlib import Path

import discord
import pytest
import simcord

from cogs.client import SemblanceBot
from cogs.gallery.archive import pack, unpack
from core.errors import InputError
from core.settings import Settings, read_settings
from core.types import Picture
from tests.cogs.fakes import FakeEngine, png


@pytest.fixture
def manager(env: simcord.Env, channel: simcord.ChannelHandle) -> simcord.MemberActor:
    role = env.guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True, view_channel=True))
    return env.guild.add_member(env.create_user("manager"), roles=[role])


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


async def test_a_picture_goes_into_the_server_s_own_gallery(env, channel, manager, engine: FakeEngine):
    answer = (await manager.slash(channel, "gallery add", image=("cat.png", png()), label="cat")).response
    assert answer.ephemeral
    assert "Only this server" in answer.content
    [picture] = engine.uploads[str(env.guild.id)]
    assert (picture.file, picture.tags) == ("cat.png", ("cat",))


async def test_a_search_looks_into_the_server_s_own_gallery_first(env, channel, manager, engine: FakeEngine):
    engine.add(0.9, 0.3)
    await manager.slash(channel, "find", query="a cat")
    assert engine.searches[-1].galleries == (str(env.guild.id), "shared")


async def test_who_does_not_manage_the_server_cannot_change_its_gallery(channel, alice):
    with pytest.raises(simcord.SetupError):
        await alice.slash(channel, "gallery add", image=("cat.png", png()))


async def test_a_zip_is_imported_with_its_folders_as_classes(env, channel, manager, engine: FakeEngine):
    archive = zipped(**{"cats/one.png": png("red"), "dogs/two.png": png("blue"), "notes.txt": b"x", "bad.png": b"no"})
    answer = (await manager.slash(channel, "gallery import", archive=("pictures.zip", archive))).response
    assert "2 pictures are" in answer.content
    assert "One file could not be read" in answer.content
    assert {picture.tags for picture in engine.uploads[str(env.guild.id)]} == {("cats",), ("dogs",)}


async def test_what_is_no_zip_is_told(channel, manager):
    answer = (await manager.slash(channel, "gallery import", archive=("pictures.zip", b"no zip"))).response
    assert "not a ZIP file" in answer.content


async def test_pictures_are_removed_by_name(channel, manager):
    await manager.slash(channel, "gallery add", image=("cat.png", png()))
    assert "Removed the picture" in (await manager.slash(channel, "gallery remove", name="cat.png")).response.content
    gone = (await manager.slash(channel, "gallery remove", name="cat.png")).response
    assert "Nothing in the gallery is called “cat.png”" in gone.content


async def test_stats_tell_the_server_s_own_from_the_shared_pictures(channel, manager, engine: FakeEngine):
    engine.add(0.9, 0.3)
    engine.add(0.8, 0.3)
    await manager.slash(channel, "gallery add", image=("cat.png", png()), label="cat")
    answer = (await manager.slash(channel, "gallery stats")).response
    own, shared = answer.content.splitlines()
    assert "1 picture (cat 1)" in own
    assert "2 pictures (horse 2)" in shared


async def test_an_export_holds_the_server_s_pictures(env, channel, manager):
    assert "empty" in (await manager.slash(channel, "gallery export")).response.content
    await manager.slash(channel, "gallery add", image=("cat.png", png()))
    answer = (await manager.slash(channel, "gallery export")).response
    archive = zipfile.ZipFile(io.BytesIO(env.backend.cdn.get(answer.attachments[0].url)))
    assert [archive.read(name) for name in archive.namelist()] == [png()]


async def test_an_export_of_a_large_gallery_stops_reading_at_discord_s_limit(channel, manager, engine, monkeypatch):
    for number in range(5):
        await manager.slash(channel, "gallery add", image=(f"{number}.png", png()))
    read: list[str] = []

    async def large(picture_id: str, galleries: object) -> bytes:
        read.append(picture_id)
        return bytes(9 * 2**20)

    monkeypatch.setattr(engine, "picture", large)
    answer = (await manager.slash(channel, "gallery export")).response
    count, of = answer.content.split()[:3:2]
    assert of == "5"
    assert len(read) == int(count) + 1


class TestShared:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return read_settings(None, data_dir=tmp_path, owner_ids="1")

    async def test_the_shared_gallery_is_kept_by_the_owners_of_the_bot(
        self, env, channel, manager, engine: FakeEngine, bot: SemblanceBot
    ):
        refused = (await manager.slash(channel, "gallery add", image=("cat.png", png()), shared=True)).response
        assert "belongs to the owners" in refused.content
        assert not engine.uploads
        bot.owner_ids = {manager.id}
        added = (await manager.slash(channel, "gallery add", image=("cat.png", png()), shared=True)).response
        assert "Every server can find it" in added.content
        archive = zipped(**{"dogs/two.png": png("blue")})
        await manager.slash(channel, "gallery import", archive=("pictures.zip", archive), shared=True)
        assert [picture.file for picture in engine.uploads["shared"]] == ["cat.png", "dogs/two.png"]
        exported = (await manager.slash(channel, "gallery export", shared=True)).response
        assert "All 2 pictures" in exported.content
        removed = (await manager.slash(channel, "gallery remove", name="cat.png", shared=True)).response
        assert "Removed the picture" in removed.content
        assert list(engine.uploads) == ["shared"]

    def test_owners_are_those_of_the_settings(self, bot: SemblanceBot):
        assert bot.owner_ids == {1}


def picture(file: str) -> Picture:
    return Picture("a" * 64, file, (), 1, 1)


def test_an_export_stops_before_discord_s_limit():
    archive, count = pack([(picture("a.png"), bytes(5_000)), (picture("b.png"), bytes(5_000))], limit=8_000)
    assert count == 1
    assert len(archive) <= 8_000


def test_a_member_larger_than_it_says_is_not_unpacked_whole():
    bomb = zipped(**{"bomb.png": bytes(50 * 2**20)})
    assert len(bomb) < 2**20
    [member] = unpack(bomb)
    assert len(member.data) <= 10 * 2**20 + 1


def test_a_zip_with_too_many_pictures_is_refused():
    archive = zipped(**{f"{number}.png": b"" for number in range(501)})
    with pytest.raises(InputError, match="archive-too-many"):
        list(unpack(archive))
