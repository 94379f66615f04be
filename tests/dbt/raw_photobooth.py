"""A photobooth as plain rows of what its loads found, and who and what there was on a day. Not a test itself.

Belongs here: reading the raw tables and the archive with pandas, and states on a day. Does not: KPIs (scorecard_by_pandas.py).
Nothing of the dbt project is used: neither its staging, dimensions and facts nor their SQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd

LOCAL = ZoneInfo("America/Argentina/Buenos_Aires")
SNAPSHOTS = ("profiles", "partners", "events", "styles_metadata", "partner_contracts")
TICK = timedelta(microseconds=1)
Row = Any


def day_in(zone: ZoneInfo, moment: datetime) -> date:
    return moment.astimezone(zone).date()


def group(text: str | None) -> str | None:
    """The name of a category: free text in mixed case."""
    return (text or "").strip().lower() or None


class RawPhotobooth:
    """What loads found. A state holds from the load that found it; the first one is assumed since the row was created."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        con.execute("set TimeZone = 'UTC'")
        self.con = con
        as_of, zone, self.first, self.last = con.execute(
            "select as_of, reporting_timezone, first_day, last_day from meta.build"
        ).fetchall()[0]
        self.as_of, self.zone = pd.Timestamp(as_of), ZoneInfo(zone)
        self.seen = {table: self._observations(table) for table in SNAPSHOTS}
        self.loads = sorted(
            {
                (self.observed_day(row), row.load_id)
                for keys in self.seen.values()
                for rows in keys.values()
                for row in rows
            }
        )
        self.first_look = self.loads[0][0]
        self.created = {
            table: {key: self._created(rows) for key, rows in keys.items()} for table, keys in self.seen.items()
        }
        photos = self._observations("generations")
        self.photos = [rows[-1] for rows in photos.values() if rows[-1].op == "upsert"]
        self.deleted_photos = [rows[-1] for rows in photos.values() if rows[-1].op == "delete"]
        self._match_partners()
        names = {group(getattr(rows[-1], column)) for rows in self._styles() for column in ("category", "subcategory")}
        self.switches = {key.strip().lower(): key for key in self.seen["styles_metadata"] if group(key) in names}

    def rows(self, relation: str, time: str = "created_at") -> list[Row]:
        """Rows of before the end of the reported day, with the reporting day of their time; NULL is None."""
        frame = self.con.execute(f"from {relation} where {time} is null or {time} < ?", [self.as_of]).df()
        frame = frame.rename(columns={"_load_id": "load_id", "_observed_at": "observed_at", "_op": "op"})
        frame["day"] = [None if pd.isna(at) else day_in(self.zone, at) for at in frame[time]]
        frame = frame.astype(object)
        return list(frame.where(frame.notna(), None).itertuples(index=False))

    def _observations(self, table: str) -> dict[str, list[Row]]:
        found = defaultdict(list)
        for row in sorted(self.rows(f"archive_photobooth.{table}"), key=lambda row: row.load_id):
            found[str(row.id)].append(row)
        return dict(found)

    def observed_day(self, row: Row) -> date:
        """The day that a load reports ends with the load."""
        return day_in(self.zone, row.observed_at - TICK)

    def _created(self, rows: list[Row]) -> date:
        days = [row.day for row in rows if row.day]
        return min(days) if days else self.observed_day(rows[0])

    # ------------------------------------------------------------------ states

    @cache  # noqa: B019  (lives as long as the module of the test)
    def on(self, table: str, day: date) -> dict[str, Row]:
        """What each row was on a day, deleted ones as they were last. What was created later is not in."""
        return {
            key: self._state(rows, day) for key, rows in self.seen[table].items() if self.created[table][key] <= day
        }

    def _load_of(self, first_load: int, day: date) -> int:
        return max([load for observed, load in self.loads if observed <= day], default=first_load)

    def _state(self, rows: list[Row], day: date) -> Row:
        known = max(rows[0].load_id, self._load_of(rows[0].load_id, day))
        return [row for row in rows if row.load_id <= known][-1]

    def at(self, table: str, key: str, moment: datetime) -> Row | None:
        """What a row was at a moment; as first found, if it was before that."""
        rows = self.seen[table].get(key)
        if not rows:
            return None
        return ([row for row in rows if row.observed_at <= moment] or rows[:1])[-1]

    # ------------------------------------------------------------------ accounts and partners

    @staticmethod
    def kind(profile: Row) -> str:
        if profile.is_master or group(profile.role) in ("master", "admin"):
            return "internal"
        roles = {
            None: "direct",
            "user": "direct",
            "partner": "partner",
            "pending_partner": "partner",
            "client": "client",
        }
        return roles.get(group(profile.role), "other")

    def users(self, day: date, *kinds: str) -> dict[str, Row]:
        states = self.on("profiles", day).items()
        return {key: row for key, row in states if row.op != "delete" and (not kinds or self.kind(row) in kinds)}

    def _match_partners(self) -> None:
        """The partner of every account, and the profiles in the role of a partner that match none: the virtual ones."""
        partners, profiles = self.seen["partners"], self.seen["profiles"]
        self.partner_of = {key: key for key in partners}
        by_mail = {
            row.contact_email_hash: key for key, rows in partners.items() for row in rows if row.contact_email_hash
        }
        by_user = {str(row.user_id): key for key, rows in partners.items() for row in rows if row.user_id}
        for key, rows in profiles.items():
            matched = [by_user.get(key), *(by_mail.get(row.email_hash) for row in rows if row.email_hash)]
            if partner := next((match for match in matched if match), None):
                self.partner_of.setdefault(key, partner)
        self.virtual = {
            key: [row for row in rows if row.load_id >= first]
            for key, rows in profiles.items()
            if key not in self.partner_of
            and (first := next((row.load_id for row in rows if group(row.role) == "partner"), None)) is not None
        }
        self.partner_of |= {key: key for key in self.virtual}
        self.partner_since = {key: self._partner_since(key) for key in [*partners, *self.virtual]}

    def _partner_since(self, key: str) -> date:
        """The creation of the row, or the first load that saw its profile in the role."""
        if key in self.virtual:
            always = self.virtual[key][0].load_id == self.seen["profiles"][key][0].load_id
            return self.created["profiles"][key] if always else self.observed_day(self.virtual[key][0])
        roles = [
            self.observed_day(row)
            for profile, partner in self.partner_of.items()
            if partner == key and profile != key
            for row in self.seen["profiles"][profile]
            if group(row.role) == "partner"
        ]
        return min([self.created["partners"][key], *roles])

    @cache  # noqa: B019
    def partners(self, day: date) -> dict[str, dict[str, Any]]:
        """Every partner there was on a day: is_active, is_virtual, is_deleted, bought, allocated."""
        found = {}
        for key, since in self.partner_since.items():
            if since > day:
                continue
            is_virtual = key in self.virtual
            row = self._state(self.virtual[key] if is_virtual else self.seen["partners"][key], day)
            counters = (row.credits, row.total_generations) if is_virtual else (row.credits_total, row.credits_used)
            is_deleted = row.op == "delete"
            is_on = group(row.role) == "partner" if is_virtual else row.is_active is not False
            found[key] = {
                "is_virtual": is_virtual,
                "is_deleted": is_deleted,
                "is_active": is_on and not is_deleted,
                "bought": counters[0] or 0,
                "allocated": counters[1] or 0,
            }
        return found

    # ------------------------------------------------------------------ events, styles, contracts

    def events(self) -> Iterator[tuple[Row, date | None, str | None]]:
        """Every event as last known, the day it starts, and its partner."""
        for rows in self.seen["events"].values():
            row = rows[-1]
            starts = row.start_date or row.created_at
            partner = self.partner_of.get(str(row.partner_id), str(row.partner_id)) if row.partner_id else None
            yield row, starts and day_in(self.zone, starts), partner

    def gone_day(self, row: Row) -> date | None:
        return self.observed_day(row) if row.op == "delete" else None

    def _styles(self) -> list[list[Row]]:
        return list(self.seen["styles_metadata"].values())

    @cache  # noqa: B019
    def styles(self, day: date) -> dict[str, bool]:
        """The styles of the catalogue on a day, and whether each is on, with its category and subcategory."""
        found = {}
        for key, row in self.on("styles_metadata", day).items():
            if group(key) in self.switches or row.op == "delete":
                continue
            known = max(self._load_of(0, day), self.seen["styles_metadata"][key][0].load_id)
            found[key] = row.is_active is not False and not any(
                self._is_off(name, known) for name in (group(row.category), group(row.subcategory))
            )
        return found

    def _is_off(self, name: str | None, load: int) -> bool:
        rows = [
            row
            for row in self.seen["styles_metadata"].get(self.switches.get(name or "", ""), [])
            if row.load_id <= load
        ]
        return bool(rows) and rows[-1].is_active is False and rows[-1].op != "delete"

    def contract_values(self, day: date, currency: str) -> float:
        """Monthly values of the contracts in force: the dates as last known, value and status as then observed."""
        total = 0.0
        for key, rows in self.seen["partner_contracts"].items():
            last = rows[-1]
            starts = pd.Timestamp(last.starts_on).date() if last.starts_on else self.created["partner_contracts"][key]
            ends = pd.Timestamp(last.ends_on).date() if last.ends_on else date.max
            if not starts <= day <= ends:
                continue
            row = self._state(rows, day)
            if self._in_force(rows, row, ends) and (group(row.currency) or "ars").upper() == currency:
                total += float(row.monthly_value or 0)
        return total

    def _in_force(self, rows: list[Row], state: Row, ends: date) -> bool:
        """Active; that a contract is called ended after its last day says nothing about the days before."""
        for row in reversed([row for row in rows if row.load_id <= state.load_id]):
            if row.op == "delete":
                return False
            status = group(row.status) or "active"
            if status != "ended" or ends > self.observed_day(row):
                return status == "active"
        return True
