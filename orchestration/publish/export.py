"""The files of a mart: Parquet for tools, CSV for people who open it in a spreadsheet. Rows lie in the order of the key.

CSV: UTF-8 with BOM, CRLF, quotes where needed (NULL is nothing, an empty text is ""), text that a spreadsheet would run
as a formula starts with an apostrophe, dates as ISO, timestamps as wall time of the reporting zone with the UTC one
beside it, numbers without exponent, DOUBLE with at most 15 digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import duckdb

from orchestration.errors import Refused
from orchestration.extract.meta import quote
from orchestration.publish.marts import Column, Mart

_CHUNK = 2**20  # bytes
_FORMULA = r"^\s*[=+\-@]|^ *[\t\r\n]"
_MANY = 100_000  # rows: whether more lie in order already is worth a look, because sorting them is half of writing them


@dataclass(frozen=True)
class CsvColumn:
    """A column of the CSV: SQL of its text, and the mart column whose sum it must show (if it has one)."""

    name: str
    type: str  # of the mart column behind it
    text: str
    total: Column | None = None


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def in_order(con: duckdb.DuckDBPyConnection, mart: Mart, rows: int) -> str:
    """What a SELECT over the mart needs to give its rows in the order of the key: nothing if they lie so already."""
    if rows > _MANY:
        key = ", ".join(quote(name) for name in mart.key)
        pairs = f"select ({key}) as this, lag(({key})) over () as before from {mart.relation}"
        if con.execute(f"select bool_and(before is null or this > before) from ({pairs})").fetchall()[0][0]:
            return ""
    return f"order by {mart.order}"


def write_parquet(con: duckdb.DuckDBPyConnection, mart: Mart, order: str, path: Path) -> None:
    """zstd, types as declared (TIMESTAMPTZ stays an instant). `order` is that of in_order()."""
    names = ", ".join(quote(c.name) for c in mart.columns)
    con.execute(
        f"copy (select {names} from {mart.relation} {order}) to {literal(str(path))} (format parquet, compression zstd)"
    ).fetchall()


def csv_columns(mart: Mart, zone: str, with_utc: bool = True) -> list[CsvColumn]:
    """The columns of the CSV: those of the mart, and `<column>_utc` for instants when the zone isn't UTC (if wanted)."""
    columns = []
    for column in mart.columns:
        columns.append(CsvColumn(column.name, column.type, _text(column, zone), column if column.is_total else None))
        if column.type == "TIMESTAMPTZ" and zone != "UTC" and with_utc:
            columns.append(CsvColumn(f"{column.name}_utc", column.type, _text(column, "UTC")))
    names = [c.name for c in columns]
    if twice := {n for n in names if names.count(n) > 1}:
        raise Refused(f"{mart.name}: column {', '.join(sorted(twice))} would be in its CSV twice. Rename it.")
    return columns


def _text(column: Column, zone: str) -> str:
    name = quote(column.name)
    match column.type:
        case "VARCHAR":
            # what the pattern finds begins with a sign below 'A'; most texts don't, and need no pattern
            return f"(case when {name} < 'A' and regexp_matches({name}, {literal(_FORMULA)}) then '''' || {name} else {name} end)"
        case "TIMESTAMPTZ":
            # in UTC the wall time is the instant; a time zone would cost more than the rest of the line
            wall = f"make_timestamp(epoch_us({name}))" if zone == "UTC" else f"{name} at time zone {literal(zone)}"
            return f"strftime({wall}, '%Y-%m-%d %H:%M:%S')"
        case "DOUBLE":
            return _plain_double(name)
        case _:
            return f"{name}::varchar"


def _plain_double(name: str) -> str:
    """At most 15 significant digits, no exponent (beyond 38 digits either side of the point it has to stay)."""
    short = f"printf('%.15g', {name} + 0)"
    small = f"rtrim(rtrim(try_cast({short} as decimal(38,30))::varchar, '0'), '.')"
    plain = f"case when abs({name}) < 1 then {small} else try_cast({short} as decimal(38,0))::varchar end"
    return f"(case when contains({short}, 'e') then coalesce({plain}, {short}) else {short} end)"


def write_csv(con: duckdb.DuckDBPyConnection, mart: Mart, columns: list[CsvColumn], order: str, path: Path) -> None:
    """DuckDB writes the rows; a second pass makes its line ends those of spreadsheets."""
    cells = ", ".join(c.text for c in columns)  # without names of their own, which `order` would mean
    body = path.with_name(path.name + ".rows")
    con.execute(
        f"copy (select {cells} from {mart.relation} {order}) to {literal(str(body))} (format csv, header false)"
    ).fetchall()
    with path.open("wb") as file, body.open("rb") as rows:
        file.write(("\ufeff" + ",".join(c.name for c in columns) + "\r\n").encode())
        _with_crlf(rows, file)
    body.unlink()


def _with_crlf(rows: BinaryIO, file: BinaryIO) -> None:
    """Copy, with CRLF for the LF that ends a line; one inside quotes belongs to its text."""
    is_quoted = False
    while chunk := rows.read(_CHUNK):
        parts = chunk.split(b'"')
        outside = slice(int(is_quoted), None, 2)
        parts[outside] = [part.replace(b"\n", b"\r\n") for part in parts[outside]]
        is_quoted ^= len(parts) % 2 == 0
        file.write(b'"'.join(parts))


def too_large(mart: Mart, rows: int, cap: int, way_out: str) -> str:
    """What people find in place of a CSV that a spreadsheet couldn't open."""
    return f"{mart.name} has {rows:,} rows, more than the {cap:,} that are written as CSV for spreadsheets. {way_out}"
