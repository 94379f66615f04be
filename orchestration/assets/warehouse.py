"""Warehouse assets: every dbt model, built by one dbt invocation.

Belongs here: what a run tells dbt, and dbt's results as Dagster events and gate records. Does not: models.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import dbt_assets
from dagster_dbt.asset_utils import get_updated_cli_invocation_params_for_context
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from orchestration import build, dbt_process, graph, transform
from orchestration.errors import Refused, Unavailable
from orchestration.faults import explain
from orchestration.partitions import SINGLE_RUN, daily_partitions
from orchestration.publish.build import PublishSettings
from orchestration.publish.release import has_whole_release
from orchestration.resources import RunReport
from orchestration.settings import Settings
from orchestration.translator import Translator
from orchestration.warehouse import open_warehouse

SHOWN = "shown"  # the tag of what Dagster runs; the rest is external to it
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


def warehouse_assets(
    settings: Settings, report: RunReport, models: dict[str, Any], translator: Translator
) -> dg.AssetsDefinition:
    """The models that the systems which are on feed, as assets; their dbt tests are asset checks."""
    unfed = set(graph.idle(models, settings.urls))
    for unique_id, node in models["nodes"].items():
        if unique_id not in unfed and node["resource_type"] in {"model", "seed"}:
            node["tags"].append(SHOWN)

    @dbt_assets(
        manifest=models,
        select=f"tag:{SHOWN}",
        name="dbt",
        dagster_dbt_translator=translator,
        partitions_def=daily_partitions(settings),
        backfill_policy=SINGLE_RUN,
        required_resource_keys={"lease"},
    )
    def dbt(context: dg.AssetExecutionContext) -> Iterator[Any]:
        _spare_dagster(context)
        results, failures = [], []
        with report.explain(context):
            with open_warehouse(settings) as con:
                this = build.prepared(con, context.run.run_id) or build.prepare(con, settings, context.run.run_id)
            as_assets = AssetEvents(context, models, translator, this)
            for result in _results(context, settings, models, translator, this):
                if isinstance(result, str):
                    failures.append(result)
                    continue
                results.append(result)
                node = result["data"]["node_info"]
                report.on_step(f"dbt {node['node_name']}")
                if node["resource_type"] != "test":
                    report.say(context, f"dbt: {node['node_name']} {result['data'].get('status', '')}".rstrip())
                yield from as_assets.of(result)
            if not failures:
                yield from as_assets.rest()
            _finish(settings, this.build_id, results, is_whole=not context.is_subset)
            report.on_step("build recorded")
            if failures:
                raise Refused("\n".join(failures) + "\nNothing was published; `latest` is as it was.")

    return dbt


def _spare_dagster(context: dg.AssetExecutionContext) -> None:
    """Keep Dagster from work that it does for each model and that takes as long as the models.

    It reads the last data version of each parent, which nobody asks for: what is stale is decided by meta.build, of which
    Dagster knows nothing. And it lists again what the step makes, which stays the same.
    """
    step = context.get_step_execution_context()
    step._data_version_cache.is_external_input_asset_version_info_loaded = False
    made = step.get_output_asset_keys()
    setattr(step, "get_output_asset_keys", lambda: made)  # noqa: B010 (a method can't be assigned)


def unfed_assets(settings: Settings, models: dict[str, Any], translator: Translator) -> list[dg.AssetSpec]:
    """The other models: only systems feed them that are off. A full build makes them, empty; nobody has to run them."""
    feeding, specs = graph.systems_of(models), []
    for unique_id in graph.idle(models, settings.urls):
        unset = " and ".join(system.variable for system in settings.systems_off if system.system in feeding[unique_id])
        spec = translator.get_asset_spec(models, unique_id, project=None)
        off = f"Nothing comes in: what feeds it is off, because {unset} {'are' if ' and ' in unset else 'is'} not set."
        specs.append(spec.replace_attributes(description=f"{off}\n\n{spec.description or ''}"))
    return specs


def _results(
    context: dg.AssetExecutionContext,
    settings: Settings,
    models: dict[str, Any],
    translator: Translator,
    this: build.Build,
) -> Iterator[dict[str, Any] | str]:
    """Build the selected models: node results while dbt runs, then one message per failed node."""
    selection = None
    if context.is_subset:
        selection = get_updated_cli_invocation_params_for_context(context, models, translator).selection_args
    outcome = yield from dbt_process.results(settings, transform.build_command(settings, models, this, selection))
    if not outcome.success and not outcome.failed:
        raise Unavailable(f"dbt could not run: {outcome.error}")
    for known in (explain(duckdb.Error(message)) for status, _, message in outcome.failed if status == "error"):
        if known:  # a damaged file, a full disk: not a matter of the data
            raise known
    yield from (f"dbt: {name}: {message.strip()}" for _, name, message in outcome.failed)


def _finish(settings: Settings, build_id: str, results: list[dict[str, Any]], is_whole: bool) -> None:
    """Record tests and tables (their contract and key) as the gate `dbt`, and mark the build.

    A part of the models is neither a gate to publish by nor a build to go on from: the others still lack the touched days.
    """
    if not is_whole:
        return
    rows = []
    for result in results:
        node, data = result["data"]["node_info"], result["data"]
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
        build.record_gate(con, build_id, "dbt", rows)
        if not any(not success and severity == "critical" for _, _, _, severity, success, _, _ in rows):
            build.succeed(con, build_id, results[0]["info"]["invocation_id"])


class AssetEvents:
    """dbt's results for Dagster. What was left as it is comes before the first node that reads it, as if built."""

    def __init__(
        self, context: dg.AssetExecutionContext, models: dict[str, Any], translator: Translator, this: build.Build
    ) -> None:
        self.context, self.parsed, self.translator, self.nodes = context, models, translator, models["nodes"]
        idle = graph.idle(models, this.systems)
        self.shown = {k for k, n in self.nodes.items() if SHOWN in n["tags"]}
        # a full build makes all
        self.left = {
            k: n
            for k, n in self.nodes.items()
            if not context.is_subset and k in self.shown and (k in idle or _is_built_once(n))
        }

    def of(self, result: dict[str, Any]) -> Iterator[Any]:
        """The Dagster events of one result of dbt."""
        unique_id = result["data"]["node_info"]["unique_id"]
        node = self.nodes[unique_id]
        if not self.shown & (graph.models_of(node) if node["resource_type"] == "test" else {unique_id}):
            return
        self.left.pop(unique_id, None)
        yield from self._unchanged(unique_id)
        message = DbtCoreCliEventMessage(raw_event=result, event_history_metadata={})
        for event in message.to_default_asset_events(self.parsed, self.translator, context=self.context):
            if isinstance(event, dg.Output) and result["row_count"] is not None:
                event = event.with_metadata({**event.metadata, "dagster/row_count": result["row_count"]})
            yield event

    def rest(self) -> Iterator[dg.Output]:
        """What was left as it is and nobody read."""
        for unique_id in list(self.left):
            yield from self._as_it_was(unique_id)

    def _unchanged(self, unique_id: str) -> Iterator[dg.Output]:
        for parent in self.nodes[unique_id]["depends_on"].get("nodes", []):
            yield from self._as_it_was(parent)

    def _as_it_was(self, unique_id: str) -> Iterator[dg.Output]:
        if node := self.left.pop(unique_id, None):
            yield from self._unchanged(unique_id)
            name = self.context.assets_def.get_output_name_for_asset_key(self.translator.get_asset_key(node))
            yield dg.Output(None, name, metadata={"unchanged": "as the last full build made it"})


def _is_built_once(node: dict[str, Any]) -> bool:
    return node["resource_type"] in {"model", "seed"} and node["config"]["materialized"] in {"view", "seed"}
