"""Homes for tests that break something: a tiny world, and runs that need not import everything again."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

import simulator
from tests.e2e.conftest import WarmDeployment, forget_history
from tests.warm import Warm

DAY = date(2024, 11, 20)
NEXT = DAY + timedelta(days=1)


def night_after(day: date) -> dict[str, str]:
    """The clock of the night in which `day` is the last complete one."""
    return {"MARTLET_NOW": f"{day + timedelta(days=1)}T02:00:00+00:00"}


@pytest.fixture(scope="session")
def eve(tmp_path_factory: pytest.TempPathFactory, warm: Warm) -> WarmDeployment:
    """A home after the night of DAY whose source has reached the end of NEXT. Tests take copies."""
    folder = tmp_path_factory.mktemp("eve")
    clock = night_after(DAY)["MARTLET_NOW"]
    deployment = WarmDeployment(folder / "home", folder / "source.duckdb", clock=clock, warm=warm)
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
