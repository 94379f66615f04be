"""Flipped, cut and lost bytes in archive and warehouse: `verify` finds them, and nothing is rebuilt from them.

Release files: tests/unit/test_publish_recovery.py. A warehouse that can't be opened at all: tests/e2e/test_command_line.py.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest
from pydantic import SecretStr

from orchestration.errors import Unavailable
from orchestration.extract.archive import Archive
from orchestration.rebuild import rebuild
from orchestration.settings import Settings
from orchestration.verify import verify_everything
from orchestration.warehouse import quarantine
from tests.e2e.conftest import WarmDeployment
from tests.faults.conftest import NEXT, night_after
from tests.loading import KEY, Home
from tests.sources import HandWritten


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home after two loads."""
    source = HandWritten(tmp_path / "source.duckdb")
    rows = "select md5(n::varchar)::uuid as id, 's' || n as style_id, timestamptz '2026-03-01 00:00:00+00' + interval (n) second"
    source.run(f"insert into public.generations by name {rows} as created_at from range(40000) t(n)")
    home = Home(tmp_path / "home", source.url)
    home.load(date(2026, 3, 1))
    source.run("delete from public.generations where style_id < 's2'")
    home.load(date(2026, 3, 2))
    home.close()
    return Settings(home=home.root, urls={"photobooth": SecretStr(source.url)}, pseudonym_key=SecretStr(KEY))


def told(settings: Settings) -> list[str]:
    return [str(problem) for problem in verify_everything(settings)[1]]


def flip(path: Path, position: int) -> None:
    with path.open("r+b") as file:
        file.seek(position)
        byte = file.read(1)
        file.seek(position)
        file.write(bytes([byte[0] ^ 0x10]))


def archived(settings: Settings) -> list[Path]:
    return sorted((settings.archive / "photobooth" / "generations").glob("*.parquet"))[1:]


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: flip(path, path.stat().st_size // 2),
        lambda path: os.truncate(path, path.stat().st_size - 1),
        lambda path: path.write_bytes(archived_copy(path)),
        lambda path: path.unlink(),
    ],
    ids=["flipped", "cut", "another load's rows", "lost"],
)
def test_a_damaged_archive_is_found_and_never_rebuilt_from(
    settings: Settings, damage: Callable[[Path], object]
) -> None:
    assert told(settings) == []
    victim = archived(settings)[0]
    damage(victim)
    (problem,) = told(settings)
    assert problem.startswith(str(victim.relative_to(settings.home)))
    before = settings.warehouse.read_bytes()
    with pytest.raises(Unavailable, match=victim.name):
        rebuild(settings)
    assert settings.warehouse.read_bytes() == before


def archived_copy(path: Path) -> bytes:
    """A whole and readable file in the wrong place."""
    return next(file for file in sorted(path.parent.glob("*.parquet")) if file.name > path.name).read_bytes()


def test_a_flipped_byte_in_the_warehouse_is_found_or_touches_nothing(settings: Settings, tmp_path: Path) -> None:
    whole = contents(settings.warehouse)
    kept = tmp_path / "kept.duckdb"
    shutil.copy(settings.warehouse, kept)
    chance, found = random.Random(7), 0
    size = kept.stat().st_size
    for _ in range(30):
        shutil.copy(kept, settings.warehouse)
        flip(settings.warehouse, chance.randrange(size))
        problems = told(settings)
        if problems:
            assert problems[0].startswith("warehouse.duckdb: can't be read") and "martlet rebuild" in problems[0]
            found += 1
        else:
            assert contents(settings.warehouse) == whole
    assert found >= 10


def contents(file: Path) -> dict[str, list[tuple]]:
    with duckdb.connect(str(file), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        tables = con.execute("select schema_name || '.' || table_name from duckdb_tables() order by 1").fetchall()
        return {name: con.execute(f"from {name} order by all").fetchall() for (name,) in tables}


def test_a_damaged_log_of_the_warehouse_is_found(settings: Settings) -> None:
    """A process that dies before DuckDB folds its log into the file leaves warehouse.duckdb.wal."""
    die = (
        f"import duckdb, os; con = duckdb.connect({str(settings.warehouse)!r});"
        "con.execute(\"insert into meta.touched_days select 'photobooth', 'generations', date '2026-03-01' + n::integer, 9"
        ' from range(5000) t(n)"); os._exit(0)'
    )
    subprocess.run([sys.executable, "-c", die], check=True)
    wal = settings.warehouse.with_name("warehouse.duckdb.wal")
    assert wal.stat().st_size > 1000 and told(settings) == []
    flip(wal, wal.stat().st_size // 2)
    assert [line.split(":")[0] for line in told(settings)] == ["warehouse.duckdb"]


def test_a_block_that_breaks_is_met_in_mid_run_and_the_warehouse_is_moved_aside_and_rebuilt(
    deployment: WarmDeployment, undisturbed: WarmDeployment
) -> None:
    before, file = deployment.latest, deployment.home / "warehouse.duckdb"
    with duckdb.connect(str(file)) as con:
        con.execute("checkpoint")
        blocks = "select distinct block_id from pragma_storage_info('raw_photobooth.generations') where block_id >= 0"
        found = [row[0] for row in con.execute(blocks).fetchall()]
    for block in found:
        flip(file, 3 * 4096 + block * 262144 + 4000)
    whole = file.read_bytes()
    done = deployment.martlet("nightly", **night_after(NEXT))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "photobooth.profiles" in done.stdout  # the file could be opened, and the run was under way
    moved = min(deployment.home.glob("warehouse.duckdb.quarantined-*"))  # its log, if any, goes with it as .wal
    assert not file.exists() and len(moved.read_bytes()) >= len(whole) and deployment.latest == before
    assert str(moved) in done.stderr and "martlet rebuild" in done.stderr and "Traceback" not in done.stderr
    assert deployment.martlet("rebuild", **night_after(NEXT)).returncode == 0
    assert deployment.latest == before  # what was published is reached again; the night that broke comes next
    assert deployment.martlet("nightly", **night_after(NEXT)).returncode == 0
    assert deployment.content_hashes() == undisturbed.content_hashes()


def test_two_files_that_are_moved_aside_in_one_second_are_both_kept(settings: Settings) -> None:
    names = []
    for n in range(3):
        settings.warehouse.write_text(str(n))
        names.append(quarantine(settings))
    assert [path.read_text() for path in names] == ["0", "1", "2"]


def test_a_log_without_its_file_is_not_replayed_into_a_rebuilt_warehouse(settings: Settings) -> None:
    whole = contents(settings.warehouse)
    wal = settings.warehouse.with_name("warehouse.duckdb.wal")
    wal.write_bytes(b"of a file that is lost")
    settings.warehouse.unlink()
    moved = rebuild(settings)
    assert moved and moved.with_name(f"{moved.name}.wal").read_bytes() == b"of a file that is lost" and not wal.exists()
    assert contents(settings.warehouse).keys() == whole.keys()


def test_an_archive_whose_marks_were_cut_by_a_crash_is_marked_again(settings: Settings) -> None:
    marks = settings.archive / "photobooth" / "committed.jsonl"
    os.truncate(marks, marks.stat().st_size - 10)
    Archive(settings.archive).sweep(next(iter(settings.systems)), {1, 2})
    assert told(settings) == []
    flip(archived(settings)[1], 100)
    assert len(told(settings)) == 1
