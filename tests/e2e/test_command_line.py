"""The contract with the outside: what scripts see of `martlet`: exit codes, messages, paths, `latest`."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from orchestration import build
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse
from tests.e2e.conftest import DAY, ROOT, Deployment, WarmDeployment
from tests.warm import Warm

NEXT_CLOCK = {"MARTLET_NOW": "2025-02-16T02:00:00+00:00"}
SIMULATE = ("simulate", "--system", "photobooth", "--target")


def test_the_first_night_publishes_marts_that_pandas_reads(published: Deployment) -> None:
    manifest = published.manifest()
    assert manifest["as_of"].startswith("2025-02-15T00:00:00")
    for entry in manifest["files"]:
        if entry["format"] == "parquet":
            frame = pd.read_parquet(published.exports / "latest" / entry["path"])
            assert len(frame) == entry["rows"]
    # photobooth alone: what only other systems feed is there, empty, and says why
    empty = {name: mart["null_reason"] for name, mart in manifest["marts"].items() if not mart["rows"]}
    assert empty["mart_reconciliation"] == "no_source" and "mart_kpi_scorecard" not in empty
    people = pd.read_csv(published.exports / "latest" / "csv" / "mart_partner_360.csv", encoding="utf-8-sig")
    assert len(people) == published.mart("mart_partner_360").count("*").fetchall()[0][0]


def test_a_second_run_publishes_nothing_new_and_says_so(deployment: Deployment) -> None:
    before = deployment.latest
    done = deployment.martlet("nightly")
    assert done.returncode == 0
    assert "Nothing new" in done.stdout and Path(before).name in done.stdout
    assert (deployment.latest, len(deployment.releases())) == (before, 1)


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (
            [
                "update public.events set credits_allocated = -5 where id in (select id from public.events order by id limit 3)",
                "insert into public.generations select * from (from public.generations order by created_at desc limit 2)",
            ],
            ["photobooth.events", "credits_allocated", "3 rows", "photobooth.generations", "id", "2 rows"],
        ),
        (
            ["alter table public.events drop column credits_allocated"],
            ["photobooth.events", "credits_allocated", "is gone"],
        ),
        (["delete from public.favorites"], ["photobooth.favorites", "is empty", "held"]),
    ],
    ids=["negative budget and duplicate id", "missing column", "emptied table"],
)
def test_planted_faults_are_refused_and_latest_stays(
    deployment: Deployment, statements: list[str], words: list[str]
) -> None:
    before = deployment.latest
    held = duckdb.connect(str(deployment.source)).execute("select count(*) from public.favorites").fetchall()[0][0]
    deployment.change_source(*statements)
    done = deployment.martlet("nightly", **NEXT_CLOCK)
    assert done.returncode == 3, done.stdout + done.stderr
    for word in words:
        assert word in done.stderr
    if "favorites" in statements[0]:
        assert f"{held:,} rows" in done.stderr
    assert (deployment.latest, len(deployment.releases())) == (before, 1)


@pytest.mark.parametrize(
    ("table", "kept", "words"),
    [
        (
            "clients",
            "select * from kept limit (select count(*) - 2 from kept)",
            ["dbt: assert_photobooth_rows_stand_in_their_dimensions", "2 rows", "dbt_project/tests/"],
        ),
        (
            "events",
            "select * replace (case when n <= 3 then -5 else credits_used end as credits_used) from"
            " (select *, row_number() over (order by credits_used desc nulls last, id) as n from kept)",
            ["mart_event_performance", "column budget_used_pct", "3 rows"],
        ),
    ],
    ids=["a dbt test", "the gate of the marts"],
)
def test_what_the_source_never_said_is_refused_behind_the_raw_gate(
    deployment: Deployment, table: str, kept: str, words: list[str]
) -> None:
    """Somebody wrote to the archive, from which dimensions are made; raw is as the source, so its gate passes."""
    before, folder = deployment.latest, deployment.home / "archive" / "photobooth" / table
    file = max(folder.glob("*.parquet"))  # the first has no rows, only the columns
    with duckdb.connect() as con:
        con.execute(f"create table kept as from '{file}'")
        columns = ", ".join(row[0] for row in con.execute("describe kept").fetchall())
        file.chmod(0o644)
        con.execute(f"copy (select {columns} from ({kept})) to '{file}' (format parquet)")
    done = deployment.martlet("nightly", **NEXT_CLOCK)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "raw gate: 98 checks, 0 failed" in done.stdout
    for word in [*words, "Nothing was published; `latest` is as it was."]:
        assert word in done.stderr, done.stderr
    assert (deployment.latest, len(deployment.releases())) == (before, 1)


def test_a_mended_source_is_published_by_the_next_run(deployment: Deployment) -> None:
    deployment.change_source(
        "create table public.kept as from public.events",
        "update public.events set credits_allocated = -5 where id = (select min(id) from public.events)",
    )
    assert deployment.martlet("nightly", **NEXT_CLOCK).returncode == 3
    deployment.change_source(
        "delete from public.events", "insert into public.events from public.kept", "drop table public.kept"
    )
    done = deployment.martlet("nightly", **NEXT_CLOCK)
    assert done.returncode == 0, done.stderr
    assert len(deployment.releases()) == 2


def test_an_accepted_emptying_is_published_and_the_manifest_says_so(deployment: Deployment) -> None:
    deployment.change_source("delete from public.favorites")
    done = deployment.martlet("nightly", "--accept", "photobooth.favorites", **NEXT_CLOCK)
    assert done.returncode == 0, done.stderr
    assert "photobooth.favorites" in json.dumps(deployment.manifest()["waivers"])


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "words"),
    [
        (("nightly", "--date", "2025-02-15"), {}, 2, "is not over yet"),
        (("nightly", "--date", "2025-02-01"), {}, 2, "martlet backfill --start 2025-02-01"),
        (("nightly", "--date", "tomorrow"), {}, 2, "tomorrow"),
        (("nightly", "--accept", "nonsense"), {}, 2, "no such table"),
        (("backfill", "--start", "2025-02-10", "--end", "2025-02-01"), {}, 2, "lies before --start"),
        (("simulate", "--system", "photobomb", "--target", "x.duckdb"), {}, 2, "photobooth"),
        ((*SIMULATE, "mysql://u:canary-pw@h/db"), {}, 2, "postgresql://"),
        ((*SIMULATE, "postgresql://u:canary-pw%zz@h/db"), {}, 2, "percent"),
        ((*SIMULATE, "postgresql://u:canary-pw@127.0.0.1:1/db"), {}, 1, "refused"),
        ((*SIMULATE, "/dev/null/x.duckdb"), {}, 1, "/dev/null"),
        ((*SIMULATE, "x.duckdb", "--scale", "0"), {}, 2, "scale"),
        (("simulate", "--system", "all", "--target", "postgresql://u:canary-pw@h/db"), {}, 2, "{system}"),
        (("rollback", "--to", "20200101T000000Z"), {}, 2, "There is no release"),
        (("nightly",), {"MARTLET_PHOTOBOTH_URL": "duckdb:///x"}, 2, "MARTLET_PHOTOBOOTH_URL"),
        (("nightly",), {"MARTLET_REPORTING_TIMEZONE": "Mars/Olympus"}, 2, "Mars/Olympus"),
        (("nightly",), {"MARTLET_PSEUDONYM_KEY": "short"}, 2, "MARTLET_PSEUDONYM_KEY"),
        (("nightly",), {"MARTLET_PSEUDONYM_KEY": "another key, long enough"}, 2, "was made with the pseudonym key"),
        (("nightly",), {"MARTLET_PHOTOBOOTH_URL": "postgresql://u:canary-pw@127.0.0.1:1/db"}, 1, "127.0.0.1:1"),
        (("nightly",), {"MARTLET_PHOTOBOOTH_URL": "duckdb:///nowhere/x.duckdb"}, 1, "no database file"),
        (("nightly",), {"MARTLET_PHOTOBOOTH_URL": "mysql://u:canary-pw@h/db"}, 2, "postgresql://"),
        (("nightly",), {"MARTLET_PHOTOBOOTH_URL": "u:canary-pw@h/db"}, 2, "postgresql://"),
        (("fly",), {}, 2, "fly"),
    ],
)
def test_wrong_usage_and_absence_have_their_exit_codes(
    published: Deployment, warm: Warm, arguments: tuple[str, ...], environment: dict[str, str], code: int, words: str
) -> None:
    """None of these changes the home, so they share it."""
    before = published.latest
    done = WarmDeployment(published.home, published.source, warm=warm).martlet(*arguments, **environment)
    assert done.returncode == code, done.stdout + done.stderr
    assert words in done.stderr
    assert "canary-pw" not in done.stdout + done.stderr and "Traceback" not in done.stderr
    assert published.latest == before


def test_a_second_run_at_the_same_time_gets_exit_code_4(deployment: Deployment) -> None:
    hold = "import sys, time; from pathlib import Path; from orchestration.lease import lease\n"
    hold += f"with lease(Path({str(deployment.home / 'lease')!r})):\n    print('held', flush=True); time.sleep(120)"
    holder = subprocess.Popen([sys.executable, "-c", hold], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        done = deployment.martlet("nightly")
        assert done.returncode == 4
        assert f"process {holder.pid}" in done.stderr
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert deployment.martlet("nightly").returncode == 0  # the death of the holder freed it


def test_a_damaged_warehouse_is_moved_aside_and_rebuilt_to_the_same_release(deployment: Deployment) -> None:
    before, hashes = deployment.latest, deployment.content_hashes()
    file = deployment.home / "warehouse.duckdb"
    with file.open("r+b") as out:
        out.write(b"\0" * 4096 * 3)
    done = deployment.martlet("nightly")
    assert done.returncode == 1 and "martlet rebuild" in done.stderr
    assert list(deployment.home.glob("warehouse.duckdb.quarantined-*")) and not file.exists()
    assert "martlet rebuild" in deployment.martlet("nightly").stderr
    done = deployment.martlet("rebuild")
    assert done.returncode == 0, done.stderr
    assert (deployment.latest, deployment.content_hashes()) == (before, hashes)
    deployment.change_source("update public.partners set credits_total = credits_total + 1000")
    assert deployment.martlet("nightly", **NEXT_CLOCK).returncode == 0
    assert len(deployment.releases()) == 2


def test_rollback_and_verify(deployment: Deployment) -> None:
    first = Path(deployment.latest).name
    deployment.change_source("update public.partners set credits_total = credits_total + 1000")
    assert deployment.martlet("nightly", **NEXT_CLOCK).returncode == 0
    second = Path(deployment.latest).name
    assert second > first
    assert deployment.martlet("rollback", "--to", first).returncode == 0
    assert Path(deployment.latest).name == first
    checked = deployment.martlet("verify")
    assert checked.returncode == 0 and first in checked.stdout and second in checked.stdout
    victim = deployment.exports / "releases" / second / "csv" / "mart_partner_360.csv"
    victim.chmod(0o644)
    victim.write_bytes(victim.read_bytes().replace(b"1", b"2", 1))
    checked = deployment.martlet("verify")
    assert checked.returncode == 1 and "mart_partner_360.csv" in checked.stderr
    assert deployment.martlet("rollback", "--to", second).returncode == 3


def test_a_backfill_restates_its_days_and_keeps_as_of(deployment: Deployment) -> None:
    deployment.change_source("delete from public.generations where created_at::date = date '2025-01-20'")
    done = deployment.martlet("backfill", "--start", "2025-01-18", "--end", "2025-01-22")
    assert done.returncode == 0, done.stderr
    manifest = deployment.manifest()
    assert manifest["as_of"].startswith(f"{DAY.year}-02-15")
    photos = deployment.mart("mart_kpi_scorecard").filter(
        "kpi_id = 'generations' and period_type = 'day' and period_start = date '2025-01-20'"
    )
    assert photos.fetchall()[0][photos.columns.index("value")] == 0


def test_a_backfill_builds_its_days_even_if_nothing_in_them_changed(deployment: Deployment) -> None:
    """Somebody asked for them, and Dagster would call the backfill failed. A night without news is skipped."""
    settings = Settings.from_env(deployment.environment)
    with open_warehouse(settings) as con:
        night = build.prepare(con, settings, "a night", days=(DAY, DAY))
        assert not night.is_needed
        month = build.prepare(con, settings, "a month", days=(date(2025, 1, 15), date(2025, 2, 13)))
        assert (month.is_needed, month.is_full, month.rebuild_days) == (True, False, 30)


def test_doctor_finds_what_is_wrong(deployment: Deployment) -> None:
    fine = deployment.martlet("doctor")
    assert fine.returncode == 0 and "FAIL" not in fine.stdout
    deployment.change_source("alter table public.events drop column credits_used")
    wrong = deployment.martlet("doctor")
    assert wrong.returncode == 3 and "FAIL  photobooth" in wrong.stdout and "credits_used" in wrong.stdout
