"""kill -9: `latest` is a whole release all the time, and the next run ends as if nothing had happened.

The points are the steps that a run announces. Publishing step by step, on a small home: tests/unit/test_publish_recovery.py.
"""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from orchestration.publish.release import STEPS
from orchestration.publish.verify import verify
from tests.e2e.conftest import WarmDeployment
from tests.faults.conftest import NEXT, night_after

# In the order of a run. Each run of the chain meets what all the kills before it left, and dies a little later.
LOAD = ["before profiles", "before generations", "before restricted", "before promote", "before commit", "after commit"]
BETWEEN = ["raw gate", "build prepared", "build recorded", "marts gate"]
DBT = [
    "dbt dim_date",  # between two models
    "dbt fct_generations +0.06",  # wherever the run is then
    "dbt dim_partner +0.03",
    "dbt mart_kpi_scorecard",
]
POINTS = [*LOAD, "raw gate", "build prepared", *DBT[:3], "marts gate", "renamed", "latest_swapped"]  # the others: long


def check_reader(deployment: WarmDeployment, before: str, hashes: dict[str, str], undisturbed: WarmDeployment) -> None:
    """What a reader finds after a kill: the old release or the new one, whole."""
    assert verify(deployment.exports.parent, Path(deployment.latest).name) == []
    if deployment.latest == before:
        assert deployment.content_hashes() == hashes
    else:
        assert deployment.content_hashes() == undisturbed.content_hashes()


def check_end(deployment: WarmDeployment, undisturbed: WarmDeployment) -> None:
    """Another run publishes what an undisturbed one does, and nothing of the dead ones is left."""
    done = deployment.martlet("nightly", **night_after(NEXT))
    assert done.returncode == 0, done.stdout + done.stderr
    assert deployment.content_hashes() == undisturbed.content_hashes()
    assert verify(deployment.exports.parent) == []
    assert len(deployment.releases()) == 2
    files = [path.name for path in deployment.home.rglob("*") if not path.is_symlink()]
    left = [
        name for name in files if name.endswith((".pending", ".new")) or name.startswith(("tmp-", ".staging", ".trash"))
    ]
    assert left == []


def test_runs_killed_at_every_stage_and_at_random_moments_one_after_the_other(
    deployment: WarmDeployment, undisturbed: WarmDeployment
) -> None:
    before, hashes = deployment.latest, deployment.content_hashes()
    kill_at_random(deployment, undisturbed, seed=20241121, kills=2)
    for point in POINTS:
        deployment.killed("nightly", at=point, **night_after(NEXT))
        assert point == "latest_swapped" or deployment.latest == before, point
        check_reader(deployment, before, hashes, undisturbed)
    assert deployment.latest != before
    check_end(deployment, undisturbed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6))
def test_more_runs_killed_at_random_moments(deployment: WarmDeployment, undisturbed: WarmDeployment, seed: int) -> None:
    kill_at_random(deployment, undisturbed, seed, kills=6)
    check_end(deployment, undisturbed)


@pytest.mark.long
@pytest.mark.parametrize("point", [*LOAD, *BETWEEN, *DBT, *STEPS])
def test_one_kill_and_one_repetition(deployment: WarmDeployment, undisturbed: WarmDeployment, point: str) -> None:
    before, hashes = deployment.latest, deployment.content_hashes()
    deployment.killed("nightly", at=point, **night_after(NEXT))
    swapped = point in STEPS[STEPS.index("latest_swapped") :]
    assert (deployment.latest != before) is swapped
    check_reader(deployment, before, hashes, undisturbed)
    check_end(deployment, undisturbed)


def kill_at_random(deployment: WarmDeployment, undisturbed: WarmDeployment, seed: int, kills: int) -> None:
    """Kill from outside, a random while after a random announced step before the swap."""
    before, hashes = deployment.latest, deployment.content_hashes()
    chance = random.Random(seed)
    all_steps = announced(undisturbed)[: -len(STEPS)]
    for _ in range(kills):
        step, pause = chance.choice(all_steps), chance.random() / 5
        run = deployment.start("nightly", **night_after(NEXT))
        while step not in run.steps() and run.is_running():
            time.sleep(0.005)
        time.sleep(pause)
        os.kill(run.pid, signal.SIGKILL)
        assert run.wait().returncode == -9, (seed, step, pause)
        check_reader(deployment, before, hashes, undisturbed)


def announced(undisturbed: WarmDeployment) -> list[str]:
    """Every step of an undisturbed run, in order."""
    (file,) = (undisturbed.home.parent / "output").glob("*/steps")
    return file.read_text().splitlines()
