"""Plans of users at random, counted again day by day in plain Python. It finds a border that is off by a day, and a sum that loses somebody."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pytest
import yaml

from orchestration.settings import PROJECT
from tests.dbt.compiled import compiled_marts

FIRST, LAST = date(2026, 7, 20), date(2026, 9, 17)
BEFORE = date(2026, 6, 25)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
MONTHS = [date(2026, month, 1) for month in (7, 8, 9)]
TABLES = ("dim_user_plan_history", "dim_user", "dim_platform", "dim_date", "dim_partner", "dim_event", "dim_style")


class Person:
    """An account and its plans: stretches (from, to, tier, status, is_paid, is_deleted), the last one open, some of no day."""

    def __init__(self, key: str, chance: random.Random) -> None:
        def day(after: date) -> date:
            return after + timedelta(days=chance.randint(0, 30))

        self.key, self.is_internal = key, chance.random() < 0.05
        self.signup = None if chance.random() < 0.05 else day(BEFORE)
        self.deleted = day(self.signup or FIRST) + timedelta(days=1) if chance.random() < 0.15 else None
        starts = [(self.signup or BEFORE) + timedelta(days=chance.choice([0, 0, 0, -3, 5]))]
        while chance.random() < 0.75:
            starts.append(starts[-1] + timedelta(days=chance.choice([0, 1, 2, 9, 20])))
        starts = [start for start in starts if start <= LAST] if chance.random() < 0.95 else []  # some have no plan
        self.plans = [
            (start, end, chance.choice(["free", "pro", "team", None]), chance.choice(["active", "cancelled"]),
             chance.random() < 0.4, chance.random() < 0.1)
            for start, end in zip(starts, [*starts[1:], None], strict=False)
        ]  # fmt: skip

    def is_there(self, day: date) -> bool:
        return not self.is_internal and (self.signup or day) <= day and (self.deleted is None or day < self.deleted)

    def plan(self, day: date) -> tuple[str, str, bool] | None:
        """What the day ended in."""
        for start, end, tier, status, is_paid, is_deleted in self.plans:
            if start <= day and (end is None or day < end) and not is_deleted and self.is_there(day):
                return tier or "unknown", status, is_paid
        return None

    def pays(self, day: date) -> bool:
        return (self.plan(day) or ("", "", False))[2]


@pytest.fixture(scope="module")
def people() -> list[Person]:
    chance = random.Random(7)
    return [Person(f"p:{n}", chance) for n in range(250)]


@pytest.fixture(scope="module")
def warehouse(people: list[Person]) -> duckdb.DuckDBPyConnection:
    compiled = compiled_marts()
    platform = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]["fact_systems"]["plan_observations"][0]
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    con.execute("attach ':memory:' as warehouse")
    con.execute("use warehouse")
    con.execute(f"attach '{compiled.home / 'warehouse.duckdb'}' as compiled (read_only)")
    for schema in ("facts", "intermediate", "marts", "meta"):
        con.execute(f"create schema {schema}")
    for table in (*TABLES, "dim_plan", "fct_credit_movements"):
        con.execute(f"create table facts.{table} as from compiled.facts.{table} limit 0")
    con.execute("create table meta.build as select timestamptz '2026-09-18' as as_of, 'UTC' as reporting_timezone")
    con.execute("insert into facts.dim_platform values (?)", [platform])
    con.executemany(
        "insert into facts.dim_date (date_day, month_start_date, is_complete, is_month_complete) values (?, ?, ?, ?)",
        [(day, day.replace(day=1), day <= LAST, day.month == 8) for day in [*DAYS, LAST + timedelta(days=1)]],
    )
    con.executemany(
        "insert into facts.dim_user (user_key, platform, is_internal, signup_date, deleted_date, observed_at)"
        " values (?, ?, ?, ?, ?, timestamptz '2026-08-01')",
        [(p.key, platform, p.is_internal, p.signup, p.deleted) for p in people],
    )
    con.executemany(
        "insert into facts.dim_user_plan_history (user_key, platform, valid_from_date, valid_to_date, plan_tier, plan_status,"
        " is_paid_plan, is_deleted) values (?, ?, ?, ?, ?, ?, ?, ?)",
        [(p.key, platform, *plan) for p in people for plan in p.plans],
    )
    con.execute(f"create view intermediate.plan_stretches as {compiled.select_of('plan_stretches')}")
    for mart in ("mart_plan_distribution_daily", "mart_plan_changes_monthly"):
        con.execute(f"create table marts.{mart} as {compiled.select_of(mart)}")
    return con


def test_every_day_has_the_users_who_ended_it_in_a_plan(warehouse: duckdb.DuckDBPyConnection, people: list[Person]):
    users: Counter[tuple] = Counter()
    paid: Counter[tuple] = Counter()
    came: Counter[tuple] = Counter()
    left: Counter[tuple] = Counter()
    for person in people:
        for day in DAYS:
            was, now = person.plan(day - timedelta(days=1)), person.plan(day)
            if now:
                users[day, *now[:2]] += 1
                paid[day, *now[:2]] += now[2]
            if now and (was is None or was[:2] != now[:2]):
                came[day, *now[:2]] += 1
            if was and (now is None or was[:2] != now[:2]):
                left[day, *was[:2]] += 1
    rows = warehouse.execute(
        "select date_day, plan_tier, plan_status, users_count, paid_users_count, users_came_count, users_left_count"
        " from marts.mart_plan_distribution_daily"
    ).fetchall()
    assert {row[:3]: row[3:] for row in rows} == {
        row[:3]: (users[row[:3]], paid[row[:3]], came[row[:3]], left[row[:3]]) for row in rows
    }
    assert users.keys() | left.keys() <= {row[:3] for row in rows}
    assert sum(left.values()) > 100 and sum(paid.values()) > 100


def test_every_month_has_its_changes_and_its_first_payers(warehouse: duckdb.DuckDBPyConnection, people: list[Person]):
    changed: defaultdict[tuple, set[str]] = defaultdict(set)
    first_paid: Counter[date] = Counter()
    for person in people:
        every_day = [BEFORE - timedelta(days=9) + timedelta(days=n) for n in range(100)]
        first = next((day for day in every_day if day <= LAST and person.pays(day)), None)
        if first and first >= FIRST:
            first_paid[first.replace(day=1)] += 1
        for day in DAYS:
            was, now = person.plan(day - timedelta(days=1)), person.plan(day)
            if was and now and was[0] != now[0]:
                changed[day.replace(day=1), was[0], now[0]].add(person.key)
                changed[day.replace(day=1), "all", "all"].add(person.key)
    unpaid = {
        month: sum(
            not person.is_internal
            and (person.signup or FIRST) < (month + timedelta(days=31)).replace(day=1)
            and (person.deleted is None or person.deleted >= month)
            and not person.pays(month - timedelta(days=1))
            for person in people
        )
        for month in MONTHS
    }
    rows = warehouse.execute(
        "select month_start_date, from_tier, to_tier, users_count, free_to_paid_count, unpaid_users_count, free_to_paid_rate"
        " from marts.mart_plan_changes_monthly"
    ).fetchall()
    assert {row[:3]: row[3] for row in rows} == {
        **{(month, "all", "all"): 0 for month in MONTHS}, **{key: len(keys) for key, keys in changed.items()}
    }  # fmt: skip
    totals = {row[0]: row[4:] for row in rows if row[1] == "all"}
    assert {month: total[:2] for month, total in totals.items()} == {m: (first_paid[m], unpaid[m]) for m in MONTHS}
    # read for the first time on 31 July: before, plans are assumed
    assert [totals[m][2] for m in MONTHS] == [None, *(round(first_paid[m] / unpaid[m], 6) for m in MONTHS[1:])]


# ------------------------------------------------------------------ the plans of before a first load

LOADED = datetime(2026, 7, 1, tzinfo=UTC)
HOURS = [LOADED - timedelta(hours=n) for n in range(1, 2000, 5)]


def rows_of_plans(chance: random.Random, user: int) -> list[dict[str, Any]]:
    """What the first load finds of a user: rows whose times are missing, equal, in the wrong order or still to come."""

    def moment() -> datetime | None:
        return chance.choice(
            [None, datetime(9999, 12, 31, tzinfo=UTC), *[LOADED + timedelta(days=n) for n in range(-60, 5)]]
        )

    return [
        {"subscription_id": f"{user}-{n}", "user_id": str(user), "load_id": 3, "observed_at": LOADED, "is_deleted": False,
         "tier": chance.choice(["free", "starter", "pro"]), "created_at": moment(), "cancelled_at": moment(),
         "subscription_status": chance.choice(["active", "past_due", "cancelled", "cancelled", "expired"]),
         "expired_at": moment(), "period_ends_at": moment()}
        for n in range(chance.randint(1, 4))
    ]  # fmt: skip


def plan_at(rows: list[dict[str, Any]], moment: datetime) -> tuple[str, str] | None:
    known = []
    for row in rows:
        status, began = row["subscription_status"], row["created_at"]
        if began is None or began > moment:
            continue
        order = {"cancelled": ("cancelled_at", "expired_at", "period_ends_at")}.get(
            status, ("expired_at", "period_ends_at", "cancelled_at")
        )
        ended = next((row[name] for name in order if row[name]), began)
        if status in ("cancelled", "expired") and moment < ended:
            status = "active"
        weight = {"active": 2, "past_due": 1}.get(status, 0) if row["tier"] != "free" else 0
        known.append((weight, began, status == "active", row["subscription_id"], row["tier"], status))
    return max(known)[-2:] if known else None


def test_a_first_load_tells_the_plan_of_every_hour_before_it() -> None:
    compiled, chance = compiled_marts(), random.Random(11)
    users = {str(n): rows_of_plans(chance, n) for n in range(300)}
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    con.execute("attach ':memory:' as warehouse")
    con.execute("use warehouse")
    con.execute(f"attach '{compiled.home / 'warehouse.duckdb'}' as compiled (read_only)")
    for schema in ("staging", "intermediate", "meta"):
        con.execute(f"create schema {schema}")
    con.execute("create table meta.build as select timestamptz '2026-07-01' as as_of, 'UTC' as reporting_timezone")
    subscriptions = "staging.stg_character_studio__subscription_observations"
    plans = "int_character_studio__plan_observations"
    con.execute(f"create table {subscriptions} as from compiled.{subscriptions} limit 0")
    names = list(users["0"][0])
    con.executemany(
        f"insert into {subscriptions} ({', '.join(names)}) values ({', '.join('?' * len(names))})",
        [list(row.values()) for rows in users.values() for row in rows],
    )
    con.execute(f"create table intermediate.{plans} as {compiled.select_of(plans)}")
    for other in ("marketing_engine", "custom_gpt", "media_vault"):
        con.execute(f"create table intermediate.int_{other}__plan_observations as from intermediate.{plans} limit 0")
    con.execute(f"create table history as {compiled.select_of('dim_user_plan_history')}")
    con.execute("create table hours as select unnest(?::timestamptz[]) as hour", [HOURS])
    found = con.execute(
        "select split_part(user_key, ':', 2), hour, plan_tier, plan_status from history"
        " join hours on hour >= valid_from and (valid_to is null or hour < valid_to)"
    ).fetchall()
    wanted = {(user, hour): plan_at(rows, hour) for user, rows in users.items() for hour in HOURS}
    assert {(row[0], row[1]): row[2:] for row in found} == {key: plan for key, plan in wanted.items() if plan}
    assert len(set(wanted.values())) > 8
