"""Every KPI of a photobooth small enough to check on paper, the borders of the benchmarks, and a day of 25 hours.

The world is that of test_marts_by_hand.py (read on 31 August, 30 September and 15 October 2026; history begins on 1 May; the zone
is UTC) and what is added here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import duckdb
import pytest

from tests.dbt.compiled import CompiledMarts, compiled_marts
from tests.dbt.marts_world import World, at, key
from tests.dbt.test_marts_by_hand import AUG, OCT, SEP, actions, events, partners, payments, photos, styles, users


def health(world: World) -> None:
    """Probes an hour apart, which so hold at most two; ten attempts at an event in September."""
    probes = [
        ("api", "2026-09-01 00:00", True, 100), ("api", "2026-09-01 01:00", True, 200),
        ("api", "2026-09-01 02:00", False, 900), ("api", "2026-09-01 03:00", True, 300),  # holds until 5
        ("database", "2026-09-30 22:00", True, 5), ("database", "2026-09-30 23:00", True, 5),
        ("database", "2026-10-01 00:00", False, None), ("database", "2026-10-01 01:00", True, 5),  # holds until 3
    ]  # fmt: skip
    for n, (component, moment, is_up, latency) in enumerate(probes):
        world.found(
            OCT, "uptime_checks", id=n, component=component, checked_at=at(moment), ok=is_up, latency_ms=latency
        )
    attempts = [("success", 1000), ("success", 2000), ("success", 3000), ("success", 4000), ("success", None),
                ("failed", 9000), ("timeout", 60000), ("denied_no_credit", None), ("denied_no_credit", 10), ("started", None)]  # fmt: skip
    for n, (status, latency) in enumerate(attempts):
        world.found(OCT, "generation_attempts", id=key(f"attempt {n}"), event_id=key("e2"), status=status,
                    latency_ms=latency, created_at=at("2026-09-20"))  # fmt: skip


def contracts(world: World) -> None:
    """Ada's from August on, Ben's from July on and paused in September, Vera's in dollars for a month."""
    signed = {"monthly_value": 1000, "currency": "ARS", "status": "active", "created_at": at("2026-07-01")}
    world.found(
        AUG, "partner_contracts", id=key("c1"), partner_id=key("ada"), starts_on=at("2026-08-01").date(), **signed
    )
    ben = signed | {
        "id": key("c2"),
        "partner_id": key("ben"),
        "monthly_value": 300,
        "starts_on": at("2026-07-01").date(),
    }
    world.found(AUG, "partner_contracts", **ben)
    world.found(SEP, "partner_contracts", **ben | {"status": "paused"})
    vera = {
        "monthly_value": 500.5,
        "currency": "USD",
        "starts_on": at("2026-09-10").date(),
        "ends_on": at("2026-10-10").date(),
    }
    world.found(SEP, "partner_contracts", id=key("c3"), partner_id=key("vera"), **signed | vera)


def accounts(world: World) -> None:
    """Eve, inactive since before history, is deleted in September; eva, gus and fay apply; bob and cal have balances."""
    world.found(AUG, "partners", id=key("eve"), name="Eve", is_active=False, credits_total=300, credits_used=200,
                created_at=at("2026-04-10"))  # fmt: skip
    world.gone(SEP, "partners", key("eve"))
    eva = {"id": key("eva"), "created_at": at("2026-08-20")}
    world.found(AUG, "profiles", role="pending_partner", **eva)
    world.found(SEP, "profiles", id=key("gus"), role="pending_partner", created_at=at("2026-09-03"))
    world.found(OCT, "profiles", role="client", **eva)  # refused
    world.found(OCT, "profiles", id=key("fay"), role="pending_partner", created_at=at("2026-10-05"))
    bob = {"id": key("bob"), "created_at": at("2026-08-09 23:59")}
    world.found(SEP, "profiles", credits=250, **bob)
    world.found(OCT, "profiles", credits=100, **bob)
    world.found(
        OCT, "profiles", id=key("cal"), role="user", created_at=at("2026-09-28"), credits=50, referred_by=key("ann")
    )


