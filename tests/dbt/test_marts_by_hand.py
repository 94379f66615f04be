"""A photobooth small enough to check on paper: every mart, with the arithmetic beside the expected value. KPIs: test_kpis_by_hand.py.

The world is read on three nights: 31 August, 30 September and 15 October 2026. History begins on 1 May; the zone is UTC.
"""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from tests.dbt.compiled import compiled_marts
from tests.dbt.conftest import run_dbt
from tests.dbt.marts_world import World, at, key

FIRST, AUG, SEP, OCT = "2026-05-01", "2026-08-31", "2026-09-30", "2026-10-15"


def partners(world: World) -> None:
    """Ada buys and allocates; Ben is deactivated in September; Cleo has no credits; Dan is new; Vera has only a profile."""
    ada = {"id": key("ada"), "company_name": "Ada", "is_active": True, "created_at": at("2026-07-01")}
    world.found(AUG, "partners", **ada, credits_total=1000, credits_used=500)
    world.found(SEP, "partners", **ada, credits_total=1000, credits_used=800)
    world.found(OCT, "partners", **ada, credits_total=1200, credits_used=1200)
    ben = {"id": key("ben"), "name": "Ben", "credits_total": 400, "credits_used": 100, "created_at": at("2026-07-10")}
    world.found(AUG, "partners", **ben, is_active=True)
    world.found(SEP, "partners", **ben, is_active=False)
    world.found(SEP, "partners", id=key("cleo"), name="Cleo", created_at=at("2026-09-05"))
    world.found(
        OCT, "partners", id=key("dan"), name="Dan", credits_total=100, credits_used=50, created_at=at("2026-10-03")
    )
    world.found(
        AUG, "profiles", id=key("vera"), role="partner", credits=60, total_generations=6, created_at=at("2026-08-01")
    )


def events(world: World) -> None:
    def event(name: str, partner: str | None, created: str, starts: str) -> dict[str, Any]:
        owner = key(partner) if partner else None
        return {"id": key(name), "partner_id": owner, "created_at": at(created), "start_date": at(starts)}

    e2, e3 = event("e2", "ada", "2026-09-15", "2026-09-20"), event("e3", "ada", "2026-09-20", "2026-09-25")
    e7 = event("e7", "cleo", "2026-09-06", "2026-09-28")
    world.found(AUG, "events", **event("e1", "ada", "2026-08-10", "2026-08-20"), credits_used=200)
    world.found(SEP, "events", **e2, credits_used=100)
    world.found(OCT, "events", **e2, credits_used=250)
    world.found(SEP, "events", **e3, credits_used=0)
    world.found(OCT, "events", **e3, credits_used=50)
    world.found(OCT, "events", **event("e4", "ada", "2026-10-10", "2026-10-20"), credits_used=0)  # still to come
    world.found(AUG, "events", **event("e5", "ben", "2026-07-15", "2026-07-20"), credits_used=60)
    world.found(SEP, "events", **event("e6", None, "2026-09-08", "2026-09-10"), credits_used=5)  # the platform's own
    world.found(SEP, "events", **e7, credits_used=0)
    world.gone(OCT, "events", key("e7"))  # held on 28 September, deleted later: counts
    world.found(AUG, "events", **event("e8", "vera", "2026-08-02", "2026-08-05"), credits_used=30)


def users(world: World) -> None:
    """Signups in the weeks of Monday 3 August (ann, bob), 10 August (dot, deleted in September) and 28 September (cal)."""
    world.found(AUG, "profiles", id=key("ann"), role="user", created_at=at("2026-08-03"))
    world.found(AUG, "profiles", id=key("bob"), role=None, created_at=at("2026-08-09 23:59"))
    world.found(AUG, "profiles", id=key("dot"), role="user", created_at=at("2026-08-10"))
    world.gone(SEP, "profiles", key("dot"))
    world.found(SEP, "profiles", id=key("cal"), role="user", created_at=at("2026-09-28"))
    world.found(AUG, "profiles", id=key("admin"), role="user", is_master=True, created_at=at("2026-08-03"))


