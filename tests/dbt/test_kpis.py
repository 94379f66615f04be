"""The KPI catalogue: what it refuses, that what is generated from it is up to date, and the whole scorecard computed another way.

The other way is pandas over the facts, one period at a time, with plain sets of days instead of merged windows and running sums.
"""

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


# ------------------------------------------------------------------ the scorecard, computed another way


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    home = Path(tmp_path_factory.mktemp("sample"))
    sample(home, seed=7, first_day=FIRST, days=DAYS)
    result = invoke(settings(home), ["build", "--resource-types", "model", "seed"])
    assert result.success, [f"{r.node.name}: {r.message}" for r in result.result or [] if r.status != "success"]
    return duckdb.connect(str(home / "warehouse.duckdb"), read_only=True)


class Facts:
    """The facts as lists of rows, and the measures of the catalogue as plain Python over them."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        def rows(table: str) -> list[Any]:
            frame = con.execute(f"from facts.{table}").df().astype(object)
            for column in [c for c in frame if c.endswith("_date")]:
                frame[column] = [None if pd.isna(v) else pd.Timestamp(v).date() for v in frame[column]]
            return list(frame.where(frame.notna(), None).itertuples(index=False))

        self.generations, self.payments = rows("fct_generations"), rows("fct_payments")
        self.events, self.partners, self.users = rows("dim_event"), rows("dim_partner"), rows("dim_user")
        self.partner_states, self.event_states = rows("dim_partner_history"), rows("dim_event_history")
        self.styles = {style.style_key for style in rows("dim_style")}
        self.user_states, self.style_states = rows("dim_user_history"), rows("dim_style_history")
        self.known_partners = {p.partner_key for p in self.partners}
        self.held = [e for e in self.events if not (e.deleted_date and e.deleted_date < e.start_date)]
        self.of_partner = {e.event_key: e.partner_key for e in self.events}
        self.first_look = min(
            (row.observed_at - pd.Timedelta(microseconds=1)).date()
            for row in [*self.events, *self.partners, *self.users]
        )

    @staticmethod
    def _on(states: list[Any], day: date) -> list[Any]:
        return [s for s in states if s.valid_from_date <= day and not (s.valid_to_date and s.valid_to_date <= day)]

    def active_partners(self, day: date) -> set[str]:
        return {s.partner_key for s in self._on(self.partner_states, day) if s.is_active and not s.is_deleted}

    def with_event(self, day: date, days: int) -> set[str]:
        began = {e.partner_key for e in self.held if day - timedelta(days=days) < e.start_date <= day}
        return began & self.active_partners(day)

    def credits(self, day: date, column: str) -> int | None:
        if day < self.first_look:
            return None
        return sum(getattr(s, column) for s in self._on(self.partner_states, day))

    def unallocated(self, day: date) -> int | None:
        if day < self.first_look:
            return None
        states = [s for s in self._on(self.partner_states, day) if not s.is_deleted]
        return sum(s.credits_total - s.credits_allocated for s in states)

    def consumed(self, day: date) -> int | None:
        if day < self.first_look:
            return None
        states = self._on(self.event_states, day)
        return sum(s.credits_used for s in states if self.of_partner.get(s.event_key) in self.known_partners)

    def direct_users(self, day: date) -> set[str]:
        return {s.user_key for s in self._on(self.user_states, day) if s.user_type == "direct" and not s.is_deleted}

    def active_users(self, day: date) -> set[str]:
        took = {g.user_key for g in self.generations if day - timedelta(days=30) < g.reporting_date <= day}
        return took & self.direct_users(day)

    def active_styles(self, day: date) -> set[str]:
        return {s.style_key for s in self._on(self.style_states, day) if s.is_active and not s.is_deleted}

    def style_counts(self, day: date, styles: set[str] | None = None) -> list[int]:
        used = [
            g.style_key
            for g in self.generations
            if day - timedelta(days=30) < g.reporting_date <= day
            and g.style_key in (self.styles if styles is None else styles)
        ]
        return [used.count(style) for style in set(used)]

    def _was_direct(self, payment: Any) -> bool:
        """What the payer was at the payment; as first seen, if it paid before."""
        states = sorted((s for s in self.user_states if s.user_key == payment.user_key), key=lambda s: s.valid_from)
        then = [s for s in states if s.valid_from <= payment.paid_at] or states[:1]
        return bool(then) and then[-1].user_type == "direct"

    def paid(self, first: date, last: date) -> list[Any]:
        return [
            p for p in self.payments if first <= p.reporting_date <= last and not p.is_duplicate and self._was_direct(p)
        ]

    def photos(self, first: date, last: date, channel: str = "") -> int:
        return sum(first <= g.reporting_date <= last and channel in ("", g.channel) for g in self.generations)


Number = float | int | None


def ratio(numerator: Number, denominator: Number, scale: int = 1) -> Number:
    return None if numerator is None or not denominator else scale * numerator / denominator


def expected(f: Facts, kpi: str, first: date, last: date, before: date) -> Number:
    """The value of a KPI in the period [first, last]; `before` is the last day of the period before."""

    def warm(days: int, value: Number, day: date = last) -> Number:
        return value if day >= FIRST + timedelta(days=days - 1) else None

    def churn(start: set[str], end: set[str]) -> Number:
        return ratio(len(start - end), len(start), 100)

    def growth(measure: Callable[[date, date], Number]) -> Number:
        previous_first = before.replace(day=1)
        if previous_first < FIRST:
            return None
        now, previous = measure(first, last), measure(previous_first, before)
        return None if now is None or previous is None else ratio(now - previous, previous, 100)

    def events(first: date, last: date, rows: list[Any], day: str) -> int:
        return sum(first <= getattr(e, day) <= last for e in rows)

    def revenue(first: date, last: date) -> float:
        return float(sum(p.amount for p in f.paid(first, last) if p.currency == "ARS"))

    def diversity() -> Number:
        active = f.active_styles(last)
        counts = f.style_counts(last, active)
        shares = [Fraction(n, sum(counts)) for n in counts]
        entropy = -sum(float(s) * math.log(s) for s in shares)
        return ratio(entropy, math.log(len(active))) if counts and len(active) > 1 else None

    def simpson() -> Number:
        counts = f.style_counts(last)
        return float(1 - sum(Fraction(n, sum(counts)) ** 2 for n in counts)) if counts else None

    partner_events = [e for e in f.held if e.partner_key]
    active = f.active_partners
    bought = sum(p.credits_purchased for p in f.paid(date.min, last))
    values: dict[str, Callable[[], Number]] = {
        "active_partners": lambda: len(active(last)),
        "active_partners_virtual": lambda: len({s.partner_key for s in f._on(f.partner_states, last)
                                                if s.is_active and not s.is_deleted and s.is_virtual}),
        "new_partners": lambda: sum(first <= p.first_seen_date <= last for p in f.partners),
        "partner_growth": lambda: None if before < FIRST else ratio(
            sum(first <= p.first_seen_date <= last for p in f.partners), len(active(before)), 100),
        "partner_growth_net": lambda: growth(lambda _, day: len(active(day))),
        "partner_churn": lambda: warm(90, churn(f.with_event(before, 90), f.with_event(last, 90)), before),
        "partner_churn_deactivated": lambda: None if before < f.first_look else churn(active(before), active(last)),
        "active_partner_ratio": lambda: warm(30, ratio(len(f.with_event(last, 30)), len(active(last)), 100)),
        "consumption_ratio": lambda: ratio(f.consumed(last), f.credits(last, "credits_total"), 100),
        "allocation_ratio": lambda: ratio(f.credits(last, "credits_allocated"), f.credits(last, "credits_total"), 100),
        "unallocated_credits": lambda: f.unallocated(last),
        "unconsumed_credits": lambda: None if last < f.first_look else f.credits(last, "credits_total") - f.consumed(last),
        "event_volume": lambda: events(first, last, partner_events, "start_date"),
        "event_volume_growth": lambda: growth(lambda a, b: events(a, b, partner_events, "start_date")),
        "events_created": lambda: events(first, last, f.events, "created_date"),
        "generations": lambda: f.photos(first, last),
        "generations_per_event": lambda: ratio(f.photos(first, last, "event"), events(first, last, f.held, "start_date")),
        "direct_users": lambda: len(f.direct_users(last)),
        "new_direct_users": lambda: sum(
            u.first_user_type == "direct" and first <= u.signup_date <= last for u in f.users),
        "active_direct_users": lambda: warm(30, len(f.active_users(last))),
        "direct_user_activation": lambda: warm(30, ratio(len(f.active_users(last)), len(f.direct_users(last)), 100)),
        "direct_share": lambda: ratio(f.photos(first, last, "direct"), f.photos(first, last), 100),
        "revenue": lambda: revenue(first, last),
        "revenue_growth": lambda: growth(revenue),
        "payments": lambda: len(f.paid(first, last)),
        "credits_per_user": lambda: ratio(bought, len(f.direct_users(last))),
        "styles_in_use": lambda: warm(30, len(f.style_counts(last))),
        "style_diversity": lambda: warm(30, diversity()),
        "style_diversity_simpson": lambda: warm(30, simpson()),
    }  # fmt: skip
    return values[kpi]()


def test_the_scorecard_is_what_pandas_makes_of_the_facts(warehouse):
    facts = Facts(warehouse)
    cells = warehouse.execute(
        "select kpi_id, period_type, period_start, least(period_end, ?), period_end > ?, value, null_reason"
        " from marts.mart_kpi_scorecard where period_type <> 'day' or hash(kpi_id || period_start) % 9 = 0 order by all",
        [LAST, LAST],
    ).fetchall()
    assert {kpi for kpi, *_ in cells} == {kpi["kpi_id"] for kpi in load()[1]}
    compared, wrong = set(), []
    for kpi, period_type, start, last, is_unfinished, value, reason in cells:
        assert (value is None) == (reason is not None)
        if reason == "incomplete_period":
            assert is_unfinished or start < FIRST
            continue
        found = expected(facts, kpi, max(start, FIRST), last, start - timedelta(days=1))
        if found is None or value is None or abs(found - value) > 2e-6 * max(1.0, abs(found)):
            wrong += [] if found is None and value is None else [(kpi, period_type, start, value, reason, found)]
        elif value:
            compared.add(kpi)
    assert not wrong, wrong[:10]
    assert compared == {kpi for kpi, *_ in cells}, "a KPI that is never anything but 0 or NULL proves nothing"
