"""Ctrl-C: one message, at once, `latest` as it was, and the next run ends as an undisturbed one."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time

import dagster as dg
import duckdb
import pytest
from dagster._utils.interrupts import raise_interrupts_as

from orchestration.resources import RunReport
from orchestration.warehouse import closing_at_once
from tests.e2e.conftest import WarmDeployment
from tests.faults.conftest import NEXT, night_after
from tests.warm import ROOT, Run

POINTS = ("parse", "before generations", "dbt dim_date", "dbt mart_kpi_scorecard", "marts gate")
TOLD = "martlet: interrupted; `latest` is whole, and the next run repeats what was not finished"


def is_at(run: Run, point: str, deployment: WarmDeployment) -> bool:
    """Whether the run has come to the point; dbt is parsing from the moment that it holds the lock of its folder."""
    if point != "parse":
        return point in run.steps()
    with (deployment.home / "dbt" / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_an_interrupted_run_says_so_wherever_it_is(deployment: WarmDeployment, undisturbed: WarmDeployment) -> None:
    before = deployment.latest
    (deployment.home / "dbt" / "fingerprint").unlink()  # the first of the runs parses the models before its first step
    for point in POINTS:
        run = deployment.start("nightly", **night_after(NEXT))
        while not is_at(run, point, deployment):
            assert run.is_running(), run.wait()
            time.sleep(0.005)
        os.kill(run.pid, signal.SIGINT)
        done = run.wait()
        assert done.returncode == 1, (point, done.stdout, done.stderr)
        told = [line for line in done.stderr.splitlines() if line.startswith("martlet:")]
        assert told == [TOLD], (point, done.stderr)
        assert "Traceback" not in done.stderr and deployment.latest == before, (point, done.stderr)
    done = deployment.martlet("nightly", **night_after(NEXT))
    assert done.returncode == 0, done.stdout + done.stderr
    assert deployment.content_hashes() == undisturbed.content_hashes()


def test_a_command_that_is_interrupted_before_its_run_says_so() -> None:
    script = (
        "import os, signal\nfrom orchestration import cli, settings\n"
        "settings.Settings.from_env = lambda: os.kill(os.getpid(), signal.SIGINT)\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\ncli.main()"
    )
    done = subprocess.run([sys.executable, "-c", script, "nightly"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, TOLD + "\n")


def test_a_read_that_would_take_days_ends_when_it_is_interrupted(deployment: WarmDeployment) -> None:
    """DuckDB's own threads go on with a query that a signal cut off, and whoever lets go of its connection waits for them."""
    endless = "select read.* from public.read, range(1000000000000) t (i) where i % 7 = 9"
    deployment.change_source(
        "create table public.read as from public.generations",
        "drop table public.generations",
        f"create view public.generations as from public.read union all {endless}",
    )
    run = deployment.start("nightly", **night_after(NEXT))
    while not is_at(run, "before generations", deployment):
        assert run.is_running(), run.wait()
        time.sleep(0.005)
    time.sleep(1)  # in the middle of the query
    os.kill(run.pid, signal.SIGINT)
    done = run.wait()  # which is told of a run that hangs
    assert (done.returncode, TOLD in done.stderr) == (1, True), done.stderr


def test_a_query_that_is_cut_off_is_an_interruption() -> None:
    """DuckDB tells of a signal in the middle of a query by a RuntimeError, which would look like a failure of ours."""
    report, context = RunReport(), dg.build_asset_context()
    signalled = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    signalled.start()
    with (
        closing_at_once(duckdb.connect()) as con,  # else DuckDB's threads go on until this process ends
        raise_interrupts_as(dg.DagsterExecutionInterruptedError),
        pytest.raises(dg.Failure, match="interrupted"),
        report.explain(context),
    ):
        con.execute("select count(*) from range(1000000000000) t (i) where i % 7 = 3")
    signalled.join()
    assert report.error is not None and report.error.exit_code == 1
