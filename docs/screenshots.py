"""Makes the README's pictures: the real bot, started as `make run` starts it, used through its page in Chromium.

    python docs/screenshots.py [--out docs]

Needs Chromium (`apt-get install chromium fonts-noto-cjk fonts-noto-color-emoji`). Fails when the bot does not answer.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Locator, Page, async_playwright

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "samples" / "gallery" / "cat" / "010.webp"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
DESKTOP, PHONE = (1280, 1000), (390, 844)
PORT = 8643
START_S = 120
ANSWER_MS = 300_000  # the first answer waits for the models and the sample gallery
SETTLED_MS = 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    asyncio.run(make(out))


async def make(out: Path) -> None:
    chromium = shutil.which("chromium") or sys.exit(
        "Chromium is not installed: apt-get install chromium fonts-noto-cjk fonts-noto-color-emoji"
    )
    async with started_bot() as url, async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = await opened(browser, url, DESKTOP, "dark")
        await find(page, out)
        await imagine(page, out)
        await score(page, out)
        await chinese(await opened(browser, url, DESKTOP, "light"), out / "chinese.png")
        await chinese(await opened(browser, url, PHONE, "dark"), out / "phone.png")
        await browser.close()


async def find(page: Page, out: Path) -> None:
    """Found, and what happens when nothing is: the nearest picture, and a painted one."""
    await command(page, "/find", "a butterfly")
    await shoot(page, answer(page, "match"), out / "find.png")
    await command(page, "/find", "a yellow elephant on the moon")
    await shoot(page, answer(page, "seed"), out / "find-imagine.png")


async def imagine(page: Page, out: Path) -> None:
    """Four pictures: while they are painted, with a preview, and done.

    Of all the steps there may be, so that the preview, which comes every other second, stays long enough.
    """
    await command(page, "/imagine", "a black cat on the beach", count="4", steps="50")
    under_way = page.locator(".message", has_text=re.compile(r"step ([5-9]|\d\d) of"))
    preview = under_way.locator("img[alt^='Unfinished']")
    await preview.wait_for(timeout=ANSWER_MS)
    await preview.evaluate("image => image.decode()")
    await page.screenshot(path=out / "imagine-live.png")
    await shoot(page, answer(page, "seed"), out / "imagine.png")


async def score(page: Page, out: Path) -> None:
    """One picture, five texts in two languages: enough for a heat map."""
    await command(page, "/score")
    await page.set_input_files("[data-option=image] input[type=file]", SAMPLE)
    await page.wait_for_selector(f".pill-file:has-text('{SAMPLE.name}')")
    await page.click("[data-option=texts] input")
    await page.keyboard.type("a cat | a dog | a cat in the snow | 一只猫 | 沙滩上的一只狗")
    await page.keyboard.press("Enter")
    await shoot(page, page.locator(".message").last.locator("img[alt^='Heat map']"), out / "score.png")


async def chinese(page: Page, picture: Path) -> None:
    """A Chinese person's page; on a phone the list of people is behind the menu."""
    if await page.is_visible("#open-sidebar"):
        await page.click("#open-sidebar")
    await page.click("#me")
    await page.click("[role=menuitemradio] >> text=小明")
    await command(page, "/找图", "一只蝴蝶")
    await shoot(page, answer(page, "匹配"), picture)


@asynccontextmanager
async def started_bot() -> AsyncIterator[str]:
    """Starts `bot.py` without a token in a folder of its own; yields the address of its page."""
    with tempfile.TemporaryDirectory() as data:
        env = os.environ | {"DATA_DIR": data, "LOOPBACK_PORT": str(PORT), "PROFILE": "starter", "DISCORD_TOKEN": ""}
        bot = await asyncio.create_subprocess_exec(
            sys.executable,
            ROOT / "bot.py",
            cwd=data,  # away from any .env with a token
            env=env,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            yield await asyncio.wait_for(page_address(bot), START_S)
        finally:
            bot.terminate()
            await bot.wait()


async def page_address(bot: asyncio.subprocess.Process) -> str:
    assert bot.stdout is not None
    async for line in bot.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\S+", line.decode()):
            return found[0]
    raise RuntimeError("The bot stopped before its page was up: run `python bot.py doctor`")


async def opened(browser: Browser, url: str, size: tuple[int, int], theme: Literal["dark", "light"]) -> Page:
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=theme, locale="en-US", device_scale_factor=1.5
    )
    page = await context.new_page()
    await page.goto(url)
    await page.wait_for_selector("#app:not([hidden])")
    return page


async def command(page: Page, name: str, required: str = "", **optional: str) -> None:
    """Types a command, its one required option and others by name; the bot's commands may still be on their way."""
    await page.click("#composer-text")
    await page.keyboard.type(name)
    await page.wait_for_selector(f".panel [role=option]:has-text('{name}')", timeout=ANSWER_MS)
    await page.keyboard.press("Enter")
    await page.keyboard.type(required)
    for option, text in optional.items():
        await page.click(".more-options")
        await page.click(f".panel [role=option]:has-text('{option}')")
        await page.keyboard.type(text)
    if required:
        await page.keyboard.press("Enter")


def answer(page: Page, word: str) -> Locator:
    """The word in the last message: only the finished answer has it."""
    return page.locator(".message").last.get_by_text(word).first


async def shoot(page: Page, there: Locator, picture: Path) -> None:
    """Waits until `there` is seen, every picture is drawn and the page has scrolled to it."""
    await there.wait_for(timeout=ANSWER_MS)
    await page.wait_for_load_state("networkidle")
    await page.wait_for_timeout(SETTLED_MS)
    await page.screenshot(path=picture)


if __name__ == "__main__":
    main()
