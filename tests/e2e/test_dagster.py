"""The real Dagster: a webserver and a daemon over a home, driven through GraphQL as the UI drives them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.definitions import build_definitions
from orchestration.settings import Settings
from tests.e2e.conftest import DAY, ROOT, Deployment
from tests.e2e.servers import Dagster, running_dagster, wait_for


@pytest.fixture(scope="module")
def dagster(published: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dagster]:
    """Webserver and daemon over a copy of the published home, stopped with everything that they started."""
    with running_dagster(published.copy(tmp_path_factory.mktemp("dagster"))) as server:
        yield server


def all_assets(dagster: Dagster) -> list[dict[str, Any]]:
    """What `Materialize all` takes: not the empty tables of systems that are off."""
    return [asset for asset in shown_assets(dagster) if asset["isMaterializable"]]


def shown_assets(dagster: Dagster) -> list[dict[str, Any]]:
    query = """{assetNodes{assetKey{path} isMaterializable groupName description owners{... on TeamAssetOwner{team}} isPartitioned
        partitionDefinition{name} backfillPolicy{policyType} jobNames
        metadataEntries{label ... on TableSchemaMetadataEntry{schema{columns{name type}}}}}}"""
    return dagster.ask(query)["assetNodes"]


def test_every_asset_has_a_group_an_owner_a_description_and_its_columns(dagster: Dagster) -> None:
    assets = shown_assets(dagster)
    assert len(assets) > 40
    off = [asset for asset in assets if not asset["isMaterializable"]]
    assert off and all("is off, because MARTLET_" in asset["description"] for asset in off)
    groups = {asset["groupName"] for asset in assets}
    assert groups == {"raw", "build", "staging", "intermediate", "facts", "marts", "seeds", "release"}
    for asset in assets:
        assert asset["description"], asset
        assert {owner["team"] for owner in asset["owners"]} <= {
            "platform",
            "growth",
            "partners",
            "finance",
            "operations",
        }
        assert len(asset["owners"]) == 1, asset
        if asset["isMaterializable"]:
            assert asset["isPartitioned"] and asset["backfillPolicy"]["policyType"] == "SINGLE_RUN", asset
        if asset["groupName"] != "release":
            columns = [e for e in asset["metadataEntries"] if e["label"] == "dagster/column_schema"]
            assert columns and columns[0]["schema"]["columns"], asset


def test_a_seven_day_backfill_is_one_run_with_the_right_bounds_and_a_release(dagster: Dagster) -> None:
    """Launched as the UI does it: all assets, seven partitions."""
    deployment = dagster.deployment
    before, known = deployment.latest, {run["runId"] for run in dagster.runs()}
    deployment.change_source(
        "update public.generations set style_id = 'neo' where created_at::date = date '2025-02-10'"
    )
    last = DAY - timedelta(days=1)
    days = [(last - timedelta(days=n)).isoformat() for n in range(6, -1, -1)]
    keys = [{"path": asset["assetKey"]["path"]} for asset in all_assets(dagster)]
    with held_lease(deployment):  # a run of the command line is under way: this one waits for it
        launch_backfill(dagster, keys, days)
        wait_for("the run's wait", lambda: "waiting for the run of process" in log_lines(dagster, known))
        assert deployment.latest == before
    done = wait_for(
        "the backfill's run", lambda: [r for r in new_runs(dagster, known) if r["status"] in {"SUCCESS", "FAILURE"}]
    )
    assert [run["status"] for run in new_runs(dagster, known)] == ["SUCCESS"], deployment.home / "servers.log"
    tags = {tag["key"]: tag["value"] for tag in done[0]["tags"]}
    assert tags["dagster/asset_partition_range_start"] == days[0]
    assert tags["dagster/asset_partition_range_end"] == days[-1]
    assert deployment.latest != before
    manifest = json.loads((deployment.exports / "latest" / "manifest.json").read_text())
    assert {(load["mode"], *load["range"]) for load in manifest["loads"]} == {("backfill", days[0], days[-1])}
    assert release_metadata(dagster)["release"] == Path(deployment.latest).name


def launch_backfill(dagster: Dagster, keys: list[dict[str, Any]], days: list[str]) -> None:
    launch = """mutation($p: LaunchBackfillParams!){launchPartitionBackfill(backfillParams: $p){__typename
        ... on LaunchBackfillSuccess{backfillId} ... on PythonError{message}}}"""
    answer = dagster.ask(launch, p={"assetSelection": keys, "partitionNames": days})["launchPartitionBackfill"]
    assert answer["__typename"] == "LaunchBackfillSuccess", answer


@contextmanager
def held_lease(deployment: Deployment) -> Iterator[None]:
    hold = "import sys, time; from pathlib import Path; from orchestration.lease import lease\n"
    hold += f"with lease(Path({str(deployment.home / 'lease')!r})):\n    print('held', flush=True); time.sleep(600)"
    holder = subprocess.Popen([sys.executable, "-c", hold], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        yield
    finally:
        holder.kill()
        holder.wait()


def log_lines(dagster: Dagster, known: set[str]) -> str:
    """The log of the new runs, read page by page: a run of a week plans more events than one answer holds."""
    query = """query($id: ID!, $after: String){logsForRun(runId: $id, afterCursor: $after){... on EventConnection{
        cursor hasMore events{... on MessageEvent{message}}}}}"""
    messages = []
    for run in new_runs(dagster, known):
        page: dict[str, Any] = {"cursor": None, "hasMore": True}
        while page["hasMore"]:
            page = dagster.ask(query, id=run["runId"], after=page["cursor"])["logsForRun"]
            messages += [event.get("message", "") for event in page["events"]]
    return "\n".join(messages)


def new_runs(dagster: Dagster, known: set[str]) -> list[dict[str, Any]]:
    return [run for run in dagster.runs() if run["runId"] not in known]


def release_metadata(dagster: Dagster) -> dict[str, str]:
    query = """{assetOrError(assetKey: {path: ["release"]}){... on Asset{assetMaterializations(limit: 1){
        metadataEntries{label ... on TextMetadataEntry{text}}}}}}"""
    entries = dagster.ask(query)["assetOrError"]["assetMaterializations"][0]["metadataEntries"]
    return {entry["label"]: entry.get("text", "") for entry in entries}


def test_the_graph_loads_while_a_build_writes_dbts_manifest(deployment: Deployment) -> None:
    """Dagster's daemon loads it again now and then; when that failed, a backfill under way was cancelled."""
    manifest = deployment.home / "dbt" / "manifest.json"
    manifest.write_text(manifest.read_text()[:1000])
    assert build_definitions(Settings.from_env(deployment.environment)).resolve_job_def("nightly")


