"""What the command line prints after a run: where the release is, and the headline KPIs with their bands."""

from __future__ import annotations

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.publish.build import PublishSettings
from orchestration.publish.release import Release, latest_release
from orchestration.resources import RunReport
from orchestration.settings import Settings

COLOURS = {"good": "green", "watch": "yellow", "poor": "red"}
HEADLINES = """
    select kpi_title, period_start, value, unit, coalesce(band, null_reason), delta_pct
    from read_parquet(?)
    where is_complete and period_type = 'month'
    qualify row_number() over (partition by platform, kpi_id order by period_start desc) = 1 and target is not null
    order by platform, owner, kpi_id
"""


def print_summary(settings: Settings, report: RunReport) -> None:
    """Print the release and its headline KPIs to standard output."""
    console = Console(highlight=False, soft_wrap=True)
    release = report.release or latest_release(PublishSettings(settings.exports, settings.dbt_target / "manifest.json"))
    assert isinstance(release, Release)
    for waiver in report.waivers:
        console.print(f"waived: {waiver}")
    _print_kpis(console, release)
    new = not report.nothing_new and release.is_new
    console.print(f"\n{'Published' if new else 'Nothing new: the release is still'} [bold]{release.release_id}[/bold]")
    console.print(f"Marts: {settings.exports / 'v1' / 'latest' / 'parquet'}/<mart>.parquet, and csv/ beside it")


def _print_kpis(console: Console, release: Release) -> None:
    table = Table(title=f"Headline KPIs of the last complete month, as of {release.as_of}", title_justify="left")
    for name in ("KPI", "month", "value", "unit", "band", "change %"):
        table.add_column(name, justify="right" if name in {"value", "change %"} else "left")
    with duckdb.connect() as con:
        rows = con.execute(HEADLINES, [str(release.path / "parquet" / "mart_kpi_scorecard.parquet")]).fetchall()
    for title, start, value, unit, band, change in rows:
        shown = f"[{COLOURS[band]}]{band}[/]" if band in COLOURS else band or ""
        number = "-" if value is None else f"{value:,.2f}".removesuffix(".00")
        table.add_row(title, f"{start:%Y-%m}", number, unit, shown, "" if change is None else f"{change:+.1f}")
    console.print(table)
