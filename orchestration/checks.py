"""The gates at the two borders: raw tables in, marts out. dbt's tests are the gate between them.

Belongs here: running the suites of expectations/ as asset checks and recording their verdict for the release.
Does not: what is expected (expectations/suites/).
"""

from collections.abc import Iterator
from typing import Literal

import dagster as dg

import expectations
from orchestration import build
from orchestration.errors import Refused
from orchestration.resources import RunReport
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse

Border = Literal["raw", "marts"]


def gate(settings: Settings, report: RunReport, border: Border) -> dg.AssetChecksDefinition:
    """All checks of one border; a critical one that fails withholds everything downstream and fails the run."""
    systems = [system.system for system in settings.systems]
    checks = expectations.list_checks(border, systems)

    @dg.multi_asset_check(
        name=f"{border}_gate",
        specs=[
            dg.AssetCheckSpec(
                check.check_name,
                asset=asset_key(border, check.asset),
                description=check.description,
                blocking=check.severity == "critical",
            )
            for check in checks
        ],
        required_resource_keys={"lease"},
    )
    def run_gate(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        with report.explain(context):
            with open_warehouse(settings) as con:
                results = expectations.run_suites(con, border, systems)
                build.record_gate(con, context.run.run_id, border, [_row(result) for result in results])
            failed = [result for result in results if not result.success]
            report.say(context, f"{border} gate: {len(results)} checks, {len(failed)} failed")
            for result in failed:
                level = "error" if result.severity == "critical" else "warning"
                report.say(context, f"{result.severity}: {result.message}", level)
            report.on_step(f"{border} gate")
        for result in results:
            yield dg.AssetCheckResult(
                asset_key=asset_key(border, result.asset),
                check_name=result.check_name,
                passed=result.success,
                severity=dg.AssetCheckSeverity.ERROR if result.severity == "critical" else dg.AssetCheckSeverity.WARN,
                description=result.message,
                metadata={"failing rows": result.failing_rows} if result.failing_rows is not None else {},
            )
        critical = [result.message for result in failed if result.severity == "critical"]
        if critical:
            report.error = Refused("\n".join(critical) + "\nNothing was published; `latest` is as it was.")

    return run_gate


def asset_key(border: Border, asset: str) -> dg.AssetKey:
    """`photobooth.events` is the asset raw_photobooth/events, `mart_x` is marts/mart_x."""
    return dg.AssetKey(("raw_" + asset).split(".") if border == "raw" else ["marts", asset])


def _row(result: expectations.CheckResult) -> tuple:
    return (
        result.asset, result.check_name, result.column_name, result.severity, result.success, result.failing_rows,
        result.message,
    )  # fmt: skip
