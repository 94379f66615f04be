"""The documented exports: documented.yml read, and each made into a query that is written like a mart.

Belongs here: columns, order, the join with restricted names. Does not: the file itself (export.py), where it goes (files.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from pydantic import BaseModel, ConfigDict, field_validator

from orchestration.errors import Refused
from orchestration.extract.meta import quote
from orchestration.publish.export import literal
from orchestration.publish.marts import SHORT_LIST, Column, Mart, canonical_type
from orchestration.yaml_file import read_yaml

FILE = Path(__file__).with_name("documented.yml")
_DATABASE = "restricted_names"  # as which restricted/<system>.duckdb is attached
_ORDER, _DAY = "_order_{}", "_day"  # columns of the query that are not written


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Header(_Strict):
    """What a documented column shows."""

    sql: str
    description: str = ""


class Names(_Strict):
    """A table of the restricted file: its `columns`, of the row whose id is `id`."""

    id: str
    columns: list[str]


class Documented(_Strict):
    """One entry of documented.yml."""

    requirement: str
    description: str
    model: str | dict[str, str]
    where: str = "true"
    order: list[str]
    months_of: str | None = None
    names: dict[str, Names] = {}
    columns: dict[str, Header]

    @field_validator("columns", mode="before")
    @classmethod
    def _short_form(cls, columns: dict[str, Any]) -> dict[str, Any]:
        return {name: {"sql": value} if isinstance(value, str) else value for name, value in columns.items()}

    @property
    def is_restricted(self) -> bool:
        return bool(self.names)

    @property
    def models(self) -> list[str]:
        return [self.model] if isinstance(self.model, str) else list(self.model)


class Documents(_Strict):
    """The exports of one source system, by the name of their file."""

    system: str
    exports: dict[str, Documented]


@cache
def documents(path: Path = FILE) -> Documents:
    """The documented exports, read once."""
    return Documents(**read_yaml(path))


@dataclass(frozen=True)
class Export(Mart):
    """A documented export, to be written like a mart: a query instead of a table, in an order of its own."""

    query: str = ""
    documented: Documented = field(default=None)  # type: ignore[assignment]
    notes: tuple[str, ...] = ()  # for people: what is empty, and why

    @property
    def relation(self) -> str:
        return f"({self.query})"

    @property
    def order(self) -> str:
        return ", ".join(_ORDER.format(i) for i in range(len(self.documented.order)))


@contextmanager
def exports(
    con: duckdb.DuckDBPyConnection,
    wanted: Documents | None,
    dbt_manifest: dict[str, Any],
    names: Path | None,
    since: date | None,
) -> Iterator[list[Export]]:
    """All exports over the models of the warehouse and, while the block lasts, over the restricted file in folder `names`.

    `since` is the first day of those that may be cut. Without the file names are empty, and a note says so.
    """
    if wanted is None:
        yield []
        return
    file = names / f"{wanted.system}.duckdb" if names else None
    held = _attach(con, file)
    try:
        yield [
            _export(con, wanted.system, name, dbt_manifest, held, since, wanted.exports[name])
            for name in wanted.exports
        ]
    finally:
        with suppress(duckdb.Error):  # whatever failed before is what matters
            con.execute(f"detach database if exists {_DATABASE}")


def _attach(con: duckdb.DuckDBPyConnection, file: Path | None) -> dict[str, set[str]] | None:
    """The columns of each table of the restricted file; None when it is missing or can't be read."""
    if file is None or not file.exists():
        return None
    try:
        con.execute(f"attach {literal(str(file))} as {_DATABASE} (read_only)")
        found = con.execute(
            f"select table_name, column_name from duckdb_columns() where database_name = {literal(_DATABASE)}"
        ).fetchall()
    except duckdb.Error:  # the text may quote what is in the file
        return None
    tables: dict[str, set[str]] = {}
    for table, column in found:
        tables.setdefault(table, set()).add(column)
    return tables


