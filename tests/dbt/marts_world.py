"""Warehouses for the tests of the marts, as a loader would leave them. Not a test itself.

Belongs here: `World`, which takes rows by hand, and `sample`, some months of a random photobooth. Does not: expected values.
"""

from __future__ import annotations

import random
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.clock import start_of_day
from orchestration.extract import deleted
from orchestration.extract.catalog import catalog
from tests.loading import create_with_archives

SYSTEM = catalog()["photobooth"]


def key(name: str) -> str:
    """The uuid of a name, so that rows by hand can be told apart."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))


def at(text: str) -> datetime:
    """`2026-10-15` or `2026-10-15 21:30` in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class World:
    """Rows of a source as they were found by loads; `write` makes the warehouse of a home. It may lack optional tables."""

    def __init__(self, absent: tuple[str, ...] = ()) -> None:
        self.absent = absent
        self.observations: list[tuple[int, str, str, str, dict[str, Any]]] = []

    def found(self, load: str, table: str, **row: Any) -> None:
        """The load that reported the day `load` found this state of a row, new or changed."""
        self.observations.append((len(self.observations), load, table, "upsert", row))

    def gone(self, load: str, table: str, id: str) -> None:
        """That load did not find the row any more."""
        last = [row for _, _, name, _, row in self.observations if name == table and row["id"] == id][-1]
        self.observations.append((len(self.observations), load, table, "delete", last))

    def write(self, home: Path, first_day: str, last_day: str, timezone: str = "UTC") -> None:
        def end(day: str) -> datetime:
            return start_of_day(date.fromisoformat(day) + timedelta(days=1), timezone)

        loads = sorted({load for _, load, _, _, _ in self.observations})
        present = [("photobooth", name, "id", name not in self.absent) for name in SYSTEM.tables]
        home.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(home / "warehouse.duckdb")) as con:
            con.execute("set TimeZone = 'UTC'")
            create_with_archives(con)
            for table in SYSTEM.tables:
                seen = [
                    row | {"_op": op, "_observed_at": end(load), "_load_id": loads.index(load) + 1}
                    for _, load, name, op, row in self.observations
                    if name == table
                ]
                if not seen:
                    continue
                names = sorted({name for row in seen for name in row})
                con.register("seen", pa.table({name: [row.get(name) for row in seen] for name in names}))
                con.execute(f"insert into archive_photobooth.{table} by name select * from seen")
                con.execute(
                    f"insert into raw_photobooth.{table} by name select * exclude (_op) from archive_photobooth.{table}"
                    " qualify row_number() over (partition by id order by _load_id desc) = 1 and _op = 'upsert'"
                )
            con.execute(
                "insert into meta.loads by name select distinct _load_id as load_id, 'photobooth' as system, 'generations' as"
                " table_name, _observed_at as as_of, 1 as rows_new, 0 as rows_changed, 0 as rows_deleted"
                " from archive_photobooth.generations"
            )
            deleted.refill(con, SYSTEM.tables["generations"])
            con.executemany(
                "insert into meta.source_columns (system, table_name, column_name, is_present) values (?, ?, ?, ?)",
                present,
            )
            build = [end(last_day), timezone, first_day, last_day]
            con.execute("insert into meta.build values ('b', ?, ?, ?, ?)", build)
            con.execute(
                "insert into meta.rebuild_days select unnest(generate_series(?::date, ?::date, interval 1 day))::date",
                [first_day, last_day],
            )


