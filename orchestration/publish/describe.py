"""What a release says of itself: manifest.json for machines, datapackage.json (Frictionless) for generic readers."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import duckdb

from orchestration.publish import gates
from orchestration.publish.build import BuildInfo
from orchestration.publish.changes import SchemaChange
from orchestration.publish.documented import Export
from orchestration.publish.layout import sha256_of, utc_text
from orchestration.publish.marts import Column, Mart
from orchestration.publish.proofs import Content

FORMAT_VERSION = 1
_TOOLS = ("martlet", "duckdb", "pyarrow", "dbt-core", "dbt-duckdb", "great-expectations", "dagster")
_COUNTS = ("rows_read", "rows_new", "rows_changed", "rows_deleted", "rows_quarantined", "rows_total")


@dataclass
class Described:
    """One published mart or documented export with all that was found out about it."""

    mart: Mart
    content: Content
    changes: dict[str, Any] | None = None  # rows against the previous release
    note: str | None = None  # why there is no CSV
    files: list[dict[str, Any]] = field(default_factory=list)

    def add_file(
        self, staging: Path, path: Path, kind: str, rows: int = 0, columns: list[dict[str, str]] | None = None,
        content_hash: str | None = None,
    ) -> None:  # fmt: skip
        """Name a proven file; its content hash is that of the text of its cells for CSV, else that of the mart."""
        kind_of = "export" if isinstance(self.mart, Export) else "mart"
        more = {kind_of: self.mart.name, "rows": rows, "columns": columns or [], "content_hash": content_hash}
        self.files.append(file_entry(staging, path, kind, **more))


def file_entry(staging: Path, path: Path, kind: str, **more: Any) -> dict[str, Any]:
    """How the manifest names a file: `path` relative to the release, size in bytes, sha256."""
    size = path.stat().st_size
    return {"path": str(path.relative_to(staging)), "format": kind, **more, "bytes": size, "sha256": sha256_of(path)}


def loads(con: duckdb.DuckDBPyConnection, build_id: str) -> list[dict[str, Any]]:
    """The newest load of each table in this build: counts of rows, high water, waiver."""
    found = con.execute(
        f"select system || '.' || table_name, mode, range_start, range_end, as_of, high_water, waived,"
        f" {', '.join(_COUNTS)} from meta.loads"
        " where build_id = ? qualify row_number() over (partition by system, table_name order by load_id desc) = 1"
        " order by system, table_name",
        [build_id],
    ).fetchall()
    return [
        {
            "table": table,
            "mode": mode,
            "range": [str(start), str(end)] if start else None,
            "as_of": utc_text(as_of) if as_of else None,
            "high_water": utc_text(high_water) if high_water else None,
            "waived": waived,
            **dict(zip(_COUNTS, counts, strict=True)),
        }
        for table, mode, start, end, as_of, high_water, waived, *counts in found
    ]


def waivers(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """What was waived since the last published build, also by runs that a gate then stopped."""
    found = con.execute(
        "select system || '.' || table_name, waived from meta.loads where waived is not null and load_id >"
        " (select coalesce(max(b.last_load_id), 0) from meta.builds b join meta.publishes p using (build_id))"
        " order by load_id, 1"
    ).fetchall()
    return [{"table": table, "waived": waived} for table, waived in found]


def _tool_versions(dbt_manifest: dict[str, Any]) -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for tool in _TOOLS:
        try:
            versions[tool] = version(tool)
        except PackageNotFoundError:
            continue
    built_by = dbt_manifest.get("metadata", {}).get("dbt_version")
    return {**versions, "dbt-core": built_by} if built_by else versions


def provenance(
    release_id: str, contract_version: str, build: BuildInfo, previous_id: str | None, dbt_manifest: dict[str, Any]
) -> dict[str, Any]:
    """Which release, of which data, made by what. Every instant comes from the build, none from a clock."""
    return {
        "format_version": FORMAT_VERSION,
        "contract_version": contract_version,
        "release_id": release_id,
        "reporting_day": build.reporting_day.isoformat(),
        "as_of": utc_text(build.as_of),
        "data_interval": {"start": utc_text(build.starts_at), "end": utc_text(build.as_of)},
        "reporting_timezone": build.reporting_timezone,
        "created_at": utc_text(build.created_at),
        "build_id": build.build_id,
        "code_version": build.code_version,
        "dbt_invocation_id": build.dbt_invocation_id,
        "pseudonym_key_id": build.pseudonym_key_id,
        "previous_release": previous_id,
        "tool_versions": _tool_versions(dbt_manifest),
    }


def contents(
    marts: list[Described], exports: list[Described], staging: Path, own_files: tuple[str, ...]
) -> dict[str, Any]:
    """Marts, exports and the files, those about the release itself (`own_files`) included, the manifest left out."""
    described = [*marts, *exports]
    own = [file_entry(staging, staging / name, Path(name).suffix[1:]) for name in own_files]
    return {
        "marts": {d.mart.name: _mart_entry(d) for d in marts},
        "exports": {d.mart.name: _export_entry(d, d.mart) for d in exports if isinstance(d.mart, Export)},
        "files": [f for d in described for f in d.files] + own,
        "proofs": _proofs(described),
    }


def quality(
    schema_diff: list[SchemaChange],
    gate_results: list[dict[str, Any]],
    table_loads: list[dict[str, Any]],
    waived: list[dict[str, Any]],
) -> dict[str, Any]:
    """What was checked, waived and changed on the way."""
    return {
        "schema_diff": [c.as_dict() for c in schema_diff],
        "loads": table_loads,
        "waivers": waived,
        "gates": {"summary": gates.summary(gate_results), "results": gate_results},
    }


def _mart_entry(described: Described) -> dict[str, Any]:
    mart, content = described.mart, described.content
    return {
        "description": mart.description,
        "key": list(mart.key),
        "rows": content.rows,
        # as a number's null_reason: why there is nothing
        "null_reason": None if content.rows else "no_rows" if mart.is_fed else "no_source",
        "columns": [_column_entry(c, content.nulls[c.name]) for c in mart.columns],
        "dates": list(content.dates) if content.dates else None,
        "content_hash": content.content_hash,
        "control_totals": {name: f"{total:f}" for name, total in content.totals.items()},
        "changes": described.changes,
        "note": described.note,
    }


def _column_entry(column: Column, nulls: int) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": column.type,
        "nullable": column.is_nullable,
        "unit": column.unit,
        "nulls": nulls,
        "description": column.description,
    }


def _export_entry(described: Described, export: Export) -> dict[str, Any]:
    return {
        "description": export.description,
        "requirement": export.documented.requirement,
        "models": export.documented.models,
        "rows": described.content.rows,
        "columns": [{"name": c.name, "type": c.type, "description": c.description} for c in export.columns],
        "content_hash": described.content.content_hash,
        "notes": [*export.notes, *([described.note] if described.note else [])],
    }


def _proofs(described: list[Described]) -> list[dict[str, Any]]:
    """One line per file that a second engine read back; a release without all of them doesn't exist."""
    proof = {"proof": "read_back", "reader": f"pyarrow {version('pyarrow')}"}
    files = [f for d in described for f in d.files if f["content_hash"]]
    return [{**proof, "file": f["path"], "rows": f["rows"], "content_hash": f["content_hash"]} for f in files]


