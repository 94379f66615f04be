"""Partners and events at every border, small enough to check on paper: segments, bands, contracts, flows of credits, seasons.

The world is read on 30 September and 31 October 2026; history begins on 1 July, and the reported day ends October. So the month of
October in mart_partner_months and the partner in mart_partner_360 must say the same.
"""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from tests.dbt.compiled import compiled_marts
from tests.dbt.marts_world import World, at, key

SEP, OCT = "2026-09-30", "2026-10-31"
OLD = "2026-07-01"

# events in October, credits consumed of 100, segment, whether the requirement's literal rule holds too
SEGMENTS = {
    "ten events at 80": (10, 80, "power", True),
    "ten events at 79": (10, 79, "active", False),
    "nine events at 80": (9, 80, "active", True),
    "nine events at 81": (9, 81, "active", False),
    "three events at 50": (3, 50, "active", True),
    "three events at 49": (3, 49, "occasional", False),
    "two events at 90": (2, 90, "occasional", False),
    "two events at 49": (2, 49, "occasional", True),
    "one event at 0": (1, 0, "occasional", True),
}
# the last event, first seen, segment, literal: the 90 days that end with 31 October begin on 3 August
QUIET = {
    "event 89 days ago": ("2026-08-03", OLD, "lapsing", False),
    "event 90 days ago": ("2026-08-02", OLD, "dormant", True),
    "event 91 days ago": ("2026-08-01", OLD, "dormant", True),
    "never an event": (None, OLD, "dormant", True),
    "seen for 29 days": (None, "2026-10-02", "new", False),
    "seen for 30 days": (None, "2026-10-01", "dormant", True),
    "new with an event": ("2026-10-05", "2026-10-02", "new", False),
}
# percent consumed: band, is_training_needed, is_upsell_candidate
USAGE = {
    49: ("poor", True, False),
    50: ("watch", False, False),
    59: ("watch", False, False),
    60: ("good", False, False),
    79: ("good", False, False),
    80: ("good", False, False),
    81: ("watch", False, False),
    90: ("watch", False, False),
    91: ("watch", False, True),
    95: ("watch", False, True),
    96: ("poor", False, True),
}
# credits allocated of 10,000: percent that remains, level
REMAINING = {
    10000: (0.0, "exhausted"),
    9001: (9.99, "critical"),
    9000: (10.0, "low"),
    8001: (19.99, "low"),
    8000: (20.0, "enough"),
}
# the contracts of a partner as found by the loads, and recurring revenue at the end of August, September and October
ARS = {"monthly_value": 100, "currency": "ARS", "starts_on": OLD, "status": "active"}
CONTRACTS: dict[str, tuple[list[tuple[str, dict[str, Any]]], list[tuple[int, int]]]] = {
    "starts on the last day": ([(OCT, {**ARS, "starts_on": OCT})], [(0, 0), (0, 0), (100, 0)]),
    "starts the day after": ([(OCT, {**ARS, "starts_on": "2026-11-01"})], [(0, 0), (0, 0), (0, 0)]),
    "ends on the last day": ([(SEP, {**ARS, "ends_on": OCT})], [(100, 0), (100, 0), (100, 0)]),
    "ends the day before": ([(SEP, {**ARS, "ends_on": "2026-10-30"})], [(100, 0), (100, 0), (0, 0)]),
    "ended before we looked": (
        [(SEP, {**ARS, "ends_on": "2026-08-31", "status": "ended"})],
        [(100, 0), (0, 0), (0, 0)],
    ),
    "ended too early": ([(SEP, ARS), (OCT, {**ARS, "status": "ended"})], [(100, 0), (100, 0), (0, 0)]),
    "paused in October": ([(SEP, ARS), (OCT, {**ARS, "status": "paused"})], [(100, 0), (100, 0), (0, 0)]),
    "raised in October": ([(SEP, ARS), (OCT, {**ARS, "monthly_value": 120.5})], [(100, 0), (100, 0), (120.5, 0)]),
    "two contracts": (
        [(SEP, ARS), (SEP, {**ARS, "id": key("second"), "monthly_value": 50, "starts_on": "2026-09-15"})],
        [(100, 0), (150, 0), (150, 0)],
    ),
    "two currencies": (
        [(SEP, ARS), (OCT, {**ARS, "id": key("dollars"), "monthly_value": 20, "currency": "usd", "starts_on": "2026-10-01"})],
        [(100, 0), (100, 0), (100, 20)],
    ),
}  # fmt: skip


