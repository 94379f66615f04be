"""Homes for tests that break something: a tiny world, and runs that need not import everything again."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from subprocess import CompletedProcess

import pytest

import simulator
from tests.e2e.conftest import Deployment
from tests.faults.warm import Run, Warm

DAY = date(2024, 11, 20)
NEXT = DAY + timedelta(days=1)
# Dagster's history in memory saves a third of a run's time; what is tested of the history uses a home with the real one.
SHORT_MEMORY = """
telemetry: {enabled: false}
event_log_storage: {module: dagster._core.storage.event_log, class: InMemoryEventLogStorage}
compute_logs: {module: dagster._core.storage.noop_compute_log_manager, class: NoOpComputeLogManager}
"""


def night_after(day: date) -> dict[str, str]:
    """The clock of the night in which `day` is the last complete one."""
    return {"MARTLET_NOW": f"{day + timedelta(days=1)}T02:00:00+00:00"}


@dataclass
class WarmDeployment(Deployment):
    """A deployment whose command line starts warm; `now` is the night after DAY unless a call says otherwise."""

    warm: Warm
    outputs: Iterator[int] = field(default_factory=itertools.count)

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | night_after(DAY)

    def start(self, *arguments: str, kill_at: str | None = None, **environment: str) -> Run:
        """Start the command line; what it prints goes beside the home, never into it."""
        output = self.home.parent / "output" / str(next(self.outputs))
        return self.warm.start(arguments, self.environment | environment, output, kill_at)

    def martlet(self, *arguments: str, prefix: tuple[str, ...] = (), **environment: str) -> CompletedProcess:
        if prefix:
            return super().martlet(*arguments, prefix=prefix, **environment)
        return self.start(*arguments, **environment).wait()

    def killed(self, *arguments: str, at: str, **environment: str) -> None:
        """Run the command line up to a step, where it gets SIGKILL."""
        done = self.start(*arguments, kill_at=at, **environment).wait()
        assert done.returncode == -9, (at, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    server = Warm()
    yield server
    server.close()


@pytest.fixture(scope="session")
def eve(tmp_path_factory: pytest.TempPathFactory, warm: Warm) -> WarmDeployment:
    """A home after the night of DAY whose source has reached the end of NEXT. Tests take copies."""
    folder = tmp_path_factory.mktemp("eve")
    deployment = WarmDeployment(folder / "home", folder / "source.duckdb", warm)
    forget_history(deployment)
    deployment.give_parse()
    simulator.simulate("photobooth", str(deployment.source), scale=0.1, until=DAY)
    done = deployment.martlet("nightly")
    assert done.returncode == 0, done.stdout + done.stderr
    simulator.simulate("photobooth", str(deployment.source), scale=0.1, until=NEXT)
    return deployment


@pytest.fixture(scope="session")
def undisturbed(eve: WarmDeployment, tmp_path_factory: pytest.TempPathFactory) -> WarmDeployment:
    """`eve` after an undisturbed night of NEXT."""
    deployment = eve.copy(tmp_path_factory.mktemp("undisturbed"))
    done = deployment.martlet("nightly", **night_after(NEXT))
    assert done.returncode == 0, done.stdout + done.stderr
    assert deployment.content_hashes() != eve.content_hashes()
    return deployment


@pytest.fixture
def deployment(eve: WarmDeployment, tmp_path: Path) -> WarmDeployment:
    """A copy of `eve`, to be broken by one test."""
    return eve.copy(tmp_path)


def forget_history(deployment: WarmDeployment) -> None:
    """Let Dagster keep its history of the home in memory."""
    (deployment.home / "dagster").mkdir(parents=True, exist_ok=True)
    (deployment.home / "dagster" / "dagster.yaml").write_text(SHORT_MEMORY)