_FRICTIONLESS = {
    "BIGINT": "integer",
    "INTEGER": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "VARCHAR": "string",
    "DATE": "date",
    "TIMESTAMPTZ": "datetime",
}


def datapackage(release_id: str, build: BuildInfo, described: list[Described]) -> dict[str, Any]:
    """The Frictionless descriptor: resources with the descriptions of their columns."""
    return {
        "profile": "data-package",
        "name": "martlet",
        "title": f"Martlet release {release_id}",
        "version": release_id,
        "created": utc_text(build.created_at),
        "resources": [_resource(d, f, build) for d in described for f in d.files if f["format"] in {"parquet", "csv"}],
    }


def _resource(described: Described, file: dict[str, Any], build: BuildInfo) -> dict[str, Any]:
    words = {c.name: c.description for c in described.mart.columns}
    is_csv = file["format"] == "csv"
    fields = []
    for column in file["columns"]:
        name, kind = column["name"], _FRICTIONLESS.get(column["type"], "number")
        text = words.get(name) or words.get(name.removesuffix("_utc"), "")
        entry = {"name": name, "type": kind, "description": text}
        if is_csv and kind == "datetime":
            entry["format"] = "%Y-%m-%d %H:%M:%S"
            zone = build.reporting_timezone if name in words else "UTC"
            entry["description"] = f"{text} (wall time, {zone})".strip()
        fields.append(entry)
    resource = {
        "name": f"{described.mart.name}.{file['format']}",
        "path": file["path"],
        "description": described.mart.description,
        "format": file["format"],
        "mediatype": "text/csv" if is_csv else "application/vnd.apache.parquet",
        "bytes": file["bytes"],
        "hash": f"sha256:{file['sha256']}",
        "schema": {"fields": fields, "missingValues": [""]},
    }
    if described.mart.key:
        resource["schema"]["primaryKey"] = list(described.mart.key)
    if is_csv:
        resource |= {"encoding": "utf-8", "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"'}}
    return resource
