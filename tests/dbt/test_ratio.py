"""Every number for a reader is divided and rounded by one macro: half up, as by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import jinja2
import pytest

FOLDERS = Path(__file__).parents[2] / "dbt_project"


@pytest.fixture(scope="module")
def ratio() -> Callable[..., str]:
    return jinja2.Environment().from_string((FOLDERS / "macros" / "ratio.sql").read_text()).module.ratio


def half_up(value: Fraction, digits: int) -> Fraction:
    """Away from zero at a half, as SQL rounds."""
    units = abs(value) * 10**digits
    whole = Fraction((2 * units.numerator + units.denominator) // (2 * units.denominator), 10**digits)
    return whole if value >= 0 else -whole


def wrong(sql: str, pairs: str, scale: Fraction, digits: int) -> list[tuple]:
    """The pairs (n, m) of a query whose ratio differs from that of integers."""
    rows = duckdb.sql(f"select n, m, {sql} as ratio from ({pairs}) where m <> 0").fetchall()
    assert len(rows) > 1000
    return [row for row in rows if row[2] != float(half_up(scale * Fraction(row[0]) / Fraction(row[1]), digits))]


@pytest.mark.parametrize(("scale", "digits"), [(1, 6), (100, 6), (100, 4), (1, 3), (1000, 6), (16800, 6)])
@pytest.mark.parametrize(
    "pairs",
    [
        "select n, m from range(0, 400) as n(n), range(1, 400) as m(m)",
        "select -n as n, m from range(0, 200) as n(n), range(1, 200) as m(m)",
        # denominators of which many quotients end with a half
        "select n, m from range(0, 3000) as n(n), (select unnest([64, 640, 1280, 3200, 6400, 128000, 640000, 2000000]) as m)",
    ],
)
def test_a_ratio_of_counts_is_rounded_half_up(ratio, pairs, scale, digits):
    assert wrong(ratio("n", "m", scale, digits), pairs, Fraction(scale), digits) == []


def test_money_by_a_count_is_rounded_half_up(ratio):
    money = (
        "select (n * 0.000125::decimal(9, 6))::decimal(18, 6) as n, m from range(1, 3000) as n(n), range(1, 50) as m(m)"
    )
    assert wrong(ratio("n", "m"), money, Fraction(1), 6) == []


def test_forty_one_of_six_hundred_and_forty(ratio):
    row = duckdb.sql(f"select {ratio(41, 640)}, {ratio(1, 0)}, {ratio('null::bigint', 2)}, {ratio('1 - 3', '1 + 1')}")
    assert row.fetchone() == (0.064063, None, None, -1)
    assert Decimal(41) / 640 == Decimal("0.0640625")
    assert (Decimal(41) / 640).quantize(Decimal("1e-6"), ROUND_HALF_UP) == Decimal("0.064063")


def test_no_model_or_macro_rounds_in_another_way():
    files = [f for folder in ("models", "macros") for f in (FOLDERS / folder).rglob("*.sql") if f.name != "ratio.sql"]
    assert [f.name for f in files if re.search(r"(?<![\w.])round\(", f.read_text())] == []