def deletions_and_purchases(world: World) -> None:
    """Three photos that were deleted, two more purchases of bob, and what ann, bob and cal did within minutes."""
    gone = [("p1", None, "e1", "2026-08-20", AUG, SEP), ("p2", "bob", None, "2026-09-05", SEP, OCT),
            ("p3", None, "e2", "2026-09-20", SEP, OCT)]  # fmt: skip
    for name, user, event, moment, seen, missed in gone:
        who = {"user_id": key(user) if user else None, "event_id": key(event) if event else None}
        world.found(seen, "generations", id=key(name), style_id="s1", created_at=at(moment), **who)
        world.gone(missed, "generations", key(name))
    for payment, amount, credits, moment in (("mp7", 4000, 500, "2026-09-10"), ("mp8", 3000, 300, "2026-09-20")):
        row = {"user_id": key("bob"), "mercadopago_id_hash": payment, "amount": amount, "credits_added": credits}
        row |= {"currency_id": "ARS", "status": "approved", "created_at": at(moment)}
        world.found(OCT, "payment_notifications", id=key(payment), **row)
    done = [("ann", "2026-09-16 00:30:00"), ("ann", "2026-09-16 01:00:01"), ("bob", "2026-10-14 00:20"), ("cal", "2026-10-14 00:10")]  # fmt: skip
    for user, moment in done:
        world.found(
            OCT, "activity_logs", id=key(user + moment), user_id=key(user), action="style_viewed", created_at=at(moment)
        )


MARTS = ("mart_kpi_scorecard", "mart_active_users_daily")
PARTS = (partners, events, users, styles, photos, payments, actions)
MORE = (health, contracts, accounts, deletions_and_purchases)


@pytest.fixture(scope="module")
def compiled() -> CompiledMarts:
    return compiled_marts()


