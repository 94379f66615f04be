"""The marts about features against sets and loops in plain Python, over random acts that up to two facts tell of.

It finds an act that counts twice or not at all, a rolling window that is off by a day or merged wrongly, users that count after they
left, a session cut at the wrong silence, ties in the wrong order. Days are in UTC; two users are none: an administrator and a guest.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import duckdb
import pytest

from tests.dbt.compiled import compiled_marts

P, FIRST, DAYS = "marketing_engine", date(2026, 8, 1), 70
LAST, AS_OF = FIRST + timedelta(days=DAYS - 1), datetime.combine(FIRST + timedelta(days=DAYS), datetime.min.time(), UTC)
USERS = [f"{P}:u{n}" for n in range(9)]
MODELS = ("mart_active_users_daily", "fct_feature_acts", "mart_feature_usage_daily", "mart_feature_adoption",
          "mart_feature_velocity", "mart_feature_paths", "mart_user_usage")  # fmt: skip
ENTRY = {"is_refused": False, "is_admin_action": False, "is_probable_duplicate": False, "action": "drawn"}


class Act(NamedTuple):
    user: str
    at: datetime
    key: str
    feature: str


class World:
    """Rows of facts, and the acts with a feature that they tell of, each once."""

    def __init__(self, seed: int) -> None:
        self.rng, self.acts = random.Random(seed), list[Act]()
        self.facts: dict[str, list[dict[str, Any]]] = {name: [] for name in ("told", "asked", "made")}
        for user in [*USERS, f"{P}:admin", None]:
            days = [FIRST + timedelta(days=self.rng.randrange(-5, DAYS)) for _ in range(self.rng.randrange(1, 9))]
            for day in days:
                at = datetime.combine(day, datetime.min.time(), UTC) + timedelta(
                    minutes=self.rng.randrange(0, 1440, 10)
                )
                for _ in range(self.rng.randrange(1, 7)):
                    self.live(user, min(at, AS_OF - timedelta(seconds=2)))
                    at += timedelta(minutes=self.rng.choice([0, 10, 30, 30, 31, 200]))
        self.acts = [act for act in self.acts if act.user in USERS]
        self.acts.sort(key=lambda act: (act.at, act.key))

    def live(self, user: str | None, at: datetime) -> None:
        key = f"{P}:{self.rng.randrange(10**9):09}"
        kind = self.rng.choice(
            ["entry", "twice", "sign-in", "call", "call that makes", "generation", "plain call", "number"]
        )
        feature = {"entry": "studio", "twice": "studio", "call": "chat", "call that makes": "images"}.get(kind, "image")
        if kind in ("entry", "twice", "sign-in"):
            self.row("told", key, user, at, **ENTRY | {"feature": None if kind == "sign-in" else feature})
        if kind == "twice":  # and the generations that both entries tell of
            self.row(
                "told",
                key + "'",
                user,
                at + timedelta(seconds=1),
                **ENTRY | {"feature": feature, "is_probable_duplicate": True},
            )
            for name, after in ((key, 0), (key + "'", 1)):
                self.row("made", name, user, at + timedelta(seconds=after), generation_kind="image", is_success=True)
        if kind in ("call", "call that makes", "plain call"):
            self.row("asked", key, user, at, service_type="api" if kind == "plain call" else feature)
        if kind in ("call that makes", "generation", "number"):
            self.row("made", key, user, at, generation_kind="image", is_success=self.rng.random() < 0.8)
        if kind == "number":  # another act has it in another table
            self.row("asked", key, user, at + timedelta(seconds=1), service_type="images")
            self.acts.append(Act(str(user), at + timedelta(seconds=1), key, "images"))
        if kind not in ("sign-in", "plain call"):
            self.acts.append(Act(str(user), at, key, feature))

    def row(self, fact: str, key: str, user: str | None, at: datetime, **more: Any) -> None:
        self.facts[fact].append({"key": key, "user_key": user, "at": at, **more})

    def active(self) -> set[tuple[str, date]]:
        return {(r["user_key"], r["at"].date()) for rows in self.facts.values() for r in rows if r["user_key"]}


def built(world: World) -> duckdb.DuckDBPyConnection:
    """The marts over the world, by the SQL that dbt compiled."""
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    con.execute(
        f"attach '{compiled_marts().home / 'warehouse.duckdb'}' as home (read_only); attach ':memory:' as warehouse"
    )
    con.execute("copy from database home to warehouse (schema); detach home; use warehouse")
    con.execute(f"insert into meta.build by name select '{AS_OF}'::timestamptz as as_of, 'UTC' as reporting_timezone")

    def fill(table: str, rows: list[dict[str, Any]]) -> None:
        con.execute(f"create or replace table {table} as from {table}")  # without its constraints
        for row in rows:
            con.execute(
                f"insert into {table} ({', '.join(row)}) values ({', '.join('?' * len(row))})", list(row.values())
            )

    names = {"told": ("activity", "activity_key", "occurred_at"), "asked": ("api_requests", "request_key", "requested_at"),
             "made": ("generations", "generation_key", "generated_at")}  # fmt: skip
    for fact, (table, key, at) in names.items():
        rows = [{**row, "platform": P, "reporting_date": row["at"].date()} for row in world.facts[fact]]
        fill(f"facts.fct_{table}", [{{"key": key, "at": at}.get(k, k): v for k, v in row.items()} for row in rows])
    accounts = [{"user_key": user, "user_id": user, "platform": P, "is_internal": user not in USERS, "is_deleted": False}
                for user in [*USERS, f"{P}:admin"]]  # fmt: skip
    fill("facts.dim_user", accounts)
    fill("facts.dim_platform", [{"platform": P}])
    fill("facts.dim_date", [{"date_day": FIRST + timedelta(days=n), "is_complete": n < DAYS} for n in range(DAYS + 5)])
    flags = {"is_active_core": False, "is_active_session": False, "is_active_paying": False, "is_active_any": True}
    days = [{"user_key": user, "platform": P, "reporting_date": day, **flags} for user, day in world.active()]
    fill("facts.fct_user_day", days)
    for node in compiled_marts().nodes:
        if node.name in MODELS:
            con.execute(f"create or replace table {node.relation_name} as {node.compiled_code}")
    return con


@pytest.fixture(scope="module", params=range(3))
def both(request: pytest.FixtureRequest) -> tuple[World, duckdb.DuckDBPyConnection]:
    world = World(request.param)
    return world, built(world)


def month(day: date) -> set[date]:
    return {day - timedelta(days=n) for n in range(30)}


def days() -> Iterator[date]:
    return (FIRST + timedelta(days=n) for n in range(DAYS))


def users_of(world: World, feature: str) -> dict[str, date]:
    """Who ever used it, and when first."""
    return {act.user: act.at.date() for act in reversed(world.acts) if act.feature == feature}


def mau(world: World, day: date) -> set[str]:
    return {user for user, active in world.active() if user in USERS and active in month(day)}


def test_usage_of_every_day(both):
    world, con = both
    expected = []
    for feature in sorted({act.feature for act in world.acts}):
        used = [(act.user, act.at.date()) for act in world.acts if act.feature == feature]
        for day in days():
            today = [user for user, at in used if at == day]
            new = sum(first == day for first in users_of(world, feature).values())
            recent, active = {user for user, at in used if at in month(day)}, mau(world, day)
            rate = round(len(recent) / len(active), 6) if day >= FIRST + timedelta(days=29) and active else None
            expected.append((feature, day, len(today), len(set(today)), new, len(recent), len(active), rate))
    columns = (
        "feature, date_day, events_count, users_count, first_time_users_count, users_30d_count, mau, adoption_rate"
    )
    assert con.execute(f"select {columns} from marts.mart_feature_usage_daily order by 1, 2").fetchall() == expected


def test_adoption_and_velocity(both):
    world, con = both
    shares, velocity = [], []
    for feature in sorted({act.feature for act in world.acts}):
        recent = {act.user for act in world.acts if act.feature == feature and act.at.date() in month(LAST)}
        active, first = mau(world, LAST), users_of(world, feature)
        launch = min(first.values())
        shares.append((feature, len(recent), len(active), round(len(recent) / len(active), 6)))
        adopted = {day: {u for u in mau(world, day) if u in first and first[u] <= day} for day in days()}
        reached = [
            next(
                (day for day in days() if launch <= day and len(adopted[day]) * 100 >= pct * len(mau(world, day)) > 0),
                None,
            )
            for pct in (10, 25, 50)
        ]
        velocity.append((feature, launch, len(first), len(adopted[LAST]), *(r and (r - launch).days for r in reached)))
    columns = "feature, users_count, active_users_count, adoption_rate"
    query = f"select {columns} from marts.mart_feature_adoption where segment_type = 'all' order by 1"
    assert con.execute(query).fetchall() == shares
    columns = "feature, launch_date, users_count, mau_adopted_count, days_to_10_pct, days_to_25_pct, days_to_50_pct"
    assert con.execute(f"select {columns} from marts.mart_feature_velocity order by 1").fetchall() == velocity


def test_paths_and_totals(both):
    world, con = both
    paths: Counter[tuple[str, str]] = Counter()
    for user in USERS:
        mine = [act for act in world.acts if act.user == user and act.at.date() in month(LAST)]
        for before, act in zip([None, *mine], mine, strict=False):
            goes_on = before is not None and act.at - before.at <= timedelta(minutes=30)
            paths[before.feature if before and goes_on else "start", act.feature] += 1
            if before and not goes_on:
                paths[before.feature, "end"] += 1
        if mine and mine[-1].at < AS_OF - timedelta(minutes=30):
            paths[mine[-1].feature, "end"] += 1
    query = "select from_feature, to_feature, transitions_count from marts.mart_feature_paths"
    assert {(a, b): n for a, b, n in con.execute(query).fetchall()} == paths
    made = Counter(r["user_key"] for r in world.facts["made"] if r["is_success"] and r["key"] not in
                   {entry["key"] for entry in world.facts["told"]})  # fmt: skip
    query = "select user_key, images_created_count from marts.mart_user_usage"
    assert dict(con.execute(query).fetchall()) == {user: made[user] for user in USERS}
