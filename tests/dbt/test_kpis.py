"""The KPI catalogue: what it refuses, the benchmarks it must hold, and that what is generated from it is up to date."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from dbt_project.kpis import generate
from dbt_project.kpis.catalogue import CatalogueError, load
from orchestration.extract.catalog import catalog
from orchestration.settings import PROJECT
from tests.dbt.compiled import compiled_marts


def test_what_is_generated_from_the_catalogue_is_up_to_date():
    assert not generate.stale(), "run: python -m dbt_project.kpis.generate"


def test_the_dictionary_names_every_kpi_with_its_requirements_and_bands():
    _, kpis = load()
    text = (PROJECT / "docs" / "metrics.md").read_text()
    for kpi in kpis:
        section = text.split(f"(`{kpi['kpi_id']}`)")[1].split("\n## ")[0]
        assert ", ".join(kpi["requirements"]) in section
        assert ("- Bands" in section) == ("bands" in kpi)


# The benchmark table of the document: good, needs improvement; what is between is watch.
BENCHMARKS = {
    "uptime": {"good_from": 99.5, "poor_below": 99, "target": 99.5},
    "error_rate": {"good_below": 1, "poor_above": 3, "target": 1},
    "response_time": {"good_below": 2, "poor_above": 5, "target": 2},
    "partner_growth": {"good_from": 10, "poor_below": 5, "target": 10},
    "partner_churn": {"good_below": 5, "poor_above": 10, "target": 5},
    "consumption_ratio": {"good_from": 60, "good_to": 80, "poor_below": 50, "poor_above": 95},
    "active_partner_ratio": {"good_from": 60, "poor_below": 40, "target": 60},
    "generations_per_event": {"good_from": 100, "poor_below": 50, "target": 100},
    "direct_user_activation": {"good_from": 30, "poor_below": 15, "target": 25},  # the lower target line
    "revenue_growth": {"good_from": 15, "poor_below": 5, "target": 15},
}


def test_the_headlines_are_the_ten_benchmarks_in_their_order_and_lead_the_catalogue():
    _, kpis = load()
    assert [kpi["kpi_id"] for kpi in kpis if kpi["headline"]] == list(BENCHMARKS)
    assert all(kpi["headline"] for kpi in kpis[: len(BENCHMARKS)])
    assert {kpi["kpi_id"]: kpi["bands"] for kpi in kpis if kpi["headline"]} == BENCHMARKS
    for kpi in kpis[: len(BENCHMARKS)]:
        assert kpi.get("actions"), f"{kpi['kpi_id']}: what is to be done when it is not good?"


KPI = (
    "{title: T, kind: sum, numerator: m, unit: u, direction: higher, owner: growth,"
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
        ("m: {sum: 1, from: f, day: d}", f"k: {KPI.replace('kind: sum', 'kind: ratio')}", "k: a ratio, and only a ratio"),
        ("m: {sum: 1, from: f, day: d}", f"k: {KPI.replace('unit: u, ', '')}", "k: `unit` is missing"),
        ("m: {sum: 1, from: f, day: d}", f"k: {KPI.replace('growth', 'nobody')}", "k: `owner` is one of"),
        (
            "m: {sum: 1, from: f, day: d}",
            f"k: {KPI.replace('unit: u', 'unit: u, bands: {poor_below: 60, good_from: 50}')}",
            "k: bands are not in ascending order",
        ),
        ("m: {sum: 1, from: f, day: d}", f"k: {KPI.replace('unit: u', 'unit: u, band_periods: [day]')}", "k: `band_periods` without"),
        (
            "m: {sum: 1, from: f, day: d}",
            f"k: {KPI.replace('unit: u', 'unit: u, bands: {target: 1}, band_periods: [year]')}",
            "k: `band_periods` are of day, week, month, quarter",
        ),
        ("m: {quantile: 95, of: v, from: f, day: d}", f"k: {KPI}", "m: a quantile is between 0 and 1"),
        ("m: {quantile: 0.5, from: f, day: d}", f"k: {KPI}", "m: `of` is missing"),
        ("m: {distinct: k, from: f}", f"k: {KPI}", "m: `day` is missing"),
        ("m: {distinct: k, from: f, day: d}", f"k: {KPI}", "k: a sum can't be made of a distinct"),
        ("m: {quantile: 0.5, of: v, from: f, day: d}", f"k: {KPI.replace('kind: sum', 'kind: churn')}", "k: a churn can't be"),
        ("{m: {sum: 1, from: f, day: d}, c: {combines: {m: 1, n: -1}}}", f"k: {KPI}", "c: combines: no measure n"),
        ("{m: {sum: 1, from: f, day: d}, c: {combines: {m: 1}}}", f"k: {KPI}", "c: combines measures, and has nothing else"),
        (
            "{m: {sum: 1, from: f, day: d}, s: {stock: 1, from: f, key: k}, c: {combines: {m: 1, s: -1}}}",
            f"k: {KPI}",
            "c: combines only sums, or only stocks",
        ),
        ("m: {sum: 1, from: f, day: d}", f"k: {KPI.replace('unit: u', 'unit: u, headline: 1')}", "k: `headline` is true or false"),
    ],
)  # fmt: skip
def test_an_entry_that_cannot_be_right_is_refused_by_name(tmp_path: Path, measures: str, kpis: str, message: str):
    catalogue = tmp_path / "kpis.yml"
    catalogue.write_text(f"measures:\n  {measures}\nkpis:\n  {kpis}\n")
    with pytest.raises(CatalogueError) as refused:
        load(catalogue)
    assert message in str(refused.value)


def test_only_platforms_with_credits_have_measures_of_them_and_lacking_payments_are_told(tmp_path: Path):
    feeds = next(node for node in compiled_marts().nodes if node.name == "kpi_feeds").compiled_code
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as con:
        con.execute("create schema facts; create table facts.dim_platform (platform varchar)")
        con.executemany("insert into facts.dim_platform values (?)", [[system] for system in catalog()])
        con.execute("create table facts.dim_optional_fact (platform varchar, fact_name varchar, is_present boolean)")
        con.execute("insert into facts.dim_optional_fact values ('marketing_engine', 'payments', false)")
        found = con.execute(
            f"select measure_id, platform, is_source_lacking from ({feeds})"
            " where measure_id in ('direct_credits_sold', 'direct_credits_purchased', 'direct_credit_balance', 'direct_payments')"
        ).fetchall()
    with_credits = {"photobooth", "character_studio", "media_vault"}
    for measure in ("direct_credits_sold", "direct_credits_purchased", "direct_credit_balance"):
        assert {(p, lacking) for m, p, lacking in found if m == measure} == {(p, False) for p in with_credits}
    payments = {p: lacking for m, p, lacking in found if m == "direct_payments"}
    assert payments == {system: system == "marketing_engine" for system in catalog()}