def _export(
    con: duckdb.DuckDBPyConnection, system: str, name: str, dbt_manifest: dict[str, Any],
    held: dict[str, set[str]] | None, since: date | None, entry: Documented,
) -> Export:  # fmt: skip
    nodes = {model: _node(dbt_manifest, name, model) for model in entry.models}
    selected = [f"{header.sql} as {quote(title)}" for title, header in entry.columns.items()]
    selected += [f"{column} as {_ORDER.format(i)}" for i, column in enumerate(entry.order)]
    if entry.months_of:
        selected.append(f"{entry.months_of} as {_DAY}")
    joined, missing = "", []
    for table, wanted in entry.names.items():
        there = held is not None and {"id", *wanted.columns} <= held.get(table, set())
        source = f"{_DATABASE}.{quote(table)}" if there else _nobody(wanted)
        missing += [] if there else [table]
        joined += f" left join {source} as {quote(table)} on {quote(table)}.id::varchar = {wanted.id}"
    cut = f" and {entry.months_of} >= {literal(since.isoformat())}::date" if since and entry.months_of else ""
    query = (
        f"select {', '.join(selected)} from {_rows(entry, nodes)}{joined}"
        f" where platform = {literal(system)} and ({entry.where}){cut}"
    )
    notes = (_nameless(name, system, missing),) if missing else ()
    columns = _columns(con, name, entry, nodes, query)
    return Export(name, entry.description.strip(), (), columns, query=query, documented=entry, notes=notes)


def _node(dbt_manifest: dict[str, Any], name: str, model: str) -> dict[str, Any]:
    found = [n for n in dbt_manifest["nodes"].values() if n["resource_type"] == "model" and n["name"] == model]
    if not found:
        raise Refused(f"{FILE.name}: export {name} reads model {model}, which dbt doesn't have. Nothing was published.")
    return found[0]


def _rows(entry: Documented, nodes: dict[str, dict[str, Any]]) -> str:
    tables = {model: f"{quote(node['schema'])}.{quote(model)}" for model, node in nodes.items()}
    if isinstance(entry.model, str):
        return f"{tables[entry.model]} as model"
    parts = [f"select *, {literal(part)} as part from {tables[model]}" for model, part in entry.model.items()]
    return f"({' union all by name '.join(parts)}) as model"


def _nobody(wanted: Names) -> str:
    empty = ", ".join(f"null::varchar as {quote(column)}" for column in ("id", *wanted.columns))
    return f"(select {empty} where false)"


def _nameless(name: str, system: str, tables: list[str]) -> str:
    return (
        f"{name}: names and e-mails of {', '.join(tables)} are empty, because restricted/{system}.duckdb doesn't hold them."
        f" The next load of {system} writes it."
    )


def _columns(
    con: duckdb.DuckDBPyConnection, name: str, entry: Documented, nodes: dict[str, dict[str, Any]], query: str
) -> tuple[Column, ...]:
    types = {row[0]: canonical_type(row[1]) for row in con.execute(f"describe {query}").fetchall()}
    described = next(iter(nodes.values()))["columns"]
    columns = []
    for title, header in entry.columns.items():
        if not SHORT_LIST.fullmatch(types[title]):
            raise Refused(
                f"{FILE.name}: column {title} of {name} is {types[title]}, which spreadsheets misread. Cast it."
            )
        words = header.description or (described.get(header.sql, {}).get("description") or "")
        columns.append(Column(title, types[title], words.strip()))
    return tuple(columns)


def first_day(last: date, months: int | None) -> date | None:
    """The first day of the newest so many calendar months; None when all are wanted."""
    if months is None:
        return None
    month = last.year * 12 + last.month - months  # since the year 0, January being 0
    return date(month // 12, month % 12 + 1, 1)


def months_that_fit(con: duckdb.DuckDBPyConnection, export: Export, last: date, cap: int) -> tuple[int, int]:
    """How many of the newest calendar months stay within `cap` rows, and their rows; (0, 0) when not even one does."""
    counted = con.execute(
        f"select date_diff('month', {_DAY}, {literal(last.isoformat())}::date) + 1 as months, count(*)"
        f" from {export.relation} where {_DAY} is not null group by 1 order by 1"
    ).fetchall()
    fitting, total = (0, 0), 0
    for months, rows in counted:
        total += rows
        if total > cap:
            break
        fitting = (months, total)
    return fitting
