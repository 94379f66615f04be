"""Runs whose process was killed: ended in Dagster's history, but never one that still holds or will soon take the lease."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.test_utils import create_run_for_test
from pydantic import SecretStr

from orchestration.sensors import dead_run_sensor
from orchestration.settings import Settings

UI = RemoteJobOrigin(RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("orchestration"), "main"), "nightly")
STARTED, FAILURE = dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.FAILURE


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, urls={}, pseudonym_key=SecretStr("x" * 16))


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


class Ticks:
    """The sensor over its cursor, as the daemon evaluates it."""

    def __init__(self, settings: Settings, instance: dg.DagsterInstance) -> None:
        self.sensor, self.instance, self.cursor = dead_run_sensor(settings), instance, ""

    def tick(self) -> None:
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor)
        self.sensor(context)
        self.cursor = context.cursor or ""

    def status(self, run: dg.DagsterRun) -> dg.DagsterRunStatus:
        found = self.instance.get_run_by_id(run.run_id)
        assert found is not None
        return found.status


def test_a_dead_run_of_the_command_line_is_ended_once_the_lease_is_free(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    ticks = Ticks(settings, instance)
    run = create_run_for_test(instance, job_name="nightly", status=STARTED)
    ended = create_run_for_test(instance, job_name="nightly", status=dg.DagsterRunStatus.SUCCESS)
    queued = create_run_for_test(instance, job_name="nightly", status=dg.DagsterRunStatus.QUEUED, remote_job_origin=UI)
    with held_elsewhere(settings.lease):
        ticks.tick()
        ticks.tick()
        assert ticks.status(run) == STARTED
    ticks.tick()
    assert ticks.status(run) == FAILURE
    assert ticks.status(ended) == dg.DagsterRunStatus.SUCCESS
    assert ticks.status(queued) == dg.DagsterRunStatus.QUEUED


def test_a_run_of_dagster_has_from_one_tick_to_the_next_to_take_the_lease(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    ticks = Ticks(settings, instance)
    run = create_run_for_test(instance, job_name="nightly", status=STARTED, remote_job_origin=UI)
    ticks.tick()
    assert ticks.status(run) == STARTED
    with held_elsewhere(settings.lease):  # it waits for this one, or is it
        ticks.tick()
    ticks.tick()
    assert ticks.status(run) == STARTED
    ticks.tick()
    assert ticks.status(run) == FAILURE


@contextmanager
def held_elsewhere(path: Path) -> Iterator[None]:
    """A lock of another open file is another's, in this process too."""
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