def partner(world: World, name: str, since: str = OLD, total: int = 100, allocated: int = 0) -> None:
    found = OCT if since > SEP else SEP
    world.found(found, "partners", id=key(name), name=name, credits_total=total, credits_used=allocated, created_at=at(since))  # fmt: skip


def event(world: World, owner: str, day: str, used: int = 0, number: int = 0, **row: Any) -> str:
    row = {"event_type": "corporate", "credits_used": used, "credits_allocated": 100, "start_date": at(day)} | row
    ident = key(f"{owner} {number}")
    world.found(OCT, "events", id=ident, partner_id=key(owner), created_at=at(min(day, OCT)), **row)
    return ident


def photos(world: World, event_id: str, day: str, count: int) -> None:
    for n in range(count):
        world.found(OCT, "generations", id=key(f"{event_id} {n}"), event_id=event_id, created_at=at(day))


def borders(world: World) -> None:
    for name, (count, used, _, _) in SEGMENTS.items():
        partner(world, name)
        for number in range(count):
            event(world, name, f"2026-10-{1 + 3 * number:02d}", used if number == 0 else 0, number)
    for name, (last, since, _, _) in QUIET.items():
        partner(world, name, since)
        if last:
            event(world, name, last)
    for used in USAGE:
        partner(world, f"used {used}")
        event(world, f"used {used}", "2026-10-31", used)
    for allocated in REMAINING:
        partner(world, f"allocated {allocated}", total=10000, allocated=allocated)
    partner(world, "left")
    event(world, "left", "2026-10-05")
    world.found(OCT, "partners", id=key("left"), name="left", credits_total=100, is_active=False, created_at=at(OLD))


def contracts(world: World) -> None:
    for name, (states, _) in CONTRACTS.items():
        partner(world, name)
        for load, state in states:
            row = {"id": key(f"contract {name}"), "partner_id": key(name), "created_at": at(OLD)} | state
            days = {column: at(row[column]).date() for column in ("starts_on", "ends_on") if column in row}
            world.found(load, "partner_contracts", **(row | days))


def money(world: World) -> None:
    """Grow doubles its wallet in October; 30 of it are booked. It pays 700 with its id and 50 with its account."""
    grow = {"id": key("grow"), "name": "grow", "user_id": key("account"), "created_at": at(OLD)}
    world.found(SEP, "partners", **grow, credits_total=100, credits_used=60)
    world.found(OCT, "partners", **grow, credits_total=300, credits_used=200)
    party = {
        "id": key("party"),
        "partner_id": key("grow"),
        "start_date": at("2026-09-20"),
        "created_at": at("2026-09-01"),
    }
    world.found(SEP, "events", **party, credits_used=20)
    world.found(OCT, "events", **party, credits_used=50)
    world.found(SEP, "profiles", id=key("account"), role="partner", created_at=at(OLD))
    world.found(SEP, "profiles", id=key("user"), role="user", created_at=at(OLD))
    world.found(OCT, "wallet_transactions", id=key("top-up"), partner_id=key("grow"), amount=30, type="top-up",
                created_at=at("2026-10-04"))  # fmt: skip
    paid = [("grow", "mp1", 700), ("grow", "mp1", 700), ("account", "mp2", 50), ("user", "mp3", 4000)]  # one twice
    for n, (payer, payment, amount) in enumerate(paid):
        world.found(OCT, "payment_notifications", id=key(f"payment {n}"), mercadopago_id_hash=payment, status="approved",
                    user_id=key(payer), amount=amount, credits_added=10, currency_id="ARS", created_at=at("2026-10-09"))  # fmt: skip


