"""May this build be published? Only with a record of each gate about this very build, and no critical failure."""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.errors import Refused

GATES = ("raw", "dbt", "marts")
_SHOWN = 10  # failures named in a message
_FIELDS = ("gate", "asset", "check_name", "column_name", "severity", "success", "failing_rows", "message")


def demand_gates(con: duckdb.DuckDBPyConnection, build_id: str, still: str) -> list[dict[str, Any]]:
    """The gate records of this build. `still` says what `latest` is, for the message.

    Raises Refused when a gate has no record, when a check that isn't a warning failed, or when the warehouse has gone
    on to another build (its marts would not be those that the gates saw).
    """
    built = con.execute("select build_id from meta.build").fetchall()
    if built != [(build_id,)]:
        holds = ", ".join(str(row[0]) for row in built) or "none"
        raise Refused(f"The warehouse holds build {holds}, not {build_id}. Nothing was published; {still}.")
    records = con.execute(
        f"select {', '.join(_FIELDS)} from meta.gate_records where build_id = ?"
        " order by gate, asset, check_name, column_name",
        [build_id],
    ).fetchall()
    results = [dict(zip(_FIELDS, record, strict=True)) for record in records]
    if missing := [gate for gate in GATES if all(r["gate"] != gate for r in results)]:
        raise Refused(
            f"Build {build_id} has no record of gate {', '.join(missing)}. Nothing was published; {still}."
            " Publish only what a whole run has built and checked: martlet nightly."
        )
    failed = [r for r in results if is_blocking(r)]
    if failed:
        count = "1 check" if len(failed) == 1 else f"{len(failed)} checks"
        more = [f"  and {len(failed) - _SHOWN} more"] if len(failed) > _SHOWN else []
        lines = [f"  {_line(r)}" for r in failed[:_SHOWN]] + more
        raise Refused(f"{count} failed. Nothing was published; {still}.\n" + "\n".join(lines))
    return results


def is_blocking(record: dict[str, Any]) -> bool:
    """Whatever didn't succeed blocks, unless it is a warning."""
    return record["success"] is not True and record["severity"] not in {"warning", "warn"}


def _line(record: dict[str, Any]) -> str:
    column = f" column {record['column_name']}" if record["column_name"] else ""
    count = record["failing_rows"]
    rows = "" if count is None else f", {count:,} {'row' if count == 1 else 'rows'}"
    return f"gate {record['gate']}, {record['asset']}{column}, {record['check_name']}{rows}: {record['message']}"


def summary(results: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Per gate: checks made, passed, and failed as a warning."""
    return {
        gate: {
            "checks": sum(r["gate"] == gate for r in results),
            "passed": sum(r["gate"] == gate and r["success"] is True for r in results),
            "warnings": sum(r["gate"] == gate and r["success"] is not True for r in results),
        }
        for gate in dict.fromkeys(r["gate"] for r in results)
    }
