"""A running Dagster for tests: webserver and daemon over a home, asked through GraphQL.

Belongs here: starting, stopping, asking, waiting. Does not: what is expected of them (test_dagster.py, tests/browser/).
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from tests.e2e.conftest import ROOT, Deployment

PATIENCE = 240  # seconds until something that must happen has happened


@dataclass
class Dagster:
    """A running webserver."""

    url: str
    deployment: Deployment

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        answer = requests.post(f"{self.url}/graphql", json={"query": query, "variables": variables}, timeout=60).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def runs(self) -> list[dict[str, Any]]:
        """All runs, the newest first."""
        query = "{runsOrError{... on Runs{results{runId status jobName tags{key value}}}}}"
        return self.ask(query)["runsOrError"]["results"]


def wait_for(what: str, probe: Callable[[], Any]) -> Any:
    """The first true answer of `probe`."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if answer := probe():
                return answer
        except requests.ConnectionError:
            pass
        time.sleep(1)
    raise AssertionError(f"{what} did not happen within {PATIENCE} s")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running_dagster(deployment: Deployment, now: str | None = None) -> Iterator[Dagster]:
    """What `make ui` starts over a home, stopped with everything that it started. `now` fixes its clock."""
    port = free_port()
    environment = deployment.environment | {"DAGSTER_PORT": str(port), "DO_NOT_TRACK": "1"}
    del environment["MARTLET_NOW"]
    if now:
        environment["MARTLET_NOW"] = now
    with (deployment.home / "servers.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestration.ui"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            server = Dagster(f"http://127.0.0.1:{port}", deployment)
            wait_for("the webserver's answer", lambda: server.ask("{version}"))
            yield server
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