def parties(world: World) -> None:
    """Four events of one partner; without a planned end they are over 14 days after the 10th."""
    partner(world, "host")
    for number, (kind, count) in enumerate([("wedding", 49), ("wedding", 50), ("party", 99), ("party", 100)]):
        photos(world, event(world, "host", "2026-10-10", count, number, event_type=kind), "2026-10-10", count)
    running = event(world, "host", "2026-10-30", 0, 4, event_type="wedding", end_date=at("2026-11-01"))
    photos(world, running, "2026-10-30", 3)
    event(world, "host", "2026-11-20", 0, 5, event_type="wedding")


def applications(world: World) -> None:
    """One waits since July and is approved in October; one waits; one is refused."""
    for name, october in (("approved", "partner"), ("waiting", "pending_partner"), ("refused", "user")):
        row = {"id": key(name), "created_at": at(OLD)}
        world.found(SEP, "profiles", **row, role="pending_partner")
        world.found(OCT, "profiles", **row, role=october)


MODELS = (
    "fct_partner_applications",
    "mart_event_performance",
    "mart_event_type_months",
    "mart_partner_360",
    "mart_partner_months",
    "mart_seasonality",
    "mart_transaction_log",
)


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    world = World()
    for part in (borders, contracts, money, parties, applications):
        part(world)
    return compiled_marts().over(world, tmp_path_factory.mktemp("partners"), OLD, OCT, marts=MODELS)


def by_partner(con: duckdb.DuckDBPyConnection, columns: str, month: str = "") -> dict[str, tuple]:
    """Rows of mart_partner_360, or of a month of mart_partner_months, by the name of the partner."""
    mart = f"mart_partner_months where month_start_date = '{month}'" if month else "mart_partner_360"
    return {name: row for name, *row in con.execute(f"select partner_name, {columns} from marts.{mart}").fetchall()}


def test_every_border_of_a_segment(marts):
    expected = {name: [segment, exact] for name, (_, _, segment, exact) in (SEGMENTS | QUIET).items()}
    expected["left"] = [None, None]
    for found in (
        by_partner(marts, "segment, segment_exact"),
        by_partner(marts, "segment, segment_exact", "2026-10-01"),
    ):
        assert {name: found[name] for name in expected} == expected


def test_a_month_that_ends_with_the_reported_day_says_what_the_partner_says(marts):
    columns = "segment, segment_exact, consumption_ratio, usage_band, null_reason, credits_total, credits_allocated,"
    columns += " credits_consumed, events_90d, mrr_ars, mrr_usd, mrr_null_reason, is_active"
    one = by_partner(marts, columns + ", events_last_month")
    other = by_partner(marts, columns + ", events_count", "2026-10-01")
    assert len(one) > 30 and one == other


def test_every_border_of_consumption(marts):
    found = by_partner(marts, "consumption_ratio, usage_band, is_training_needed, is_upsell_candidate")
    assert {used: found[f"used {used}"] for used in USAGE} == {u: [u / 100, *flags] for u, flags in USAGE.items()}


def test_every_border_of_the_credits_that_remain(marts):
    found = by_partner(marts, "remaining_pct, low_credit_level")
    assert {a: tuple(found[f"allocated {a}"]) for a in REMAINING} == REMAINING


def test_recurring_revenue_is_what_is_in_force_on_the_last_day(marts):
    for position, month in enumerate(("2026-08-01", "2026-09-01", "2026-10-01")):
        found = by_partner(marts, "mrr_ars, mrr_usd", month)
        expected = {name: list(values[position]) for name, (_, values) in CONTRACTS.items()}
        assert {name: found[name] for name in CONTRACTS} == expected, month
    assert by_partner(marts, "mrr_ars, mrr_usd, mrr_null_reason")["two currencies"] == [100, 20, None]


