"""A photobooth in memory that lives through random nights, and the warehouse that a loader would leave. Not a test itself.

Every night it changes, adds, moves and deletes rows, among them every awkward case that the models promise to handle. What the
loader would write follows from the difference to the night before: raw rows, observations, and exactly the days touched.
"""

from __future__ import annotations

import random
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from orchestration.extract import deleted
from orchestration.extract.catalog import catalog
from tests.loading import create_with_archives

SYSTEM = catalog()["photobooth"]
EVENT_TIMED = [t for t in SYSTEM.tables.values() if t.event_time]
USER_ACTIONS = ("generation_attempts", "activity_logs")
FIRST_DAY = date(2026, 9, 1)
Row = dict[str, Any]


class History:
    """The source after some nights, and its warehouse at `home`; `night(day)` lives one more and loads it."""

    def __init__(self, home: Path, seed: int, timezone: str = "America/Argentina/Buenos_Aires") -> None:
        self.random, self.zone, self.load_id = random.Random(seed), ZoneInfo(timezone), 0
        self.tables: dict[str, dict[str, Row]] = {name: {} for name in SYSTEM.tables}
        home.mkdir(parents=True, exist_ok=True)
        self.warehouse = home / "warehouse.duckdb"
        with self._connect() as con:
            create_with_archives(con)
            present = [("photobooth", name, "id", True) for name in SYSTEM.tables]
            con.executemany(
                "insert into meta.source_columns (system, table_name, column_name, is_present) values (?, ?, ?, ?)",
                present,
            )

    def night(self, day: date) -> None:
        """Live until the end of `day`, then load: raw, archive, meta.build and the days to rebuild."""
        before = {name: dict(rows) for name, rows in self.tables.items()}
        self._live(day)
        self.load_id += 1
        as_of = datetime.combine(day + timedelta(days=1), datetime.min.time(), self.zone).astimezone(UTC)
        with self._connect() as con:
            for name, rows in self.tables.items():
                self._load(con, name, before[name], rows, as_of)
            con.execute("delete from deleted_photobooth.generations")
            deleted.refill(con, SYSTEM.tables["generations"])
            con.execute("delete from meta.build; delete from meta.rebuild_days")
            con.execute("insert into meta.build values ('b', ?, ?, ?, ?)", [as_of, self.zone.key, FIRST_DAY, day])
            con.executemany("insert into meta.rebuild_days values (?)", [[d] for d in {day, *self._touched(before)}])

    def _load(self, con, name: str, before: dict[str, Row], after: dict[str, Row], as_of: datetime) -> None:
        stamp = {"_observed_at": as_of, "_load_id": self.load_id}
        changed = [row for key, row in after.items() if before.get(key) != row]
        gone = [row for key, row in before.items() if key not in after]
        con.execute(f"delete from raw_photobooth.{name} where id::varchar in (select unnest(?))",
                    [[row["id"] for row in changed + gone] or [""]])  # fmt: skip
        self._insert(con, f"raw_photobooth.{name}", [row | stamp for row in changed])
        operations = [row | stamp | {"_op": "upsert"} for row in changed] + [
            row | stamp | {"_op": "delete"} for row in gone
        ]
        self._insert(con, f"archive_photobooth.{name}", operations)

    def _touched(self, before: dict[str, dict[str, Row]]) -> set[date]:
        """Days of rows that changed, before and after, and of the rows that decide together with them."""
        touched: set[date] = set()
        for table in EVENT_TIMED:
            old, new = before[table.name], self.tables[table.name]
            moved = [
                r for k in old.keys() | new.keys() if old.get(k) != new.get(k) for r in (old.get(k), new.get(k)) if r
            ]
            hashes = {row.get("mercadopago_id_hash") for row in moved} - {None}
            moved += [row for row in new.values() if row.get("mercadopago_id_hash") in hashes]
            touched |= {row[table.event_time].astimezone(self.zone).date() for row in moved}
        return touched

    @staticmethod
    def _insert(con: duckdb.DuckDBPyConnection, relation: str, rows: list[Row]) -> None:
        if rows:
            names = sorted({name for row in rows for name in row})
            batch = pa.table({name: [row.get(name) for row in rows] for name in names})
            con.register("batch", batch)
            con.execute(f"insert into {relation} by name select * from batch")

    def _connect(self) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect(str(self.warehouse))
        con.execute("set TimeZone = 'UTC'")
        return con

    # ------------------------------------------------------------------ the life of the source

    def _add(self, table: str, **values: Any) -> str:
        key = values.pop("id", None) or str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        self.tables[table][key] = {"id": key, **values}
        return key

    def _some(self, table: str) -> str | None:
        return self.random.choice(sorted(self.tables[table])) if self.tables[table] else None

    def _maybe(self, share: float) -> bool:
        return self.random.random() < share

    def _instant(self, day: date) -> datetime:
        seconds = self.random.randrange(86400)
        return datetime.combine(day, datetime.min.time(), self.zone).astimezone(UTC) + timedelta(seconds=seconds)

    def _any_day(self, day: date) -> date:
        return FIRST_DAY + timedelta(days=self.random.randrange((day - FIRST_DAY).days + 1))

    def _live(self, day: date) -> None:
        for _ in range(8):
            self._new_people(day)
            self._new_movements(day, day)
        for _ in range(6):
            self._new_movements(self._any_day(day), day)  # late rows
        self._change_state()
        self._change_movements(day)
        self._delete(day)

    def _new_people(self, day: date) -> None:
        choose = self.random.choice
        created = choose([self._instant(day), self._instant(day + timedelta(days=1)), None])  # read after midnight
        email = f"hash{self.random.randrange(30)}"
        role = choose([None, "user", "user", "partner", "client", "pending_partner", "admin"])
        profile = self._add("profiles", role=role, email_hash=choose([email, None]), is_master=choose([None, False]),
                            credits=500, total_generations=0, referred_by=self._some("profiles"), created_at=created)  # fmt: skip
        if self._maybe(0.4):
            self._add("partners", company_name=choose(["Lights", "", None]), name="Old", created_at=created,
                      user_id=choose([profile, self._some("profiles"), None]), contact_email_hash=choose([email, None]),
                      credits_total=choose([None, 5000]), credits_used=0, is_active=choose([None, True, False]))  # fmt: skip
        owner = choose([self._some("partners"), profile, None])
        self._add("partner_contracts", partner_id=owner or profile, monthly_value=choose([Decimal("100.50"), None]),
                  currency=choose(["ARS", "usd", None]), starts_on=choose([None, self._any_day(day), day + timedelta(days=3)]),
                  ends_on=choose([None, self._any_day(day), day]), status=choose(["active", "paused", "ended", None]),
                  created_at=created)  # fmt: skip
        client = self._add("clients", partner_id=owner or profile, credits_total=100, created_at=created)
        self._add("events", partner_id=owner, client_id=choose([client, None]), credits_allocated=200, credits_used=0,
                  start_date=choose([None, self._instant(day + timedelta(days=3))]), is_active=choose([None, True]),
                  event_type=choose([None, "wedding"]), created_at=created)  # fmt: skip
        if self._maybe(0.5):
            name = choose(["Cinema", "urban", "noir", f"style{self.random.randrange(99)}"])
            self._add("styles_metadata", id=name, label=name, category=choose(["cinema", "Urban ", None]), subcategory="Noir",
                      is_active=choose([None, True, False]), is_premium=choose([None, True]), created_at=created)  # fmt: skip

    def _new_movements(self, day: date, today: date) -> None:
        choose, at = self.random.choice, self._instant(day)
        for _ in range(4):
            user, event = choose([(self._some("profiles"), None), (None, self._some("events")), (None, None)])
            self._add("generations", user_id=user, event_id=event, style_id=choose(["style1", None]), created_at=at)
            self._add(
                "generation_attempts", user_id=user, event_id=event, status=choose(["failed", None]), created_at=at
            )
            self._add("activity_logs", user_id=choose([self._some("profiles"), None]), created_at=at,
                      action=choose(["login", "login_failed", "api_denied", None]))  # fmt: skip
        self._add("uptime_checks", id=str(self.random.getrandbits(40)), component=choose(["api", "database", None]),
                  ok=choose([True, True, False, None]), latency_ms=choose([90, None]), checked_at=at)  # fmt: skip
        payment = choose([f"mp{self.random.randrange(40)}", None])
        for _ in range(choose([1, 1, 2])):  # a second notification at the same instant
            self._add("payment_notifications", mercadopago_id_hash=payment, user_id=self._some("profiles"), created_at=at,
                      status=choose(["approved", "approved", None, "pending"]), amount=4000, credits_added=500)  # fmt: skip
        kind = choose(["top-up", "refund", "usage", "adjustment", "gift", None])
        self._add("wallet_transactions", partner_id=choose([self._some("partners"), self._some("profiles")]), type=kind,
                  amount=100, description_sign=choose(["+", "-", None]), created_at=at)  # fmt: skip

    def _change_state(self) -> None:
        changes: dict[str, list[tuple[str, list[Any]]]] = {
            "profiles": [("role", [None, "partner", "user"]), ("credits", [0, 700]), ("total_generations", [3, 4])],
            "partners": [
                ("is_active", [None, False, True]),
                ("credits_total", [6000, 7000]),
                ("credits_used", [10, 20]),
            ],
            "clients": [("credits_total", [50, 500])],
            "events": [("is_active", [False, True]), ("credits_used", [30, 60]), ("event_type", ["party"])],
            "partner_contracts": [
                ("status", ["active", "paused", "ended"]),
                ("monthly_value", [Decimal(50), Decimal(70)]),
                ("ends_on", [None, FIRST_DAY + timedelta(days=2), FIRST_DAY + timedelta(days=90)]),
            ],
            "styles_metadata": [("is_active", [False, True]), ("category", ["fantasy", "cinema"])],
        }
        for table, fields in changes.items():
            for _ in range(4):
                if key := self._some(table):
                    field, values = self.random.choice(fields)
                    self.tables[table][key] = self.tables[table][key] | {field: self.random.choice(values)}

    def _change_movements(self, day: date) -> None:
        for table in ("generations", "payment_notifications", "wallet_transactions", *USER_ACTIONS):
            for _ in range(3):
                key = self._some(table)
                change = self.random.choice(
                    [{"created_at": self._instant(self._any_day(day))}, {"user_id": None, "amount": 1}]
                )
                known = {name: value for name, value in change.items() if name in self.tables[table][key]}
                self.tables[table][key] = self.tables[table][key] | known

    def _delete(self, day: date) -> None:
        for table in (
            "profiles",
            "partners",
            "clients",
            "events",
            "partner_contracts",
            "styles_metadata",
            "generations",
            "payment_notifications",
            "uptime_checks",
            *USER_ACTIONS,
        ):
            for _ in range(2):
                if (key := self._some(table)) and len(self.tables[table]) > 3:
                    del self.tables[table][key]
        for table in ("generations", "payment_notifications", *USER_ACTIONS):  # a day loses every row
            days = {key: row["created_at"].astimezone(self.zone).date() for key, row in self.tables[table].items()}
            earlier = sorted({other for other in days.values() if other < day})
            emptied = self.random.choice(earlier) if earlier else None
            for key in [key for key, other in days.items() if other == emptied]:
                del self.tables[table][key]
