from __future__ import annotations

import pytest

from tests.cogs.acting import Locale, refusal
from tests.cogs.fakes import FakeEngine, paints_at_once, png


async def test_shows_the_pictures_with_both_scores_and_alt_text(channel, alice, engine: FakeEngine):
    engine.add(0.87, 0.31)
    engine.add(0.64, 0.28, color="green")

    answer = (await alice.slash(channel, "find", query="a horse eating grass")).response

    assert "match 0.87 · cosine 0.31" in answer.content
    assert "match 0.64 · cosine 0.28" in answer.content
    assert "horse/001.jpg" in answer.content
    assert [file.filename for file in answer.attachments] == ["found-1.png", "found-2.png"]
    assert all("a horse eating grass" in (file.description or "") for file in answer.attachments)


async def test_is_acknowledged_before_the_search_starts(env, channel, alice, engine: FakeEngine):
    engine.add(0.87, 0.31)
    await alice.slash(channel, "find", query="a horse")
    first = next(entry for entry in env.http_requests if "/interactions/" in entry.path)
    assert first.json == {"type": 5}


async def test_shows_no_more_pictures_than_asked_for(channel, alice, engine: FakeEngine):
    for _ in range(5):
        engine.add(0.9, 0.3)
    answer = (await alice.slash(channel, "find", query="a horse", count=3)).response
    assert len(answer.attachments) == 3


async def test_below_the_threshold_says_so_shows_the_nearest_and_paints(channel, alice, engine: FakeEngine):
    engine.add(0.42, 0.21)

    answer = (await alice.slash(channel, "find", query="a submarine under a rainbow")).response

    assert "Nothing in the gallery" in answer.content
    assert "match 0.42 · cosine 0.21" in answer.content
    assert "match 0.91 · cosine 0.29" in answer.content
    assert [file.filename for file in answer.attachments] == ["found-1.png", "painted-1.png"]


async def test_does_not_paint_when_told_not_to(channel, alice, engine: FakeEngine):
    engine.add(0.42, 0.21)
    answer = (await alice.slash(channel, "find", query="a submarine", imagine_if_missing=False)).response
    assert "match 0.42" in answer.content
    assert not engine.jobs


async def test_keeps_the_nearest_picture_when_the_painting_fails(channel, alice, engine: FakeEngine):
    engine.add(0.42, 0.21)
    engine.full_for_s = 90
    answer = (await alice.slash(channel, "find", query="a submarine")).response
    assert "match 0.42" in answer.content
    assert "Too many paintings" in answer.content
    assert "<t:" in answer.content
    assert len(answer.attachments) == 1


async def test_an_empty_gallery_is_told_with_what_to_do(channel, alice):
    result = await alice.slash(channel, "find", query="a horse")
    assert "gallery is still empty" in refusal(result).content


async def test_spaces_alone_are_no_query(channel, alice, engine: FakeEngine):
    engine.add(0.9, 0.3)
    assert "no words" in refusal(await alice.slash(channel, "find", query="   ")).content


async def test_a_query_can_ping_nobody_and_format_nothing(env, channel, alice, engine: FakeEngine):
    engine.add(0.9, 0.3)
    answer = (
        await alice.slash(channel, "find", query=f"@everyone **bold** {alice.mention} [x](http://y) `code`")
    ).response
    assert "@everyone" not in answer.content
    assert r"\*\*bold\*\*" in answer.content
    assert alice.mention not in answer.content
    assert r"\`code\`" in answer.content


async def test_a_bug_of_ours_gets_a_code_and_the_next_query_works(channel, alice, engine: FakeEngine, caplog):
    engine.add(0.9, 0.3)
    engine.fault = ZeroDivisionError("secret detail")

    answer = refusal(await alice.slash(channel, "find", query="a horse"))

    assert "Something went wrong on my side" in answer.content
    assert "secret detail" not in answer.content
    code = answer.content.split("`")[1]
    assert code in caplog.text
    assert "ZeroDivisionError" in caplog.text

    engine.fault = None
    assert "match 0.90" in (await alice.slash(channel, "find", query="a horse")).response.content


@pytest.mark.parametrize(
    ("language", "words"), [("zh-CN", "匹配 0.90 · 余弦 0.30"), ("zh-TW", "相符 0.90 · 餘弦 0.30")]
)
async def test_answers_in_the_asker_s_language(channel, alice, engine: FakeEngine, locale: Locale, language, words):
    locale.value = language
    engine.add(0.9, 0.3)
    assert words in (await alice.slash(channel, "find", query="一匹马在吃草")).response.content


async def test_paints_what_is_shown_in_the_asker_s_words(channel, alice, engine: FakeEngine):
    engine.add(0.1, 0.1)
    engine.script = paints_at_once
    await alice.slash(channel, "find", query="a submarine")
    job = engine.jobs["job1"]
    assert job.request.prompt == "a submarine"
    assert job.request.owner == str(alice.id)


async def test_the_pictures_are_those_of_the_gallery(channel, alice, engine: FakeEngine, env):
    engine.add(0.9, 0.3, color="green")
    answer = (await alice.slash(channel, "find", query="a horse")).response
    assert env.backend.cdn.get(answer.attachments[0].url) == png("green")