def test_credits_of_a_month_need_a_reading_at_both_ends(marts):
    columns = "credits_purchased_in_month, credits_allocated_in_month, credits_consumed_in_month, flow_null_reason,"
    columns += " credits_total, credits_consumed, consumption_ratio, null_reason, revenue_ars, events_count"
    unknown, no = [None, None, None, "not_observed"], "not_observed"
    months = {month: by_partner(marts, columns, month) for month in ("2026-08-01", "2026-09-01", "2026-10-01")}
    assert [months[month]["grow"] for month in months] == [
        [*unknown, None, None, None, no, 0, 0],
        [*unknown, 100, 20, 0.2, None, 0, 1],
        [200, 140, 30, None, 300, 50, 0.166667, None, 750, 0],
    ]
    assert months["2026-10-01"]["seen for 29 days"][:5] == [100, 0, 0, None, 100]  # from nothing
    assert "seen for 29 days" not in months["2026-09-01"]


def test_the_transaction_log_adds_up_to_the_wallet_and_to_the_payments(marts):
    rows = marts.execute(
        "select actor_type, actor_key, actor_name, action_type, sum(amount), unit, count(*) from marts.mart_transaction_log"
        f" where actor_key in ('photobooth:{key('grow')}', 'photobooth:{key('user')}') group by all order by all"
    ).fetchall()
    grow, user = (f"photobooth:{key(name)}" for name in ("grow", "user"))
    assert rows == [
        ("direct", user, None, "payment", 4000, "ARS", 1),
        ("partner", grow, "grow", "credit_top_up", 30, "credits", 1),
        ("partner", grow, "grow", "credit_unbooked", 70, "credits", 2),  # + 40 until September, + 60 - 30 in October
        ("partner", grow, "grow", "payment", 750, "ARS", 2),
    ]


def test_photos_per_event_and_their_bands(marts):
    rows = marts.execute(
        "select event_type, event_status, photos_made_count, engagement_band, engagement_null_reason, ended_date::varchar,"
        " budget_used_pct, nights_count, recommended_action is not null from marts.mart_event_performance"
        " where partner_name = 'host' order by start_date, photos_made_count"
    ).fetchall()
    assert rows == [
        ("wedding", "ended", 49, "poor", None, "2026-10-24", 49, 1, True),
        ("wedding", "ended", 50, "watch", None, "2026-10-24", 50, 1, True),
        ("party", "ended", 99, "watch", None, "2026-10-24", 99, 1, True),
        ("party", "ended", 100, "good", None, "2026-10-24", 100, 1, True),
        ("wedding", "running", 3, None, "not_ended", None, 0, 1, False),
        ("wedding", "upcoming", 0, None, "not_ended", None, 0, 0, False),
    ]
    months = marts.execute(
        "select event_type, events_count, partners_count, photos_count, ended_events_count, photos_per_event,"
        " photos_per_event_median, engagement_band from marts.mart_event_type_months"
        " where month_start_date = '2026-10-01' and event_type in ('wedding', 'party') order by all"
    ).fetchall()
    assert months == [("party", 2, 1, 199, 2, 99.5, 99.5, "watch"), ("wedding", 3, 1, 102, 2, 49.5, 49.5, "poor")]
    ranks = by_partner(marts, "photos_30d, photos_rank_30d")
    assert ranks["host"] == [301, 1]
    assert ranks["left"][1] is None


def test_a_documented_season_is_shown_where_nothing_can_be_measured_yet(marts):
    rows = marts.execute(
        "select calendar_month, value_total, cycles_count, month_index, null_reason, documented_season, documented_hemisphere"
        " from marts.mart_seasonality where metric = 'events' and segment = 'wedding' and calendar_month in (4, 10, 12)"
        " order by calendar_month"
    ).fetchall()
    short = "insufficient_cycles"
    assert rows == [
        (4, 0, 0, None, short, None, None),
        (10, 3, 0, None, short, "peak", "northern"),
        (12, 0, 0, None, short, "low", "northern"),
    ]


def test_an_application_is_open_until_a_load_sees_the_account_otherwise(marts):
    rows = marts.execute(
        "select user_key, applied_date::varchar, decided_date::varchar, decision from facts.fct_partner_applications"
    ).fetchall()
    assert {(user.removeprefix("photobooth:"), *row) for user, *row in rows} == {
        (key("approved"), OLD, OCT, "approved"),
        (key("waiting"), OLD, None, None),
        (key("refused"), OLD, OCT, "refused"),
    }
