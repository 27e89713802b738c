"""The page in headless Chromium, with a real bot behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from loopback import LoopbackDiscord, serve
from tests.loopback.chromium import CHROMIUM, become, launched, opened, run
from tests.loopback.minibot import MiniBot, png, running

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, ViewportSize

pytest.importorskip("playwright.async_api")
PHONE: ViewportSize = {"width": 390, "height": 844}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),  # one Chromium for all of them
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest_asyncio.fixture(loop_scope="module")
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with serve(port=0) as discord:
        yield discord


@pytest_asyncio.fixture(loop_scope="module")
async def bot(discord: LoopbackDiscord) -> AsyncIterator[MiniBot]:
    async with running(discord) as bot:
        yield bot


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, discord: LoopbackDiscord, bot: MiniBot) -> AsyncIterator[Page]:
    async with opened(browser, discord.page_url) as page:
        yield page


async def test_command_typed_with_suggestions_is_answered(page: Page) -> None:
    await page.click("#composer-text")
    await page.keyboard.type("/gre")
    await page.wait_for_selector("[role=option] >> text=Say hello")
    await page.keyboard.press("Enter")
    await page.keyboard.type("a")
    await page.wait_for_selector("[role=option] >> text=Alan")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    answer = page.locator(".message", has_text="Hello Ada! en-US")
    await answer.wait_for()
    assert (
        await answer.locator(".above").inner_text() == "A\nAda\n used \n/greet" or "/greet" in await answer.inner_text()
    )


async def test_option_out_of_bounds_is_explained_and_not_sent(page: Page, discord: LoopbackDiscord) -> None:
    await run(page, "/greet", "")
    await page.wait_for_selector(".composer-problem >> text=this option is required")
    await page.keyboard.type("x" * 21)
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".composer-problem >> text=at most 20 characters")
    assert not discord.channel.messages


async def test_button_press_edits_the_message_in_place(page: Page) -> None:
    await run(page, "/greet", "Bob")
    await page.click("button:has-text('Count')")
    await page.wait_for_selector("button:has-text('Count 1')")
    assert await page.locator(".message").count() == 1


async def test_modal_is_filled_in_by_keyboard(page: Page) -> None:
    await run(page, "/greet", "Bob")
    await page.focus("button:has-text('Edit')")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("dialog.modal")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("dialog >> text=This field is required")
    await page.keyboard.type("a white horse")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".message >> text=edited: a white horse /")
    await page.wait_for_selector("dialog.modal", state="detached")


async def test_select_answer_is_seen_by_the_chooser_only(page: Page) -> None:
    await run(page, "/greet", "Bob")
    await page.focus(".select")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    reply = page.locator(".message", has_text="picked horse")
    await reply.wait_for()
    assert "Only you can see this" in await reply.inner_text()
    await become(page, "小明")
    assert await page.locator(".message", has_text="picked horse").count() == 0
    assert await page.locator(".message", has_text="Hello Bob").count() == 1


async def test_chinese_person_meets_a_chinese_page_and_answers(page: Page) -> None:
    await become(page, "小明")
    await page.click("#composer-text")
    await page.keyboard.type("/问")
    await page.wait_for_selector("[role=option] >> text=/问候")
    await page.keyboard.press("Enter")
    await page.keyboard.type("小红")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".message >> text=Hello 小红! zh-CN")
    assert await page.locator("html").get_attribute("lang") == "zh-CN"
    assert "使用了" in await page.locator(".message").inner_text()
    assert "/manage" not in await palette(page)  # a member, not a manager


async def test_language_can_be_changed(page: Page) -> None:
    await page.click("#language")
    await page.click("[role=menuitemradio] >> text=繁體中文")
    await page.wait_for_selector("text=歡迎來到 #pictures！")


@pytest.mark.parametrize("way", ["pick", "paste", "drop"])
async def test_picture_reaches_the_command(page: Page, way: str) -> None:
    await run(page, "/look")
    data = png(7, 9)
    if way == "pick":
        await page.set_input_files(".pill input[type=file]", {"name": "a.png", "mimeType": "image/png", "buffer": data})
    else:
        await page.evaluate(HAND_OVER, [way, list(data)])
    await page.wait_for_selector(".pill-file:has-text('a.png')")
    await page.click("button.send")
    await page.wait_for_selector(f".message >> text=7x9 {len(data)} bytes")


async def test_progress_and_picture_appear_by_themselves(page: Page) -> None:
    await run(page, "/paint", "")
    await page.wait_for_selector(".message >> text=100 %")
    picture = page.locator(".embed .picture img").first
    await picture.wait_for()
    assert await page.locator(".message", has_text="And one more").locator(".cover").count() == 1  # a spoiler


async def test_bot_that_stays_silent_is_reported(page: Page, discord: LoopbackDiscord) -> None:
    discord.faults.hold_events()
    await run(page, "/greet", "Bob")
    await page.wait_for_selector(".message >> text=The application did not respond")
    await page.click("text=Dismiss message")
    assert await page.locator(".message").count() == 0


async def test_message_menu_runs_an_app(page: Page, discord: LoopbackDiscord) -> None:
    await discord.user("Ada").say("twelve chars")
    await page.click(".message", button="right")
    await page.click("[role=menuitem] >> text=Measure")
    await page.wait_for_selector(".message >> text=12 characters, 0 files")


async def test_markup_in_a_message_stays_text(page: Page, discord: LoopbackDiscord) -> None:
    await discord.user("Ada").say("<img src=x onerror=document.title='broken'> **bold** [x](javascript:alert(1))")
    message = page.locator(".message")
    await message.wait_for()
    assert "<img src=x" in await message.inner_text()
    assert await message.locator("strong").inner_text() == "bold"
    assert await message.locator("a[href^=javascript]").count() == 0
    assert "broken" not in await page.title()


async def test_phone_has_everything_within_its_width(page: Page) -> None:
    await page.set_viewport_size(PHONE)
    await run(page, "/paint", "")
    await page.wait_for_selector(".message >> text=100 %")
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await page.click("#open-sidebar")
    await page.click("text=after-dark")
    await page.wait_for_selector("#channel-name >> text=after-dark")  # drawn when the server has answered


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_screen_reader_rules_hold(page: Page, theme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.async_playwright")
    await run(page, "/greet", "Bob")
    await page.wait_for_selector(".message >> text=Hello Bob")
    if theme == "light":
        await page.click("#theme")
    await page.click("#composer-text")
    await page.keyboard.type("/")
    results = await axe.Axe().run(page)
    assert results.response["violations"] == [], results.generate_report()


async def test_address_without_its_token_says_so(discord: LoopbackDiscord, page: Page) -> None:
    await page.goto(discord.origin)
    await page.wait_for_selector("text=Open this page with the link")


HAND_OVER = """([way, bytes]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(bytes)], "a.png", { type: "image/png" }));
  if (way === "paste") {
    const event = new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true });
    document.activeElement.dispatchEvent(event);
  } else {
    const stage = document.getElementById("conversation");
    for (const kind of ["dragenter", "dragover", "drop"])
      stage.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }
}"""


async def palette(page: Page) -> str:
    await page.click("#composer-text")
    await page.keyboard.type("/")
    await page.wait_for_selector(".panel [role=option]")
    return await page.locator(".panel").inner_text()
