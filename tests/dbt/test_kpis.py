"""The KPI catalogue: what it refuses, the benchmarks it must hold, and that what is generated from it is up to date."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from dbt_project.kpis import generate
from dbt_project.kpis.catalogue import CatalogueError, load
from orchestration.settings import PROJECT
from orchestration.transform import invoke
from tests.dbt.conftest import settings
from tests.dbt.marts_world import sample

FIRST, DAYS = date(2026, 3, 11), 160  # begins and ends inside a week, a month and a quarter
LAST = FIRST + timedelta(days=DAYS - 1)


# ------------------------------------------------------------------ the catalogue


def test_what_is_generated_from_the_catalogue_is_up_to_date():
    assert not generate.stale(), "run: python -m dbt_project.kpis.generate"


def test_the_dictionary_names_every_kpi_with_its_requirements_and_bands():
    _, kpis = load()
    text = (PROJECT / "docs" / "metrics.md").read_text()
    for kpi in kpis:
        section = text.split(f"(`{kpi['kpi_id']}`)")[1].split("\n## ")[0]
        assert ", ".join(kpi["requirements"]) in section
        assert ("- Bands:" in section) == ("bands" in kpi)


KPI = (
    "{title: T, kind: stock, numerator: m, unit: u, direction: higher, owner: growth, periods: [day],"
    " requirements: [S0-1], definition: D}"
)


@pytest.mark.parametrize(
    ("measures", "kpis", "message"),
    [
        ("m: {sum: 1, from: f, day: d, were: x}", f"k: {KPI}", "m: unknown fields ['were']"),
        ("m: {sum: 1, stock: 1, from: f, day: d}", f"k: {KPI}", "m: is exactly one of"),
        ("m: {window: 30, from: f, day: d}", f"k: {KPI}", "m: `key` is missing"),
        ("m: {stock: 1, from: f, key: k, within: other}", f"k: {KPI}", "m: within: no measure other"),
        ("m: {sum: 1, from: f, day: d}", f"k: {KPI.replace('numerator: m', 'numerator: n')}", "k: numerator: no measure n"),
        ("m: {sum: 1, from: f, day: d}", f"k: {KPI.replace('stock', 'ratio')}", "k: a ratio, and only a ratio"),
        ("m: {sum: 1, from: f, day: d}", f"k: {KPI.replace('unit: u, ', '')}", "k: `unit` is missing"),
        ("m: {sum: 1, from: f, day: d}", f"k: {KPI.replace('growth', 'nobody')}", "k: `owner` is one of"),
        (
            "m: {sum: 1, from: f, day: d}",
            f"k: {KPI.replace('unit: u', 'unit: u, bands: {poor_below: 60, good_from: 50}')}",
            "k: bands are not in ascending order",
        ),
    ],
)  # fmt: skip
def test_an_entry_that_cannot_be_right_is_refused_by_name(tmp_path: Path, measures: str, kpis: str, message: str):
    catalogue = tmp_path / "kpis.yml"
    catalogue.write_text(f"measures:\n  {measures}\nkpis:\n  {kpis}\n")
    with pytest.raises(CatalogueError) as refused:
        load(catalogue)
    assert message in str(refused.value)
