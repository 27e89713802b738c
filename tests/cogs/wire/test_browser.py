"""The real bot on the page, in headless Chromium: what somebody meets who tries it without an account."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from cogs.client import SemblanceBot
from core.types import Decoding, Done, Queued, Started, Step
from loopback import LoopbackDiscord, serve
from tests.cogs.fakes import FakeEngine, painted, png
from tests.cogs.wire.conftest import Start
from tests.loopback.chromium import CHROMIUM, become, launched, opened, run

if TYPE_CHECKING:
    from playwright.async_api import Browser, Locator, Page

pytest.importorskip("playwright.async_api")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),  # one Chromium for all of them
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest_asyncio.fixture(loop_scope="module")
async def server() -> AsyncIterator[LoopbackDiscord]:  # pyright: ignore[reportIncompatibleMethodOverride]
    async with serve(port=0) as discord:
        yield discord


@pytest_asyncio.fixture(loop_scope="module")
async def bot(start: Start) -> AsyncIterator[SemblanceBot]:  # pyright: ignore[reportIncompatibleMethodOverride]
    async with start() as bot:
        yield bot


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, server: LoopbackDiscord, bot: SemblanceBot) -> AsyncIterator[Page]:
    async with opened(browser, server.page_url) as page:
        yield page


def answer(page: Page, words: str) -> Locator:
    return page.locator(".message", has_text=words).last


async def upload(page: Page, option: str = "image") -> None:
    """Puts a picture into a command's option."""
    await page.set_input_files(
        f"[data-option={option}] input[type=file]", {"name": "cat.png", "mimeType": "image/png", "buffer": png()}
    )
    await page.wait_for_selector(f"[data-option={option}] .pill-file:has-text('cat.png')")


async def test_find_shows_pictures_and_its_buttons_work(page: Page, engine: FakeEngine) -> None:
    for match in (0.9, 0.8, 0.7):
        engine.add(match, 0.3)
    await run(page, "/find", "a horse")
    found = answer(page, "match 0.90 · cosine 0.30")
    await found.locator("img[alt*='a horse']").first.wait_for()
    await found.get_by_role("button", name="Not this").click()
    await page.locator(".message", has_text="match 0.90").wait_for(state="detached")
    await answer(page, "match 0.80").wait_for()


async def test_imagine_shows_a_preview_and_can_be_cancelled(page: Page, engine: FakeEngine) -> None:
    engine.script = lambda job, request: [
        Queued(job, 1, None),
        Started(job),
        Step(job, 1, 2, png("gray")),
        4.0,
        Done(job, (painted(request),)),
    ]
    await run(page, "/imagine", "a black cat")
    await page.locator("img[alt='Unfinished painting of “a black cat”']").wait_for()
    await page.get_by_role("button", name="Cancel").click()
    await answer(page, "was cancelled").wait_for()
    assert await page.locator("img[alt^='Unfinished']").count() == 0


async def test_imagine_ends_with_the_picture_and_its_buttons(page: Page, engine: FakeEngine) -> None:
    engine.script = lambda job, request: [Decoding(job), Done(job, (painted(request),))]
    await run(page, "/imagine", "a black cat")
    await answer(page, "seed 7").locator("img[alt*='a black cat']").wait_for()
    await page.get_by_role("button", name="Edit prompt").click()
    await page.fill("dialog.modal textarea >> nth=0", "a white cat")
    await page.locator("dialog.modal button[type=submit]").click()
    await answer(page, "Painted “a white cat”").wait_for()
    await answer(page, "Painted “a white cat”").get_by_role("button", name="Delete").click()
    await page.locator(".message", has_text="a white cat").wait_for(state="detached")


async def test_score_takes_an_upload_and_draws_a_heat_map(page: Page) -> None:
    await run(page, "/score")
    await upload(page)
    await page.click("[data-option=texts] input")
    await page.keyboard.type("a cat | a dog | 一只猫")
    await page.keyboard.press("Enter")
    await answer(page, "一只猫").locator("img[alt^='Heat map']").wait_for()


async def test_similar_takes_an_upload(page: Page, engine: FakeEngine) -> None:
    engine.add(0.9, 0.71)
    await run(page, "/similar")
    await upload(page)
    await page.click("button.send")
    await answer(page, "cosine 0.71").locator("img[alt*='horse']").wait_for()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("history", "You have not asked anything yet"),
        ("queue", "2 waiting"),
        ("cancel", "nothing waiting"),
        ("settings", "How I answer in this server"),
        ("status", "fake-encoder"),
        ("help", "I answer a sentence with a picture"),
        ("privacy", "What I keep of you"),
        ("gallery stats", "This server:"),
        ("gallery export", "gallery is empty"),
    ],
)
async def test_command_without_options_answers_its_asker(page: Page, command: str, words: str) -> None:
    await run(page, f"/{command}")
    await page.click("button.send")
    told = answer(page, words)
    await told.wait_for()
    assert "Only you can see this" in await told.inner_text()


async def test_picture_is_added_to_the_gallery_and_removed(page: Page) -> None:
    await run(page, "/gallery add")
    await upload(page)
    await page.click("button.send")
    await answer(page, "Only this server can find it").wait_for()
    await run(page, "/gallery remove", "cat.png")
    await answer(page, "Removed the picture").wait_for()


async def test_menu_of_a_message_finds_what_looks_like_its_picture(
    page: Page, engine: FakeEngine, server: LoopbackDiscord
) -> None:
    engine.add(0.9, 0.71)
    await server.user("Ada").say("look", (png(), "photo.png"))
    await answer(page, "look").click(button="right")
    await page.click("[role=menuitem] >> text=Find similar")
    await answer(page, "cosine 0.71").wait_for()


async def test_chinese_person_is_answered_in_chinese(page: Page, engine: FakeEngine) -> None:
    engine.add(0.9, 0.3)
    await become(page, "小明")
    await run(page, "/找图", "一匹马")
    await answer(page, "匹配 0.90 · 余弦 0.30").wait_for()
    assert "更多" in await answer(page, "匹配 0.90").inner_text()


async def test_mistake_is_told_to_the_asker_alone(page: Page) -> None:
    await run(page, "/find", "a horse")
    told = answer(page, "gallery is still empty")
    await told.get_by_text("Only you can see this").wait_for()
    assert await page.locator(".message").count() == 1
