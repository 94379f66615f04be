"""The sources that are measured: simulated platforms in a real PostgreSQL, one of whose tables is as large as asked.

The simulator makes a small platform; every row of the table is then repeated within its day, which keeps users, kinds,
weekdays and growth as they are. Where a table names users, the users are repeated with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import psycopg

import simulator

LAST_DAY = date(2026, 10, 31)


@dataclass(frozen=True)
class Large:
    """The table of a system that is made large. `small` is about its rows at scale 1 until LAST_DAY.

    `users` names the table that its `user_id` is of, and `accounts` how many there are to be.
    """

    system: str
    table: str
    small: int
    users: str = ""
    accounts: int = 0


PHOTOS = Large("photobooth", "generations", 40_400)
CALLS = Large("marketing_engine", "api_usage", 23_200, users="auth.users", accounts=100_000)


@dataclass(frozen=True)
class World:
    """Systems in PostgreSQL until the end of LAST_DAY, by name; `large` is the table that days are added to."""

    urls: dict[str, str]
    large: Large = PHOTOS

    @property
    def url(self) -> str:
        return self.urls[self.large.system]

    def connect(self) -> psycopg.Connection:
        connection = psycopg.connect(self.url, autocommit=True)
        connection.execute("set timezone = 'UTC'")
        return connection

    def one(self, query: str) -> int:
        with self.connect() as connection:
            return connection.execute(query.encode()).fetchall()[0][0]

    def rows(self) -> int:
        return self.one(f"select count(*) from {self.large.table}")

    def add_day(self, day: date, like: date = LAST_DAY - timedelta(days=7)) -> int:
        """New rows on `day`: those of another day over again. Returns how many."""
        with self.connect() as connection:
            columns = _columns(
                connection,
                self.large.table,
                id=f"md5(id::text || '{day}')::uuid",
                created_at=f"created_at + (date '{day}' - date '{like}') * interval '1 day'",
            )
            query = (
                f"insert into {self.large.table} select {columns} from {self.large.table}"
                f" where created_at >= '{like}' and created_at < '{like + timedelta(days=1)}' order by created_at"
            )
            return connection.execute(query.encode()).rowcount


def make_world(new_url: Callable[[], str], large: Large, rows: int, share: float = 1) -> World:
    """A system of scale 1 whose large table has about so many rows, of which the newest `share` is kept."""
    world = World({large.system: new_url()}, large)
    simulator.simulate(large.system, world.url, scale=1, until=LAST_DAY)
    with world.connect() as connection:
        _repeat(connection, large, max(1, round(rows / large.small)), share)
        connection.execute("vacuum analyze")
    return world


def make_small_world(new_url: Callable[[], str], systems: list[str]) -> World:
    """Several systems of scale 1, each in a database of its own."""
    urls = {system: new_url() for system in systems}
    for system, url in urls.items():
        simulator.simulate(system, url, scale=1, until=LAST_DAY)
    return World(urls)


def _repeat(connection: psycopg.Connection, large: Large, times: int, share: float) -> None:
    def run(query: str) -> psycopg.Cursor:
        return connection.execute(query.encode())

    table, repeated = (
        large.table,
        {"id": "md5(id::text || n)::uuid", "image_url": "'https://img.example.com/' || md5(id::text || n)"},
    )
    if share < 1:
        run(
            f"delete from {table} where created_at < (select date_trunc('day', created_at) from {table}"
            f" order by created_at desc offset (select {share} * count(*) from {table})::bigint limit 1)"
        )
    if large.users:
        people = round(large.accounts / run(f"select count(*) from {large.users}").fetchall()[0][0])
        repeated["user_id"] = (
            f"case when n % {people} = 0 then user_id else md5(user_id::text || n % {people})::uuid end"
        )
        account = _columns(connection, large.users, id="md5(id::text || n)::uuid", email="n || email")
        run(f"insert into {large.users} select {account} from {large.users}, generate_series(1, {people - 1}) n")
    # rows of a day stay in it
    repeated["created_at"] = (
        "least(date_trunc('day', created_at) + interval '1 day - 1 second', created_at + n * interval '7 seconds')"
    )
    run(f"create table small as table {table}")
    indexes = run(
        "select indexname, indexdef, conname from pg_indexes join pg_class on relname = indexname"
        " left join pg_constraint on conindid = pg_class.oid"
        f" where pg_indexes.schemaname = 'public' and tablename = '{table}'"
    ).fetchall()
    for name, _, constraint in indexes:
        run(f"alter table {table} drop constraint {constraint} cascade" if constraint else f"drop index {name}")
    run(
        f"insert into {table} select {_columns(connection, table, **repeated)}"
        f" from small, generate_series(1, {times - 1}) n order by created_at"
    )
    run(f"alter table {table} add primary key (id)")
    for _, definition, constraint in indexes:
        if not constraint:
            run(definition)
    run("drop table small")


def _columns(connection: psycopg.Connection, table: str, **expressions: str) -> str:
    """The columns of a table for a SELECT, some of them as expressions; what it doesn't have is left out."""
    schema, _, name = table.rpartition(".")
    query = (
        "select column_name from information_schema.columns"
        " where table_schema = %s and table_name = %s order by ordinal_position"
    )
    names = [row[0] for row in connection.execute(query, (schema or "public", name)).fetchall()]
    return ", ".join(expressions.get(column, column) for column in names)
