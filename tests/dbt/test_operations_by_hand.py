"""Two days of operations small enough to check on paper, in a reporting zone three hours behind UTC.

A reporting day lasts from 03:00 to 03:00 UTC; the last one is Monday 12 October 2026, history begins on 1 August. The times in
the code are UTC. Rules that need many rows (percentiles, borders) stand in the unit tests of the models.
"""

from __future__ import annotations

from datetime import timedelta

import duckdb
import pytest

from tests.dbt.compiled import compiled_marts
from tests.dbt.marts_world import World, at, key

ZONE = "America/Argentina/Buenos_Aires"
SUN, MON = "2026-10-11", "2026-10-12"
HOUR = timedelta(hours=1)


def users(world: World) -> None:
    """Cal signs up on 30 September where it counts, Dan on the first instant of October."""
    for name, created in (("ann", "2026-09-30 12:00"), ("cal", "2026-10-01 01:00"), ("dan", "2026-10-01 03:00")):
        world.found(MON, "profiles", id=key(name), role="user", created_at=at(created))
    world.found(MON, "profiles", id=key("admin"), role="admin", created_at=at("2026-08-03"))


def entries(world: World) -> None:
    logged = [
        ("ann", "login", "2026-09-30 12:05"), ("ann", "login", "2026-10-12 02:40"), ("cal", "login", "2026-10-12 20:00"),
        ("cal", "login_failed", "2026-10-12 19:59"), ("dan", "login", "2026-10-13 02:45"), ("admin", "export", "2026-10-12 15:00"),
        (None, "event_deleted", "2026-10-12 15:00"), ("ann", "login", "2026-10-13 03:00"),  # the last one is tomorrow's
    ]  # fmt: skip
    for n, (user, action, moment) in enumerate(logged):
        row = {"user_id": key(user) if user else None, "action": action, "created_at": at(moment)}
        world.found(MON, "activity_logs", id=key(f"entry {n}"), **row)


def attempts(world: World) -> None:
    tried = [
        ("ann", "success", 900, "2026-09-30 12:10", "g0"), ("cal", "denied_no_credit", None, "2026-10-02 12:00", None),
        ("ann", "success", 2000, "2026-10-12 03:10", "g1"), ("ann", "failed", 400, "2026-10-12 03:20", None),
        (None, "denied_no_credit", None, "2026-10-13 02:50", None),
        # the last five minutes: 18 of 20 guests get their photo
        *((None, "success", 1000, "2026-10-13 02:55", f"guest {n}") for n in range(18)),
        *((None, "timeout", 60000, "2026-10-13 02:59", None) for n in range(2)),
    ]  # fmt: skip
    for n, (user, status, latency, moment, photo) in enumerate(tried):
        who = {"user_id": key(user)} if user else {"event_id": key("party")}
        made = {"generation_id": key(photo)} if photo else {}
        row = {"status": status, "latency_ms": latency, "created_at": at(moment)}
        world.found(MON, "generation_attempts", id=key(f"attempt {n}"), **who, **made, **row)


def photos(world: World) -> None:
    """The photos of Ann's two attempts, and one every half hour from 05:00 to 17:00 of which no attempt is known."""
    taken = [("g0", at("2026-09-30 12:10")), ("g1", at("2026-10-12 03:11"))]
    taken += [(f"long {n}", at("2026-10-12 05:00") + n * HOUR / 2) for n in range(25)]
    for name, moment in taken:
        world.found(MON, "generations", id=key(name), user_id=key("ann"), style_id="s", created_at=moment)
    paid = {"mercadopago_id_hash": "m", "status": "approved", "amount": 4000, "credits_added": 500}
    world.found(
        MON, "payment_notifications", id=key("p"), user_id=key("ann"), created_at=at("2026-10-07 11:59"), **paid
    )


def probes(world: World) -> None:
    """Each hour at half past, from Sunday 03:30 on; five are missing from 10:30, and the one at midnight's half hour fails."""
    for n in range(48):
        moment = at("2026-10-11 03:30") + n * HOUR
        if at("2026-10-11 10:00") < moment < at("2026-10-11 15:00"):
            continue
        row = {"component": "api", "ok": moment != at("2026-10-12 02:30"), "latency_ms": 100 + n, "checked_at": moment}
        world.found(MON, "uptime_checks", id=n, **row)


