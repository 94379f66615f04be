"""Schema drift: the source as it is against the catalog and against what was seen before.

Belongs here: finding what is missing, retyped or new, and saying so. Does not: reading rows.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from datetime import date

from orchestration.errors import Refused
from orchestration.extract.catalog import Column, System, Table

# source types (lower case, without length) that fit an output type; DuckDB's and PostgreSQL's names
_FITTING = {
    "VARCHAR": {"text", "character varying", "character", "varchar", "enum"},
    "UUID": {"uuid"},
    "INTEGER": {"integer", "smallint"},
    "BIGINT": {"bigint", "integer", "smallint"},
    "REAL": {"real", "float"},
    "DOUBLE": {"double precision", "double", "real", "float"},
    "BOOLEAN": {"boolean"},
    "DATE": {"date"},
    "TIMESTAMPTZ": {"timestamp with time zone"},
    "TIMESTAMP": {"timestamp", "timestamp without time zone"},
    "DECIMAL": {"numeric", "decimal", "integer", "bigint", "smallint"},
    "JSON": {"json", "jsonb"},
    "VARCHAR[]": {"text[]", "character varying[]", "varchar[]"},
}


@dataclass
class SeenSchema:
    """What a system's tables look like now: present columns by table name, and new ones nobody asked for."""

    present: dict[str, dict[str, str]] = field(default_factory=dict)  # table -> {lower name: real name}
    types: dict[str, dict[str, str]] = field(default_factory=dict)  # table -> {lower name: source type}
    new_columns: list[str] = field(default_factory=list)


def compare_schema(
    system: System,
    found: dict[str, dict[str, str]],
    before: dict[tuple[str, str], tuple[str, date]],
    hint: str,
    accept: frozenset[str] = frozenset(),
) -> SeenSchema:
    """Check what was found against the catalog.

    `found` is Source.columns(); `before` maps (table, lower-case column) to the type and day it was last seen with;
    `hint` is the command to try again. What is optional may be absent if it always was, or if `accept` names its table.
    Raises Refused listing everything that is missing or of another type.
    """
    seen, problems = SeenSchema(), []
    for table in system.tables.values():
        real = found.get(table.source)
        accepted = bool(accept & {table.name, table.full_name})
        if real is None:
            seen_before = [day for (name, _), (_, day) in before.items() if name == table.name]
            if not table.optional or (seen_before and not accepted):
                was = f" (it was there on {max(seen_before)})" if seen_before else ""
                problems.append(f"{table.full_name}: the table {table.source} is not in the source{was}.")
            continue
        present = {name.lower(): name for name in real}
        types = {name.lower(): kind for name, kind in real.items()}
        seen.present[table.name], seen.types[table.name] = present, types
        unknown = sorted(set(present) - {c.source_column.lower() for c in table.columns})
        seen.new_columns += [f"{table.full_name}.{present[name]}" for name in unknown]
        for column in table.columns:
            problems += _column_problems(table, column, types, unknown, {} if accepted and column.optional else before)
    if problems:
        raise Refused(
            "\n".join(dict.fromkeys(problems))
            + f"\nNothing was published. Mend the source, or change orchestration/extract/catalog/{system.system}.yml,"
            f" then run: {hint}"
        )
    return seen


def _column_problems(
    table: Table,
    column: Column,
    types: dict[str, str],
    unknown: list[str],
    before: dict[tuple[str, str], tuple[str, date]],
) -> list[str]:
    name = column.source_column.lower()
    last = before.get((table.name, name))
    was = f" (it was {last[0]} on {last[1]})" if last else ""
    if name not in types:
        if column.rule == "drop" or (column.optional and not last):
            return []
        like = difflib.get_close_matches(name, unknown, n=1, cutoff=0.4)
        rename = f" A new column `{like[0]}` {types[like[0]]} looks like its new name." if like else ""
        return [f"{table.full_name}: column `{column.source_column}` is gone from the source{was}.{rename}"]
    if column.rule == "drop" or _fits(column, types[name]):
        return []
    return [
        f"{table.full_name}: column `{column.source_column}` is {types[name]} in the source now{was};"
        f" the catalog expects {column.expected_type}."
    ]


def _fits(column: Column, source_type: str) -> bool:
    base = re.sub(r"\(.*?\)", "", source_type).strip()
    wanted = re.sub(r"\(.*\)", "", column.expected_type.upper())
    return base in _FITTING.get(wanted, {wanted.lower()})
