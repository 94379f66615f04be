"""The headlines that a run prints: which KPI and period, and what is shown of a value that is missing."""

from __future__ import annotations

import io
import re
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from orchestration import summary
from orchestration.publish.release import Release

ROWS = """
    ('p', 'uptime', 1, true, 'Availability', 'month', date '2026-10-01', true, 99.2, 'percent', 'watch', null, 99.9, 99.5),
    ('p', 'uptime', 1, true, 'Availability', 'month', date '2026-09-01', true, 99.9, 'percent', 'good', null, null, 99.5),
    ('p', 'uptime', 1, true, 'Availability', 'month', date '2026-11-01', false, 1.0, 'percent', null, null, 99.2, 99.5),
    ('p', 'uptime', 1, true, 'Availability', 'quarter', date '2026-07-01', true, 98.0, 'percent', 'poor', null, null, 99.5),
    ('p', 'churn', 3, true, 'Churn', 'month', date '2026-10-01', true, null, 'percent', null, 'zero_denominator', null, 5.0),
    ('p', 'new', 2, true, 'New this week', 'week', date '2026-11-02', true, 1234567.0, 'partners', null, null, 12.5, null),
    ('p', 'new', 2, true, 'New this week', 'day', date '2026-11-08', true, 7.0, 'partners', null, null, 1.0, null),
    ('p', 'other', 4, false, 'Not a headline', 'month', date '2026-10-01', true, 1.0, 'percent', 'good', null, 1.0, 1.0)
"""
COLUMNS = (
    "platform, kpi_id, kpi_order, is_headline, kpi_title, period_type, period_start, is_complete, value, unit, band,"
    " null_reason, previous_value, target"
)


@pytest.fixture
def scorecard(tmp_path: Path) -> Path:
    file = tmp_path / "parquet" / "mart_kpi_scorecard.parquet"
    file.parent.mkdir()
    duckdb.sql(
        f"copy (select * replace (value::double as value, previous_value::double as previous_value) from (values {ROWS}) t({COLUMNS})) to '{file}'"
    )
    return file


def test_headlines_are_the_last_complete_month_or_another_period_in_the_order_of_the_catalogue(
    scorecard: Path,
) -> None:
    found = [(kpi.title, kpi.period, kpi.value, kpi.band, kpi.previous) for kpi in summary.headlines(scorecard)]
    assert found == [
        ("Availability", "2026-10", 99.2, "watch", 99.9),
        ("New this week", "week of 2026-11-02", 1234567.0, None, 12.5),
        ("Churn", "2026-10", None, None, None),
    ]


def test_values_stand_in_columns_and_a_missing_one_says_why(scorecard: Path) -> None:
    console = Console(width=120, record=True, file=io.StringIO())
    release = Release("r", scorecard.parents[1], "2026-11-09T00:00:00Z", True, {}, None, "")
    summary._print_kpis(console, release)
    lines = [re.split(r"  +", line.strip()) for line in console.export_text().splitlines() if "2026-1" in line]
    assert lines[1:] == [  # after the title
        ["Availability", "2026-10", "99.20", "percent", "watch", "99.90"],
        ["New this week", "week of 2026-11-02", "1,234,567", "partners", "12.50"],
        ["Churn", "2026-10", "-", "percent", "zero denominator", "-"],
    ]


def test_a_release_from_before_there_were_headlines_shows_what_has_a_target(scorecard: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.parquet"
    duckdb.sql(f"copy (select * exclude (is_headline, kpi_order) from read_parquet('{scorecard}')) to '{old}'")
    assert [kpi.title for kpi in summary.headlines(old)] == ["Churn", "Not a headline", "Availability"]
