"""A photobooth full of awkward rows: every identity of the facts holds after each night, and the end equals a full build.

The nights hold partners without dates, profiles that become and cease to be partners, rows created after midnight, wallets of
nobody, payments notified twice at the same instant, days that lose all their rows (see history.py).
"""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.graph import built, idle
from orchestration.transform import MADE, invoke, make_empty, read_manifest
from tests.dbt.conftest import run_dbt, settings
from tests.dbt.history import FIRST_DAY, SYSTEM, History
from tests.parsed import parsed

BUILD = ("build", *MADE, "--exclude-resource-type", "unit_test")


def differences(one: Path, other: Path) -> dict[str, int]:
    """Rows that only one of two homes has, per table of facts and marts that differs."""
    with duckdb.connect() as con:
        con.execute(
            f"attach '{one}/warehouse.duckdb' as one (read_only); attach '{other}/warehouse.duckdb' as other (read_only)"
        )
        tables = con.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where database_name = 'one' and schema_name in ('facts', 'marts')"
        ).fetchall()
        assert len(tables) > 10
        counts = {
            table: con.execute(
                f"select count(*) from ((from one.{table} except all from other.{table})"
                f" union all (from other.{table} except all from one.{table}))"
            ).fetchall()[0][0]
            for (table,) in tables
        }
    return {table: rows for table, rows in counts.items() if rows}


def live(home: Path, seed: int, nights: int) -> None:
    history, graph, loaded = History(home, seed), json.loads(parsed().dbt_graph.read_text()), [SYSTEM.system]
    make_empty(settings(home), [graph["nodes"][model] for model in idle(graph, loaded)])
    for night in range(nights):
        missed = 3 if night > 1 else 0
        history.night(FIRST_DAY + timedelta(days=night + missed))
        run_dbt(home, *BUILD, tags={"made": built(graph, loaded, in_full=night == 0)})
    full = home / "full"
    full.mkdir()
    shutil.copy(home / "warehouse.duckdb", full / "warehouse.duckdb")
    run_dbt(full, *BUILD, "--full-refresh", tags={"made": built(graph, loaded, in_full=False)})
    assert differences(home, full) == {}


def test_awkward_nights_keep_every_identity_and_end_as_a_full_build(tmp_path: Path) -> None:
    home = tmp_path / "home"
    live(home, seed=2, nights=3)
    a_table_whose_key_is_shared_does_not_replace_the_one_before(home)


def a_table_whose_key_is_shared_does_not_replace_the_one_before(home: Path) -> None:
    """Here, because it needs a home with rows."""
    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        count = con.execute("select count(*) from marts.mart_partner_360").fetchone()
        con.execute("insert into facts.dim_partner from (from facts.dim_partner order by partner_key limit 2)")
    result = invoke(
        settings(home), ["run", "--select", "mart_partner_360"], manifest=read_manifest(parsed().dbt_parsed)
    )
    (failed,) = result.result
    assert "mart_partner_360: 2 values of its key (partner_key) are NULL or stand in several rows" in failed.message
    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        assert con.execute("select count(*) from marts.mart_partner_360").fetchone() == count


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 20))
def test_many_awkward_nights_keep_every_identity(tmp_path: Path, seed: int) -> None:
    live(tmp_path / "home", seed, nights=6)