def test_counts_and_durations_are_metadata(dagster: Dagster) -> None:
    query = """query($path: [String!]!){assetOrError(assetKey: {path: $path}){... on Asset{assetMaterializations(limit: 1){
        metadataEntries{label ... on IntMetadataEntry{intValue} ... on FloatMetadataEntry{floatValue}}}}}}"""
    for path, labels in (
        (["raw_photobooth", "generations"], {"dagster/row_count", "rows read", "seconds"}),
        (["facts", "fct_generations"], {"dagster/row_count", "Execution Duration"}),
        (["marts", "mart_kpi_scorecard"], {"dagster/row_count", "Execution Duration"}),
    ):
        entries = dagster.ask(query, path=path)["assetOrError"]["assetMaterializations"][0]["metadataEntries"]
        values = {e["label"]: e.get("intValue", e.get("floatValue")) for e in entries}
        assert labels <= values.keys(), (path, values)
        assert values["dagster/row_count"] > 0


def test_the_nightly_schedule_and_the_failure_sensor_are_on(dagster: Dagster) -> None:
    query = """{repositoriesOrError{... on RepositoryConnection{nodes{schedules{name cronSchedule scheduleState{status}}
        sensors{name sensorState{status}}}}}}"""
    (repository,) = dagster.ask(query)["repositoriesOrError"]["nodes"]
    assert repository["schedules"] == [
        {"name": "nightly", "cronSchedule": "0 2 * * *", "scheduleState": {"status": "RUNNING"}}
    ]
    running = {"status": "RUNNING"}
    assert sorted(repository["sensors"], key=lambda sensor: sensor["name"]) == [
        {"name": "dead_runs", "sensorState": running},
        {"name": "run_failures", "sensorState": running},
    ]


