"""The Dagster UI as a data engineer uses it: look around, backfill a month, find the release, find a fault.

The tests follow one another in one browser, as a user's morning does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Screen
from tests.e2e.conftest import DAY
from tests.e2e.servers import PATIENCE, Dagster

pytestmark = pytest.mark.browser

GROUPS = {  # an asset of each that its list shows without scrolling
    "raw": "admin_audit_log",
    "build": "build",
    "staging": "stg_character_studio__admin_users",
    "intermediate": "event_activity",
    "facts": "dim_client",
    "marts": "mart_active_users_daily",
    "seeds": "alert_rules",
    "release": "release",
}
LAST = DAY - timedelta(days=1)
FIRST = LAST - timedelta(days=29)
RUN_ID = re.compile("^[0-9a-f]{8}$")


@pytest.fixture(autouse=True)
def _no_errors(screen: Screen) -> Iterator[None]:
    """Every test ends with a page that complained of nothing."""
    screen.errors.clear()
    yield
    assert screen.errors == []


def materialize_all(screen: Screen) -> Locator:
    """The dialog behind the button, in which days are chosen."""
    page = screen.open("/asset-groups")
    page.get_by_role("button", name="Materialize all").click()
    return page.get_by_role("dialog")


def only_run(page: Page) -> Locator:
    """The link to the one run that a page lists."""
    runs = page.locator("a[href^='/runs/']").filter(has_text=RUN_ID)
    expect(runs).to_have_count(1)
    return runs


def our_lines(screen: Screen, text: str) -> None:
    """On the page of a run: without Dagster's own events, only lines that have the text."""
    page = screen.open(screen.page.url.split("?")[0].removeprefix(screen.url) + "?levels=critical|error|warning|info")
    page.get_by_placeholder("Filter").first.fill(text)


def test_the_graph_shows_every_group_and_its_assets(screen: Screen) -> None:
    page = screen.open("/asset-groups")
    for group in GROUPS:
        expect(page.get_by_text(group, exact=True).first).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)  # no newsletter before the first look
    screen.shoot("1-graph")
    for group, asset in GROUPS.items():
        screen.open(f"/locations/martlet/asset-groups/{group}/list")
        expect(page.get_by_role("link", name=asset).first).to_be_visible()
    page = screen.open("/assets/raw_photobooth/events")
    expect(page.get_by_text("Events of partners, clients or the platform itself.")).to_be_visible()
    expect(page.get_by_text("pseudonym (hash: email)")).to_be_visible()
    screen.shoot("1-raw-table")


def test_a_month_is_backfilled_in_one_run(screen: Screen, dagster: Dagster) -> None:
    deployment = dagster.deployment
    before, known = deployment.latest, len(dagster.runs())
    deployment.change_source(
        "update public.generations set style_id = 'neo' where created_at::date = date '2025-02-10'"
    )
    dialog, page = materialize_all(screen), screen.page
    dialog.get_by_placeholder("ex: ").fill(f"[{FIRST}...{LAST}]")
    page.keyboard.press("Tab")
    expect(dialog.get_by_text("30 partitions")).to_be_visible()
    screen.shoot("2-dialog")
    dialog.get_by_role("button", name="Launch backfill").click()
    page.get_by_role("button", name="View", exact=True).or_(page.get_by_role("link", name="View", exact=True)).click()
    page.wait_for_url("**/runs/b/*")
    expect(page.get_by_text(f"{FIRST}...{LAST}")).to_be_visible()
    backfill = page.url.split("?")[0].removeprefix(screen.url)
    screen.open(f"{backfill}?tab=runs")
    only_run(page)
    expect(page.get_by_text("Succeeded", exact=True)).to_be_visible(timeout=PATIENCE * 3000)  # the backfill
    expect(page.get_by_text("Success", exact=True)).to_be_visible()  # its run
    screen.shoot("2-backfill")
    assert len(dagster.runs()) == known + 1
    assert deployment.latest != before
    only_run(page).click()
    page.wait_for_url(re.compile("/runs/[0-9a-f-]{36}"))
    our_lines(screen, "published")
    expect(page.get_by_text(re.compile(f"release {Path(deployment.latest).name} published: "))).to_be_visible()
    screen.shoot("2-run")


def test_the_release_is_found_with_its_folder_and_rows(screen: Screen, dagster: Dagster) -> None:
    release = Path(dagster.deployment.latest).name
    page = screen.open("/assets/release")
    expect(page.get_by_text(release, exact=True)).to_be_visible()
    expect(page.get_by_text(f"/exports/v1/releases/{release}").first).to_be_visible()
    page.get_by_text("[Show Markdown]").click()
    for mart in ("mart_kpi_scorecard", "mart_partner_360"):
        rows = dagster.deployment.mart(mart).count("*").fetchall()[0][0]
        expect(page.get_by_role("row", name=f"{mart} {rows:,}", exact=True)).to_be_visible()
    screen.shoot("3-release")


def test_a_fault_of_the_source_stops_the_run_and_is_explained(screen: Screen, dagster: Dagster) -> None:
    deployment, before = dagster.deployment, dagster.deployment.latest
    deployment.change_source(
        "update public.events set credits_allocated = -5 where id in (select id from public.events order by id limit 3)"
    )
    dialog, page = materialize_all(screen), screen.page
    dialog.get_by_role("button", name="Latest").click()
    expect(dialog.get_by_placeholder("ex: ")).to_have_value(str(date(2025, 2, 15)))
    screen.shoot("4-dialog")
    dialog.get_by_role("button", name="Launch").click()
    page.get_by_role("link", name="View", exact=True).or_(page.get_by_role("button", name="View", exact=True)).click()
    page.wait_for_url(re.compile("/runs/[0-9a-f-]{36}"))
    expect(page.get_by_text("Failure", exact=True)).to_be_visible()
    our_lines(screen, "credits_allocated")
    message = re.compile("photobooth.events: column credits_allocated: 3 rows of .* break")
    expect(page.get_by_text(message).first).to_be_visible()
    screen.shoot("4-run")
    screen.open("/assets/raw_photobooth/events?view=checks&checkDetail=raw_gate")
    expect(page.get_by_text(message).first).to_be_visible()
    expect(page.get_by_text("A budget can't be negative.").first).to_be_visible()
    screen.shoot("4-check")
    assert deployment.latest == before
