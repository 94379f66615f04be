"""What the command line prints after a run: where the release is, and the headline KPIs with their bands."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb
from rich import box
from rich.console import Console
from rich.table import Table

from orchestration.publish.build import PublishSettings
from orchestration.publish.export import literal
from orchestration.publish.release import Release, latest_release
from orchestration.resources import RunReport
from orchestration.settings import Settings

WIDTH = 100  # columns of characters, at least: a cell that is broken over two lines is hard to read
COLOURS = {"good": "green", "watch": "yellow", "poor": "red"}
# The last complete month of each; before there is one, the last complete quarter, week or day. A release from
# before there were headlines shows what has a target.
HEADLINES = """
    with
        lacking as (select null::boolean as is_headline, null::integer as kpi_order where false),
        scorecard as (from read_parquet({file}) union all by name from lacking)
    select platform, kpi_title, period_type, period_start, value, unit, band, null_reason, previous_value
    from scorecard
    where is_complete and coalesce(is_headline, target is not null)
    qualify row_number() over (
        partition by platform, kpi_id order by list_position(['month', 'quarter', 'week', 'day'], period_type), period_start desc
    ) = 1
    order by platform, kpi_order, kpi_id
"""


class Headline(NamedTuple):
    """A KPI as it is printed; `value` is None for the reason `null_reason`."""

    platform: str
    title: str
    period_type: str
    start: date
    value: float | None
    unit: str
    band: str | None
    null_reason: str | None
    previous: float | None

    @property
    def period(self) -> str:
        match self.period_type:
            case "month":
                return f"{self.start:%Y-%m}"
            case "quarter":
                return f"{self.start.year}-Q{(self.start.month + 2) // 3}"
            case "week":
                return f"week of {self.start}"
            case _:
                return str(self.start)


def headlines(scorecard: Path) -> list[Headline]:
    """The headline KPIs of a published scorecard, in the order of the catalogue."""
    with duckdb.connect() as con:
        return [Headline(*row) for row in con.execute(HEADLINES.format(file=literal(str(scorecard)))).fetchall()]


def print_summary(settings: Settings, report: RunReport) -> None:
    """Print the release and its headline KPIs to standard output."""
    console = Console(highlight=False, soft_wrap=True)
    console.width = max(console.width, WIDTH)
    release = report.release or latest_release(PublishSettings.of(settings))
    assert isinstance(release, Release)
    for waiver in report.waivers:
        console.print(f"waived: {waiver}")
    _print_kpis(console, release)
    new = not report.nothing_new and release.is_new
    console.print(f"\n{'Published' if new else 'Nothing new: the release is still'} [bold]{release.release_id}[/bold]")
    console.print(f"Marts: {settings.exports / 'v1' / 'latest' / 'parquet'}/<mart>.parquet, and csv/ beside it")
    if release.restricted:
        console.print(f"Names and e-mails, for their owner alone: {release.restricted.parents[1] / 'latest' / 'csv'}")


def _print_kpis(console: Console, release: Release) -> None:
    found = headlines(release.path / "parquet" / "mart_kpi_scorecard.parquet")
    table = Table(
        title=f"Headline KPIs of the last complete month, as of {release.as_of}", title_justify="left", box=box.SIMPLE
    )
    several = len({kpi.platform for kpi in found}) > 1
    for name in (["platform"] if several else []) + [
        "KPI",
        "period",
        "value",
        "unit",
        "band, or why there is none",
        "before",
    ]:
        table.add_column(name, justify="right" if name in {"value", "before"} else "left", no_wrap=True)
    for kpi in found:
        band = f"[{COLOURS[kpi.band]}]{kpi.band}[/]" if kpi.band in COLOURS else ""
        if kpi.value is None:
            band = (kpi.null_reason or "unknown").replace("_", " ")
        shown = (kpi.title, kpi.period, _number(kpi.value), kpi.unit, band, _number(kpi.previous))
        table.add_row(*([kpi.platform] if several else []), *shown)
    console.print(table)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.2f}".removesuffix(".00")
