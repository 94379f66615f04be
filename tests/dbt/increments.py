"""Nights without dbt: the incremental models' compiled SQL over what the real loader leaves in memory. Not a test itself.

dbt compiles once. Then a night is a load of the tables that these models read, by the loader's own steps, the parameters
that the real build.prepare writes, and the very statements that dbt ran for an increment. So the loader's touched days, the
build's days, the strategy and the models are proven together, some thirty nights a second.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
from pydantic import SecretStr

from orchestration import build, clock
from orchestration.extract.archive import Archive
from orchestration.extract.catalog import System, Table, catalog
from orchestration.extract.drift import SeenSchema
from orchestration.extract.loader import Loader, LoadRequest
from orchestration.extract.meta import deleted_relation, quote, raw_relation
from orchestration.extract.privacy import install_pseudonyms
from orchestration.extract.sources import Source
from orchestration.graph import idle
from orchestration.plan import plan_run
from orchestration.settings import Settings
from orchestration.transform import invoke, read_manifest
from tests.loading import create_with_archives
from tests.parsed import parsed
from tests.sources import HandWritten, uuid

KEY = "a-pseudonym-key-of-the-tests"
BUILD = ["build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]
INCREMENTAL = "config.materialized:incremental"
Rows = dict[str, list[tuple]]


@dataclass(frozen=True)
class Subject:
    """What a history is about: a system, the models that are proven, and the tables that it changes and loads for them,
    by the name that a history calls their rows."""

    system: str
    models: frozenset[str]
    traces: dict[str, str]


PHOTOS = Subject(
    "photobooth",
    frozenset({"fct_generations", "fct_generation_deletions", "fct_payments", "fct_user_day"}),
    {"photo": "generations", "payment": "payment_notifications"},
)
OPERATIONS = Subject(
    "photobooth",
    frozenset({"fct_generation_attempts", "fct_activity", "fct_uptime_checks", "fct_user_day"}),
    {"attempt": "generation_attempts", "entry": "activity_logs", "probe": "uptime_checks"},
)
# an invoice belongs to the day it was paid, not to that of its row
CALLS = Subject(
    "marketing_engine",
    frozenset({"fct_api_requests", "fct_generations", "fct_payments", "fct_ratings", "fct_user_day"}),
    {"call": "api_usage", "invoice": "subscription_payments"},
)
# what was tracked twice counts once, within its day; what was spent is of the day of the movement
TRACKS = Subject(
    "media_vault",
    frozenset({"fct_activity", "fct_generations", "fct_user_day"}),
    {"act": "user_activity_logs", "use": "credit_transactions"},
)
# who rates a conversation again takes the first rating back, on whatever day it was
RATINGS = Subject("custom_gpt", frozenset({"fct_ratings"}), {"rating": "model_ratings"})


@dataclass(frozen=True)
class Model:
    """An incremental model: its SELECT in full, and all that dbt does for an increment."""

    relation: str
    full: str
    increment: str

    @property
    def name(self) -> str:
        return self.relation.split('"')[-2]


@dataclass(frozen=True)
class Compiled:
    """Every incremental model in the order of their dependencies, and a home with all relations that they need, empty."""

    models: list[Model]
    views: set[str]
    warehouse: Path


def compile_models(home: Path) -> Compiled:
    """Let dbt build the incremental models and what they read in an empty home: first in full, then as an increment."""
    settings = Settings(home=home, urls={}, pseudonym_key=SecretStr(KEY))
    with duckdb.connect(str(settings.warehouse)) as con:
        create_with_archives(con)
        con.execute("insert into meta.build values ('b', '2026-01-02', 'UTC', '2026-01-01', '2026-01-01')")
    full = _compiled(settings, ["--full-refresh", "--select", f"+{INCREMENTAL}"])
    increment = _compiled(settings, ["--select", INCREMENTAL])
    views = set()
    for name, node in full.items():
        if name not in increment:
            assert node.config.materialized == "view", f"{name}: teach this module to rebuild it before each increment"
            views.add(node.relation_name)
    models = []
    for name, node in increment.items():
        (file,) = (settings.dbt_target / "run").rglob(f"{name}.sql")
        statements = file.read_text()
        assert full[name].compiled_code != node.compiled_code
        models.append(Model(node.relation_name, full[name].compiled_code, statements))
    return Compiled(models, views, settings.warehouse)


def _compiled(settings: Settings, arguments: list[str]) -> dict[str, Any]:
    result = invoke(settings, BUILD + arguments, manifest=read_manifest(parsed().dbt_parsed))
    assert result.success, [f"{r.node.name}: {r.message}" for r in result.result or []] + [result.exception]
    return {r.node.name: r.node for r in result.result if r.node.resource_type == "model"}


class NoArchive(Archive):
    """Incremental models read raw tables: no observation is written."""

    def write(self, con: duckdb.DuckDBPyConnection, table: Table, load_id: int, rows: str) -> None:
        return


class MemorySource(HandWritten):
    """A hand-written source inside the connection that reads it."""

    def __init__(self, con: duckdb.DuckDBPyConnection, system: System) -> None:
        con.execute("attach ':memory:' as src")
        self.cursor = con.cursor()
        self.cursor.execute("use src; set TimeZone = 'UTC'")
        super().__init__(Path("src"), system)

    def run(self, *statements: str) -> list[tuple]:
        rows = []
        for statement in statements:
            rows = self.cursor.execute(statement).fetchall()
        return rows


class Nights:
    """A source and a warehouse in memory; `begin` empties both for another history."""

    def __init__(self, compiled: Compiled, subject: Subject) -> None:
        self.models = [model for model in compiled.models if model.name in subject.models]
        self.con, self.counts = duckdb.connect(), Counter[str]()
        self.con.execute("set TimeZone = 'UTC'; set threads = 1")
        self.con.execute(f"attach '{compiled.warehouse}' as home (read_only)")
        self.con.execute(
            "attach ':memory:' as warehouse; copy from database home to warehouse (schema); use warehouse; detach home"
        )
        self._freeze(compiled.views, subject.system)
        install_pseudonyms(self.con, KEY)
        whole, self.subject = catalog()[subject.system], subject
        tables = {name: whole.tables[name] for name in subject.traces.values()}
        self.system = whole.model_copy(update={"tables": tables})
        self.source = MemorySource(self.con, self.system)
        present = {t: {c.source_column.lower(): c.source_column for c in s.columns} for t, s in tables.items()}
        self.seen = SeenSchema(present)
        self.loader = Loader(self.con, self.system, NoArchive(Path()), Path())

    def _freeze(self, views: set[str], system: str) -> None:
        """Make empty tables of the views that only other systems feed: half of a query's time is their planning."""
        graph = json.loads(parsed().dbt_graph.read_text())
        for view in views.intersection(graph["nodes"][model]["relation_name"] for model in idle(graph, [system])):
            self.con.execute(f"create temp table frozen as from {view}; drop view {view}")
            self.con.execute(f"create table {view} as from frozen; drop table frozen")

    # ------------------------------------------------------------------ a history

    def begin(self, start: date, timezone: str) -> None:
        for model in self.models:
            self.con.execute(f"truncate {model.relation}")
        for table in self.system.tables.values():
            self.con.execute(f"truncate {raw_relation(table)}; truncate src.{table.source}")
            if table.keep_deleted:
                self.con.execute(f"truncate {deleted_relation(table)}")
        for table in ("loads", "touched_days", "quarantine", "builds", "build", "rebuild_days", "publishes"):
            self.con.execute(f"truncate meta.{table}")
        self.start, self.timezone, self.runs, self.before = start, timezone, 0, {m.name: [] for m in self.models}

    def moment(self, day: int, after: timedelta) -> str:
        """The instant so long after the beginning of a day (counted from the first), as SQL."""
        instant = clock.start_of_day(self.start + timedelta(days=day), self.timezone) + after
        return f"'{instant:%Y-%m-%d %H:%M:%S.%f}+00'::timestamptz"

    def photo(self, number: int, at: str, user: int | None, again: bool = False) -> None:
        """Add a photo or give it another time and user; `again` leaves a second row with the same key."""
        remove = [] if again else [f"delete from public.generations where id = {uuid(number)}"]
        user_id = uuid(100 + user) if user else "null"
        self.source.run(
            *remove,
            f"insert into public.generations by name select {uuid(number)} as id, {at} as created_at, {user_id} as user_id",
        )

    def payment(self, number: int, at: str, user: int, external: str | None, status: str = "approved") -> None:
        """Add a notification or change all of it, the payment that it belongs to included."""
        name = f"'{external}'" if external else "null"
        self.source.run(
            f"delete from public.payment_notifications where id = {uuid(number)}",
            f"insert into public.payment_notifications by name select {uuid(number)} as id, {at} as created_at, {name} as"
            f" mercadopago_id, '{status}' as status, {uuid(100 + user)} as user_id, 4000 as amount, 500 as credits_added",
        )

    def trace(self, kind: str, number: int, at: str, choice: int) -> None:
        """Add a row of this kind, or change all of it."""
        user_id = uuid(100 + choice) if choice % 4 else "null"
        paid_at = f"{at} + interval {choice % 4} day" if choice % 4 < 3 else "null"
        columns = {
            "attempt": f"{at} as created_at, {user_id} as user_id, {choice} as latency_ms, 'failed' as status",
            "entry": f"{at} as created_at, {user_id} as user_id, 'login' as action",
            "probe": f"{at} as checked_at, 'api' as component, {choice % 2 == 0} as ok, {choice} as latency_ms",
            "call": f"{at} as created_at, {uuid(100 + choice)} as user_id, {choice} as latency_ms, 0.5 as total_cost, {choice % 7} as user_rating,"
            f" '{'chat' if choice % 3 else 'images'}' as service_type, '{'success' if choice % 2 else 'error'}' as status",
            "invoice": f"{at} as created_at, {paid_at} as paid_at, {uuid(100 + choice)} as user_id, 29 as amount,"
            f" '{'paid' if choice % 5 else 'failed'}' as status",
            "rating": f"{at} at time zone 'UTC' as created_at, 'u{choice % 2}' as user_id, 'c{choice % 3}' as conversation_id,"
            f" 'm' as model_id, {choice % 7} as rating",
            "use": f"{at} at time zone 'UTC' as created_at, 'u{choice % 2}' as user_id, -{choice} as amount,"
            f" '{'usage' if choice % 3 else 'bonus'}' as type",
            "act": f"{at} at time zone 'UTC' as created_at, 'u{choice % 2}' as user_id, 'sessions' as feature,"
            f" '{'smart_caption_generated' if choice % 3 else 'session_viewed'}' as action",
        }
        self.remove(self.subject.traces[kind], number)
        ident = self._ident(self.subject.traces[kind], number)
        self.source.run(f"insert into public.{self.subject.traces[kind]} by name select {ident} as id, {columns[kind]}")

    def remove(self, table: str, number: int) -> None:
        self.source.run(f"delete from public.{table} where id = {self._ident(table, number)}")

    def _ident(self, table: str, number: int) -> str:
        """The key of a row as SQL: a uuid, or where ids are counted a number."""
        return uuid(number) if self.system.tables[table].column("id").duckdb_type == "UUID" else str(number)

    def empty(self, day: int) -> None:
        """A day of the source loses every row."""
        first, end = self.moment(day, timedelta(0)), self.moment(day + 1, timedelta(0))
        for table in self.system.tables.values():
            self.source.run(
                f"delete from {table.source} where {table.event_time} >= {first} and {table.event_time} < {end}"
            )

    # ------------------------------------------------------------------ load and build

    def load(self, first: int, last: int) -> None:
        """Load as a run over these days does: plan, window, reading, comparison, touched days."""
        self.runs += 1
        days = (self.start + timedelta(days=day) for day in (first, last))
        plan = plan_run(*days, build.latest_as_of(self.con), self.timezone)
        started = datetime(2026, 1, 1, tzinfo=UTC)
        request = LoadRequest(
            "b", plan.as_of, plan.timezone, started, plan.mode, plan.range, accept=frozenset(self.system.tables)
        )
        source = Source(self.con, self.system.system, "duckdb", "memory")
        for table in self.system.tables.values():
            self.loader._load_table(source, table, self.seen, request, self.runs)
        self.counts[plan.mode] += 1

    def build(self, dies_after: int | None = None) -> bool:
        """Build what is touched, or in full, as a run does; it may die after so many models. True if it succeeded."""
        settings = Settings(
            home=Path(), urls={}, pseudonym_key=SecretStr(KEY), reporting_timezone=self.timezone, start_date=self.start
        )
        with mock.patch.object(build, "fingerprint", lambda settings: settings.reporting_timezone):
            this = build.prepare(self.con, settings, f"b{self.runs}")
        if this.is_needed:
            for model in self.models[:dies_after]:
                self._build(model, this.is_full)
            if dies_after is not None:
                self.counts["died"] += 1
                return False
            build.succeed(self.con, this.build_id)
            self.con.execute("insert into meta.publishes (build_id) values (?)", [this.build_id])
        self.counts["full" if this.is_full else "increment" if this.is_needed else "nothing to build"] += 1
        return True

    def _build(self, model: Model, is_full: bool) -> None:
        if is_full:
            self.con.execute(f"truncate {model.relation}; insert into {model.relation} by name {model.full}")
            return
        self.con.execute(model.increment)

    # ------------------------------------------------------------------ what is proven

    def differences(self) -> dict[str, tuple[list[tuple], list[tuple]]]:
        """Per model that differs from its full build: the rows that only the increments have, and that only the full has.

        A model reads others as they are: when those equal their full build, this full build is the one from raw data.
        """
        now, found = {}, {}
        for model in self.models:
            now[model.name] = self._rows(f"from {model.relation}")
            columns = self.con.table(model.relation).columns
            full = self._rows(f"select {', '.join(map(quote, columns))} from ({model.full})")
            if now[model.name] != full:
                only = Counter(now[model.name]), Counter(full)
                found[model.name] = (list((only[0] - only[1]).elements()), list((only[1] - only[0]).elements()))
        self._count(now)
        return found

    def _rows(self, query: str) -> list[tuple]:
        return self.con.execute(f"select * from ({query}) order by all").fetchall()

    def _count(self, now: Rows) -> None:
        """Count what was awkward since the last comparison, so that a test can demand that it happened."""
        for name, rows in now.items():
            self.counts[f"{name} has rows"] += bool(rows)
            columns = self.con.table(f"facts.{name}").columns
            day, before = columns.index("reporting_date"), self.before[name]
            self.counts[f"{name} lost a day"] += bool({row[day] for row in before} - {row[day] for row in rows})
            if "is_duplicate" in columns:
                flag = columns.index("is_duplicate")
                states = [{row[:flag] + row[flag + 1 :]: row[flag] for row in state} for state in (before, rows)]
                flips = [row for row in states[0].keys() & states[1].keys() if states[0][row] != states[1][row]]
                self.counts["a payment became the first"] += any(states[0][row] for row in flips)
                self.counts["a payment became a repetition"] += any(states[1][row] for row in flips)
            if columns[0] == "generation_key":
                days = [{row[0]: row[day] for row in state} for state in (before, rows)]
                self.counts["a photo moved"] += any(
                    days[0][key] != days[1][key] for key in days[0].keys() & days[1].keys()
                )
        self.before = now