def styles(world: World) -> None:
    for style, category, premium in (("s1", "Cinema", False), ("s2", "cinema ", True), ("s3", "Fantasy", False)):
        world.found(AUG, "styles_metadata", id=style, label=style.upper(), category=category, is_premium=premium)
    world.found(AUG, "styles_metadata", id="fantasy", category="Fantasy", is_active=False)  # switches s3 off


def photos(world: World) -> None:
    taken = [
        # August: 6 photos, s1 5 and s2 1
        ("ann", None, "s1", "2026-08-04"), ("ann", None, "s1", "2026-08-20"), ("bob", None, "s2", "2026-08-12"),
        ("admin", None, "s1", "2026-08-05"), (None, "e1", "s1", "2026-08-20"), (None, "e1", "s1", "2026-08-20"),
        # September: 8 photos, s1 3, s2 3, one of a style without a row, one of none
        ("ann", None, "s2", "2026-09-16"), ("cal", None, "s1", "2026-09-30"), ("dot", None, "s1", "2026-09-02"),
        (None, "e2", "s2", "2026-09-20"), (None, "e2", "s2", "2026-09-20"), (None, "e2", "zz", "2026-09-20"),
        (None, "e6", "s1", "2026-09-10"), (None, None, None, "2026-09-03"),
        # October
        ("ann", None, "s1", "2026-10-15 23:59"),
    ]  # fmt: skip
    for n, (user, event, style, moment) in enumerate(taken):
        who = {"user_id": key(user) if user else None, "event_id": key(event) if event else None}
        world.found(OCT, "generations", id=key(f"photo {n}"), style_id=style, created_at=at(moment), **who)
    late = {"id": key("late"), "user_id": key("bob"), "created_at": at("2026-10-16")}
    world.found(OCT, "generations", **late, style_id="s1")  # after the reported day: waits


def payments(world: World) -> None:
    paid = [
        ("ann", "mp1", 4000, 500, "ARS", "2026-08-05"), ("ann", "mp1", 4000, 500, "ARS", "2026-08-06"),  # one payment
        ("bob", "mp2", 8000, 1100, None, "2026-09-01"), ("ann", "mp3", 10, 100, "USD", "2026-09-04"),
        ("ada", "mp4", 20000, 3000, "ARS", "2026-09-02"), ("admin", "mp5", 4000, 500, "ARS", "2026-09-03"),  # no users
        ("cal", "mp6", 10000, 1500, "ARS", "2026-10-01"),
    ]  # fmt: skip
    for n, (user, payment, amount, credits, currency, moment) in enumerate(paid):
        row = {"user_id": key(user), "mercadopago_id_hash": payment, "amount": amount, "credits_added": credits}
        row |= {"currency_id": currency, "status": "approved", "created_at": at(moment)}
        world.found(OCT, "payment_notifications", id=key(f"payment {n}"), **row)


def a_photobooth() -> World:
    world = World()
    for part in (partners, events, users, styles, photos, payments, actions):
        part(world)
    return world


def actions(world: World) -> None:
    """On 14 October bob logs in and cal's photo fails; a login of bob fails on the 2nd; another login has no user."""
    logged = [("bob", "login", "2026-10-14"), ("bob", "login_failed", "2026-10-02"), (None, "login", "2026-10-14")]
    for n, (user, action, moment) in enumerate(logged):
        row = {"user_id": key(user) if user else None, "action": action, "created_at": at(moment)}
        world.found(OCT, "activity_logs", id=key(f"log {n}"), **row)
    failed = {"id": key("attempt"), "user_id": key("cal"), "status": "failed", "created_at": at("2026-10-14")}
    world.found(OCT, "generation_attempts", **failed)


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """By dbt itself, whose tests hold too."""
    home = tmp_path_factory.mktemp("by_hand")
    a_photobooth().write(home, FIRST, OCT)
    run_dbt(home, "build", "--exclude-resource-type", "unit_test")
    return duckdb.connect(str(home / "warehouse.duckdb"), read_only=True)


