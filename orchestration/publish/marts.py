"""What is published: every dbt model of schema `marts`, with its key, types and words.

Belongs here: reading dbt's manifest.json and comparing it with the warehouse. Does not: the rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import Refused, Unavailable
from orchestration.extract.meta import quote
from orchestration.graph import idle

SHORT_LIST = re.compile(r"BIGINT|INTEGER|DECIMAL\(\d+,\d+\)|DOUBLE|BOOLEAN|VARCHAR|DATE|TIMESTAMPTZ")
_ALIASES = {
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ",
    "TEXT": "VARCHAR",
    "STRING": "VARCHAR",
    "INT": "INTEGER",
    "INT4": "INTEGER",
    "INT8": "BIGINT",
    "FLOAT8": "DOUBLE",
    "BOOL": "BOOLEAN",
}


_UNITS = {
    "count": "count",
    "usd": "USD",
    "ars": "ARS",
    "credits": "credits",
    "days": "days",
    "seconds": "s",
    "s": "s",
    "ms": "ms",
    "pct": "percent",
    "rate": "ratio",
    "ratio": "ratio",
}


def canonical_type(name: str) -> str:
    """A type in the spelling of the short list: upper case, without spaces or aliases."""
    upper = " ".join(name.upper().split())
    upper = _ALIASES.get(upper, upper)
    return re.sub(r"^NUMERIC(?=\()", "DECIMAL", upper.replace(", ", ",")) if "(" in upper else upper


@dataclass(frozen=True)
class Column:
    name: str
    type: str  # one of the short list
    description: str = ""
    is_nullable: bool = True

    @property
    def is_total(self) -> bool:
        """Whether its sum is a control total: integers and decimals."""
        return self.type in {"BIGINT", "INTEGER"} or self.type.startswith("DECIMAL")

    @property
    def unit(self) -> str | None:
        """What its numbers are counted in, by the last part of its name (docs/conventions.md); None for what has no unit."""
        is_number = self.type in {"BIGINT", "INTEGER", "DOUBLE"} or self.type.startswith("DECIMAL")
        return _UNITS.get(self.name.rpartition("_")[2]) if is_number else None

    @property
    def scale(self) -> int:
        """Digits after the point of a DECIMAL; else 0."""
        return int(self.type.rstrip(")").split(",")[1]) if self.type.startswith("DECIMAL") else 0


@dataclass(frozen=True)
class Mart:
    """One published table: `key` makes a row unique and gives the order of the files."""

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    is_fed: bool = True  # a system that feeds it was loaded

    @property
    def relation(self) -> str:
        return f"marts.{quote(self.name)}"

    @property
    def order(self) -> str:
        """The SQL order of the rows in every file and hash."""
        return ", ".join(f"{quote(name)} asc nulls last" for name in self.key)

    @property
    def shape(self) -> list[dict[str, str]]:
        return [{"name": c.name, "type": c.type} for c in self.columns]


def read_dbt_manifest(path: Path) -> dict[str, Any]:
    """dbt's manifest.json. Raises Unavailable when it isn't there."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Unavailable(f"dbt's manifest can't be read at {path}: {error}. Run dbt first.") from error


def read_marts(
    con: duckdb.DuckDBPyConnection, dbt_manifest: dict[str, Any], loaded: Collection[str] | None = None
) -> list[Mart]:
    """The marts by name, their columns in the order of the warehouse. Raises Refused for what must not be published.

    `loaded` are the source systems that were ever loaded: a mart that none of them feeds is empty for that reason.
    """
    found = [n for n in dbt_manifest["nodes"].items() if n[1]["resource_type"] == "model" and n[1]["schema"] == "marts"]
    unfed = set(idle(dbt_manifest, loaded)) if loaded is not None else set()
    there = _columns_of_marts(con)
    marts = [
        _read_mart(node, there.get(node["name"], []), unique_id not in unfed)
        for unique_id, node in sorted(found, key=_name)
    ]
    if not marts:
        raise Refused("dbt's manifest has no model in schema marts: there is nothing to publish.")
    return marts


def _name(found: tuple[str, dict[str, Any]]) -> str:
    return str(found[1]["name"])


def _columns_of_marts(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, str]]]:
    """Mart -> name and type of its columns in their order, asked for at once: each question reads the whole catalog."""
    found: dict[str, list[tuple[str, str]]] = {}
    for mart, column, kind in con.execute(
        "select table_name, column_name, data_type from duckdb_columns()"
        " where schema_name = 'marts' and database_name = current_database() order by table_name, column_index"
    ).fetchall():
        found.setdefault(mart, []).append((column, kind))
    return found


def _read_mart(node: dict[str, Any], actual: list[tuple[str, str]], is_fed: bool) -> Mart:
    name, declared = node["name"], node["columns"]
    if not actual:
        raise Refused(f"{name}: dbt knows this mart, but it is not in the warehouse. Nothing was published.")
    columns = tuple(
        Column(
            c, canonical_type(t), (declared.get(c, {}).get("description") or "").strip(), _is_nullable(declared.get(c))
        )
        for c, t in actual
    )
    for column in columns:
        wanted = (declared.get(column.name) or {}).get("data_type")
        if column.name not in declared or not wanted:
            raise Refused(f"{name}: column `{column.name}` has no declared type. Declare it in {name}.yml.")
        if not SHORT_LIST.fullmatch(column.type):
            raise Refused(f"{name}: column `{column.name}` is {column.type}, which BI tools misread. Cast it.")
        if canonical_type(wanted) != column.type:
            raise Refused(f"{name}: column `{column.name}` is {column.type}, but {canonical_type(wanted)} is declared.")
    if missing := set(declared) - {c.name for c in columns}:
        raise Refused(f"{name}: declared column {', '.join(sorted(missing))} is not in the warehouse.")
    return Mart(name, (node.get("description") or "").strip(), _key(node, columns), columns, is_fed)


def _is_nullable(declared: dict[str, Any] | None) -> bool:
    return not any(constraint["type"] == "not_null" for constraint in (declared or {}).get("constraints") or [])


def _key(node: dict[str, Any], columns: tuple[Column, ...]) -> tuple[str, ...]:
    meta = {**node.get("meta", {}), **node.get("config", {}).get("meta", {})}
    grain = meta.get("grain") or []
    key = tuple(part.strip() for part in (grain.split(",") if isinstance(grain, str) else grain))
    unknown = set(key) - {c.name for c in columns}
    if not key or unknown:
        raise Refused(f"{node['name']}: meta.grain must list the key columns, but says {grain!r}.")
    return key
