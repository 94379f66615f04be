"""Where a simulated system lives: a DuckDB file or a PostgreSQL database.

Belongs here: choosing the target from its URL. Does not: SQL of one engine (duckdb_file.py, postgres.py).
"""

from __future__ import annotations

from simulator.targets.base import Target
from simulator.targets.duckdb_file import DuckDBFile
from simulator.targets.postgres import Postgres

__all__ = ["Target", "open_target"]


def open_target(target: str) -> Target:
    """Open `duckdb:///path.duckdb`, a plain path ending in .duckdb, or `postgresql://...`."""
    if target.startswith(("postgresql://", "postgres://")):
        return Postgres(target)
    if target.startswith("duckdb:") or target.endswith(".duckdb"):
        return DuckDBFile(target)
    # The target may hold a password, so it isn't repeated here.
    raise ValueError("a target is postgresql://..., duckdb:///path.duckdb or a path that ends in .duckdb")