def test_partner_360(marts):
    rows = marts.execute(
        "select partner_id, partner_name, is_virtual, is_active, deactivated_date::varchar, credits_total, credits_allocated,"
        " credits_consumed, credits_unallocated, credits_allocated_unused, credits_liability, remaining_pct, low_credit_level,"
        " events_total, events_last_month, events_30d, events_90d, photos_total, last_event_date::varchar, consumption_ratio,"
        " null_reason, usage_band, segment, segment_exact, recommended_action is not null from marts.mart_partner_360"
    ).fetchall()
    zero = "zero_denominator"
    assert sorted(rows, key=lambda row: row[1] or "vera") == [
        (key("ada"), "Ada", False, True, None, 1200, 1200, 500, 0, 700, 700, 0, "exhausted",
         3, 2, 2, 3, 5, "2026-09-25", 0.416667, None, "poor", "occasional", True, True),
        # the 90 days begin on 18 July
        (key("ben"), "Ben", False, False, SEP, 400, 100, 60, 300, 40, 340, 75, "enough",
         1, 0, 0, 1, 0, "2026-07-20", 0.15, None, "poor", None, None, False),
        (key("cleo"), "Cleo", False, True, None, 0, 0, 0, 0, 0, 0, None, None,
         1, 1, 1, 1, 0, "2026-09-28", None, zero, None, "occasional", False, True),
        (key("dan"), "Dan", False, True, None, 100, 50, 0, 50, 50, 100, 50, "enough",
         0, 0, 0, 0, 0, None, 0, None, "poor", "new", False, True),
        (key("vera"), None, True, True, None, 60, 6, 30, 54, -24, 30, 90, "enough",
         1, 0, 0, 1, 0, "2026-08-05", 0.5, None, "watch", "lapsing", False, True),
    ]  # fmt: skip


def test_style_usage(marts):
    rows = marts.execute(
        "select usage_window, coalesce(style_id, style_key), is_active, uses_count, window_uses_count, usage_share_pct,"
        " usage_rank, users_count, last_used_date::varchar, days_since_last_use, is_unused_90d from marts.mart_style_usage"
        " where usage_window <> 'lifetime' order by all"
    ).fetchall()
    assert rows == [
        # 16 September to 15 October: ann s2, cal s1, ann s1, e2 s2 s2 zz; guests have no user
        ("30d", "s1", True, 2, 6, 33.333333, 2, 2, OCT, 0, False),
        ("30d", "s2", True, 3, 6, 50, 1, 1, "2026-09-20", 25, False),
        ("30d", "s3", False, 0, 6, 0, 3, 0, None, None, True),
        ("30d", "unknown", None, 1, 6, 16.666667, None, 0, "2026-09-20", 25, False),
        # all 15 photos; unknown: zz and the one without a style
        ("90d", "s1", True, 9, 15, 60, 1, 3, OCT, 0, False),  # ann, cal, dot; the administrator is no user
        ("90d", "s2", True, 4, 15, 26.666667, 2, 2, "2026-09-20", 25, False),
        ("90d", "s3", False, 0, 15, 0, 3, 0, None, None, True),
        ("90d", "unknown", None, 2, 15, 13.333333, None, 0, "2026-09-20", 25, False),
    ]


def test_cohort_retention(marts):
    rows = marts.execute(
        "select cohort_week::varchar, week_offset, cohort_size, retained_on_count, retained_on_or_after_count,"
        " retained_on_rate, retained_on_or_after_rate, is_mature from marts.mart_cohort_retention"
        " where cohort_week is not null and (week_offset <= 5 or not is_mature) order by all"
    ).fetchall()
    assert rows == [
        ("2026-08-03", 0, 2, 1, 2, 0.5, 1, True),  # ann's photo on the 4th; bob's first is on the 12th
        ("2026-08-03", 1, 2, 1, 2, 0.5, 1, True),
        ("2026-08-03", 2, 2, 1, 2, 0.5, 1, True),  # ann on the 20th
        ("2026-08-03", 3, 2, 0, 2, 0, 1, True),
        ("2026-08-03", 4, 2, 2, 2, 1, 1, True),  # bob pays on 1 September, ann on the 4th
        ("2026-08-03", 5, 2, 0, 2, 0, 1, True),
        ("2026-08-03", 10, 2, 2, 2, None, None, False),  # ann's photo, bob's login
        ("2026-08-10", 0, 1, 0, 1, 0, 1, True),
        ("2026-08-10", 1, 1, 0, 1, 0, 1, True),
        ("2026-08-10", 2, 1, 0, 1, 0, 1, True),
        ("2026-08-10", 3, 1, 1, 1, 1, 1, True),  # dot on 2 September, deleted later
        ("2026-08-10", 4, 1, 0, 0, 0, 0, True),
        ("2026-08-10", 5, 1, 0, 0, 0, 0, True),
        ("2026-08-10", 9, 1, 0, 0, None, None, False),
        ("2026-09-28", 0, 1, 1, 1, 1, 1, True),
        ("2026-09-28", 1, 1, 0, 1, 0, 1, True),
        ("2026-09-28", 2, 1, 1, 1, None, None, False),  # cal's photo failed
    ]