def test_a_failed_run_of_the_command_line_reaches_the_failure_sensor(dagster: Dagster) -> None:
    """Also proves that the UI has the failed check, its table, column and number of rows."""
    deployment = dagster.deployment
    before = deployment.latest
    deployment.change_source(
        "update public.events set credits_allocated = -5 where id in (select id from public.events order by id limit 3)"
    )
    done = deployment.martlet("nightly", MARTLET_NOW=f"{date(2025, 2, 16)}T02:00:00+00:00")
    assert done.returncode == 3, done.stderr
    failures = deployment.home / "failures.jsonl"
    line = json.loads(
        wait_for("a line of the failure sensor", lambda: failures.exists() and failures.read_text()).splitlines()[0]
    )
    assert (line["job"], line["partition"]) == ("nightly", "2025-02-15")
    assert deployment.latest == before
    query = """{assetCheckExecutions(assetKey: {path: ["raw_photobooth", "events"]}, checkName: "%s", limit: 1){
        status evaluation{success description}}}"""
    names = dagster.ask(
        """{assetNodeOrError(assetKey: {path: ["raw_photobooth", "events"]}){... on AssetNode{assetChecksOrError{
        ... on AssetChecks{checks{name blocking}}}}}}"""
    )["assetNodeOrError"]["assetChecksOrError"]["checks"]
    failed = []
    for check in names:
        for execution in dagster.ask(query % check["name"])["assetCheckExecutions"]:
            if execution["evaluation"] and not execution["evaluation"]["success"]:
                failed.append(execution["evaluation"]["description"])
    assert any("credits_allocated" in text and "3 rows" in text for text in failed), failed


def test_a_killed_run_of_the_command_line_does_not_hold_up_the_queue(dagster: Dagster) -> None:
    """Its process can't tell Dagster of its end, and no other run starts while Dagster believes it alive."""
    deployment = dagster.deployment
    deployment.change_source("update public.events set credits_allocated = 50 where credits_allocated < 0")
    known = {run["runId"] for run in dagster.runs()}
    command = [sys.executable, "-m", "orchestration.cli", "nightly"]
    environment = deployment.environment | {"MARTLET_NOW": f"{date(2025, 2, 16)}T02:00:00+00:00"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    (killed,) = wait_for("the run", lambda: [r for r in new_runs(dagster, known) if r["status"] == "STARTED"])
    process.kill()
    process.wait()
    raw = [{"path": asset["assetKey"]["path"]} for asset in all_assets(dagster) if asset["groupName"] == "raw"]
    launch_backfill(dagster, raw, [DAY.isoformat()])
    others = wait_for(
        "the run behind it",
        lambda: [
            r
            for r in new_runs(dagster, known)
            if r["status"] in {"SUCCESS", "FAILURE"} and r["runId"] != killed["runId"]
        ],
    )
    assert [run["status"] for run in others] == ["SUCCESS"]
    status = {run["runId"]: run["status"] for run in dagster.runs()}
    assert status[killed["runId"]] == "FAILURE"
    failures = deployment.home / "failures.jsonl"
    wait_for("a line of the failure sensor", lambda: killed["runId"] in failures.read_text())