def sample(home: Path, seed: int, first_day: date, days: int) -> None:
    """A random photobooth of some months, read every 30 days from the middle on and on the last day."""
    chance, world = random.Random(seed), World()
    last = str(first_day + timedelta(days=days - 1))
    loads = [*(str(first_day + timedelta(days=n)) for n in range(days // 2, days - 1, 30)), last]

    def instant() -> datetime:
        return at(str(first_day)) + timedelta(seconds=chance.randrange(days * 86400))

    def stored(table: str, created: datetime, **row: Any) -> None:
        """Found by the first load after it was created, then perhaps changed or deleted at each later one."""
        row |= {"created_at": created}
        first, *later = [load for load in loads if load >= str(created.date())]
        world.found(first, table, **row)
        for load in later:
            fate = chance.random()
            if fate < 0.04:
                world.gone(load, table, row["id"])
                return
            if fate < 0.4:
                row |= {name: (row[name] or 0) + 40 for name in ("credits_total", "credits_used") if name in row}
                row |= {"is_active": chance.choice([True, True, False])} if "is_active" in row else {}
                row |= {"role": chance.choice([None, "user", "pending_partner", "admin"])} if "role" in row else {}
                row |= {"credits": chance.randrange(900)} if "credits" in row else {}
                row |= {"status": chance.choice(["active", "paused", "ended"])} if "status" in row else {}
                world.found(load, table, **row)

    users = [key(f"user {n}") for n in range(60)]
    for n, user in enumerate(users):
        role = "partner" if n % 20 == 0 else chance.choice([None, "user", "user", "client"])
        stored("profiles", instant(), id=user, role=role, is_master=n == 1, credits=100, total_generations=2,
               referred_by=users[n // 2] if n % 5 == 0 else None)  # fmt: skip
    partners = [key(f"partner {n}") for n in range(12)]
    for n, partner in enumerate(partners):
        stored("partners", instant(), id=partner, name=f"Partner {n}", credits_total=chance.choice([0, 500, 900]),
               credits_used=chance.randrange(400), is_active=chance.choice([None, True, True, False]))  # fmt: skip
    events = [key(f"event {n}") for n in range(90)]
    for event in events:
        created = instant()
        starts = chance.choice([None, created + timedelta(days=chance.randrange(40))])
        ends = starts + timedelta(days=1) if starts and chance.random() < 0.5 else None
        stored("events", created, id=event, partner_id=chance.choice([None, *partners]), start_date=starts,
               end_date=ends, credits_allocated=50, credits_used=chance.randrange(50), is_active=True)  # fmt: skip
    styles = [f"style{n}" for n in range(9)]
    for n, style in enumerate([*styles, "fantasy"]):  # the last one switches every third style
        stored(
            "styles_metadata",
            at(str(first_day)),
            id=style,
            category=["cinema", "urban", "Fantasy"][n % 3],
            is_active=True,
        )
    for n in range(1500):
        who = [{"user_id": chance.choice(users)}, {"event_id": chance.choice(events)}, {}][
            chance.choice([0, 0, 1, 1, 2])
        ]
        style = chance.choice([*styles[: 1 + n % 9], "withdrawn", None])
        photo = {"id": key(f"photo {n}"), "style_id": style, "created_at": instant(), **who}
        if n % 20 or photo["created_at"] >= at(loads[-2]):
            world.found(last, "generations", **photo)
        else:
            world.found(loads[-2], "generations", **photo)
            world.gone(last, "generations", photo["id"])
    for n in range(200):
        world.found(last, "payment_notifications", id=key(f"payment {n}"), mercadopago_id_hash=f"mp{n // 2 if n < 20 else n}",
                    status="approved", user_id=chance.choice([*users, *partners]), amount=chance.choice([4000, 8000.5]),
                    credits_added=chance.choice([500, 1100]), currency_id=chance.choice(["ARS", None, "USD"]),
                    created_at=instant())  # fmt: skip
    _operations(world, chance, users, events, first_day, days)
    for n, partner in enumerate(partners):
        starts = chance.choice([None, first_day + timedelta(days=chance.randrange(days))])
        ends = starts + timedelta(days=60) if starts and n % 3 == 0 else None
        stored("partner_contracts", instant(), id=key(f"contract {n}"), partner_id=partner, starts_on=starts, ends_on=ends,
               monthly_value=1000.5 + n, currency=chance.choice(["ARS", "ARS", "USD"]), status="active")  # fmt: skip
    world.write(home, str(first_day), last)


def _operations(
    world: World, chance: random.Random, users: list[str], events: list[str], first_day: date, days: int
) -> None:
    """Attempts, entries of the log close to them, and probes every two hours with gaps."""
    last = str(first_day + timedelta(days=days - 1))
    for n in range(1400):
        moment = at(str(first_day)) + timedelta(seconds=chance.randrange(days * 86400))
        who = {"user_id": chance.choice(users)} if n % 4 else {"event_id": chance.choice(events)}
        status = chance.choice(["success"] * 6 + ["failed", "timeout", "denied_no_credit", "pending"])
        latency = chance.randrange(500, 9000) if status != "pending" and n % 7 else None
        world.found(last, "generation_attempts", id=key(f"attempt {n}"), status=status, latency_ms=latency, created_at=moment,
                    generation_id=key(f"photo {n}") if status == "success" else None, **who)  # fmt: skip
        later = moment + timedelta(minutes=chance.choice([1, 5, 20, 30, 31]))
        action = chance.choice(["login", "favorite_added", "export", "login_failed"])
        world.found(
            last, "activity_logs", id=key(f"log {n}"), action=action, created_at=later, user_id=who.get("user_id")
        )
    for hour in range(0, days * 24, 2):
        for place, component in enumerate(("api", "database")):
            if chance.random() < 0.1:
                continue
            is_up = chance.choice([True] * 30 + [False, None])
            world.found(last, "uptime_checks", id=hour * 2 + place, component=component, ok=is_up,
                        latency_ms=chance.randrange(20, 400) if is_up else None,
                        checked_at=at(str(first_day)) + timedelta(hours=hour, minutes=chance.randrange(20)))  # fmt: skip
