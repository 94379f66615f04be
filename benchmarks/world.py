"""The sources that are measured: photobooths in a real PostgreSQL, with as many photos as asked.

The simulator makes a small platform; every photo of it is then repeated within its day, which keeps users, styles, events,
weekdays and growth as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import psycopg

import simulator

LAST_DAY = date(2026, 10, 31)
SMALL_PHOTOS = 43_000  # of the simulator at scale 1 until LAST_DAY, about


@dataclass(frozen=True)
class World:
    """A photobooth in PostgreSQL until the end of LAST_DAY."""

    url: str

    def connect(self) -> psycopg.Connection:
        connection = psycopg.connect(self.url, autocommit=True)
        connection.execute("set timezone = 'UTC'")
        return connection

    def one(self, query: str) -> int:
        with self.connect() as connection:
            return connection.execute(query).fetchall()[0][0]

    def add_day(self, day: date, like: date = LAST_DAY - timedelta(days=7)) -> int:
        """New photos on `day`: those of another day over again. Returns how many."""
        with self.connect() as connection:
            query = (
                "insert into generations select md5(id::text || %(day)s)::uuid, user_id, event_id, style_id, model_id, image_url,"
                " prompt, aspect_ratio, created_at + (%(day)s::date - %(like)s::date) * interval '1 day' from generations"
                " where created_at >= %(like)s and created_at < %(like)s::date + 1 order by created_at"
            )
            return connection.execute(query, {"day": day, "like": like}).rowcount


def make_world(url: str, photos: int = 0, since: date | None = None) -> World:
    """A photobooth of scale 1; with `photos`, about as many if all days were kept, of which those from `since` are."""
    simulator.simulate("photobooth", url, scale=1, until=LAST_DAY)
    world = World(url)
    if photos:
        _repeat(world, photos, since or date(2000, 1, 1))
    with world.connect() as connection:
        connection.execute("vacuum analyze")
    return world


def _repeat(world: World, photos: int, since: date) -> None:
    with world.connect() as connection:
        connection.execute("delete from generations where created_at < %s", [since])
        copies = max(1, round(photos / SMALL_PHOTOS)) - 1
        connection.execute("create table small as table generations")
        connection.execute("alter table generations drop constraint generations_pkey")
        connection.execute("drop index generations_created_at_idx")
        connection.execute(
            "insert into generations select md5(id::text || n)::uuid, user_id, event_id, style_id, model_id,"
            " 'https://img.example.com/' || md5(id::text || n) || '.jpg', prompt, aspect_ratio,"
            " least(date_trunc('day', created_at) + interval '1 day - 1 second', created_at + n * interval '7 seconds')"
            f" from small, generate_series(1, {copies}) n order by 9"
        )
        connection.execute("alter table generations add primary key (id)")
        connection.execute("create index on generations (created_at)")
        connection.execute("drop table small")
