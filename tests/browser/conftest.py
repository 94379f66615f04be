"""A headless Chromium before the Dagster UI of a published home.

Belongs here: the browser, its screenshots, what it complained of. Does not: what a user does (test_ui.py).
Screenshots go to MARTLET_SCREENSHOTS, or to pytest's temporary folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.chromium import MISSING, find_chromium
from tests.e2e.conftest import Deployment, published, simulated  # noqa: F401  (fixtures)
from tests.e2e.servers import PATIENCE, Dagster, running_dagster

NOW = "2025-02-16T02:00:00+00:00"  # the night after the one that is published
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)


@dataclass
class Screen:
    """One browser tab, and the errors that it reported."""

    page: Page
    url: str
    shots: Path
    errors: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def shoot(self, name: str) -> None:
        self.page.screenshot(path=self.shots / f"{name}.png")


@pytest.fixture(scope="module")
def dagster(published: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dagster]:  # noqa: F811
    """Webserver and daemon whose newest partition is the day after the published one."""
    with running_dagster(published.copy(tmp_path_factory.mktemp("dagster")), now=NOW) as server:
        yield server


@pytest.fixture(scope="module")
def screen(dagster: Dagster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    """The browser. Whatever the pages reported as an error fails the last test that used it."""
    shots = Path(os.environ.get("MARTLET_SCREENSHOTS") or tmp_path_factory.mktemp("screenshots")).absolute()
    shots.mkdir(parents=True, exist_ok=True)
    executable = find_chromium()
    if executable is None:
        pytest.fail(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS.split())
        page = browser.new_page(viewport={"width": 1500, "height": 950})
        page.set_default_timeout(PATIENCE * 1000)
        expect.set_options(timeout=PATIENCE * 1000)
        screen = Screen(page, dagster.url, shots)
        page.on("console", lambda message: screen.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: screen.errors.append(str(error)))
        page.on("response", lambda r: screen.errors.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        yield screen
        browser.close()
