"""Running dbt inside this process, and its manifest for the asset graph.

Belongs here: parsing when a model changed, invoking, letting go of the warehouse file. Does not: models.
dbt runs in the process because a subprocess costs seconds and shares nothing with the run's log.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from orchestration.build import fingerprint
from orchestration.errors import Unavailable
from orchestration.settings import PROJECT, Settings

QUIET = ["--log-level-file", "none", "--log-level", "none"]  # results arrive through on_event
# A view or a seed stays as it is while no file of the project changes; when one does, the build is full. A view's key is
# not tested again either: the tables that read it test theirs, the raw gate tested those below.
BUILT_ANEW = ["--select", "config.materialized:table", "config.materialized:incremental"]
RESULTS = {"LogModelResult", "LogTestResult", "LogSnapshotResult", "LogSeedResult"}


def ensure_manifest(settings: Settings) -> Path:
    """The path of the manifest that the asset graph is made of; parses first when a model changed since the last parse.

    It is a copy: dbt writes its own manifest.json in place, and Dagster may load the graph in just that moment.
    """
    graph, mark = settings.dbt_graph, settings.dbt_target / "fingerprint"
    settings.dbt_target.mkdir(parents=True, exist_ok=True)
    with (settings.dbt_target / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not graph.exists() or not mark.exists() or mark.read_text() != fingerprint(settings):
            result = invoke(settings, ["parse"])
            if not result.success:
                raise Unavailable(f"dbt can't parse the models: {result.exception}")
            copy = graph.with_suffix(".new")
            shutil.copyfile(settings.dbt_target / "manifest.json", copy)
            copy.replace(graph)
            mark.write_text(fingerprint(settings))
    return graph


def build_command(is_full: bool, selection: list[str] | None = None) -> list[str]:
    """What dbt is told by a build, of a part of the models if there is a selection. Its unit tests are `make test`'s.

    It leaves out its JSON files, which nothing of a run reads and which take a second to write.
    """
    which = selection if selection is not None else [] if is_full else BUILT_ANEW
    full = ["--full-refresh"] if is_full else []
    return ["build", "--exclude-resource-type", "unit_test", "--no-write-json", *full, *which]


def invoke(settings: Settings, arguments: list[str], on_event: Callable[[dict[str, Any]], None] | None = None) -> Any:
    """Run a dbt command on the warehouse of `settings` and return dbtRunnerResult; `on_event` gets node results."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner
    from dbt_common.events.functions import msg_to_dict

    def callback(message: Any) -> None:
        if on_event is not None and message.info.name in RESULTS:
            on_event(msg_to_dict(message))

    paths = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT / "profiles")]
    paths += ["--target-path", str(settings.dbt_target), "--log-path", str(settings.dbt_target / "logs")]
    with _environment(MARTLET_HOME=str(settings.home), DO_NOT_TRACK="1", DBT_SEND_ANONYMOUS_USAGE_STATS="false"):
        try:
            return dbtRunner(callbacks=[callback]).invoke([*arguments, *paths, *QUIET])
        finally:
            DuckDBConnectionManager.close_all_connections()  # else the file stays open for writing in this process


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