def test_active_users_daily(marts):
    rows = marts.execute(
        "select date_day::varchar, definition, dau, wau, mau, dau_sum_30d, stickiness_ratio, null_reason"
        " from marts.mart_active_users_daily where date_day in ('2026-05-29', '2026-09-30', '2026-10-15') order by all"
    ).fetchall()
    assert rows == [
        ("2026-05-29", "acted", 0, 0, 0, 0, None, "window_not_full"),
        ("2026-05-29", "any", 0, 0, 0, 0, None, "window_not_full"),
        ("2026-05-29", "core", 0, 0, 0, 0, None, "window_not_full"),
        ("2026-05-29", "paying", 0, 0, 0, 0, None, "window_not_full"),
        ("2026-05-29", "session", None, None, None, None, None, "no_source"),
        # 1 to 30 September: bob pays on the 1st, ann on the 4th; photos of dot 2nd, ann 16th, cal 30th. 5 / (30 x 4)
        (SEP, "acted", 1, 1, 3, 3, 0.033333, None),  # bob only pays
        (SEP, "any", 1, 1, 4, 5, 0.041667, None),
        (SEP, "core", 1, 1, 3, 3, 0.033333, None),
        (SEP, "paying", 0, 0, 2, 2, 0.033333, None),
        (SEP, "session", None, None, None, None, None, "no_source"),  # this platform keeps no visits
        # 16 September to 15 October: ann 16th and 15th, cal 30th, 1st (pays) and 14th (fails), bob logs in on the 14th
        (OCT, "acted", 1, 3, 3, 5, 0.055556, None),  # 5 / (30 x 3), without the day of the payment
        (OCT, "any", 1, 3, 3, 6, 0.066667, None),  # 6 / (30 x 3)
        (OCT, "core", 1, 2, 2, 4, 0.066667, None),  # 4 / (30 x 2)
        (OCT, "paying", 0, 0, 1, 1, 0.033333, None),
        (OCT, "session", None, None, None, None, None, "no_source"),
    ]


LATER = "2026-10-16"