MODELS = (
    "fct_sessions",
    "mart_activity_log",
    "mart_error_log",
    "mart_service_health_daily",
    "mart_session_exits_monthly",
    "mart_sessions_daily",
    "mart_signup_funnel",
    "mart_uptime_daily",
    "mart_usage_heatmap",
)


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    world = World()
    for part in (users, entries, attempts, photos, probes):
        part(world)
    return compiled_marts().over(world, tmp_path_factory.mktemp("operations"), "2026-08-01", MON, ZONE, marts=MODELS)


def test_uptime_and_pulse(marts):
    rows = marts.execute(
        "select component, date_day::varchar, up_seconds, observed_seconds, uptime_pct, observed_pct, checks_count,"
        " failed_checks_count, latency_avg_ms, pulse, day_pulse from marts.mart_uptime_daily order by 1, 2"
    ).fetchall()
    # Sunday: 03:30 to 11:30 (two hours after the last probe) and 15:30 to 03:00 are 19.5 hours, the last half of it down
    sunday = (68400, 70200, 97.435897, 81.25, 19, 1)
    # Monday: the failed probe holds until 03:30
    monday = (84600, 86400, 97.916667, 100, 24, 0)
    assert rows == [
        # 0 to 6 and 12 to 22 past 100 ms: (7 x 103 + 11 x 117) / 18
        ("api", SUN, *sunday, 111.556, "red", "red"),
        ("api", MON, *monday, 135.5, "green", "red"),  # 124 to 147
        ("system", SUN, *sunday, 111.556, "red", "red"),
        ("system", MON, *monday, 135.5, "red", "red"),  # 2 of 20 photos failed in the last five minutes
    ]


def test_service_health(marts):
    rows = marts.execute(
        "select date_day::varchar, attempts_count, finished_count, successes_count, failures_count, timeouts_count, denied_count,"
        " error_rate_pct, request_error_rate_pct, latency_avg_ms, latency_p95_ms, is_small_base, attempts_peak_5min,"
        " strftime(peak_starts_at, '%H:%M'), high_error_slots_count, last_5min_finished_count, last_5min_failures_count, null_reason"
        " from marts.mart_service_health_daily where attempts_count > 0 or date_day = '2026-10-11' order by 1"
    ).fetchall()
    zero = "zero_denominator"
    assert rows == [
        ("2026-09-30", 1, 1, 1, 0, 0, 0, 0, 0, 900, 900, True, 1, "12:10", 0, 0, 0, None),
        ("2026-10-02", 1, 0, 0, 0, 0, 1, None, 100, None, None, True, 1, "12:00", 0, 0, 0, zero),
        (SUN, 0, 0, 0, 0, 0, 0, None, None, None, None, True, 0, None, 0, 0, 0, zero),
        # 3 / 22, 4 / 23, (2000 + 18 x 1000) / 19; of 19 the 18.1st: a tenth of the way from 1000 to 2000
        (MON, 23, 22, 19, 3, 2, 1, 13.636364, 17.391304, 1052.632, 1100, False, 20, "02:55", 1, 20, 2, None),
    ]


def test_logs(marts):
    errors = marts.execute(
        "select reporting_date::varchar, error_code, is_failed, channel, count(*) from marts.mart_error_log group by all order by all"
    ).fetchall()
    assert errors == [
        ("2026-10-02", "denied_no_credit", False, "direct", 1),
        (MON, "denied_no_credit", False, "event", 1),
        (MON, "failed", True, "direct", 1),
        (MON, "timeout", True, "event", 2),
    ]
    log = marts.execute(
        "select strftime(occurred_at, '%d %H:%M'), actor_type, action, component, is_refused from marts.mart_activity_log order by all"
    ).fetchall()
    assert log == [
        ("12 02:30", "system", "component_down", "api", False),
        ("12 02:40", "direct", "login", None, False),
        ("12 03:30", "system", "component_up", "api", False),
        ("12 15:00", "internal", "export", None, False),
        ("12 15:00", "system", "event_deleted", None, False),
        ("12 19:59", "direct", "login_failed", None, True),
        ("12 20:00", "direct", "login", None, False),
        ("13 02:45", "direct", "login", None, False),
        ("30 12:05", "direct", "login", None, False),
    ]


