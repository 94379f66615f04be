"""Raw assets: one per table of the catalog, one multi-asset per system because a system is one transaction.

Belongs here: turning catalog entries into assets and their metadata. Does not: how a table is read (extract/), what
it means (dbt_project/models/staging/).
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import dagster as dg

from orchestration import clock
from orchestration.build import latest_as_of
from orchestration.extract.archive import Archive
from orchestration.extract.catalog import Column, System, Table
from orchestration.extract.loader import Loader, LoadRequest, SystemLoad, TableLoad
from orchestration.partitions import SINGLE_RUN, daily_partitions
from orchestration.plan import RunPlan, plan_run
from orchestration.resources import RunReport
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse

_HOW = {
    "snapshot": "read in full every night; changes and deletions are found by comparing rows",
    "append": "read since the last load, with the last days read again",
    "changes": "read since the last change seen",
}


def raw_assets(settings: Settings, report: RunReport, models: dict[str, Any], system: System) -> dg.AssetsDefinition:
    """The multi-asset that loads one system. What its tables hold is said where dbt declares them as sources."""
    holds = _holds(models, system)
    url = settings.urls[system.system].get_secret_value()
    kind = "postgres" if url.startswith("postgres") else "duckdb"

    @dg.multi_asset(
        name=f"load_{system.system}",
        specs=[_spec(system, table, holds.get(table.name, ""), kind) for table in system.tables.values()],
        partitions_def=daily_partitions(settings),
        backfill_policy=SINGLE_RUN,
        required_resource_keys={"lease"},
    )
    def load(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        with report.explain(context):
            result = _load(context, settings, report, system)
        for table in result.tables:
            yield dg.MaterializeResult(asset_key=["raw_" + system.system, table.table], metadata=_metadata(table))

    return load


def absent_assets(models: dict[str, Any], system: System) -> list[dg.AssetSpec]:
    """The tables of a system that is off: nothing loads them, but models read them, empty."""
    holds = _holds(models, system)
    off = f"Nothing comes in: this system is off, because {system.variable} is not set."
    return [_spec(system, table, f"{off}\n\n{holds.get(table.name, '')}", "duckdb") for table in system.tables.values()]


def _holds(models: dict[str, Any], system: System) -> dict[str, str]:
    """What each table holds, as dbt's sources say."""
    return {s["name"]: s["description"] for s in models["sources"].values() if s["schema"] == "raw_" + system.system}


def _load(context: dg.AssetExecutionContext, settings: Settings, report: RunReport, system: System) -> SystemLoad:
    days = [date.fromisoformat(key) for key in context.partition_keys]
    with open_warehouse(settings) as con:
        con.execute(
            "pragma disable_checkpoint_on_shutdown"
        )  # what is committed is in the log; dbt comes next and folds it in
        plan = plan_run(days[0], days[-1], latest_as_of(con), settings.reporting_timezone)
        if settings.is_demo:
            _advance_demo(context, settings, report, system, plan)
        request = LoadRequest(
            build_id=context.run.run_id,
            as_of=plan.as_of,
            timezone=settings.reporting_timezone,
            started_at=clock.now(),
            mode=plan.mode,
            range=plan.range,
            accept=report.accept,
            hint=plan.hint,
        )
        loader = Loader(
            con,
            system,
            Archive(settings.archive),
            settings.restricted,
            progress=lambda line: report.say(context, line),
            on_step=report.on_step,
        )
        result = loader.load(
            settings.urls[system.system].get_secret_value(), settings.pseudonym_key.get_secret_value(), request
        )
    for column in result.new_columns:
        report.say(context, f"{column}: a new column in the source; it is not read until the catalog names it")
    for name in result.absent:
        report.say(context, f"{system.system}.{name}: absent in the source; what needs it stays empty, with a reason")
    report.waivers += [table.waived for table in result.tables if table.waived]
    return result


def _advance_demo(
    context: dg.AssetExecutionContext, settings: Settings, report: RunReport, system: System, plan: RunPlan
) -> None:
    import simulator

    url = settings.urls[system.system].get_secret_value()
    done = simulator.simulate(
        system.system, url, until=clock.reporting_day(plan.as_of, "UTC"), progress=report.progress
    )
    report.say(context, f"demo: {done.system} advanced by {done.days_advanced} days to {done.until}")


def _spec(system: System, table: Table, holds: str, kind: str) -> dg.AssetSpec:
    columns = [dg.TableColumn(c.name, c.duckdb_type, description=_role(table, c)) for c in table.landed]
    key = ", ".join(table.key)
    return dg.AssetSpec(
        ["raw_" + system.system, table.name],
        group_name="raw",
        owners=["team:platform"],
        description=f"{holds}\n\nThe current rows of `{table.source}` in {system.system}, one per {key};"
        f" {_HOW[table.load]}.".strip(),
        metadata={"dagster/column_schema": dg.TableSchema(columns=columns)},
        kinds={kind, "duckdb"},
    )


def _role(table: Table, column: Column) -> str | None:
    if column.rule.startswith("hash"):
        return f"pseudonym ({column.rule})"
    if column.name in table.key:
        return "key"
    return "time of the event" if column.name == table.event_time else None


def _metadata(table: TableLoad) -> dict[str, int | float]:
    return {
        "dagster/row_count": table.total,
        "rows read": table.read,
        "rows new": table.new,
        "rows changed": table.changed,
        "rows gone": table.deleted,
        "rows set aside": table.quarantined,
        "seconds": round(table.seconds, 3),
    }
