"""A real browser on the sandbox's page; import the fixture `page`."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.sandbox_slack.rig import Rig

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
async def page(rig: Rig) -> AsyncIterator[Page]:
    """A browser with an empty profile, as Maya in #campaigns; errors on the page fail the test."""
    if not shutil.which(CHROMIUM):
        if os.environ.get("CI"):  # noqa: TID251 - decides between failing and skipping
            pytest.fail("chromium is missing")
        pytest.skip("chromium is not installed")
    errors: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = await browser.new_page()
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.set_default_timeout(10_000)
        await opened.goto(f"{rig.url}/#maya/C0CAMPAIGN")
        await expect(opened.locator("#room-name")).to_have_text("# campaigns")
        yield opened
        await browser.close()
    assert errors == []