def test_what_happens_to_an_account_later_does_not_change_the_past(marts, tmp_path):
    """Eve's row is deleted and its profile stays a partner; a payer applies as partner, another becomes an administrator."""
    world = a_photobooth()
    world.found(AUG, "partners", id=key("eve"), user_id=key("eve's profile"), credits_total=300, credits_used=200,
                created_at=at("2026-07-01"))  # fmt: skip
    world.found(AUG, "profiles", id=key("eve's profile"), role="partner", credits=9, created_at=at("2026-06-01"))
    world.found(AUG, "events", id=key("e9"), partner_id=key("eve"), credits_used=150, created_at=at("2026-08-01"))
    chosen = ("mart_kpi_scorecard", "mart_cohort_retention")
    before = compiled_marts().over(world, tmp_path / "before", FIRST, OCT, marts=chosen)
    world.gone(LATER, "partners", key("eve"))
    world.found(LATER, "profiles", id=key("ann"), role="pending_partner", created_at=at("2026-08-03"))
    world.found(LATER, "profiles", id=key("cal"), role="user", is_master=True, created_at=at("2026-09-28"))
    after = compiled_marts().over(world, tmp_path / "after", FIRST, LATER, marts=chosen)
    days = (
        "select kpi_id, period_start, numerator, denominator, value, null_reason from marts.mart_kpi_scorecard"
        f" where period_type = 'day' and period_start <= '{OCT}' and not (kpi_id like '%session%' and period_start = '{OCT}')"
        " order by all"
    )
    # ann's photo of 23:59 is a session a night later: until then it may go on
    assert before.execute(days).fetchall() == after.execute(days).fetchall()
    cohorts = "select cohort_week, cohort_size from marts.mart_cohort_retention where week_offset = 0 order by all"
    assert before.execute(cohorts).fetchall() == after.execute(cohorts).fetchall()
    today = dict(after.execute(
        f"select kpi_id, value from marts.mart_kpi_scorecard where period_type = 'day' and period_start = '{LATER}'"
    ).fetchall())  # fmt: skip
    # eve's 300 bought, 200 allocated and 150 consumed stay; the 100 it had left are not owed any more
    assert today["active_partners"] == 4  # ada, cleo, dan, vera
    assert today["consumption_ratio"] == pytest.approx(100 * (590 + 150) / (1760 + 300), abs=2e-6)
    assert today["unallocated_credits"] == 404
    assert today["direct_users"] == 1  # bob


def test_reviews_look_at_the_last_period_that_is_over(marts):
    rows = marts.execute(
        "select pack, section, item_key, value, null_reason, previous_value, look_at from marts.mart_review_items"
        " where section not in ('kpis', 'next_month', 'seasonality') order by pack, section, item_rank"
    ).fetchall()
    lapsing, left = "from occasional to lapsing", "from lapsing to left"
    low = f"partner_low_credit:photobooth:{key('ada')}:2026-10-16T00:00:00Z"
    assert rows == [
        # Thursday 15 October: cal's photo failed the day before
        ("daily", "alerts", low, 0, None, None, "open since 2026-10-15: 0 of 1200 credits left"),
        ("daily", "errors", "failed", 0, None, 1, "where and for whom, in mart_error_log"),
        ("daily", "tickets", "tickets", None, "no_source", None, "the inbox of support"),
        # September: vera's only event was in August, ben is gone; ada and cleo stay what they were or are new
        ("monthly", "partners_changed", f"photobooth:{key('vera')}", 0, None, 1, lapsing),
        ("monthly", "partners_changed", f"photobooth:{key('ben')}", 0, None, 0, left),
        # the week that ended on 11 October; vera's event began on 5 August, ada's guests took 3 photos since 16 September
        ("weekly", "quiet_partners", f"photobooth:{key('vera')}", 71, None, None, "lapsing"),
        ("weekly", "top_partners", f"photobooth:{key('ada')}", 3, None, None, "what makes it work, and whether others can learn from it"),
    ]  # fmt: skip


def test_a_review_shows_first_what_changed_its_band(marts):
    rows = marts.execute(
        "select pack, item_rank, item_key, value, previous_value, delta_abs, band, previous_band, look_at"
        " from marts.mart_review_items where section = 'kpis' and is_band_changed order by all"
    ).fetchall()
    assert rows == [
        ("monthly", 1, "partner_churn", 33.333333, 0, 33.333333, "poor", "good", "fell from good to poor"),
    ]  # fmt: skip
    kpis = marts.execute(
        "select pack, count(*), min(period_start)::varchar, max(period_end)::varchar from marts.mart_review_items"
        " where section = 'kpis' group by pack order by pack"
    ).fetchall()
    scored = dict(marts.execute("select period_type, count(distinct kpi_id) from marts.mart_kpi_scorecard group by all").fetchall())  # fmt: skip
    assert kpis == [
        ("daily", scored["day"], "2026-10-15", "2026-10-15"),
        ("monthly", scored["month"], "2026-09-01", "2026-09-30"),
        ("quarterly", scored["quarter"], "2026-07-01", "2026-09-30"),
        ("weekly", scored["week"], "2026-10-05", "2026-10-11"),
    ]
