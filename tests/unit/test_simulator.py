"""The simulator refuses wrong use, survives a kill, and every system of it is tested (simulated.py)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from simulator import SYSTEMS, simulate
from simulator.photobooth.schema import TABLES
from tests.unit.simulated import UNTIL, content

SMALL = 0.12


def test_a_simulator_killed_while_writing_leaves_a_whole_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, whole = tmp_path / "killed.duckdb", tmp_path / "whole.duckdb"
    first, last = dt.date(2024, 12, 1), dt.date(2024, 12, 20)
    simulate("photobooth", str(path), scale=SMALL, until=first)
    before = content(path, TABLES)
    with monkeypatch.context() as patch:
        patch.setattr("simulator.targets.duckdb_file.DuckDBFile.update", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            simulate("photobooth", str(path), scale=SMALL, until=last)
    assert content(path, TABLES) == before
    simulate("photobooth", str(path), scale=SMALL, until=last)
    simulate("photobooth", str(whole), scale=SMALL, until=last)
    assert content(path, TABLES) == content(whole, TABLES)


def test_wrong_use_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "a.duckdb")
    with pytest.raises(ValueError, match="known: .*photobooth"):
        simulate("fotobooth", path, until=UNTIL)
    with pytest.raises(ValueError, match="until is required"):
        simulate("photobooth", path)
    with pytest.raises(ValueError, match="scale"):
        simulate("photobooth", path, scale=0, until=UNTIL)
    with pytest.raises(ValueError, match="a target is") as refused:
        simulate("photobooth", "mysql://root:s3cret@host/db", until=UNTIL)
    assert "s3cret" not in str(refused.value)
    assert SYSTEMS[0] == "photobooth"


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_system_has_its_tests(system: str) -> None:
    assert (Path(__file__).parent / f"test_simulate_{system}.py").exists()
