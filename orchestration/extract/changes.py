"""From a batch to the raw table: what changed, whether it may, the archive's rows and the touched days.

Belongs here: the difference between `batch` and raw, and its application. Does not: reading (reader.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from orchestration.errors import Refused
from orchestration.extract import deleted
from orchestration.extract.archive import Archive
from orchestration.extract.catalog import Table
from orchestration.extract.meta import quote, raw_relation
from orchestration.extract.projection import REASON, key_list, landed_list, same_key
from orchestration.extract.reader import Read
from orchestration.extract.sources import literal

SMALL = 20  # tables with fewer rows may lose any share of them


@dataclass
class Changed:
    """Rows of raw that this load added, changed and removed; `before` is how many could have been removed."""

    new: int
    changed: int
    deleted: int
    before: int


class Changes:
    """The changes of one table in one load; runs inside the load's transaction."""

    def __init__(self, con: duckdb.DuckDBPyConnection, table: Table, load_id: int, as_of: datetime) -> None:
        self.con, self.table, self.load_id = con, table, load_id
        self.as_of = f"{literal(as_of.strftime('%Y-%m-%d %H:%M:%S.%f+00'))}::timestamptz"
        self.raw = raw_relation(table)

    def find(self, read: Read) -> Changed:
        """Fill the temporary tables `changed` (new state), `earlier` (what it replaces) and `vanished`; count their rows.

        The last two carry the `rowid` of raw as `_row`, so that a large raw table is searched for its keys once; of what is
        replaced only the columns that tell its days, because to read others of a few rows among millions costs most.
        """
        columns, scope = landed_list(self.table), read.window.raw_where(self.table)
        self.con.execute(
            f"create or replace temp table changed as select {columns} from batch where {REASON} is null"
            f" except select {columns} from {self.raw} where {scope}"
        )
        dates = "".join(f", {quote(name)}" for name in (*self.table.dated_by, *self.table.related_by))
        self.con.execute(
            f"create or replace temp table earlier as select rowid as _row{dates} from {self.raw}"
            f" semi join changed using ({key_list(self.table)})"
        )
        there = "batch" if read.compared is None else "source_keys"
        self.con.execute(
            f"create or replace temp table vanished as select r.rowid as _row, {columns} from {self.raw} r"
            f" where ({read.compared or scope}) and not exists (from {there} t where {same_key(self.table, 't', 'r')})"
        )
        if read.compared is not None:  # days with the same fingerprint were compared too
            scope = self._within_retention()
        before = self._count(f"select count(*) from {self.raw} where {scope}")
        total, changed, vanished = (
            self._count(f"select count(*) from {rows}") for rows in ("changed", "earlier", "vanished")
        )
        return Changed(total - changed, changed, vanished, before)

    def _within_retention(self) -> str:
        if self.table.retention_days is None:
            return "true"
        return f"{quote(str(self.table.event_time))} >= {self.as_of} - interval {self.table.retention_days} day"

    def guard(self, read: Read, found: Changed, last_day: str, hint: str) -> None:
        """Refuse a source table that was filled and is empty, or that lost more than its allowed share."""
        whole = self._count(f"select count(*) from {self.raw}")
        accept = f"If that is right, waive it once: {hint} --accept {self.table.full_name}"
        if read.source_is_empty and whole:
            raise Refused(
                f"{self.table.full_name}: the source table is empty; it held {whole:,} rows on {last_day}.\n"
                f"Nothing was changed or published. {accept}"
            )
        if found.before >= SMALL and found.deleted > found.before * self.table.max_shrink_share:
            raise Refused(
                f"{self.table.full_name}: {found.deleted:,} of {found.before:,} rows are gone from the source since {last_day}"
                f" (more than {self.table.max_shrink_share:.0%}).\nNothing was changed or published. {accept}"
            )

    def keep_first_load(self, archive: Archive, timezone: str) -> None:
        """Archive a raw table that was just filled from nothing, and record all its days."""
        if self.table.dated_by:
            instants = [f"select {quote(time)} as t from {self.raw}" for time in self.table.dated_by]
            self._record_days(" union all ".join([*instants, *self._returned(self.raw)]), timezone)
        if self._knows_deleted():
            deleted.forget(self.con, self.table, self.raw)
        archive.write(self.con, self.table, self.load_id, f"select *, 'upsert' as _op from {self.raw}")

    def archive(self, archive: Archive) -> None:
        """Append the observations of this load to the archive (under a pending name)."""
        columns = landed_list(self.table)
        stamp = f"{self.as_of} as _observed_at, {self.load_id}::bigint as _load_id"
        archive.write(
            self.con,
            self.table,
            self.load_id,
            f"select {columns}, {stamp}, 'upsert' as _op from changed"
            f" union all select {columns}, {stamp}, 'delete' as _op from vanished",
        )

    def apply(self, timezone: str) -> None:
        """Record the touched days, then bring raw, and what is kept of deleted rows, to the new state."""
        if self.table.dated_by:
            self._record_days(self._instants(), timezone)
        if self.table.keep_deleted:
            deleted.forget(self.con, self.table, "changed")
            deleted.keep(self.con, self.table, "vanished", self.as_of, self.load_id)
        self.con.execute(
            f"delete from {self.raw} where rowid in (select _row from earlier union all select _row from vanished)"
        )
        self.con.execute(
            f"insert into {self.raw} ({landed_list(self.table)}, _observed_at, _load_id)"
            f" select {landed_list(self.table)}, {self.as_of}, {self.load_id} from changed"
            f" order by {self.table.event_time or key_list(self.table)}"
        )

    def quarantine(self) -> None:
        """Keep the rows that were set aside, after the rules for personal data, with column and reason: once as long as
        they stay as they are, though they are read again every night, and with the newest load that saw them."""
        landed = ", ".join(f"{quote(c.name)} := {quote(c.name)}" for c in self.table.landed)
        keys = " || '|' || ".join(f"coalesce({quote(k)}::varchar, '')" for k in self.table.key)
        system, name = literal(self.table.system), literal(self.table.name)
        reason = f"split_part({REASON}, '|', 2)"
        row = f"to_json(struct_pack({landed}))::varchar"
        self.con.execute(
            f"delete from meta.quarantine where system = {system} and table_name = {name} and (row_json, reason) in"
            f" (select ({row}, {reason}) from batch where {REASON} is not null)"
        )
        self.con.execute(
            f"insert into meta.quarantine select {self.load_id}, {system}, {name}, split_part({REASON}, '|', 1), {reason},"
            f" {keys}, {row} from batch where {REASON} is not null"
        )

    def _instants(self) -> str:
        """Times of the rows that change, before and after, and of the rows that decide together with them."""
        moved, times = ("changed", "earlier", "vanished"), [quote(time) for time in self.table.dated_by]
        queries = [f"select {time} as t from {rows}" for rows in moved for time in times] + self._returned("changed")
        for column in map(quote, self.table.related_by):
            values = " union all ".join(f"select {column} from {rows}" for rows in moved)
            queries += [f"select {time} from {self.raw} where {column} in ({values})" for time in times]
        return " union all ".join(queries)

    def _returned(self, rows: str) -> list[str]:
        return [deleted.days_of_returned(self.table, rows)] if self._knows_deleted() else []

    def _knows_deleted(self) -> bool:
        return self.table.keep_deleted and not deleted.is_empty(self.con, self.table)

    def _record_days(self, instants: str, timezone: str) -> None:
        """The reporting days of the instants `t`. Whole quarters of an hour first, because a time zone costs far more than a
        division; both ends of one, because the offsets of long ago lie between them: a day too many costs nothing."""
        quarter = "900000000"  # microseconds; the remainder of a time before 1970 is negative
        floor = f"epoch_us(t) - (epoch_us(t) % {quarter} + {quarter}) % {quarter}"
        self.con.execute(
            f"insert into meta.touched_days select {literal(self.table.system)}, {literal(self.table.name)}, day, {self.load_id}"
            f" from (select distinct (make_timestamptz(unnest([q, q + {quarter} - 1])) at time zone {literal(timezone)})::date"
            f" as day from (select distinct {floor} as q from ({instants}) where t is not null))"
        )

    def _count(self, query: str) -> int:
        return self.con.execute(query).fetchall()[0][0]
