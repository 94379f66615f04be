"""Which days of a source table have other keys than at the last comparison.

Belongs here: a fingerprint per day (UTC), made inside the source, so that a nightly comparison moves the keys of a few days
instead of all. Does not: comparing keys (reader.py). Only for tables whose key the source itself enforces: a key that is
there twice could hide its second row in a day that looks unchanged.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from orchestration.extract.catalog import Table
from orchestration.extract.meta import quote
from orchestration.extract.projection import LATEST
from orchestration.extract.sources import Source, literal

_MANY = 100  # stretches of days; above so many, all keys are compared


class SourceDays:
    """The fingerprints of one table; `columns` maps its output columns to the names that the source has for them."""

    def __init__(self, source: Source, table: Table, columns: dict[str, str]) -> None:
        self.con, self.source, self.table, self.columns = source.con, source, table, columns
        self.mine = f"system = {literal(table.system)} and table_name = {literal(table.name)}"

    def differing(self, where: str) -> list[tuple[datetime, datetime]] | None:
        """Half-open stretches of days that are not as remembered; None when nothing is remembered, or too many differ.

        `where` is source SQL; rows without a time that can be theirs take no part. What the source says now waits for remember().
        """
        self.con.execute(
            f"create or replace temp table source_days as select * from {self.source.scan(self._query(where))}"
        )
        known = f"select day, rows, fingerprint from meta.source_days where {self.mine}"
        if not self.con.execute(f"{known} limit 1").fetchall():
            return None
        new, gone = f"from source_days except {known}", f"{known} except from source_days"
        rows = self.con.execute(f"select distinct day from (({new}) union all ({gone})) order by day").fetchall()
        stretches = _stretches([row[0] for row in rows])
        return stretches if len(stretches) <= _MANY else None

    def remember(self) -> None:
        """What differing() saw is now in raw."""
        self.forget()
        self.con.execute(
            f"insert into meta.source_days select {literal(self.table.system)}, {literal(self.table.name)}, * from source_days"
        )

    def forget(self) -> None:
        """The next comparison is of all keys."""
        self.con.execute(f"delete from meta.source_days where {self.mine}")

    def _query(self, where: str) -> str:
        moving = self.table.column(str(self.table.moving_column))
        time = quote(self.columns[moving.name])
        zoned = moving.expected_type == "TIMESTAMPTZ"
        day, kind = (f"({time} at time zone 'UTC')::date", "timestamptz") if zoned else (f"{time}::date", "timestamp")
        keys = [quote(self.columns[name]) for name in self.table.key]
        if self.source.dialect == "postgres":
            text = f"{keys[0]}::text" if len(keys) == 1 else f"row({', '.join(keys)})::text"
            number = f"hashtextextended({text}, 0)"
        else:
            number = f"hash({', '.join(keys)})"
        return (
            f"select {day} as day, count(*) as rows, sum({number})::text as fingerprint"
            f" from {self.source.table(self.table.source)} where ({where})"
            f" and isfinite({time}) and {time} < {literal(LATEST)}::{kind} group by 1"
        )


def _stretches(days: list[date]) -> list[tuple[datetime, datetime]]:
    """Days in order as half-open stretches of neighbours, as instants."""
    found: list[tuple[date, date]] = []
    for day in days:
        if found and found[-1][1] == day:
            found[-1] = (found[-1][0], day + timedelta(days=1))
        else:
            found.append((day, day + timedelta(days=1)))
    return [(_instant(first), _instant(end)) for first, end in found]


def _instant(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC)
