"""What differs from the previous release: columns, and rows by key."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from orchestration.errors import Refused
from orchestration.extract.meta import quote
from orchestration.publish.export import literal
from orchestration.publish.layout import Layout
from orchestration.publish.marts import Column, Mart

_ADDITIVE = {"mart_added", "column_added"}


@dataclass(frozen=True)
class SchemaChange:
    """kind: mart_added, mart_dropped, column_added, column_dropped, column_retyped or key_changed."""

    kind: str
    mart: str
    column: str | None = None
    before: str | None = None
    after: str | None = None

    @property
    def is_breaking(self) -> bool:
        return self.kind not in _ADDITIVE

    def __str__(self) -> str:
        subject = f"{self.mart}.{self.column}" if self.column else self.mart
        detail = " -> ".join(text for text in (self.before, self.after) if text)
        return f"{self.kind.replace('_', ' ')}: {subject}" + (f" ({detail})" if detail else "")

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "is_breaking": self.is_breaking}


def schema_changes(previous: dict[str, Any] | None, marts: list[Mart]) -> list[SchemaChange]:
    """Differences of columns, types and keys against the previous release's manifest; none without one."""
    if previous is None:
        return []
    before, after = previous["marts"], {m.name: m for m in marts}
    changes = [SchemaChange("mart_dropped", name) for name in sorted(set(before) - set(after))]
    for name, mart in sorted(after.items()):
        if name in before:
            changes += _of_mart(before[name], mart)
        else:
            changes.append(SchemaChange("mart_added", name))
    return changes


def _of_mart(before: dict[str, Any], mart: Mart) -> list[SchemaChange]:
    old = {c["name"]: c["type"] for c in before["columns"]}
    new = {c.name: c.type for c in mart.columns}
    changes = [SchemaChange("column_dropped", mart.name, c, before=old[c]) for c in old if c not in new]
    changes += [SchemaChange("column_added", mart.name, c, after=new[c]) for c in new if c not in old]
    changes += [
        SchemaChange("column_retyped", mart.name, c, old[c], new[c]) for c in old if c in new and old[c] != new[c]
    ]
    if list(mart.key) != before["key"]:
        changes.append(SchemaChange("key_changed", mart.name, None, ", ".join(before["key"]), ", ".join(mart.key)))
    return changes


def refuse_breaking(changes: list[SchemaChange], still: str) -> None:
    """For a contract that is declared stable. Raises Refused naming what would break a reader."""
    breaking = [c for c in changes if c.is_breaking]
    if breaking:
        raise Refused(
            f"The contract is stable, but {len(breaking)} of its parts would break. Nothing was published; {still}.\n"
            + "\n".join(f"  {c}{_rename_hint(c, changes)}" for c in breaking)
            + "\nKeep the old columns beside the new ones, or publish a new contract version."
        )


def _rename_hint(change: SchemaChange, changes: list[SchemaChange]) -> str:
    if change.kind != "column_dropped":
        return ""
    added = (c for c in changes if c.kind == "column_added" and c.mart == change.mart)
    alike = [c.column for c in added if c.after == change.before]
    return f"; new column `{alike[0]}` looks like its new name" if len(alike) == 1 else ""


def markdown(changes: list[SchemaChange], release_id: str, previous_id: str | None) -> str:
    """SCHEMA_DIFF.md: the same for people."""
    if previous_id is None:
        return f"# Schema of {release_id}\n\nThe first release: nothing to compare it with.\n"
    lines = [f"- {c}{_rename_hint(c, changes)}" + (" **breaking**" if c.is_breaking else "") for c in changes]
    return f"# Schema of {release_id} against {previous_id}\n\n" + ("\n".join(lines) or "No change.") + "\n"


def row_changes(
    con: duckdb.DuckDBPyConnection, mart: Mart, content_hash: str, layout: Layout, previous: dict[str, Any] | None
) -> dict[str, Any] | None:
    """Rows added, removed and changed by key, over the columns that both releases have. None if they can't be compared.

    A previous file that is gone or damaged doesn't stop the new release: then there is nothing to compare with.
    """
    old = (previous or {}).get("marts", {}).get(mart.name)
    path = layout.release((previous or {}).get("release_id", "")) / "parquet" / f"{mart.name}.parquet"
    if previous is None or old is None or old["key"] != list(mart.key) or not path.exists():
        return None
    types = {c["name"]: c["type"] for c in old["columns"]}
    common = [c for c in mart.columns if types.get(c.name) == c.type]
    if not set(mart.key) <= {c.name for c in common}:
        return None
    if len(common) == len(mart.columns) == len(types) and content_hash == old["content_hash"]:
        return {"compared_with": previous["release_id"], "added": 0, "removed": 0, "changed": 0}
    now, before = (_keyed(mart, common, source) for source in (mart.relation, f"read_parquet({literal(str(path))})"))
    same = " and ".join(f"n.{quote(k)} is not distinct from b.{quote(k)}" for k in mart.key)
    try:
        added, removed, changed = con.execute(
            f"select count(*) filter (where b.h is null), count(*) filter (where n.h is null),"
            f" count(*) filter (where n.h <> b.h) from ({now}) n full join ({before}) b on {same}"
        ).fetchall()[0]
    except duckdb.Error:
        return None
    return {"compared_with": previous["release_id"], "added": added, "removed": removed, "changed": changed}


def _keyed(mart: Mart, columns: list[Column], source: str) -> str:
    key, values = (", ".join(quote(name) for name in names) for names in (mart.key, [c.name for c in columns]))
    return f"select {key}, hash({values}) as h from {source}"  # 64 bits will do for a count that nothing is decided by
