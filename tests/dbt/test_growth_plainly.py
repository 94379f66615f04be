"""The marts of growth over random users, against their definitions in plain Python: sets of users, counted anew for every cell.

Finds what a short cut of the SQL gets wrong: kinds of users told by the day before alone, stretches of days as differences of
running sums, weeks and months rolled up from days. History begins on a Wednesday, and some users and days lie before it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

import duckdb
import pytest

from tests.dbt.compiled import compiled_marts

FIRST, LAST = date(2026, 4, 15), date(2026, 7, 29)
MODELS = (
    "dim_date", "kpi_periods", "mart_user_lifecycle_daily", "mart_growth", "signup_returns", "mart_retention_dn",
    "mart_cohort_retention",
)  # fmt: skip
Days = set[date]


class User(NamedTuple):
    """An account; `days` are those with any activity, `core` those of them with a generation."""

    key: str
    type: str
    signup: date | None
    deleted: date | None
    days: Days
    core: Days


def people() -> list[User]:
    chance = random.Random(5)
    users = []
    for number in range(120):
        signup = FIRST + timedelta(chance.randrange(-40, 106))
        rate = chance.choice([0, 0.02, 0.1, 0.5])
        length = (LAST - signup).days + 1
        days = {signup + timedelta(n) for n in range(length) if chance.random() < rate}
        core = {day for day in days if chance.random() < 0.6}
        gone = max(signup + timedelta(chance.randrange(80)), FIRST)
        kind = chance.choice(["direct"] * 8 + ["partner", "internal"])
        is_dated, is_deleted = chance.random() < 0.95, chance.random() < 0.2 and gone <= LAST
        users.append(User(f"u{number}", kind, signup if is_dated else None, gone if is_deleted else None, days, core))
    return users


@pytest.fixture(scope="module")
def users() -> list[User]:
    return people()


@pytest.fixture(scope="module")
def marts(users: list[User], tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(str(tmp_path_factory.mktemp("growth") / "warehouse.duckdb"))
    con.execute(
        "set TimeZone = 'UTC'; create schema meta; create schema facts; create schema intermediate; create schema marts"
    )
    con.execute(
        f"create table meta.build as select 'UTC' as reporting_timezone, date '{FIRST}' as first_day, date '{LAST}' as last_day"
    )
    con.execute("create table facts.dim_platform as select 'photobooth' as platform")
    con.execute(
        "create table facts.dim_user (platform varchar, user_key varchar, first_user_type varchar, is_internal boolean,"
        " signup_date date, is_deleted boolean, deleted_date date)"
    )
    con.execute(
        "create table facts.fct_user_day (user_key varchar, reporting_date date, is_active_any boolean, is_active_core boolean,"
        " requests_count bigint)"
    )
    con.executemany(
        "insert into facts.dim_user values ('photobooth', ?, ?, ?, ?, ?, ?)",
        [(u.key, u.type, u.type == "internal", u.signup, u.deleted is not None, u.deleted) for u in users],
    )
    con.executemany(
        "insert into facts.fct_user_day values (?, ?, true, ?, 0)",
        [(user.key, day, day in user.core) for user in users for day in user.days],
    )
    nodes = {node.name: node for node in compiled_marts().nodes}
    for name in MODELS:
        con.execute(f"create table {nodes[name].relation_name} as {nodes[name].compiled_code}")
    return con


def starts(period: str) -> list[date]:
    """First days of all periods with a reported day."""
    return sorted({start_of(period, FIRST + timedelta(n)) for n in range((LAST - FIRST).days + 1)})


def start_of(period: str, day: date) -> date:
    return {"day": day, "week": day - timedelta(day.weekday()), "month": day.replace(day=1)}[period]


def end_of(period: str, start: date) -> date:
    after = {"day": start + timedelta(1), "week": start + timedelta(7), "month": start.replace(day=1) + timedelta(32)}
    return (after["month"].replace(day=1) if period == "month" else after[period]) - timedelta(1)


def between(days: Days, start: date, end: date) -> bool:
    return any(start <= day <= end for day in days)


PERIODS = [(period, start, end_of(period, start)) for period in ("day", "week", "month") for start in starts(period)]


def test_a_user_is_of_one_kind_in_every_period(users, marts):
    expected = []
    for period, start, end in PERIODS:
        people = [user.days for user in users if user.type != "internal"]
        before = start_of(period, start - timedelta(1))
        here = [days for days in people if between(days, start, end)]
        was = [days for days in people if between(days, before, start - timedelta(1))]
        new = [days for days in here if min(days) >= start]
        returning = [days for days in here if days in was]
        dormant = [days for days in was if days not in here]
        is_first = start <= FIRST
        expected.append(
            (period, start, len(new), len(returning), len(here) - len(new) - len(returning),
             None if is_first else len(dormant), FIRST <= start and end <= LAST)
        )  # fmt: skip
    found = marts.execute(
        "select period_type, period_start, new_count, returning_count, resurrecting_count, dormant_count, is_complete"
        " from marts.mart_user_lifecycle_daily"
    ).fetchall()
    assert sorted(found) == sorted(expected)


def test_users_at_the_end_and_sign_ups_of_the_windows(users, marts):
    people = [user for user in users if user.type != "internal"]

    def joined(start: date, end: date) -> int | None:
        if start < FIRST:
            return None
        return sum(user.signup is not None and start <= user.signup <= end for user in people)

    expected = []
    for period, start, end in PERIODS:
        first, last = max(start, FIRST), min(end, LAST)
        total = sum((not u.signup or u.signup <= last) and not (u.deleted and u.deleted <= last) for u in people)
        gone = sum(u.deleted is not None and first <= u.deleted <= last for u in people)
        length, day = (last - first).days + 1, timedelta(1)
        expected.append(
            (period, start, total, joined(first, last), gone, joined(first - length * day, first - day),
             joined(last - 29 * day, last), joined(last - 59 * day, last - 30 * day))
        )  # fmt: skip
    found = marts.execute(
        "select period_type, period_start, total_users_count, new_users_count, deleted_users_count, window_new_users_count,"
        " new_users_30d_count, previous_new_users_30d_count from marts.mart_growth"
    ).fetchall()
    assert len(found) == len(expected)
    assert set(found) == set(expected)


@pytest.mark.parametrize("n", [1, 7, 14, 30])
def test_day_n_is_a_calendar_day_of_each_user(n, users, marts):
    chosen: dict[str, Callable[[User], Days]] = {"any": lambda user: user.days, "core": lambda user: user.core}
    expected = set()
    for period, start, end in PERIODS:
        cohort = [u for u in users if u.type != "internal" and u.signup and start <= u.signup <= end]
        for definition, days in chosen.items():
            on = sum(u.signup + timedelta(n) in days(u) for u in cohort)
            later = sum(between(days(u), u.signup + timedelta(n), LAST) for u in cohort)
            is_mature = end + timedelta(n) <= LAST
            if start >= FIRST:
                counts = (on, later) if is_mature else (None, None)
                expected.add((period, start, definition, len(cohort), is_mature, *counts))
    found = marts.execute(
        f"select cohort_grain, cohort_start, definition, cohort_size, is_d{n}_mature, d{n}_on_count, d{n}_on_or_after_count"
        " from marts.mart_retention_dn"
    ).fetchall()
    assert len(found) == len(expected)
    assert set(found) == expected


def test_cohorts_are_of_signing_up_and_of_starting(users, marts):
    begins: dict[str, Callable[[User], date | None]] = {
        "signup": lambda user: user.signup,
        "first_activity": lambda user: min(user.core, default=None),
    }
    expected = set()
    for kind, begin in begins.items():
        for period, start, end in (p for p in PERIODS if p[0] != "day" and p[1] >= FIRST):
            cohort = [u for u in users if u.type == "direct" and between({begin(u)} - {None}, start, end)]
            since = [p for p in PERIODS if p[0] == period and p[1] >= start]
            for offset, (_, later, last) in enumerate(since):
                on = sum(between(u.days, later, last) for u in cohort)
                still = sum(between(u.days, later, LAST) for u in cohort)
                if cohort:
                    expected.add((kind, period, start, offset, later, last <= LAST, len(cohort), on, still))
    found = marts.execute(
        "select cohort_type, cohort_grain, cohort_start, period_offset, period_start, is_mature, cohort_size,"
        " retained_on_count, retained_on_or_after_count from marts.mart_cohort_retention"
    ).fetchall()
    assert len(found) == len(expected)
    assert set(found) == expected
