"""The two SELECTs of a read, as pure functions: what is asked of the source, and the first projection in DuckDB.

Belongs here: types, pseudonyms and the reasons for which a row is set aside. Does not: running anything.
"""

from __future__ import annotations

import re

from orchestration.extract.catalog import Column, Table
from orchestration.extract.meta import quote
from orchestration.extract.sources import Source, literal

DECIMAL = re.compile(r"^DECIMAL\((\d+),\s*(\d+)\)$", re.IGNORECASE)
REASON = "_reason"  # NULL, or 'column|why the row is set aside'
LATEST = "2200-01-01 00:00:00+00"  # a row that is dated then or later does not wait for its day: it is a mistake


def read_columns(table: Table) -> list[Column]:
    """The columns that a read fetches: everything but what is dropped."""
    return [c for c in table.columns if c.rule != "drop"]


def source_query(
    table: Table, source: Source, present: dict[str, str], where: str = "true", only: list[str] | None = None
) -> str:
    """The query sent to the source. Decimals and texts travel as text, absent optional columns as NULL.

    `present` holds the columns that the source has, {lower-case name: real name}; `where` is source SQL;
    `only` names the output columns to fetch instead of all.
    """
    items = []
    for column in read_columns(table) if only is None else map(table.column, only):
        real = present.get(column.source_column.lower())
        items.append(f"{_fetched(column, source, real)} as {quote(column.name)}")
    return f"select {', '.join(items)} from {source.table(table.source)} where {where}"


def _fetched(column: Column, source: Source, real: str | None) -> str:
    kind = column.duckdb_type.upper()
    as_text, as_bytes = _travels_as_text(kind, source), _travels_as_bytes(kind, source)
    if real is None:
        return f"null::{'bytea' if as_bytes else 'text' if as_text else _source_type(kind, source)}"
    value = quote(real)
    if column.is_zoneless:
        value = f"{value} at time zone 'UTC'"
    if column.expr is not None:
        value = column.expr if isinstance(column.expr, str) else column.expr[source.dialect]
    if as_text and kind == "VARCHAR[]":
        value = f"array_to_json({value})"
    if as_bytes:
        return f"convert_to(({value})::text, 'SQL_ASCII')"  # unchanged bytes; DuckDB checks them
    if as_text:
        return f"({value})::text"
    return f"({value})::text[]" if kind == "VARCHAR[]" else value


def _travels_as_text(kind: str, source: Source) -> bool:
    # numeric NaN and infinity would arrive as 0 through the extension, and one list of lists would end the whole reading
    lists = kind == "VARCHAR[]" and source.dialect == "postgres"
    return kind == "VARCHAR" or lists or bool(DECIMAL.match(kind))


def _travels_as_bytes(kind: str, source: Source) -> bool:
    return source.text_is_bytes and kind in {"VARCHAR", "VARCHAR[]"}


def _source_type(kind: str, source: Source) -> str:
    return "double precision" if (kind, source.dialect) == ("DOUBLE", "postgres") else kind.lower()


def first_projection(table: Table, source: Source, from_item: str) -> str:
    """The typed rows: landed columns, restricted ones, and `_reason` for a row that must be set aside."""
    items, reasons = [], []
    for column in read_columns(table):
        name, kind = quote(column.name), column.duckdb_type.upper()
        value = name
        if _travels_as_bytes(kind, source):
            value = f"try(decode({name}))"
            reasons.append(
                (f"{name} is not null and {value} is null", column.name, literal("text that is not valid UTF-8"))
            )
        if kind == "VARCHAR[]" and _travels_as_text(kind, source):
            reasons.append((f"starts_with({value}, '[[')", column.name, literal("a list of lists")))
            value = f"from_json({value}, '[\"VARCHAR\"]')"
        if decimal := DECIMAL.match(kind):
            exact = rf"^-?\d{{1,{int(decimal[1]) - int(decimal[2])}}}(\.\d{{0,{decimal[2]}}}0*)?$"
            bad = f"{name} is not null and not regexp_full_match({name}, {literal(exact)})"
            reasons.append((bad, column.name, f"left({name}, 40) || {literal(f' is not a {kind} to the last digit')}"))
            value = f"try_cast({name} as {kind})"
        if kind in {"TIMESTAMPTZ", "TIMESTAMP", "DATE"}:
            reasons.append((f"not isfinite({name})", column.name, literal("a time that is infinite")))
        if column.name in {*table.dated_by, table.cursor, "created_at"}:
            reasons.append(
                (f"{name} >= {literal(LATEST)}::timestamptz", column.name, literal("a time after the year 2199"))
            )
        if column.hash_domain:
            value = f"pseudonym({literal(table.system)}, {literal(column.hash_domain)}, {value})"
        if column.name in {*table.key, table.event_time, table.cursor}:
            reasons.append((f"{name} is null", column.name, literal("NULL in a key or in the time of the row")))
        items.append(f"{value} as {name}")
    cases = " ".join(f"when {bad} then {literal(column + '|')} || {why}" for bad, column, why in reasons)
    return f"select {', '.join(items)}, case {cases} end as {REASON} from {from_item}"


def landed_list(table: Table, prefix: str = "") -> str:
    """The landed columns as a SQL list, in the order of the raw table."""
    return ", ".join(prefix + quote(c.name) for c in table.landed)


def key_list(table: Table, prefix: str = "") -> str:
    return ", ".join(prefix + quote(k) for k in table.key)


def same_key(table: Table, left: str, right: str) -> str:
    """A join condition on the key."""
    return " and ".join(f"{left}.{quote(k)} = {right}.{quote(k)}" for k in table.key)
