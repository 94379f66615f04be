"""media_vault: every trap of its specification really occurs, balances follow the ledger, counters only grow."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

from simulator.media_vault import START
from simulator.media_vault.schema import COUNTERS, TABLES
from tests.unit.simulated import SCALE, UNTIL, Simulated, days_from, one, reading

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


class TestMediaVault(Simulated):
    name, tables, people, traps = "media_vault", TABLES, "public.users", TRAPS
    # Over the day on which resets begin to book what lapses, and past the product's retention of its log.
    stops = (*days_from(START, 2), dt.date(2025, 6, 30), dt.date(2025, 12, 5), *days_from(dt.date(2026, 2, 28), 4))
    optional = ("login_events", "credit_purchases", "user_media.deleted_at")
    ahead = ("next_refresh_at",)
    write_days = 100  # its history is long

    def test_personal_data_is_synthetic(self, db: duckdb.DuckDBPyConnection) -> None:
        assert one(db, "select count(*) from users where not regexp_matches(email, '@example\\.(com|org|net)$')") == 0
        assert one(db, "select count(*) from user_activity_logs where ip_address not like '192.0.2.%'") == 0
        for table, column in (
            ("users", "profile_image_url"),
            ("session_media", "media_url"),
            ("user_media", "file_url"),
        ):
            assert one(db, f"select count(*) from {table} where {column} not like 'https://img.example.com/%'") == 0

    def test_the_size_is_that_of_a_demo(self, db: duckdb.DuckDBPyConnection) -> None:
        rows = sum(one(db, f"select count(*) from {table.name}") for table in TABLES)
        assert 20_000 < rows < 120_000 * SCALE
        assert 0.8 * 1000 * SCALE < one(db, "select count(*) from users") < 1.2 * 1000 * SCALE

    def test_the_balance_follows_the_ledger_but_for_spendings_that_were_not_booked(
        self, db: duckdb.DuckDBPyConnection
    ) -> None:
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
            one(db, "select count(*) from credit_transactions where type = 'allocation' and balance_after <> amount")
            == 0
        )

    def test_counters_only_grow_and_say_when(self, later: Path) -> None:
        """Five nights; beside it, likes are taken back and payments settled in place."""

        def state(table: str, columns: str) -> dict[object, tuple]:
            with reading(later) as db:
                return {row[0]: row for row in db.execute(f"select {columns} from public.{table}").fetchall()}

        stats = f"user_id, updated_at, {', '.join(COUNTERS)}"
        before, likes, moved = state("user_usage_stats", stats), state("community_likes", "id"), 0
        for number in range(1, 6):
            self.run(later, UNTIL + dt.timedelta(days=number), SCALE)
            after = state("user_usage_stats", stats)
            for user, row in after.items():
                old = before.get(user, row)
                assert all(new >= was for new, was in zip(row[2:], old[2:], strict=True))
                assert row == old or row[1].date() == UNTIL + dt.timedelta(days=number)
                moved += row != old
            before = after
        assert moved > 15
        assert likes.keys() - state("community_likes", "id").keys()
