"""Load and build without Dagster: what the properties of many nights are tested with. Not a test itself."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from orchestration import build, transform
from orchestration.extract.archive import Archive
from orchestration.extract.catalog import catalog
from orchestration.extract.loader import Loader, LoadRequest
from orchestration.plan import plan_run
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse
from tests.parsed import give_parse

KEY = "a-pseudonym-key-of-the-tests"
EVERY_TABLE = transform.MADE
INCREMENTS = ["--select", "tag:made,+config.materialized:incremental"]  # and the tables that they read


class Chain:
    """A home whose nights are: load, then dbt."""

    def __init__(self, home: Path, url: str, start: date, timezone: str = "UTC") -> None:
        self.settings = Settings(
            home=home,
            urls={"photobooth": SecretStr(url)},
            pseudonym_key=SecretStr(KEY),
            reporting_timezone=timezone,
            start_date=start,
        )
        if not home.exists():
            give_parse(self.settings)
        self.runs = 0
        self.makes: list[str] | None = None  # as a run chooses

    def copy(self, home: Path, url: str, makes: list[str]) -> Chain:
        """The same state in another home, with what dbt has parsed, over a copy of the source; its builds make the tables
        that are chosen by `makes`."""
        shutil.copytree(self.settings.home, home)
        other = Chain(home, url, self.settings.start_date, self.settings.reporting_timezone)
        other.runs, other.makes = self.runs, makes
        return other

    def night(self, day: date) -> None:
        self.load(day, day)
        self.build()

    def backfill(self, first: date, last: date) -> None:
        self.load(first, last)
        self.build()

    def load(self, first: date, last: date) -> None:
        self.runs += 1
        with open_warehouse(self.settings) as con:
            plan = plan_run(first, last, build.latest_as_of(con), self.settings.reporting_timezone)
            request = LoadRequest(
                build_id=f"build-{self.runs}",
                as_of=plan.as_of,
                timezone=plan.timezone,
                started_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=self.runs),
                mode=plan.mode,
                range=plan.range,
            )
            loader = Loader(con, catalog()["photobooth"], Archive(self.settings.archive), self.settings.restricted)
            loader.load(self.settings.urls["photobooth"].get_secret_value(), KEY, request)

    def build(self, full: bool = False) -> None:
        """Build, without dbt's tests, what the last loads touched, as a run does; `full` makes the tables of these systems
        anew from the same raw ones."""
        with open_warehouse(self.settings) as con:
            this = build.prepare(con, self.settings, f"build-{self.runs}")
        which = [*(self.makes or EVERY_TABLE), "--full-refresh"] if full else self.makes
        graph = json.loads(transform.ensure_manifest(self.settings).read_text())
        command = transform.build_command(self.settings, graph, this, which, leave_out=["unit_test", "test"])
        result = transform.invoke(self.settings, *command, transform.read_manifest(self.settings.dbt_parsed))
        failed = [f"{r.node.name}: {r.message}" for r in (result.result or []) if r.status in {"error", "fail"}]
        assert result.success, (failed, result.exception)
        with open_warehouse(self.settings) as con:
            build.succeed(con, this.build_id)

    def tables(self) -> dict[str, list[tuple]]:
        """Every row of every fact and mart, in one order."""
        with open_warehouse(self.settings, read_only=True) as con:
            names = con.execute(
                "select schema_name || '.' || table_name from duckdb_tables()"
                " where schema_name in ('facts', 'marts') order by 1"
            ).fetchall()
            return {name: con.execute(f"select * from {name} order by all").fetchall() for (name,) in names}

    def rows(self, query: str) -> list[tuple]:
        with open_warehouse(self.settings, read_only=True) as con:
            return con.execute(query).fetchall()


def differences(one: dict[str, list[tuple]], other: dict[str, list[tuple]]) -> dict[str, tuple[list, list]]:
    """Per table that differs: up to three rows that only one side has, and three of the other."""
    assert one.keys() == other.keys()
    result = {}
    for name in one:
        if one[name] != other[name]:
            left, right = set(map(repr, one[name])), set(map(repr, other[name]))
            result[name] = (sorted(left - right)[:3], sorted(right - left)[:3])
    return result
