"""The documentation site as a newcomer makes it and opens it: from the file, without network."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from orchestration.settings import PROJECT
from tests.browser.chromium import MISSING, find_chromium
from tests.browser.conftest import FLAGS

pytestmark = pytest.mark.browser


def test_the_documentation_shows_a_mart_its_columns_and_its_sql(tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MARTLET_")}
    made = subprocess.run(
        ["make", "docs"], cwd=PROJECT, env=clean | {"MARTLET_HOME": str(tmp_path)}, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stdout + made.stderr
    page_file = tmp_path / "docs" / "index.html"
    assert str(page_file) in made.stdout
    executable = find_chromium()
    if executable is None:
        pytest.fail(MISSING)
    shots = Path(os.environ.get("MARTLET_SCREENSHOTS") or tmp_path).absolute()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS.split())
        page = browser.new_page(viewport={"width": 1500, "height": 950})
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(page_file.as_uri())
        expect(page.get_by_role("heading", name="Martlet's models")).to_be_visible(timeout=60_000)
        page.screenshot(path=shots / "docs_overview.png")
        page.goto(f"{page_file.as_uri()}#!/model/model.martlet.mart_partner_360")
        expect(page.get_by_text("One row per partner").first).to_be_visible(timeout=60_000)
        row = page.locator("tr", has_text="revenue_ars").first
        expect(row).to_contain_text("DECIMAL(18,2)", ignore_case=True)
        page.screenshot(path=shots / "docs_mart.png")
        browser.close()
    assert not [url for url in asked if url.startswith("http")]
