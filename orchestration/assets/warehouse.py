"""Warehouse assets: every dbt model, built by one dbt invocation in this process.

Belongs here: what a run tells dbt, and dbt's results as Dagster events and gate records. Does not: models.
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import dbt_assets
from dagster_dbt.asset_utils import get_updated_cli_invocation_params_for_context
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from orchestration import build, transform
from orchestration.errors import Refused, Unavailable
from orchestration.extract.meta import quote
from orchestration.faults import explain
from orchestration.partitions import SINGLE_RUN, daily_partitions
from orchestration.publish.build import PublishSettings
from orchestration.publish.release import has_whole_release
from orchestration.resources import RunReport
from orchestration.settings import Settings
from orchestration.translator import Translator
from orchestration.warehouse import open_warehouse

SEVERITY = {"fail": "critical", "error": "critical", "warn": "warning"}


def build_asset(settings: Settings, report: RunReport) -> dg.AssetsDefinition:
    """The asset meta/build: what the models are told. Without anything to build it yields nothing, and the run ends."""

    @dg.asset(
        key=["meta", "build"],
        deps=[["raw_" + system.system, table] for system in settings.systems for table in system.tables],
        partitions_def=daily_partitions(settings),
        backfill_policy=SINGLE_RUN,
        group_name="build",
        owners=["team:platform"],
        kinds={"duckdb"},
        description="The parameters of this run's build: as_of, time zone, and the reporting days that changed since the"
        " last one. Nothing downstream runs at night when no row, model or reporting day changed since the release.",
        metadata={"dagster/column_schema": dg.TableSchema(columns=[dg.TableColumn(*c) for c in build.COLUMNS])},
        output_required=False,
        required_resource_keys={"lease"},
    )
    def prepare(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        with report.explain(context):
            with open_warehouse(settings) as con:
                where = PublishSettings.of(settings)
                days = [date.fromisoformat(key) for key in context.partition_keys]
                this = build.prepare(
                    con, settings, context.run.run_id, has_release=has_whole_release(where), days=(days[0], days[-1])
                )
        if not this.is_needed:
            report.nothing_new = True
            report.say(context, "no row, model or reporting day changed since the release: nothing to build")
            return
        how = "in full" if this.is_full else f"{this.rebuild_days} days"
        report.say(context, f"building {how}, as of {this.as_of:%Y-%m-%d %H:%M} UTC")
        report.on_step("build prepared")
        yield dg.MaterializeResult(
            metadata={
                "dagster/row_count": 1,
                "as of": this.as_of.isoformat(),
                "full": this.is_full,
                "days": this.rebuild_days,
            }
        )

    return prepare


def warehouse_assets(settings: Settings, report: RunReport, manifest: Path) -> dg.AssetsDefinition:
    """All models as assets; their dbt tests are asset checks."""

    @dbt_assets(
        manifest=manifest,
        name="dbt",
        dagster_dbt_translator=Translator(),
        partitions_def=daily_partitions(settings),
        backfill_policy=SINGLE_RUN,
        required_resource_keys={"lease"},
    )
    def dbt(context: dg.AssetExecutionContext) -> Iterator[Any]:
        with report.explain(context):
            with open_warehouse(settings) as con:
                this = build.prepared(con, context.run.run_id) or build.prepare(con, settings, context.run.run_id)
            events, failures = _run_dbt(context, settings, report, manifest, this.is_full)
            counts = _finish(settings, this.build_id, events, is_whole=not context.is_subset)
            report.on_step("build recorded")
        for event in _dagster_events(context, manifest, events):
            if isinstance(event, dg.Output):
                key = context.asset_key_for_output(event.output_name)
                event = event.with_metadata({**event.metadata, "dagster/row_count": counts.get(key.path[-1], 0)})
            yield event
        with report.explain(context):
            if failures:
                raise Refused("\n".join(failures) + "\nNothing was published; `latest` is as it was.")

    return dbt


def _run_dbt(
    context: dg.AssetExecutionContext, settings: Settings, report: RunReport, manifest: Path, is_full: bool
) -> tuple[list[dict[str, Any]], list[str]]:
    """Build the selected models; returns dbt's result events and one message per failed node."""
    events: list[dict[str, Any]] = []

    def on_event(event: dict[str, Any]) -> None:
        events.append(event)
        node = event["data"]["node_info"]
        report.on_step(f"dbt {node['node_name']}")
        if node["resource_type"] != "test":
            report.say(context, f"dbt: {node['node_name']} {event['data'].get('status', '')}".rstrip())

    selection = None
    if context.is_subset:
        parsed = json.loads(manifest.read_text())
        selection = get_updated_cli_invocation_params_for_context(context, parsed, Translator()).selection_args
    result = transform.run_build(settings, is_full, selection, on_event)
    failed = [r for r in (result.result or []) if r.status in {"fail", "error"}]
    if not result.success and not failed:
        raise Unavailable(f"dbt could not run: {result.exception}")
    for known in (explain(duckdb.Error(r.message or "")) for r in failed if r.status == "error"):
        if known:  # a damaged file, a full disk: not a matter of the data
            raise known
    return events, [f"dbt: {r.node.name}: {(r.message or '').strip()}" for r in failed]


