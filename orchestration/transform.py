"""Running dbt, and its manifest for the asset graph.

Belongs here: parsing when a model changed, invoking, letting go of the warehouse file. Does not: models, and in which
process dbt runs (dbt_process.py).
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from orchestration.build import Build, fingerprint
from orchestration.errors import Unavailable
from orchestration.extract.meta import quote
from orchestration.graph import built, idle
from orchestration.settings import PROJECT, Settings
from orchestration.warehouse import open_warehouse

QUIET = ["--log-level-file", "none", "--log-level", "none"]  # results arrive through on_event
# What a build makes is said by a tag: dbt looks at every node again for each name that it is given.
# A view or a seed stays as it is while no file of the project changes; when one does, the build is full. A view's key is
# not tested again either: the tables that read it test theirs, the raw gate tested those below.
MADE = ["--select", "tag:made"]
OnEvent = Callable[[dict[str, Any]], None]
RESULTS = {"LogModelResult", "LogTestResult", "LogSnapshotResult", "LogSeedResult"}
TABLES = {"table", "incremental", "seed"}


def ensure_manifest(settings: Settings) -> Path:
    """The path of the manifest that the asset graph is made of; parses first when a model changed since the last parse.

    It is a copy, and so is what a build takes from the parse: dbt writes its own files in place, whoever runs it, and
    Dagster may load the graph in just that moment.
    """
    graph, mark = settings.dbt_graph, settings.dbt_target / "fingerprint"
    settings.dbt_target.mkdir(parents=True, exist_ok=True)
    with (settings.dbt_target / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not graph.exists() or not mark.exists() or mark.read_text() != fingerprint(settings):
            result = invoke(settings, ["parse"])
            if isinstance(result.exception, KeyboardInterrupt):  # dbt keeps it to itself
                raise result.exception
            if not result.success:
                raise Unavailable(f"dbt can't parse the models: {result.exception}")
            for own, copy in ("partial_parse.msgpack", settings.dbt_parsed), ("manifest.json", graph):
                new = copy.with_suffix(".new")
                shutil.copyfile(settings.dbt_target / own, new)
                new.replace(copy)
            mark.write_text(fingerprint(settings))
    return graph


class Command(NamedTuple):
    """What dbt is told, as invoke() takes it."""

    arguments: list[str]
    tags: Mapping[str, Collection[str]] = {}


def build_command(
    settings: Settings,
    graph: dict[str, Any],
    build: Build,
    selection: Sequence[str] | None = None,
    leave_out: Sequence[str] = ("unit_test",),
) -> Command:
    """What builds the models of `graph`, or a selection of them, in a warehouse that is made ready for it. dbt's unit tests
    are `make test`'s: a kind to leave out.

    dbt leaves out its JSON files, which nothing of a run reads and which take a second to write.
    """
    if build.is_full:
        make_empty(settings, [graph["nodes"][model] for model in idle(graph, build.systems)])
    tags = {"made": built(graph, build.systems, build.is_full)}
    which = MADE if selection is None else selection
    kinds = [part for kind in leave_out for part in ("--exclude-resource-type", kind)]
    full = ["--full-refresh"] if build.is_full else []
    return Command(["build", *kinds, "--no-write-json", *full, *which], tags)


def make_empty(settings: Settings, models: list[dict[str, Any]]) -> None:
    """Make tables without rows of what no system feeds, with the columns of the contracts; a view of that name goes.

    Others read them, and dbt would take as long as for full ones. `models` are nodes of dbt's manifest.
    """
    with open_warehouse(settings) as con:
        views = con.execute("select schema_name, view_name from duckdb_views() where not internal").fetchall()
        con.begin()
        for model in models:
            schema, name, columns = model["schema"], model["name"], model["columns"].values()
            con.execute(f"create schema if not exists {quote(schema)}")
            if (schema, name) in views:
                con.execute(f"drop view {quote(schema)}.{quote(name)}")
            typed = ", ".join(f"{quote(column['name'])} {column['data_type']}" for column in columns)
            con.execute(f"create or replace table {quote(schema)}.{quote(name)} ({typed})")
        con.commit()


def invoke(
    settings: Settings,
    arguments: list[str],
    tags: Mapping[str, Collection[str]] = {},
    manifest: Any = None,
    on_event: OnEvent | None = None,
) -> Any:
    """Run a dbt command on the warehouse of `settings` and return dbtRunnerResult; `on_event` gets each node's result as it
    comes, in the thread that ran the node, as dbt's event with `row_count` of a table.

    dbt parses the models first, unless it is given what read_manifest() gives: its own way of knowing takes half a second,
    and parses all of them again for a home in another place. Then nodes can be given tags (tag -> nodes).
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner
    from dbt_common.events.functions import msg_to_dict

    def callback(message: Any) -> None:
        if on_event is not None and message.info.name in RESULTS:
            event = msg_to_dict(message)
            on_event(event | {"row_count": _row_count(event["data"]["node_info"])})

    paths = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT / "profiles")]
    paths += ["--target-path", str(settings.dbt_target), "--log-path", str(settings.dbt_target / "logs")]
    with _environment(MARTLET_HOME=str(settings.home), DO_NOT_TRACK="1", DBT_SEND_ANONYMOUS_USAGE_STATS="false"):
        try:
            for tag, nodes in tags.items():
                for unique_id in nodes:
                    manifest.nodes[unique_id].tags.append(tag)
            return dbtRunner(manifest, callbacks=[callback]).invoke([*arguments, *paths, *QUIET])
        finally:
            DuckDBConnectionManager.close_all_connections()  # else the file stays open for writing in this process


def cancel() -> None:
    """Interrupt what dbt's threads ask the warehouse right now; their nodes fail, and dbt begins no other."""
    from dbt import flags
    from dbt.adapters.duckdb.impl import DuckDBAdapter
    from dbt.adapters.factory import FACTORY

    object.__setattr__(flags.get_flags(), "FAIL_FAST", True)  # of this invocation: each has flags of its own
    for adapter in FACTORY.adapters.values():
        if isinstance(adapter, DuckDBAdapter):
            adapter.cancel_open_connections()


def _row_count(node: dict[str, Any]) -> int | None:
    """The rows of a table that was just built, which only dbt's connection can see yet."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    if node["materialized"] not in TABLES or node["node_status"] != "success":
        return None
    with closing(DuckDBConnectionManager.env().handle()) as handle:
        return int(
            handle.cursor().execute(f"select count(*) from {node['node_relation']['relation_name']}").fetchone()[0]
        )


def read_manifest(parsed: Path) -> Any:
    """What a parse left of the models in dbt's own form, for invoke(): it can be used once."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    return Manifest.from_msgpack(parsed.read_bytes(), decoder=extended_mashumuro_decoder)


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
