"""Makes the README's pictures: the real bot, started as `make run` starts it, used through its page in Chromium.

    python docs/screenshots.py [--out docs]

Needs Chromium (`apt-get install chromium fonts-noto-cjk`). Fails when the bot does not answer.
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

from playwright.async_api import Browser, Page, async_playwright

ROOT = Path(__file__).parent.parent
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
DESKTOP, PHONE = (1280, 860), (390, 844)
PORT = 8643
START_S = 120
ANSWER_MS = 90_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    asyncio.run(make(parser.parse_args().out))


async def make(out: Path) -> None:
    chromium = shutil.which("chromium") or sys.exit(
        "Chromium is not installed: apt-get install chromium fonts-noto-cjk"
    )
    sample = next(path for path in sorted((ROOT / "samples" / "gallery" / "cat").iterdir()))
    async with started_bot() as url, async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = await opened(browser, url, DESKTOP, "dark")
        await command(page, "/find", "a blue elephant at night")
        await answered(page, "match")
        await page.screenshot(path=out / "find.png")

        await command(page, "/imagine", "a black cat on the beach")
        await page.wait_for_selector("button:has-text('Cancel')", timeout=ANSWER_MS)
        await page.screenshot(path=out / "imagine-live.png")
        await page.wait_for_selector("button:has-text('Re-roll')", timeout=ANSWER_MS)
        await settle(page)
        await page.screenshot(path=out / "imagine.png")

        await command(page, "/score")
        await page.set_input_files(".pill input[type=file]", sample)
        await page.keyboard.type("a cat | a dog | a cat in the snow | 一只猫 | 一只猫在沙滩上")
        await page.keyboard.press("Enter")
        await answered(page, "cosine")
        await page.screenshot(path=out / "score.png")

        phone = await opened(browser, url, PHONE, "light")
        await become_chinese(phone)
        await command(phone, "/", "雪地里的一只狗")
        await answered(phone, "匹配")
        await phone.screenshot(path=out / "phone.png")
        await browser.close()


@asynccontextmanager
async def started_bot() -> AsyncIterator[str]:
    """Starts `bot.py` without a token in a folder of its own; yields the address of its page."""
    with tempfile.TemporaryDirectory() as data:
        env = os.environ | {"DATA_DIR": data, "LOOPBACK_PORT": str(PORT), "PROFILE": "starter", "DISCORD_TOKEN": ""}
        bot = await asyncio.create_subprocess_exec(
            sys.executable,
            "bot.py",
            cwd=ROOT,
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


async def opened(browser: Browser, url: str, size: tuple[int, int], theme: str) -> Page:
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=theme, locale="en-US", device_scale_factor=1.5
    )
    page = await context.new_page()
    await page.goto(url)
    await page.wait_for_selector("#app:not([hidden])")
    return page


async def command(page: Page, *keys: str) -> None:
    """Types a command and its options, Enter after each; the bot's commands may still be on their way."""
    await page.click("#composer-text")
    for text in keys:
        await page.keyboard.type(text)
        if text.startswith("/"):
            await page.wait_for_selector(".panel [role=option]", timeout=ANSWER_MS)
        await page.keyboard.press("Enter")


async def answered(page: Page, word: str) -> None:
    """Waits until the last message holds the word, with its pictures."""
    answer = page.locator(".message").last
    await answer.locator(f"text={word}").first.wait_for(timeout=ANSWER_MS)
    await settle(page)


async def settle(page: Page) -> None:
    """Waits until every picture is drawn and the page has scrolled to it."""
    await page.wait_for_load_state("networkidle")
    await page.wait_for_timeout(1_000)


async def become_chinese(page: Page) -> None:
    """On a phone the list of people is behind the menu."""
    await page.click("#open-sidebar")
    await page.click("#me")
    await page.click("[role=menuitemradio] >> text=小明")
    await page.wait_for_selector("#me >> text=小明")
    await page.click("text=pictures")


if __name__ == "__main__":
    main()