def _finish(settings: Settings, build_id: str, events: list[dict[str, Any]], is_whole: bool) -> dict[str, int]:
    """Record tests and tables (their contract and key) as the gate `dbt`, mark the build, and count the rows of every table.

    A part of the models is neither a gate to publish by nor a build to go on from: the others still lack the touched days.
    """
    rows = []
    for event in events:
        node, data = event["data"]["node_info"], event["data"]
        failed = node["node_status"] in {"fail", "error", "warn"}
        is_test = node["resource_type"] == "test"
        if is_test or failed or node["materialized"] == "table":
            severity = SEVERITY.get(node["node_status"], "critical")
            count = int(data.get("num_failures") or 0)
            check = node["node_name"] if is_test else "contract_and_key"
            fault = f"{count} failing rows" if is_test else "could not be built"
            message = f"{node['node_name']}: {fault if failed else 'passed'}"
            rows.append((node["node_name"], check, None, severity, not failed, count, message))
    with open_warehouse(settings) as con:
        if is_whole:
            build.record_gate(con, build_id, "dbt", rows)
            if not any(not success and severity == "critical" for _, _, _, severity, success, _, _ in rows):
                build.succeed(con, build_id, events[0]["info"]["invocation_id"])
        tables = con.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name in ('facts', 'marts', 'seeds')"
        ).fetchall()
        return {
            name: con.execute(f"select count(*) from {quote(schema)}.{quote(name)}").fetchall()[0][0]
            for schema, name in tables
        }


def _dagster_events(context: dg.AssetExecutionContext, manifest: Path, events: list[dict[str, Any]]) -> Iterator[Any]:
    """dbt's results for Dagster. A view that was left as it is comes before the first node that reads it, as if built."""
    parsed, translator = json.loads(manifest.read_text()), Translator()  # one of each: both keep what they look up
    nodes = parsed["nodes"]
    results = {event["data"]["node_info"]["unique_id"] for event in events}
    left = {} if context.is_subset else {k: n for k, n in nodes.items() if k not in results and _is_built_once(n)}

    def unchanged(unique_id: str) -> Iterator[dg.Output]:
        for parent in nodes[unique_id]["depends_on"].get("nodes", []):
            if node := left.pop(parent, None):
                yield from unchanged(parent)
                name = context.assets_def.get_output_name_for_asset_key(translator.get_asset_key(node))
                yield dg.Output(None, name, metadata={"unchanged": "as the last full build made it"})

    for raw in events:
        yield from unchanged(raw["data"]["node_info"]["unique_id"])
        yield from DbtCoreCliEventMessage(raw_event=raw, event_history_metadata={}).to_default_asset_events(
            manifest=parsed, dagster_dbt_translator=translator, context=context
        )


def _is_built_once(node: dict[str, Any]) -> bool:
    return node["resource_type"] in {"model", "seed"} and node["config"]["materialized"] in {"view", "seed"}