def test_sessions(marts):
    sessions = marts.execute(
        "select user_key = 'photobooth:' || ?, strftime(started_at, '%d %H:%M'), reporting_date::varchar, duration_seconds,"
        " actions_count, first_action, exit_action from facts.fct_sessions order by started_at",
        [key("ann")],
    ).fetchall()
    assert sessions == [
        (True, "30 12:05", "2026-09-30", 300, 2, "login", "generation_made"),
        (False, "02 12:00", "2026-10-02", 0, 1, "generation_refused", "generation_refused"),
        (True, "07 11:59", "2026-10-07", 0, 1, "payment", "payment"),
        # exactly 30 minutes lie between the login of Sunday evening and the photo after midnight; its attempt and it are one act
        (True, "12 02:40", SUN, 2400, 3, "login", "generation_failed"),
        (True, "12 05:00", MON, 41400, 24, "generation_made", "generation_made"),  # cut after 12 hours
        (True, "12 17:00", MON, 0, 1, "generation_made", "generation_made"),
        (False, "12 20:00", MON, 0, 1, "login", "login"),
        # Dan's login was 15 minutes before the end: it may go on
    ]
    daily = marts.execute(
        "select date_day::varchar, sessions_count, users_count, single_action_sessions_count, actions_count, duration_avg_seconds,"
        " duration_median_seconds, single_action_pct, null_reason from marts.mart_sessions_daily"
        " where user_group = 'direct' and date_day >= '2026-10-10' order by 1"
    ).fetchall()
    assert daily == [
        ("2026-10-10", 0, 0, 0, 0, None, None, None, "zero_denominator"),
        (SUN, 1, 1, 0, 3, 2400, 2400, 0, None),
        (MON, 3, 2, 2, 26, 13800, 0, 66.666667, None),
    ]
    exits = marts.execute(
        "select month_start_date::varchar, exit_rank, exit_action, sessions_count, month_sessions_count, exit_share_pct, is_complete"
        " from marts.mart_session_exits_monthly order by all"
    ).fetchall()
    assert exits == [
        ("2026-09-01", 1, "generation_made", 1, 1, 100, True),
        ("2026-10-01", 1, "generation_made", 2, 6, 33.333333, False),
        *(("2026-10-01", n + 2, act, 1, 6, 16.666667, False)
          for n, act in enumerate(["generation_failed", "generation_refused", "login", "payment"])),
    ]  # fmt: skip


def test_peak_hours(marts):
    """73 reported days hold ten whole weeks; the photos fall on Wednesday 9 h and on Monday 0 h and 2 h to 14 h."""
    assert marts.execute(
        "select usage_rank, local_day_of_week, local_hour, uses_count, channel_uses_count, weeks_count, usage_index"
        " from marts.mart_usage_heatmap where channel = 'direct' and (usage_rank in (1, 12) or uses_count = 1) order by 1"
    ).fetchall() == [
        (1, 1, 2, 2, 27, 10, 1244.444444),  # 16800 x 2 / 27
        (12, 1, 13, 2, 27, 10, 1244.444444),
        (13, 1, 0, 1, 27, 10, 622.222222),
        (14, 1, 14, 1, 27, 10, 622.222222),
        (15, 3, 9, 1, 27, 10, 622.222222),
    ]
    assert marts.execute("select count(*) from marts.mart_usage_heatmap").fetchall() == [(2 * 168,)]  # all, direct


def test_funnel(marts):
    """Ann logs in, gets a photo and pays within 7 days less a minute; Cal is refused; Dan's month is not over."""
    assert marts.execute(
        "select strftime(cohort_month, '%m'), step, users_count, drop_off_count, conversion_pct, reached_pct, null_reason"
        " from marts.mart_signup_funnel order by cohort_month, step_number"
    ).fetchall() == [
        ("09", "signed_up", 2, None, None, 100, None),
        ("09", "acted", 2, 0, 100, 100, None),
        ("09", "tried", 2, 0, 100, 100, None),
        ("09", "made", 1, 1, 50, 50, None),
        ("09", "paid", 1, 0, 100, 50, None),
        ("10", "signed_up", 1, None, None, None, "not_mature"),
        *(("10", step, 0, 1 if step == "acted" else 0, None, None, "not_mature")
          for step in ("acted", "tried", "made", "paid")),
    ]  # fmt: skip
