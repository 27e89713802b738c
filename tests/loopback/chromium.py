"""The page in headless Chromium, as a person uses it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    from playwright.async_api import async_playwright

    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@asynccontextmanager
async def opened(browser: Browser, url: str) -> AsyncIterator[Page]:
    """The page on a desktop; whatever it logs as an error is one."""
    faults: list[str] = []
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="dark", locale="en-US")
    page = await context.new_page()
    page.set_default_timeout(10_000)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    await page.goto(url)
    await page.wait_for_selector("#app:not([hidden])")
    yield page
    await context.close()
    assert faults == []


async def run(page: Page, *keys: str) -> None:
    """Type a command and its options, `Enter` after each."""
    await page.click("#composer-text")
    for text in keys:
        await page.keyboard.type(text)
        await page.keyboard.press("Enter")


async def become(page: Page, name: str) -> None:
    await page.click("#me")
    await page.click(f"[role=menuitemradio] >> text={name}")
    await page.wait_for_selector(f"#me >> text={name}")
