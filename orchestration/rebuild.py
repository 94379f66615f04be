"""`martlet rebuild`: the same warehouse again, from the archive; the run that follows reads what is newer.

Belongs here: swapping the file. Does not: replaying (extract/replay.py), the run (launch.py).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import duckdb

from orchestration import home
from orchestration.extract.archive import Archive
from orchestration.extract.catalog import catalog
from orchestration.extract.replay import replay
from orchestration.lease import lease
from orchestration.settings import Settings
from orchestration.warehouse import NO_NETWORK, closing_at_once, quarantine


def rebuild(settings: Settings, progress: Callable[[str], None] = lambda line: None) -> Path | None:
    """Make a new warehouse file from the archive. Returns where the old one was moved, or None if there was none."""
    home.claim(settings)
    with lease(settings.lease):
        fresh = settings.warehouse.with_name("warehouse.duckdb.rebuilding")
        for leftover in (fresh, fresh.with_name(fresh.name + ".wal")):
            leftover.unlink(missing_ok=True)
        with closing_at_once(duckdb.connect(str(fresh), config=NO_NETWORK)) as con:
            con.execute("set TimeZone = 'UTC'")
            replay(con, catalog().values(), Archive(settings.archive), progress)
            con.execute("checkpoint")
        lost_its_file = settings.warehouse.with_name(settings.warehouse.name + ".wal")  # DuckDB would replay it
        old = quarantine(settings) if settings.warehouse.exists() or lost_its_file.exists() else None
        os.replace(fresh, settings.warehouse)
    return old
