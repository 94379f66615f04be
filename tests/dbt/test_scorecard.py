"""The whole scorecard, computed another way: pandas over the raw tables of a random and of a simulated photobooth.

Whatever the dbt project does between the raw tables and the scorecard is proven here at once; what a number should be is checked on
paper in test_marts_by_hand.py.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

import simulator
from dbt_project.kpis.catalogue import PERIODS, load
from orchestration import build
from orchestration.warehouse import open_warehouse
from tests.chain import Chain
from tests.dbt.compiled import CompiledMarts, compiled_marts
from tests.dbt.marts_world import sample
from tests.dbt.scorecard_by_pandas import DAY, Number, Scorecard, ratio

# begins and ends inside a week, a month and a quarter
FIRST, DAYS = date(2026, 3, 11), 160


def a_random_photobooth(compiled: CompiledMarts, home: Path) -> duckdb.DuckDBPyConnection:
    """Every kind of change at random, in UTC, read six times."""
    sample(home, seed=7, first_day=FIRST, days=DAYS)
    return compiled.build(home / "warehouse.duckdb", "mart_kpi_scorecard")


def a_simulated_photobooth(compiled: CompiledMarts, home: Path) -> duckdb.DuckDBPyConnection:
    """The demo through the real loads of four nights, in a zone whose clocks are set forward on 9 March."""
    chain = Chain(home / "home", f"duckdb://{home / 'source.duckdb'}", date(2024, 12, 10), "America/New_York")
    for day in (date(2025, 2, 20), date(2025, 3, 5), date(2025, 3, 31), date(2025, 4, 14)):
        simulator.simulate("photobooth", str(home / "source.duckdb"), scale=0.2, until=day)
        chain.load(day, day)
    with open_warehouse(chain.settings) as con:
        build.prepare(con, chain.settings, "build")
    return compiled.build(chain.settings.warehouse, "mart_kpi_scorecard")


def expected(s: Scorecard, kpi: str, period_type: str, first: date, last: date, before: date) -> Number:
    """The value of a KPI in the period [first, last]; `before` is the last day of the period before."""
    raw = s.raw
    calendar = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q-DEC"}
    before_first = pd.Period(before, calendar[period_type]).start_time.date()

    def warm(days: int, value: Number, day: date = last) -> Number:
        return value if day >= raw.first + (days - 1) * DAY else None

    def churn(start: set[str], end: set[str]) -> Number:
        return ratio(len(start - end), len(start), 100)

    def growth(measure: Callable[[date, date], Number]) -> Number:
        if before_first < raw.first:
            return None
        now, previous = measure(first, last), measure(before_first, before)
        return None if now is None or previous is None else ratio(now - previous, previous, 100)

    def events(a: date, b: date, partners_only: bool) -> int:
        return sum(a <= starts <= b and bool(partner or not partners_only) for _, starts, partner in s.held)

    def seen(value: Callable[[dict[str, int]], Number]) -> Number:
        return value(s.credits(last)) if last >= raw.first_look else None

    def mean(values: list[float]) -> Number:
        return float(np.mean(values)) if values else None

    def quantile(values: list[float], share: float) -> Number:
        return float(np.quantile(values, share)) if values else None

    def users(day: date) -> int:
        return len(raw.users(day, "direct"))

    active = s.partners
    joined = sum(first <= since <= last for since in raw.partner_since.values())
    ended, sessions, made = s.ended_on(first, last), s.sessions_on(first, last), s.made(first, last)
    sizes = [float(row.amount) for row in s.bought(first, last, "ARS")]
    failed = len(s.tried(first, last, "failed", "timeout"))
    values: dict[str, Callable[[], Number]] = {
        "uptime": lambda: s.uptime(first, last),
        "uptime_api": lambda: s.uptime(first, last, "api"),
        "error_rate": lambda: ratio(failed, failed + len(s.tried(first, last, "success")), 100),
        "error_rate_requests": lambda: ratio(
            failed + len(s.tried(first, last, "denied_no_credit")), len(s.tried(first, last)), 100),
        "response_time": lambda: mean(s.latencies(first, last)),
        "response_time_p95": lambda: quantile(s.latencies(first, last), 0.95),
        "response_time_probe": lambda: mean(s.answers_on(first, last)),
        "active_partners": lambda: len(active(last)),
        "active_partners_virtual": lambda: len(active(last, lambda p: p["is_active"] and p["is_virtual"])),
        "inactive_partners": lambda: len(active(last, lambda p: not p["is_active"] and not p["is_deleted"])),
        "partners": lambda: len(active(last, lambda p: not p["is_deleted"])),
        "new_partners": lambda: joined,
        "partner_growth": lambda: None if before < raw.first else ratio(joined, len(active(before)), 100),
        "partner_growth_net": lambda: growth(lambda _, day: len(active(day))),
        "partner_churn": lambda: warm(90, churn(s.with_event(before, 90), s.with_event(last, 90)), before),
        "partner_churn_deactivated": lambda: None if before < raw.first_look else churn(active(before), active(last)),
        "active_partner_ratio": lambda: warm(30, ratio(len(s.with_event(last, 30)), len(active(last)), 100)),
        "open_applications": lambda: None if last < raw.first_look else sum(
            row.role == "pending_partner" for row in raw.users(last).values()),
        "mrr_ars": lambda: raw.contract_values(last, "ARS"),
        "mrr_usd": lambda: raw.contract_values(last, "USD"),
        "revenue_per_partner": lambda: ratio(raw.contract_values(last, "ARS"), len(active(last))),
        "consumption_ratio": lambda: seen(lambda c: ratio(c["consumed"], c["bought"], 100)),
        "allocation_ratio": lambda: seen(lambda c: ratio(c["allocated"], c["bought"], 100)),
        "unallocated_credits": lambda: seen(lambda c: c["unallocated"]),
        "allocated_unused_credits": lambda: seen(lambda c: c["allocated"] - c["consumed"]),
        "credit_liability": lambda: seen(lambda c: c["unallocated"] + c["allocated"] - c["consumed"]),
        "lapsed_credits": lambda: seen(lambda c: c["bought"] - c["allocated"] - c["unallocated"]),
        "unconsumed_credits": lambda: seen(lambda c: c["bought"] - c["consumed"]),
        "direct_credit_balance": lambda: seen(lambda c: c["direct"]),
        "credits_in_circulation": lambda: seen(
            lambda c: c["unallocated"] + c["allocated"] - c["consumed"] + c["direct"]),
        "photos_in_circulation": lambda: seen(
            lambda c: c["unallocated"] + c["allocated"] - c["consumed"] + c["direct"] / 100),
        "events_total": lambda: sum(
            bool(partner) and raw.created["events"][str(row.id)] <= last < (raw.gone_day(row) or date.max)
            for row, _, partner in s.events),
        "event_volume": lambda: events(first, last, True),
        "event_volume_growth": lambda: growth(lambda a, b: events(a, b, True)),
        "events_created": lambda: sum(first <= day <= last for day in raw.created["events"].values()),
        "generations": lambda: len(made),
        "generations_kept": lambda: len(s.kept(first, last)),
        "photo_deletion_rate": lambda: ratio(len(s.deleted(first, last)), len(made), 100),
        "direct_share": lambda: ratio(
            sum(bool(row.user_id and not row.event_id) for row in made), len(made), 100),
        "generations_per_event": lambda: ratio(
            sum(row.event_id is not None for row in made), events(first, last, False)),
        "generations_per_event_ended": lambda: mean(ended),
        "generations_per_event_median": lambda: quantile(ended, 0.5),
        "generations_per_event_total": lambda: ratio(len(made), events(first, last, False)),
        "users_total": lambda: len(raw.users(last, "direct", "partner", "client", "other")),
        "direct_users": lambda: users(last),
        "new_direct_users": lambda: len(s.signed_up_on(first, last)),
        "new_referred_direct_users": lambda: sum(s.signed_up_on(first, last)),
        "active_direct_users": lambda: warm(30, len(s.active_users(last))),
        "direct_user_activation": lambda: warm(30, ratio(len(s.active_users(last)), users(last), 100)),
        "revenue": lambda: s.spent(first, last),
        "revenue_local": lambda: s.spent_locally(first, last),
        "revenue_growth": lambda: growth(s.spent),
        "payments": lambda: len(s.bought(first, last)),
        "revenue_per_payer": lambda: ratio(
            s.spent(first, last), len({row.user_id for row in s.bought(first, last, "ARS")})),
        "purchase_size": lambda: mean(sizes),
        "purchase_size_median": lambda: quantile(sizes, 0.5),
        "purchase_credits": lambda: mean([row.credits_added for row in s.bought(first, last)]),
        "credits_per_user": lambda: ratio(sum(row.credits_added for row in s.bought(date.min, last)), users(last)),
        "repeat_purchase_rate": lambda: warm(90, ratio(s.payers(last, 2), s.payers(last, 1), 100)),
        "session_duration": lambda: mean([seconds for seconds, _ in sessions]),
        "session_duration_median": lambda: quantile([seconds for seconds, _ in sessions], 0.5),
        "single_action_sessions": lambda: ratio(sum(acts == 1 for _, acts in sessions), len(sessions), 100),
        "styles_total": lambda: len(raw.styles(last)),
        "inactive_styles": lambda: sum(not is_on for is_on in raw.styles(last).values()),
        "styles_in_use": lambda: warm(30, len(s.style_counts(last, s.all_styles))),
        "style_diversity": lambda: warm(30, s.diversity(last)),
        "style_diversity_simpson": lambda: warm(30, s.simpson(last)),
    }  # fmt: skip
    return values[kpi]()


@pytest.fixture(scope="module")
def compiled() -> CompiledMarts:
    return compiled_marts()


@pytest.mark.parametrize(
    ("photobooth", "idle"),
    [
        (a_random_photobooth, set()),
        # of its seven partners none comes or goes
        (a_simulated_photobooth, {"new_partners", "partner_growth", "partner_growth_net", "partner_churn",
                                  "partner_churn_deactivated", "open_applications", "lapsed_credits"}),
    ],
)  # fmt: skip
def test_the_scorecard_is_what_pandas_makes_of_the_raw_tables(compiled, tmp_path, photobooth, idle):
    warehouse = photobooth(compiled, tmp_path)
    scorecard = Scorecard(warehouse)
    first, last = scorecard.raw.first, scorecard.raw.last
    cells = warehouse.execute(
        "select kpi_id, period_type, period_start, least(period_end, $last), period_end > $last, value, null_reason"
        " from marts.mart_kpi_scorecard where period_type <> 'day' or hash(period_start) % 9 = 0 order by all",
        {"last": last},
    ).fetchall()
    assert {cell[:2] for cell in cells} == set(product((kpi["kpi_id"] for kpi in load()[1]), PERIODS))
    compared, wrong = set(), []
    for kpi, period_type, start, end, is_unfinished, value, reason in cells:
        assert (value is None) == (reason is not None)
        if reason == "incomplete_period":
            assert is_unfinished or start < first
            continue
        found = expected(scorecard, kpi, period_type, max(start, first), end, start - timedelta(days=1))
        if found is None or value is None or abs(found - value) > 2e-6 * max(1.0, abs(found)):
            wrong += [] if found is None and value is None else [(kpi, period_type, start, value, reason, found)]
        elif value:
            compared.add(kpi)
    assert not wrong, (len(wrong), wrong[:10])
    never = {kpi for kpi, *_ in cells} - compared
    assert never == idle, "a KPI that is never anything but 0 or NULL proves nothing"
