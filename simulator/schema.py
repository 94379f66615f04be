"""A table as data, and its DDL in two dialects.

Belongs here: the words a source schema is written in (Column, Table) and how they are rendered for PostgreSQL and
DuckDB. Does not: any table of any system (photobooth/schema.py and its later neighbours), or how rows travel
(targets/).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

# PostgreSQL type, without bounds -> DuckDB type with the same meaning. Only `numeric(p,s)` keeps its bounds; without any it
# needs a choice: see Column.duckdb.
_DUCKDB_TYPES = {
    "uuid": "UUID",
    "text": "VARCHAR",
    "varchar": "VARCHAR",
    "text[]": "VARCHAR[]",
    "json": "JSON",
    "jsonb": "JSON",
    "timestamptz": "TIMESTAMPTZ",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
    "boolean": "BOOLEAN",
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "serial": "INTEGER",
    "bigint": "BIGINT",
    "char": "VARCHAR",
    "inet": "VARCHAR",
    "real": "FLOAT",
}


def quoted(names: Iterable[str]) -> str:
    """Names as a list of SQL identifiers: a column may be called `order`."""
    return ", ".join(f'"{name}"' for name in names)


@dataclass(frozen=True)
class Column:
    """One column. `type` is the exact PostgreSQL type; `duckdb` overrides the usual counterpart.

    `values` makes `type` the name of an enum with these values.
    """

    name: str
    type: str
    null: bool = True
    duckdb: str | None = None
    values: tuple[str, ...] = ()

    @property
    def duckdb_type(self) -> str:
        name, _, bounds = self.type.partition("(")
        if self.duckdb or (name == "numeric" and bounds):
            return self.duckdb or f"DECIMAL({bounds}"
        return "VARCHAR" if self.values else _DUCKDB_TYPES[name]

    @property
    def value_type(self) -> str:
        """The PostgreSQL type of its values: a serial holds integers."""
        return "integer" if self.type == "serial" else self.type

    def enum_ddl(self) -> str:
        """Create the enum type unless another table that uses it has done so: PostgreSQL has no IF NOT EXISTS for it."""
        create = f"CREATE TYPE public.{self.type} AS ENUM ({', '.join(map(repr, self.values))})"
        return f"DO $$ BEGIN {create}; EXCEPTION WHEN duplicate_object THEN NULL; END $$"


@dataclass(frozen=True)
class Table:
    """One source table. `changes` are the columns an UPDATE may write: all others keep the value of their insert."""

    name: str
    columns: tuple[Column, ...]
    key: str = "id"
    unique: tuple[tuple[str, ...], ...] = ()
    event_time: str | None = None  # append tables: the column readers page by, so it gets an index
    changes: tuple[str, ...] = field(default=())
    schema: str = "public"

    @property
    def path(self) -> str:
        return f"{self.schema}.{self.name}"

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {c.name: c for c in self.columns}

    def postgres_ddl(self) -> list[str]:
        """The table as the operational system has it: enums, key, unique constraints, NOT NULL, index on the event time."""
        lines = [f'"{c.name}" {c.type}' + ("" if c.null else " NOT NULL") for c in self.columns]
        lines.append(f"PRIMARY KEY ({self.key})")
        lines += [f"UNIQUE ({', '.join(group)})" for group in self.unique]
        ddl = [c.enum_ddl() for c in self.columns if c.values]
        ddl.append(f"CREATE TABLE {self.path} (\n    " + ",\n    ".join(lines) + "\n)")
        if self.event_time:
            ddl.append(f"CREATE INDEX {self.name}_{self.event_time}_idx ON {self.path} ({self.event_time})")
        return ddl

    def duckdb_ddl(self) -> list[str]:
        """The same columns without constraints: fault tests plant duplicates and NULLs that PostgreSQL would refuse."""
        lines = [f'"{c.name}" {c.duckdb_type}' for c in self.columns]
        return [f"CREATE TABLE {self.path} (\n    " + ",\n    ".join(lines) + "\n)"]


def columns(text: str, enums: Mapping[str, tuple[str, ...]] = MappingProxyType({})) -> tuple[Column, ...]:
    """Parse 'name type[!]', one per line or parted by `;`, `!` meaning NOT NULL and `= TYPE` naming another DuckDB type.

    `enums` holds the values of the types that are enums.
    """
    parsed = []
    for line in filter(None, (raw.strip() for raw in text.replace(";", "\n").splitlines())):
        declaration, _, duckdb = (part.strip() for part in line.partition("="))
        name, _, kind = declaration.partition(" ")
        plain, null = kind.strip().rstrip("!"), not kind.endswith("!")
        parsed.append(Column(name, plain, null, duckdb or None, enums.get(plain, ())))
    return tuple(parsed)
