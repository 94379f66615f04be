"""media_vault: a history of runs equals one run, and every trap of its specification really occurs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from simulator import engine, simulate
from simulator.media_vault import START
from simulator.media_vault.schema import COUNTERS, TABLES

SCALE = 0.3
UNTIL = dt.date(2026, 11, 20)
SMALL = 0.12


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years at less than a third of the usual size."""
    path = tmp_path_factory.mktemp("world") / "media_vault.duckdb"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "WRITE_DAYS", 1000)  # few large writes are quicker, and write the same
        simulate("media_vault", str(path), scale=SCALE, until=UNTIL)
    return path


@pytest.fixture
def db(world: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(world), read_only=True) as connection:
        connection.execute("SET search_path = 'public'")
        yield connection


def content(path: Path) -> dict[str, list[str]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return {
            t.name: sorted(map(repr, connection.execute(f"select * from public.{t.name}").fetchall())) for t in TABLES
        }


def one(db: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = db.execute(sql).fetchone()
    assert row is not None
    return row[0]


# --- the same world, however one comes to it ---------------------------------------------------------------------------


def test_a_history_of_runs_equals_one_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the day on which resets begin to book what lapses, and past the product's retention of its log."""
    monkeypatch.setattr(engine, "WRITE_DAYS", 100)
    once, often, last = tmp_path / "once.duckdb", tmp_path / "often.duckdb", dt.date(2026, 3, 3)
    simulate("media_vault", str(once), scale=SMALL, until=last)
    stops = (START, START + dt.timedelta(days=1), dt.date(2025, 6, 30), dt.date(2025, 12, 5))
    for until in (*stops, *(last - dt.timedelta(days=n) for n in range(3, -1, -1))):
        simulate("media_vault", str(often), scale=SMALL, until=until)
    expected, found = content(once), content(often)
    for table in TABLES:
        assert found[table.name] == expected[table.name], table.name


def test_when_it_writes_does_not_change_what_it_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    until = dt.date(2024, 12, 5)
    simulate("media_vault", str(tmp_path / "monthly.duckdb"), scale=SMALL, until=until)
    monkeypatch.setattr(engine, "WRITE_ROWS", 1)
    simulate("media_vault", str(tmp_path / "daily.duckdb"), scale=SMALL, until=until)
    assert content(tmp_path / "daily.duckdb") == content(tmp_path / "monthly.duckdb")


def test_another_seed_is_another_world_and_any_scale_knows_where_it_stands(tmp_path: Path) -> None:
    for seed, scale in ((7, 0.001), (8, 0.001), (7, 3)):
        path = str(tmp_path / f"{seed}-{scale}.duckdb")
        assert simulate("media_vault", path, scale, seed, START + dt.timedelta(days=2)).days_advanced == 3
        assert simulate("media_vault", path, scale, seed, START + dt.timedelta(days=4)).days_advanced == 2
    assert content(tmp_path / "7-0.001.duckdb")["users"] != content(tmp_path / "8-0.001.duckdb")["users"]


def test_optional_tables_and_columns_may_be_missing(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    simulate("media_vault", str(path), scale=SMALL, until=dt.date(2024, 12, 20))
    with duckdb.connect(str(path)) as connection:
        for table in ("login_events", "credit_purchases"):
            connection.execute(f"drop table public.{table}")
        connection.execute("alter table public.user_media drop column deleted_at")
    assert simulate("media_vault", str(path), scale=SMALL, until=dt.date(2024, 12, 28)).days_advanced == 8


# --- what must never be ------------------------------------------------------------------------------------------------


def test_nothing_lies_in_the_future_but_the_next_refill(db: duckdb.DuckDBPyConnection) -> None:
    for table in TABLES:
        for column in table.columns:
            if column.type == "timestamp" and column.name != "next_refresh_at":
                late = one(db, f"select count(*) from {table.name} where {column.name} >= '{UNTIL + dt.timedelta(1)}'")
                assert late == 0, f"{table.name}.{column.name}"


def test_keys_are_unique_and_required_columns_filled(db: duckdb.DuckDBPyConnection) -> None:
    for table in TABLES:
        for group in ((table.key,), *table.unique):
            columns = ", ".join(group)
            assert one(db, f"select count(*) - count(distinct ({columns})) from {table.name}") == 0, table.name
        for column in table.columns:
            if not column.null:
                assert one(db, f"select count(*) from {table.name} where {column.name} is null") == 0


def test_personal_data_is_synthetic(db: duckdb.DuckDBPyConnection) -> None:
    assert one(db, "select count(*) from users where not regexp_matches(email, '@example\\.(com|org|net)$')") == 0
    assert one(db, "select count(*) from user_activity_logs where ip_address not like '192.0.2.%'") == 0
    for table, column in (("users", "profile_image_url"), ("session_media", "media_url"), ("user_media", "file_url")):
        assert one(db, f"select count(*) from {table} where {column} not like 'https://img.example.com/%'") == 0


def test_the_size_is_that_of_a_demo(db: duckdb.DuckDBPyConnection) -> None:
    rows = sum(one(db, f"select count(*) from {table.name}") for table in TABLES)
    assert 20_000 < rows < 120_000 * SCALE
    assert 0.8 * 1000 * SCALE < one(db, "select count(*) from users") < 1.2 * 1000 * SCALE


def test_the_balance_follows_the_ledger_but_for_spendings_that_were_not_booked(db: duckdb.DuckDBPyConnection) -> None:
    """Each movement leads from the balance before it to its own, unless it is a reset; the numbers give the order."""
    off, all_ = db.execute("""
        select count(*) filter (balance_after <> before + amount), count(*) from (
            select *, lag(balance_after, 1, 0) over (partition by user_id order by id) as before
            from credit_transactions
        ) where type <> 'allocation'
    """).fetchone()
    assert 0 < off < 0.01 * all_
    assert one(db, "select count(*) from credit_transactions where balance_after < 0") == 0
    assert (
        one(db, "select count(*) from credit_transactions where type = 'allocation' and balance_after <> amount") == 0
    )


# --- the traps of the specification, one by one ------------------------------------------------------------------------

LIKES = "(select count(*) from community_likes l where l.item_id = i.id)"
STEP = "lag(balance_after) over (partition by user_id order by id)"
TRAPS = {
    "an id is a number written as text": "select count(*) from users where try_cast(id as bigint) is not null",
    "another id is not": "select count(*) from users where try_cast(id as bigint) is null",
    "is_active is NULL": "select count(*) from users where is_active is null",
    "an account is soft-deleted": "select count(*) from users where is_active = false",
    "updated_at lies": """
        select count(*) from users where is_active = false and updated_at = created_at""",
    "an account is erased and what others say about it stays": """
        select least((select count(*) from users where referred_by not in (select id from users)),
                     (select count(*) from community_likes where item_id not in (select id from community_items)),
                     (select count(*) from user_activity_logs where action = 'user_deleted'
                      and (details->>'target_user_id') not in (select id from users)))""",
    "nobody said whether they create or look": "select count(*) from users where interests is null",
    "a stranger has no user": "select count(*) from user_activity_logs where user_id is null",
    "an act is tracked twice": """
        select count(*) from user_activity_logs a join user_activity_logs b using (user_id, action)
        where a.id < b.id and a.session_id is not distinct from b.session_id
        and b.created_at between a.created_at and a.created_at + interval 2 second""",
    "a row is late": """
        select count(*) from (
            select created_at, max(created_at) over (order by id rows between unbounded preceding and 1 preceding) as newest
            from user_activity_logs) where created_at < newest - interval 1 day""",
    "a count is a number, and its text": """
        select least(count(*) filter (json_type(details, '$.count') = 'VARCHAR'),
                     count(*) filter (json_type(details, '$.count') <> 'VARCHAR')) from user_activity_logs""",
    "details hold free text": "select count(*) from user_activity_logs where details->>'title' is not null",
    "an address is mostly missing": """
        select count(*) from user_activity_logs having count(ip_address) between 1 and 0.5 * count(*)""",
    "the product forgets its log": f"""
        select (min(created_at) between timestamp '{UNTIL}' - interval 400 day and timestamp '{UNTIL}' - interval 390 day)::int
        from user_activity_logs""",
    "a log row names a session that is gone": """
        select count(*) from user_activity_logs
        where session_id::int not in (select id from content_sessions)""",
    "counters miss some acts": """
        select count(*) from user_usage_stats s where smart_captions_generated <> (
            select count(*) from user_activity_logs l where l.user_id = s.user_id and action = 'smart_caption_generated')
        and first_activity_at > (select min(created_at) from user_activity_logs)""",
    "the custom theme has no counter": """
        select count(*) from user_usage_stats where smart_captions_generated >
        caption_theme_1 + caption_theme_2 + caption_theme_3 + caption_theme_4 + caption_theme_5""",
    "not everybody has counters": "select count(*) from users where id not in (select user_id from user_usage_stats)",
    "a session is shared by link": "select count(*) from content_sessions where share_code is not null",
    "a session is imported": "select count(*) from content_sessions where is_imported and import_source = 'community'",
    "a file is soft-deleted, another hard": """
        select least((select count(*) from user_media where deleted_at is not null),
                     (select count(*) from community_items where kind = 'media'
                      and source_id not in (select id from user_media)))""",
    "a snapshot outlives its session": """
        select count(*) from community_items where kind = 'session' and source_id not in (select id from content_sessions)""",
    "a moderator hides an item": "select count(*) from community_items where is_hidden",
    "the counter of likes drifts both ways": f"""
        select least(count(*) filter (like_count < {LIKES}), count(*) filter (like_count > {LIKES}))
        from community_items i""",
    "a referral has no row": """
        select count(*) from users where referred_by is not null and id not in (select referee_id from referrals)""",
    "referrals of each source": "select (count(distinct source) = 3)::int from referrals",
    "every type of movement": "select (count(distinct type) = 10)::int from credit_transactions",
    "a reset sets the balance and books no lapse": f"""
        select count(*) from (select *, {STEP} as before from credit_transactions)
        where type = 'allocation' and before > 0 and created_at < timestamp '2026-03-01'""",
    "later the lapse is booked": f"""
        select count(*) from (select *, {STEP} as before from credit_transactions)
        where type = 'expired' and amount = -before and created_at >= timestamp '2026-03-01'""",
    "bought credits lapse too": """
        select count(*) from credit_transactions p join credit_transactions a using (user_id)
        where p.type = 'purchase' and a.type = 'allocation' and a.id > p.id and a.balance_after < p.balance_after""",
    "one use has two prices": """
        select (count(distinct amount) = 2)::int from credit_transactions
        where feature_key = 'session_create' and type = 'usage'""",
    "a failed generation is refunded": """
        select count(*) from credit_transactions where type = 'refund' and feature_key is not null""",
    "each tier": "select (count(distinct tier) = 4)::int from user_credits",
    "a purchase of each status": """
        select (count(distinct status) filter (status <> 'pending') = 3)::int from credit_purchases""",
    "amounts are of three currencies": "select (count(distinct currency) = 3)::int from credit_purchases",
    "a payment hangs for days": """
        select count(*) from credit_purchases where completed_at > created_at + interval 1 day""",
    "who bought is free again": """
        select count(*) from credit_purchases join user_credits using (user_id) where tier = 'free'""",
}


@pytest.mark.parametrize("trap", TRAPS)
def test_the_trap_occurs(db: duckdb.DuckDBPyConnection, trap: str) -> None:
    assert one(db, TRAPS[trap]) > 0


def test_counters_only_grow_and_say_when(world: Path, tmp_path: Path) -> None:
    """Five nights; beside it, likes are taken back and payments settled in place."""
    path = tmp_path / "later.duckdb"
    path.write_bytes(world.read_bytes())

    def state(table: str, columns: str) -> dict[object, tuple]:
        with duckdb.connect(str(path), read_only=True) as db:
            return {row[0]: row for row in db.execute(f"select {columns} from public.{table}").fetchall()}

    stats = f"user_id, updated_at, {', '.join(COUNTERS)}"
    before, likes, moved = state("user_usage_stats", stats), state("community_likes", "id"), 0
    for number in range(1, 6):
        simulate("media_vault", str(path), scale=SCALE, until=UNTIL + dt.timedelta(days=number))
        after = state("user_usage_stats", stats)
        for user, row in after.items():
            old = before.get(user, row)
            assert all(new >= was for new, was in zip(row[2:], old[2:], strict=True))
            assert row == old or row[1].date() == UNTIL + dt.timedelta(days=number)
            moved += row != old
        before = after
    assert moved > 15
    assert likes.keys() - state("community_likes", "id").keys()
