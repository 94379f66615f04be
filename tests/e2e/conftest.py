"""Homes for tests that run Martlet as its users do: the command `martlet` in a process of its own."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Self

import duckdb
import pytest

import simulator
from orchestration.extract.catalog import catalog
from orchestration.settings import Settings
from tests.conftest import PostgresServer
from tests.parsed import give_parse
from tests.warm import PATIENCE, Run, Warm

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2025, 2, 14)
CLOCK = "2025-02-15T02:00:00+00:00"
SCALE = 0.3
KEY = "canary-key+of/the pseudonyms-4713"  # tests/faults/test_canary.py looks for it everywhere
# Dagster's history in memory saves a third of a run's time; what is tested of the history uses a home with the real one.
SHORT_MEMORY = """
telemetry: {enabled: false}
event_log_storage: {module: dagster._core.storage.event_log, class: InMemoryEventLogStorage}
compute_logs: {module: dagster._core.storage.noop_compute_log_manager, class: NoOpComputeLogManager}
"""


def clean_environment() -> dict[str, str]:
    """The environment without anything that is said to Martlet or its tools but how many threads dbt takes."""
    told = ("MARTLET_", "DAGSTER_", "DBT_")
    return {k: v for k, v in os.environ.items() if not k.startswith(told) or k == "DBT_THREADS"}


@dataclass
class Deployment:
    """A home and the photobooth it reads, both of which a test may change; or the databases it reads, by system."""

    home: Path
    source: Path = Path()
    urls: dict[str, str] = field(default_factory=dict, kw_only=True)
    clock: str = field(default=CLOCK, kw_only=True)  # unless a call says otherwise

    @property
    def environment(self) -> dict[str, str]:
        urls = self.urls or {"photobooth": f"duckdb://{self.source}"}
        return clean_environment() | {
            "MARTLET_HOME": str(self.home),
            **{catalog()[name].variable: url for name, url in urls.items()},
            "MARTLET_PSEUDONYM_KEY": KEY,
            "MARTLET_NOW": self.clock,
        }

    def martlet(self, *arguments: str, prefix: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess:
        """Run the command line to its end; the output is text."""
        return subprocess.run(
            [*prefix, sys.executable, "-m", "orchestration.cli", *arguments],
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def give_parse(self) -> None:
        """Spare a new home the parsing of the models."""
        give_parse(Settings.from_env(self.environment))

    def change_source(self, *statements: str) -> None:
        with duckdb.connect(str(self.source)) as con:
            for statement in statements:
                con.execute(statement)

    def copy(self, folder: Path) -> Self:
        """The same state elsewhere. Links stay links, as `latest` is one."""
        shutil.copytree(self.home, folder / "home", symlinks=True)
        shutil.copy(self.source, folder / "source.duckdb")
        return replace(self, home=folder / "home", source=folder / "source.duckdb")

    @property
    def exports(self) -> Path:
        return self.home / "exports" / "v1"

    @property
    def latest(self) -> str:
        return os.readlink(self.exports / "latest")

    def releases(self) -> list[str]:
        return sorted(path.name for path in (self.exports / "releases").iterdir())

    def manifest(self) -> dict[str, Any]:
        """The manifest of the release that `latest` names."""
        return json.loads((self.exports / "latest" / "manifest.json").read_text())

    def content_hashes(self) -> dict[str, str]:
        return {name: mart["content_hash"] for name, mart in self.manifest()["marts"].items()}

    def mart(self, name: str) -> duckdb.DuckDBPyRelation:
        return duckdb.sql(f"select * from read_parquet('{self.exports}/latest/parquet/{name}.parquet')")


@dataclass
class WarmDeployment(Deployment):
    """A deployment whose command line starts warm."""

    warm: Warm = field(kw_only=True)
    outputs: Iterator[int] = field(default_factory=itertools.count, init=False)

    def start(self, *arguments: str, kill_at: str | None = None, **environment: str) -> Run:
        """Start the command line; what it prints goes beside the home, never into it."""
        output = self.home.parent / "output" / str(next(self.outputs))
        return self.warm.start(arguments, self.environment | environment, output, kill_at)

    def martlet(self, *arguments: str, prefix: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess:
        if prefix:
            return super().martlet(*arguments, prefix=prefix, **environment)
        return self.start(*arguments, **environment).wait()

    def killed(self, *arguments: str, at: str, **environment: str) -> None:
        """Run the command line up to a step, where it gets SIGKILL."""
        done = self.start(*arguments, kill_at=at, **environment).wait()
        assert done.returncode == -9, (at, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photobooth of a few months, at the end of DAY."""
    file = tmp_path_factory.mktemp("simulated") / "source.duckdb"
    simulator.simulate("photobooth", str(file), scale=SCALE, until=DAY)
    return file


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, simulated: Path) -> Deployment:
    """A home after its first night. Tests that change it take a copy."""
    folder = tmp_path_factory.mktemp("published")
    shutil.copy(simulated, folder / "source.duckdb")
    deployment = Deployment(folder / "home", folder / "source.duckdb")
    deployment.give_parse()
    done = deployment.martlet("nightly")
    assert done.returncode == 0, done.stdout + done.stderr
    return deployment


@pytest.fixture(scope="session")
def published_five(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer) -> Iterator[Deployment]:
    """A home of all five systems, each a PostgreSQL database, after its first night; to be read only."""
    with ExitStack() as databases:
        urls = {name: databases.enter_context(postgres_server.new_database()) for name in catalog()}
        for name, url in urls.items():
            simulator.simulate(name, url, scale=SCALE, until=DAY)
        deployment = Deployment(tmp_path_factory.mktemp("five") / "home", urls=urls)
        deployment.give_parse()
        done = deployment.martlet("nightly")
        assert done.returncode == 0, done.stdout + done.stderr
        yield deployment


@pytest.fixture
def deployment(published: Deployment, warm: Warm, tmp_path: Path) -> WarmDeployment:
    """A copy of the published home, to be changed by one test."""
    copy = published.copy(tmp_path)
    warm_copy = WarmDeployment(copy.home, copy.source, warm=warm)
    forget_history(warm_copy)
    return warm_copy


def forget_history(deployment: WarmDeployment) -> None:
    """Let Dagster keep its history of the home in memory."""
    (deployment.home / "dagster").mkdir(parents=True, exist_ok=True)
    (deployment.home / "dagster" / "dagster.yaml").write_text(SHORT_MEMORY)
