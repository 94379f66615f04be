"""The gates at the two borders: raw tables in, marts out. dbt's tests are the gate between them.

Belongs here: running the suites of expectations/ as asset checks and recording their verdict for the release.
Does not: what is expected (expectations/suites/).
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Literal, TypeVar

import dagster as dg

import expectations
from orchestration import build
from orchestration.errors import Refused
from orchestration.graph import idle
from orchestration.resources import RunReport
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse

Border = Literal["raw", "marts"]
C = TypeVar("C", expectations.Check, expectations.CheckResult)
COLUMNS = dg.TableSchema(
    columns=[
        dg.TableColumn("expectation", "string"),
        dg.TableColumn("severity", "string", "critical withholds the release, warning is only reported"),
        dg.TableColumn("result", "string"),
        dg.TableColumn("failing rows", "int"),
        dg.TableColumn("message", "string"),
    ]
)


def gate(settings: Settings, report: RunReport, border: Border, models: dict[str, Any]) -> dg.AssetChecksDefinition:
    """One asset check for each table of a border, of all its expectations; a critical one that fails withholds everything
    downstream and fails the run.

    An expectation is a row in the check's metadata, and a record of the gate. A check of its own for each would be four
    hundred events a night, and a page of them for each table. Marts that no system feeds are checked too, but not shown.
    """
    systems = [system.system for system in settings.systems]
    unfed = _idle(models, systems)
    shown = [check for check in expectations.list_checks(border, systems) if check.asset not in unfed]
    expected = _by_asset(shown)

    @dg.multi_asset_check(
        name=f"{border}_gate",
        specs=[
            dg.AssetCheckSpec(
                f"{border}_gate",
                asset=asset_key(border, asset),
                description="\n".join(f"- `{check.check_name}`: {check.description}" for check in checks),
                blocking=any(check.severity == "critical" for check in checks),
            )
            for asset, checks in expected.items()
        ],
        required_resource_keys={"lease"},
    )
    def run_gate(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        with report.explain(context):
            with open_warehouse(settings) as con:
                never_fed = _idle(models, build.loaded_systems(con))
                results = expectations.run_suites(con, border, systems, unfed=never_fed)
                build.record_gate(con, context.run.run_id, border, [_row(result) for result in results])
            failed = [result for result in results if not result.success]
            report.say(context, f"{border} gate: {len(results)} checks, {len(failed)} failed")
            for result in failed:
                level = "error" if result.severity == "critical" else "warning"
                report.say(context, f"{result.severity}: {result.message}", level)
            report.on_step(f"{border} gate")
        for asset, found in _by_asset(results).items():
            if asset in expected:
                yield _asset_check_result(border, asset, found)
        critical = [result.message for result in failed if result.severity == "critical"]
        if critical:
            refused = Refused("\n".join(critical) + "\nNothing was published; `latest` is as it was.")
            report.error = refused
            if any(result.severity == "critical" and result.asset not in expected for result in failed):
                raise refused  # no check shows it, so none of them withholds what is downstream

    return run_gate


def _idle(models: dict[str, Any], systems: Collection[str]) -> set[str]:
    """The names of the models that only other systems feed."""
    return {models["nodes"][unique_id]["name"] for unique_id in idle(models, systems)}


def _asset_check_result(border: Border, asset: str, found: list[expectations.CheckResult]) -> dg.AssetCheckResult:
    failed = [result for result in found if not result.success]
    failing_first = sorted(found, key=lambda result: result.success)
    is_critical = any(result.severity == "critical" for result in failed)
    return dg.AssetCheckResult(
        asset_key=asset_key(border, asset),
        check_name=f"{border}_gate",
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if is_critical else dg.AssetCheckSeverity.WARN,
        description="\n\n".join(result.message for result in failed) or f"All {len(found)} expectations hold.",
        metadata={
            "failed": len(failed),
            "expectations": dg.MetadataValue.table([_record(r) for r in failing_first], COLUMNS),
        },
    )


def _by_asset(checks: Iterable[C]) -> dict[str, list[C]]:
    """In the order of their first."""
    grouped: dict[str, list[C]] = {}
    for check in checks:
        grouped.setdefault(check.asset, []).append(check)
    return grouped


def asset_key(border: Border, asset: str) -> dg.AssetKey:
    """`photobooth.events` is the asset raw_photobooth/events, `mart_x` is marts/mart_x."""
    return dg.AssetKey(("raw_" + asset).split(".") if border == "raw" else ["marts", asset])


def _row(result: expectations.CheckResult) -> tuple:
    return (
        result.asset, result.check_name, result.column_name, result.severity, result.success, result.failing_rows,
        result.message,
    )  # fmt: skip


def _record(result: expectations.CheckResult) -> dg.TableRecord:
    return dg.TableRecord(
        {
            "expectation": result.check_name,
            "severity": result.severity,
            "result": "holds" if result.success else "fails",
            "failing rows": "" if result.failing_rows is None else result.failing_rows,
            "message": result.message,
        }
    )
