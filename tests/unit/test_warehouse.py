"""Opening the warehouse: what is damage, what is a lock, and that only damage moves the file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from pydantic import SecretStr

from orchestration.errors import Busy, Unavailable
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    home = Settings(home=tmp_path, urls={}, pseudonym_key=SecretStr("x" * 16))
    with open_warehouse(home) as con:
        con.execute("create table t as select i, repeat('x', 100) as text from range(200000) r(i)")
    return home


@pytest.mark.parametrize("offset", [8, 4096 + 100, 8192 + 100])
def test_a_damaged_header_moves_the_file_aside(settings: Settings, offset: int) -> None:
    content = bytearray(settings.warehouse.read_bytes())
    content[offset : offset + 64] = b"\xff" * 64
    if offset > 4096:  # both headers, as one good header is enough for DuckDB
        content[4096 + 8 : 4096 + 72] = content[8192 + 8 : 8192 + 72] = b"\xff" * 64
    settings.warehouse.write_bytes(bytes(content))
    with pytest.raises(Unavailable, match="martlet rebuild"), open_warehouse(settings):
        pass
    (moved,) = settings.home.glob("warehouse.duckdb.quarantined-*")
    assert moved.read_bytes() == bytes(content)
    assert not settings.warehouse.exists()


def test_an_open_file_is_busy_and_stays(settings: Settings) -> None:
    hold = f"import duckdb, time; c = duckdb.connect({str(settings.warehouse)!r}); print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        with pytest.raises(Busy, match="open in another process"), open_warehouse(settings):
            pass
    finally:
        holder.kill()
        holder.wait()
    assert settings.warehouse.exists()


def test_a_file_that_is_open_with_other_settings_is_not_taken_for_damaged(settings: Settings) -> None:
    with duckdb.connect(str(settings.warehouse), read_only=True):
        with pytest.raises(Unavailable), open_warehouse(settings):
            pass
    assert settings.warehouse.exists()


HOLD = """
import sys, time
from pathlib import Path
from pydantic import SecretStr
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse
with open_warehouse(Settings(home=Path(sys.argv[1]), urls={}, pseudonym_key=SecretStr("x" * 16))) as con:
    con.execute("set memory_limit = '30MB'; set threads = 1; set preserve_insertion_order = false")
    con.execute("create temp table people as select repeat('canary ' || i, 50) as who from range(200000) t(i)")
    print("held", flush=True)
    time.sleep(600)
"""


def test_what_a_killed_process_spilled_is_removed_by_the_next(settings: Settings) -> None:
    """Such files hold rows as they were before the rules for personal data; they are private as long as they are there."""
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(settings.home)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    holder.kill()
    holder.wait()
    folder = settings.home / f"tmp-{holder.pid}"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert any(file.stat().st_size for file in folder.iterdir())
    living = settings.home / "tmp-1"  # process 1 is always there
    living.mkdir()
    with open_warehouse(settings):
        pass
    assert [path.name for path in settings.home.glob("tmp-*")] == ["tmp-1"]