@pytest.fixture(scope="module")
def scorecard(compiled: CompiledMarts, tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    world = World()
    for part in (*PARTS, *MORE):
        part(world)
    return compiled.over(world, tmp_path_factory.mktemp("by_hand"), "2026-05-01", OCT, marts=MARTS)


# By month: May, June, July, August, September, October (unfinished). A text is the reason of a NULL.
NO, OBS, ZERO, NOW = "no_previous_period", "not_observed", "zero_denominator", "incomplete_period"
FULL, NONE = "window_not_full", "no_rows"
BY_MONTH: dict[str, list[Any]] = {
    # September: api up 0-2 and 3-5, down 2-3; database up 22-24. 1 October: database down 0-1, up 1-3
    "uptime": [ZERO, ZERO, ZERO, ZERO, 85.714286, 66.666667],  # 6 / 7 hours, 2 / 3
    "uptime_api": [ZERO, ZERO, ZERO, ZERO, 80, ZERO],  # 4 / 5
    # September: 5 succeeded, 2 failed, 2 were refused, 1 is under way; October: cal's failed
    "error_rate": [ZERO, ZERO, ZERO, ZERO, 28.571429, 100],  # 2 / 7, 1 / 1
    "error_rate_requests": [ZERO, ZERO, ZERO, ZERO, 40, 100],  # 4 / 10
    "response_time": [ZERO, ZERO, ZERO, ZERO, 2.5, ZERO],  # 1, 2, 3 and 4 seconds
    "response_time_p95": [NONE, NONE, NONE, NONE, 3.85, NONE],  # 95 % of the way from 1 to 4, by 3 steps: 2.85
    "response_time_probe": [ZERO, ZERO, ZERO, ZERO, 0.2, ZERO],  # 100, 200 and 300 ms; the one that failed has none
    # July ada, ben; August + vera; September + cleo - ben; October + dan
    "active_partners": [0, 0, 2, 3, 3, 4],
    "active_partners_virtual": [0, 0, 0, 1, 1, 1],
    "inactive_partners": [1, 1, 1, 1, 1, 1],  # eve, then ben
    "partners": [1, 1, 3, 4, 4, 5],  # eve; + ada ben; + vera; + cleo - eve; + dan
    "new_partners": [0, 0, 2, 1, 1, 1],
    "partner_growth": [NO, ZERO, ZERO, 50, 33.333333, NOW],  # 1 / 2, 1 / 3
    "partner_growth_net": [NO, ZERO, ZERO, 50, 0, NOW],  # (3 - 2) / 2, (3 - 3) / 3
    # engaged at the end of July: ben; of August: ada, ben, vera, of which ben leaves. 90 days of history: from 29 July
    "partner_churn": [FULL, FULL, FULL, 0, 33.333333, NOW],
    "partner_churn_deactivated": [OBS, OBS, OBS, OBS, 33.333333, NOW],  # 1 / 3
    # July ben / 2; August ada, vera / 3; September ada, cleo / 3; October ada, cleo / 4
    "active_partner_ratio": [ZERO, ZERO, 50, 66.666667, 66.666667, 50],
    "open_applications": [OBS, OBS, OBS, 1, 2, 2],  # eva; + gus; + fay - eva
    "mrr_ars": [0, 0, 300, 1300, 1000, 1000],  # ben; + ada; - ben
    "mrr_usd": [0, 0, 0, 0, 500.5, 0],  # vera until 10 October
    "revenue_per_partner": [ZERO, ZERO, 150, 433.333333, 333.333333, 250],  # 300 / 2, 1300 / 3, 1000 / 3, 1000 / 4
    # bought: 1000 + 400 + 60 + 300 = 1760, then 1200 + 400 + 0 + 100 + 60 + 300 = 2060
    # consumed: 200 + 60 + 30 = 290; + 100 = 390; + 150 + 50 = 590; the platform's own event is not a partner's
    # allocated: 500 + 100 + 6 + 200 = 806; 800 + ... = 1106; 1200 + 100 + 0 + 50 + 6 + 200 = 1556
    "consumption_ratio": [OBS, OBS, OBS, 16.477273, 22.159091, 28.640777],
    "allocation_ratio": [OBS, OBS, OBS, 45.795455, 62.840909, 75.533981],
    "unallocated_credits": [OBS, OBS, OBS, 954, 554, 404],  # without eve's 100 from September on
    "lapsed_credits": [OBS, OBS, OBS, 0, 100, 100],
    "allocated_unused_credits": [OBS, OBS, OBS, 516, 716, 966],  # 806 - 290, 1106 - 390, 1556 - 590
    "credit_liability": [OBS, OBS, OBS, 1470, 1270, 1370],  # 954 + 516, 554 + 716, 404 + 966
    "unconsumed_credits": [OBS, OBS, OBS, 1470, 1370, 1470],  # 1760 - 290, 1760 - 390, 2060 - 590
    "direct_credit_balance": [OBS, OBS, OBS, 0, 250, 150],  # bob; bob and cal
    "credits_in_circulation": [OBS, OBS, OBS, 1470, 1520, 1520],
    "photos_in_circulation": [OBS, OBS, OBS, 1470, 1272.5, 1371.5],  # 1270 + 250 / 100, 1370 + 150 / 100
    "events_total": [0, 0, 1, 3, 6, 6],  # e5; + e1 e8; + e2 e3 e7; + e4 - e7
    "event_volume": [0, 0, 1, 2, 3, 0],  # e5; e1 e8; e2 e3 e7
    "event_volume_growth": [NO, ZERO, ZERO, 100, 50, NOW],
    "events_created": [0, 0, 1, 2, 4, 1],  # e5; e1 e8; e2 e3 e6 e7; e4
    "generations": [0, 0, 0, 7, 10, 1],  # 6 + p1, 8 + p2 p3
    "generations_kept": [0, 0, 0, 6, 8, 1],
    "photo_deletion_rate": [ZERO, ZERO, ZERO, 14.285714, 20, 0],  # 1 / 7, 2 / 10
    "direct_share": [ZERO, ZERO, ZERO, 57.142857, 40, 100],  # 4 / 7, 4 / 10, 1 / 1
    "generations_per_event": [ZERO, ZERO, 0, 1.5, 1.25, ZERO],  # 0 / e5; 3 / e1 e8; 5 / e2 e3 e6 e7
    # 14 days after the last photo: e1 on 3 September with 3, e6 on the 24th with 1, e2 on 4 October with 4
    "generations_per_event_ended": [ZERO, ZERO, ZERO, ZERO, 2, 4],
    "generations_per_event_median": [NONE, NONE, NONE, NONE, 2, 4],
    "generations_per_event_total": [ZERO, ZERO, 0, 3.5, 2.5, ZERO],  # 7 / 2, 10 / 4
    "users_total": [0, 0, 0, 5, 6, 7],  # ann bob dot vera eva; + cal gus - dot; + fay
    "direct_users": [0, 0, 0, 3, 3, 3],  # ann bob dot; ann bob cal
    "new_direct_users": [0, 0, 0, 3, 1, 0],
    "new_referred_direct_users": [0, 0, 0, 0, 1, 0],  # cal by ann
    "active_direct_users": [0, 0, 0, 2, 2, 2],  # ann bob; ann cal (dot is deleted); ann cal
    "direct_user_activation": [ZERO, ZERO, ZERO, 66.666667, 66.666667, 66.666667],
    "revenue": [0, 0, 0, 4000, 15000, 10000],  # ann; bob 8000 + 4000 + 3000; cal
    # by days of Buenos Aires bob's first payment is of 31 August and cal's of 30 September
    "revenue_local": [0, 0, 0, 12000, 17000, 0],
    "revenue_growth": [NO, ZERO, ZERO, ZERO, 275, NOW],
    "payments": [0, 0, 0, 1, 4, 1],  # ann's in dollars too
    "revenue_per_payer": [ZERO, ZERO, ZERO, 4000, 15000, 10000],  # in ARS only bob pays in September
    "purchase_size": [ZERO, ZERO, ZERO, 4000, 5000, 10000],  # 15000 / 3
    "purchase_size_median": [NONE, NONE, NONE, 4000, 4000, 10000],
    "purchase_credits": [ZERO, ZERO, ZERO, 500, 500, 1500],  # (1100 + 100 + 500 + 300) / 4
    "credits_per_user": [ZERO, ZERO, ZERO, 166.666667, 833.333333, 1333.333333],  # 500, 2500, 4000 / 3
    "repeat_purchase_rate": [FULL, FULL, ZERO, 0, 100, 66.666667],  # ann 0 / 1; ann bob 2 / 2; of ann bob cal 2 / 3
    # August: ann 4th, 5th and 20th, bob 12th. September: bob 1st 10th 20th, dot 2nd, ann 4th, cal 30th, and ann on the 16th for
    # 30 minutes, then 1 second too late for the same session. October: cal 1st, bob 20 and cal 10 minutes on the 14th; ann's last one
    # on the 15th may go on
    "session_duration": [ZERO, ZERO, ZERO, 0, 225, 600],  # 1800 / 8, 1800 / 3
    "session_duration_median": [NONE, NONE, NONE, 0, 0, 600],
    "single_action_sessions": [ZERO, ZERO, ZERO, 100, 87.5, 33.333333],  # 4 / 4, 7 / 8, 1 / 3
    "styles_total": [0, 0, 0, 3, 3, 3],
    "inactive_styles": [0, 0, 0, 1, 1, 1],  # s3, with its category
    "styles_in_use": [0, 0, 0, 2, 2, 2],
    # August 5 and 1 of 6: (ln 6 - 5/6 ln 5) / ln 2; September 3 and 3: 1; 16 September to 15 October 2 and 3
    "style_diversity": [ZERO, ZERO, ZERO, 0.650022, 1, 0.970951],
    "style_diversity_simpson": [ZERO, ZERO, ZERO, 0.277778, 0.5, 0.48],  # 1 - 26/36, 1 - 18/36, 1 - 13/25
}  # fmt: skip


def test_every_kpi_has_its_value_of_every_month(scorecard):
    found = scorecard.execute(
        "select kpi_id, list(coalesce(null_reason, value::varchar) order by period_start), list(value order by period_start)"
        " from marts.mart_kpi_scorecard where period_type = 'month' group by kpi_id"
    ).fetchall()
    values = {kpi: [v if v is not None else r for r, v in zip(reasons, vs, strict=True)] for kpi, reasons, vs in found}
    assert values.keys() == BY_MONTH.keys()
    wrong = {
        kpi: (values[kpi], expected)
        for kpi, expected in BY_MONTH.items()
        if [type(v) is str for v in values[kpi]] != [type(e) is str for e in expected]
        or any(
            v != (e if type(e) is str else pytest.approx(e, abs=2e-6))
            for v, e in zip(values[kpi], expected, strict=True)
        )
    }
    assert not wrong


def test_bands_growth_and_actions_stand_on_complete_months(scorecard):
    rows = scorecard.execute(
        "select kpi_id, strftime(period_start, '%b'), is_complete, previous_value, delta_abs, delta_pct, band, is_assumed,"
        " recommended_action is not null from marts.mart_kpi_scorecard where period_type = 'month'"
        " and kpi_id in ('active_partner_ratio', 'event_volume', 'partner_churn', 'consumption_ratio', 'partner_growth', 'mrr_ars')"
        " and period_start >= '2026-08-01' order by kpi_id, period_start"
    ).fetchall()
    assert rows == [
        ("active_partner_ratio", "Aug", True, 50, 16.666667, 33.3333, "good", False, False),
        ("active_partner_ratio", "Sep", True, 66.666667, 0, 0, "good", False, False),
        ("active_partner_ratio", "Oct", False, 66.666667, None, None, None, False, False),
        ("consumption_ratio", "Aug", True, None, None, None, "poor", False, True),
        ("consumption_ratio", "Sep", True, 16.477273, 5.681818, 34.4828, "poor", False, True),
        ("consumption_ratio", "Oct", False, 22.159091, None, None, None, False, False),
        ("event_volume", "Aug", True, 1, 1, 100, None, False, False),
        ("event_volume", "Sep", True, 2, 1, 50, None, False, False),
        ("event_volume", "Oct", False, 3, None, None, None, False, False),
        ("mrr_ars", "Aug", True, 300, 1000, 333.3333, None, False, False),
        ("mrr_ars", "Sep", True, 1300, -300, -23.0769, None, False, False),
        ("mrr_ars", "Oct", False, 1000, None, None, None, False, False),
        ("partner_churn", "Aug", True, None, None, None, "good", True, False),  # July was before the first look
        ("partner_churn", "Sep", True, 0, 33.333333, None, "poor", False, True),
        ("partner_churn", "Oct", False, 33.333333, None, None, None, False, False),
        ("partner_growth", "Aug", True, None, None, None, "good", True, False),
        ("partner_growth", "Sep", True, 50, -16.666667, -33.3333, "good", False, False),
        ("partner_growth", "Oct", False, 33.333333, None, None, None, False, False),
    ]


def test_days_weeks_and_quarters_are_made_of_the_same_measures(scorecard):
    def periods(kpi: str) -> list[tuple[Any, ...]]:
        return scorecard.execute(
            "select period_type, period_start::varchar, period_end::varchar, is_complete, value from marts.mart_kpi_scorecard"
            " where kpi_id = ? and (period_type = 'quarter' or period_type = 'week' and period_start >= '2026-09-28'"
            " or period_type = 'day' and period_start >= '2026-10-14') order by all",
            [kpi],
        ).fetchall()

    assert periods("generations") == [
        ("day", "2026-10-14", "2026-10-14", True, 0),
        ("day", "2026-10-15", "2026-10-15", True, 1),
        ("quarter", "2026-04-01", "2026-06-30", False, 0),  # history begins in it
        ("quarter", "2026-07-01", "2026-09-30", True, 17),
        ("quarter", "2026-10-01", "2026-12-31", False, 1),
        ("week", "2026-09-28", "2026-10-04", True, 1),
        ("week", "2026-10-05", "2026-10-11", True, 0),
        ("week", "2026-10-12", "2026-10-18", False, 1),
    ]
    # the median of 3000, 4000, 4000 and 8000 is no mean of months, nor are two payers a sum of them
    (quarter,) = [row for row in periods("purchase_size_median") if row[:2] == ("quarter", "2026-07-01")]
    assert quarter[-1] == 4000
    (quarter,) = [row for row in periods("revenue_per_payer") if row[:2] == ("quarter", "2026-07-01")]
    assert quarter[-1] == 9500  # 19000 / ann and bob


def test_growth_and_churn_of_a_day_and_a_week_have_no_band_of_a_month(scorecard):
    rows = scorecard.execute(
        "select kpi_id, period_type, period_start::varchar, value, coalesce(band, target::varchar) from marts.mart_kpi_scorecard"
        " where kpi_id in ('partner_growth', 'partner_growth_net', 'partner_churn', 'revenue_growth', 'event_volume_growth')"
        " and value <> 0 and (period_type = 'day' and period_start between '2026-09-05' and '2026-09-30'"
        " or period_type = 'week' and period_start between '2026-08-31' and '2026-09-28') order by all"
    ).fetchall()
    assert rows == [
        ("event_volume_growth", "day", "2026-09-21", -100, None),  # e2 the day before
        ("event_volume_growth", "day", "2026-09-26", -100, None),  # e3
        ("event_volume_growth", "day", "2026-09-29", -100, None),  # e7
        ("partner_churn", "day", "2026-09-30", 25, None),  # ben of ada, ben, vera and cleo
        ("partner_churn", "week", "2026-09-28", 33.333333, None),  # cleo's first event is in that week
        ("partner_growth", "day", "2026-09-05", 33.333333, None),  # cleo
        ("partner_growth", "week", "2026-08-31", 33.333333, None),
        ("partner_growth", "week", "2026-09-28", 25, None),  # dan
        ("partner_growth_net", "day", "2026-09-05", 33.333333, None),
        ("partner_growth_net", "day", "2026-09-30", -25, None),  # ben; with dan the week comes out even
        ("partner_growth_net", "week", "2026-08-31", 33.333333, None),
        ("revenue_growth", "day", "2026-09-11", -100, None),
        ("revenue_growth", "day", "2026-09-21", -100, None),
        ("revenue_growth", "week", "2026-09-07", -50, None),  # bob's 8000, 4000, 3000 and nothing
        ("revenue_growth", "week", "2026-09-14", -25, None),
        ("revenue_growth", "week", "2026-09-21", -100, None),
    ]
    judged = scorecard.execute(
        "select distinct period_type from marts.mart_kpi_scorecard where kpi_id = 'partner_growth' and band is not null"
    ).fetchall()
    assert judged == [("month",)]


def test_the_three_balances_of_credits_close(scorecard):
    rows = scorecard.execute(
        "pivot (select kpi_id, period_start, value from marts.mart_kpi_scorecard where period_type = 'day'"
        f" and period_start >= '{AUG}') on kpi_id in ('unallocated_credits', 'allocated_unused_credits', 'credit_liability',"
        " 'lapsed_credits', 'unconsumed_credits', 'direct_credit_balance', 'credits_in_circulation') using first(value)"
    ).fetchall()
    assert len(rows) == 46
    for _, unallocated, allocated_unused, liability, lapsed, unconsumed, direct, in_circulation in rows:
        assert unallocated + allocated_unused == liability
        assert liability + lapsed == unconsumed
        assert liability + direct == in_circulation


# Numerator and denominator of a month beside each border; growth and churn are made of what was there before.
BORDERS: dict[str, list[tuple[float, float, str]]] = {
    "uptime": [(98_999, 100_000, "poor"), (99, 100, "watch"), (99_499, 100_000, "watch"), (995, 1000, "good"), (1, 1, "good")],
    "error_rate": [(0, 5, "good"), (999, 100_000, "good"), (1, 100, "watch"), (3, 100, "watch"), (3001, 100_000, "poor")],
    "response_time": [(1999, 1, "good"), (4000, 2, "watch"), (5000, 1, "watch"), (5001, 1, "poor")],
    "partner_growth": [(0, 10, "poor"), (49, 1000, "poor"), (5, 100, "watch"), (99, 1000, "watch"), (10, 100, "good"), (3, 2, "good")],
    "partner_churn": [(0, 9, "good"), (49, 1000, "good"), (5, 100, "watch"), (10, 100, "watch"), (101, 1000, "poor"), (1, 1, "poor")],
    "consumption_ratio": [(0, 9, "poor"), (49, 100, "poor"), (50, 100, "watch"), (59, 100, "watch"), (60, 100, "good"),
                          (80, 100, "good"), (81, 100, "watch"), (90, 100, "watch"), (95, 100, "watch"), (9501, 10_000, "poor")],
    "active_partner_ratio": [(39, 100, "poor"), (40, 100, "watch"), (59, 100, "watch"), (60, 100, "good"), (1, 1, "good")],
    "generations_per_event": [(49, 1, "poor"), (100, 2, "watch"), (99, 1, "watch"), (100, 1, "good"), (501, 1, "good")],
    "direct_user_activation": [(14, 100, "poor"), (15, 100, "watch"), (25, 100, "watch"), (29, 100, "watch"), (30, 100, "good")],
    "revenue_growth": [(-50, 100, "poor"), (49, 1000, "poor"), (5, 100, "watch"), (14, 100, "watch"), (15, 100, "good"), (1, 1, "good")],
}  # fmt: skip


def test_every_benchmark_has_its_bands(compiled, scorecard):
    """Each border through the compiled scorecard over measures of our own, with the definitions and bands of the catalogue."""
    definitions = scorecard.execute(
        "select kpi_id, kind, numerator, denominator from seeds.kpi_definitions where is_headline order by kpi_order"
    ).fetchall()
    assert [kpi for kpi, *_ in definitions] == list(BORDERS)
    query = compiled.select_of("mart_kpi_scorecard").replace('"warehouse"."intermediate"."kpi_measures"', "measures")
    assert "from measures" in query
    for kpi, kind, numerator, denominator in definitions:
        # one platform per case; a month is complete, and so is the one before it
        columns = "platform, measure_id, value, previous_value, lost_value, null_reason, previous_null_reason"
        rows = []
        for case, (above, below, _) in enumerate(BORDERS[kpi]):
            if kind == "ratio":
                # partner_growth divides by the value before, the others by the value now
                rows += [(str(case), numerator, above, None, None), (str(case), denominator, below, below, None)]
            elif kind == "delta":
                rows.append((str(case), numerator, below + above, below, None))
            else:
                rows.append((str(case), numerator, below - above, below, above))
        con = scorecard.cursor()
        con.execute("create or replace temp table cases (platform text, measure_id text, value decimal(18, 6),"
                    " previous_value decimal(18, 6), lost_value decimal(18, 6))")  # fmt: skip
        con.executemany("insert into cases values (?, ?, ?, ?, ?)", rows)
        con.execute(
            f"create or replace temp view measures as select {columns}, 'month' as period_type, date '2026-09-01' as period_start,"
            " date '2026-09-30' as period_end, true as is_complete, true as is_previous_complete, false as is_assumed,"
            " false as is_previous_assumed from (select *, null::varchar as null_reason, null::varchar as previous_null_reason"
            " from cases)"
        )
        found = con.execute(
            f"select value, band, recommended_action is not null from ({query}) where kpi_id = ? order by platform::integer",
            [kpi],
        ).fetchall()
        assert [band for _, band, _ in found] == [band for *_, band in BORDERS[kpi]], (kpi, found)
        assert [has_action for *_, has_action in found] == [band != "good" for *_, band in BORDERS[kpi]], kpi


def test_a_day_of_25_hours_is_one_day(compiled, tmp_path):
    """New York, where the clocks are set back on 1 November 2026: the day lasts from 04:00 to 05:00 UTC of the next."""
    world, last = World(), "2026-11-02"
    world.found(last, "profiles", id=key("ann"), role="user", created_at=at("2026-10-01"))
    edges = ["2026-11-01 03:59:59", "2026-11-01 04:00", "2026-11-02 04:59:59", "2026-11-02 05:00", "2026-11-03 05:00"]
    for n, moment in enumerate(edges):
        who = {"user_id": key("ann"), "created_at": at(moment)}
        world.found(last, "generations", id=key(f"photo {n}"), style_id="s1", **who)
        world.found(last, "generation_attempts", id=key(f"attempt {n}"), status="success", latency_ms=1000 * n, **who)
        world.found(last, "payment_notifications", id=key(f"payment {n}"), mercadopago_id_hash=f"mp{n}", amount=10**n,
                    credits_added=1, status="approved", **who)  # fmt: skip
    for hour in range(49):  # from 20:00 of 31 October; one fails at 08:30 UTC
        moment = at("2026-11-01 00:30") + timedelta(hours=hour)
        world.found(last, "uptime_checks", id=hour, component="api", ok=hour != 8, checked_at=moment)
    con = compiled.over(world, tmp_path, "2026-10-01", last, "America/New_York", MARTS)
    rows = con.execute(
        "select kpi_id, list(value order by period_start), list(numerator::double order by period_start)"
        " from marts.mart_kpi_scorecard where period_type = 'day' and period_start >= '2026-10-31'"
        " and kpi_id in ('generations', 'revenue', 'revenue_local', 'response_time', 'uptime') group by kpi_id order by kpi_id"
    ).fetchall()
    hour = 3600
    assert rows == [
        ("generations", [1, 2, 1], [1, 2, 1]),
        ("response_time", [0, 1.5, 3], [0, 3000, 3000]),
        ("revenue", [1, 110, 1000], [1, 110, 1000]),
        # Buenos Aires is an hour ahead on Saturday and two on Monday: 00:59:59, 01:00, 01:59:59 and 02:00
        ("revenue_local", [0, 11, 1100], [0, 11, 1100]),
        # 20:30 to 24:00; 24 of 25 hours up; from 00:00 on: probes until 19:30, which hold until 21:30
        ("uptime", [100, 96, 100], [3.5 * hour, 24 * hour, 21.5 * hour]),
    ]
    month = con.execute(
        "select value from marts.mart_kpi_scorecard where period_type = 'month' and kpi_id = 'generations' order by period_start"
    ).fetchall()
    assert month == [(1,), (3,)]


OPTIONAL = ("generation_attempts", "activity_logs", "partner_contracts", "uptime_checks")


def test_a_deployment_without_direct_users_and_optional_tables_shows_zeros_and_what_it_lacks(compiled, tmp_path):
    world = World(absent=OPTIONAL)
    partners(world)
    con = compiled.over(world, tmp_path, "2026-05-01", OCT, marts=MARTS)
    rows = con.execute(
        f"select kpi_id, value, null_reason from marts.mart_kpi_scorecard where period_type = 'day' and period_start = '{OCT}'"
    ).fetchall()
    values = {kpi: value for kpi, value, _ in rows}
    assert values.keys() == BY_MONTH.keys()
    assert [values[kpi] for kpi in ("revenue", "payments", "direct_users", "generations")] == [0, 0, 0, 0]
    lacking = {kpi for kpi, _, reason in rows if reason == "no_source"}
    assert lacking == {
        "uptime", "uptime_api", "error_rate", "error_rate_requests", "response_time", "response_time_p95",
        "response_time_probe", "mrr_ars", "mrr_usd", "revenue_per_partner",
    }  # fmt: skip
    assert con.execute(
        f"select definition, dau, mau from marts.mart_active_users_daily where date_day = '{OCT}' order by all"
    ).fetchall() == [("acted", 0, 0), ("any", 0, 0), ("core", 0, 0), ("paying", 0, 0), ("session", None, None)]
