"""The files of a mart: Parquet for tools, CSV for people who open it in a spreadsheet.

CSV: UTF-8 with BOM, CRLF, quotes where needed (NULL is nothing, an empty text is ""), text that a spreadsheet would run
as a formula starts with an apostrophe, dates as ISO, timestamps as wall time of the reporting zone with the UTC one
beside it, numbers without exponent, DOUBLE with at most 15 digits.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.errors import Refused
from orchestration.extract.meta import quote
from orchestration.publish.marts import Column, Mart

_CHUNK = 2**20  # bytes
_FORMULA = r"^\s*[=+\-@]|^ *[\t\r\n]"
_NEEDS_QUOTES = r"[\",\r\n]|^\s|\s$"


@dataclass(frozen=True)
class CsvColumn:
    """A column of the CSV: SQL of its text, and the mart column whose sum it must show (if it has one)."""

    name: str
    type: str  # of the mart column behind it
    text: str
    total: Column | None = None


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def write_parquet(con: duckdb.DuckDBPyConnection, mart: Mart, path: Path) -> None:
    """Rows ordered by key, zstd, types as declared (TIMESTAMPTZ stays an instant)."""
    names = ", ".join(quote(c.name) for c in mart.columns)
    con.execute(
        f"copy (select {names} from {mart.relation} order by {mart.order}) to {literal(str(path))}"
        " (format parquet, compression zstd)"
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


def write_csv(con: duckdb.DuckDBPyConnection, mart: Mart, columns: list[CsvColumn], path: Path) -> None:
    """Rows ordered by key. A line is one text to DuckDB, because its own CSV has neither CRLF nor our quotes."""
    cells = ", ".join(f"coalesce({_quoted(c.text) if c.type == 'VARCHAR' else c.text}, '')" for c in columns)
    body = path.with_name(path.name + ".rows")
    con.execute(
        f"copy (select concat_ws(',', {cells}) || chr(13) from {mart.relation} order by {mart.order}) to"
        f" {literal(str(body))} (format csv, header false, delimiter '', quote '', escape '')"  # and it adds the LF
    ).fetchall()
    with path.open("wb") as file, body.open("rb") as rows:
        file.write(("\ufeff" + ",".join(c.name for c in columns) + "\r\n").encode())
        shutil.copyfileobj(rows, file, _CHUNK)
    body.unlink()


def _quoted(text: str) -> str:
    quotes = f"'\"' || replace({text}, '\"', '\"\"') || '\"'"
    return f"(case when {text} = '' or regexp_matches({text}, {literal(_NEEDS_QUOTES)}) then {quotes} else {text} end)"


def too_large(mart: Mart, rows: int, cap: int, way_out: str) -> str:
    """What people find in place of a CSV that a spreadsheet couldn't open."""
    return f"{mart.name} has {rows:,} rows, more than the {cap:,} that are written as CSV for spreadsheets. {way_out}"
