"""character_studio: every trap of the real system really occurs, balances and cascades hold, volumes are in proportion."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from simulator import engine, simulate
from simulator.character_studio import START, TABLES
from tests.unit.simulated import SCALE, UNTIL, Simulated, days_from, one

GRANTS = """(select *, lag(balance_after) over (partition by user_id order by created_at) as before
             from credit_transactions)"""
PAID_LATER = """exists (select 1 from subscriptions n where n.user_id = s.user_id and n.tier <> 'free'
                and n.created_at >= s.cancelled_at and n.id <> s.id)"""
TRAPS = {
    "all six kinds of movement": "select (count(distinct type) = 6)::int from credit_transactions",
    "the refresh sets the balance and books all of it": f"""
        select count(*) from {GRANTS} where reference_type = 'subscription_renewal' and before > 0
        and balance_after = amount""",
    "the webhook adds to the balance": f"""
        select count(*) from {GRANTS} where type = 'subscription_grant' and reference_type = 'subscription'
        and before > 0 and balance_after = before + amount""",
    "a period is granted twice": """
        select count(*) from credit_transactions a join credit_transactions b on a.reference_id = b.reference_id
        and a.reference_type = 'subscription' and b.reference_type = 'subscription_renewal'
        and abs(epoch(a.created_at) - epoch(b.created_at)) < 300""",
    "the sum of the movements is not the balance": """
        select count(*) from user_credits c where balance <> (
            select sum(amount) from credit_transactions t where t.user_id = c.user_id)""",
    "the service refunds without naming the job": """
        select count(*) from credit_transactions where type = 'refund' and reference_id is null""",
    "an administrator refunds and names the job": """
        select count(*) from credit_transactions t join generation_jobs j on j.id = t.reference_id
        where t.type = 'refund' and t.reference_type = 'admin_action'""",
    "a refund by an administrator raises total_earned": """
        select count(*) from user_credits c where total_earned = (
            select sum(amount) from credit_transactions t where t.user_id = c.user_id and (type in
            ('bonus', 'purchase', 'subscription_grant') or (amount > 0 and reference_type = 'admin_action')))
        and user_id in (select user_id from credit_transactions where type = 'refund' and reference_id is not null)""",
    "a refund by the service lowers total_spent": """
        select count(*) from user_credits c where total_spent < (
            select -sum(amount) from credit_transactions t where t.user_id = c.user_id and type = 'generation')""",
    "the team bypasses the credits": "select count(*) from credit_transactions where reference_type = 'dev_bypass'",
    "adjustments of both signs": """
        select least(count(*) filter (amount > 0), count(*) filter (amount < 0)) from credit_transactions
        where type = 'admin_adjustment'""",
    "quality_mode was a mode and is a feature": """
        select least(count(*) filter (quality_mode in ('draft', 'hq')),
                     count(*) filter (quality_mode = 'studio_standard')) from credit_transactions""",
    "a user has several subscriptions": """
        select count(*) from (select user_id from subscriptions where tier <> 'free' group by 1 having count(*) > 1)""",
    "a plan change leaves a cancelled row": f"""
        select count(*) from subscriptions s where tier <> 'free' and status = 'cancelled'
        and expired_at = current_period_end and {PAID_LATER}""",
    "a cancelled row is churn": f"""
        select count(*) from subscriptions s where tier <> 'free' and status = 'cancelled' and not {PAID_LATER}""",
    "a plan runs out": "select count(*) from subscriptions where tier <> 'free' and status = 'expired'",
    "a plan will run out": "select count(*) from subscriptions where status = 'active' and cancel_at_period_end",
    "a renewal changes the row in place": """
        select count(*) from subscriptions where tier <> 'free' and current_period_start > created_at""",
    "a renewal forgets updated_at": """
        select count(*) from subscriptions where tier <> 'free' and updated_at < current_period_start""",
    "a payment is overdue": "select count(*) from subscriptions where status = 'past_due'",
    "every plan, monthly and yearly": """
        select (count(distinct (tier, interval)) = 6)::int from payments where kind = 'subscription'""",
    "the unlimited plan grants nothing and charges nothing": """
        select count(*) * (1 - (count(t.id) > 0)::int) from subscriptions s left join credit_transactions t
        on t.reference_id = s.id where s.tier = 'unlimited'""",
    "payments of every state": "select (count(distinct status) = 4)::int from payments",
    "a payment without its time": "select count(*) from payments where paid_at is null",
    "a character is deleted softly": "select count(*) from characters where deleted_at is not null",
    "a job loses its character": "select count(*) from generation_jobs where character_id is null",
    "counters are text": """
        select count(*) from characters where try_cast(post_count as int) > 0 and try_cast(liked_count as int) > 0""",
    "a counter has no value": "select count(*) from characters where liked_count is null",
    "the counter of posts drifts": """
        select count(*) from characters c where try_cast(post_count as int) > (
            select count(*) from posts p where p.character_id = c.id)""",
    "a job is tried again in its row": "select count(*) from generation_jobs where retry_count > 0",
    "a change of status forgets updated_at": """
        select count(*) from generation_jobs where updated_at < completed_at - interval 1 hour""",
    "a refund does not lower the price of a job": """
        select count(*) from generation_jobs where status = 'failed' and credits_used > 0""",
    "jobs of every kind": "select (count(distinct type) = 8)::int from generation_jobs",
    "jobs end in every way": """
        select (count(distinct status) = 3)::int from generation_jobs where completed_at is not null""",
    "a job delivers less than was asked for": """
        select count(*) from generation_jobs where status = 'completed' and completed_count < image_count""",
    "the queue stands still": """
        select count(*) from generation_jobs where started_at > created_at + interval 10 minutes""",
    "a job runs over midnight": "select count(*) from generation_jobs where completed_at::date > created_at::date",
    "a failed job leaves a failed image": "select count(*) from images where status = 'failed'",
    "an image is deleted softly": "select count(*) from images where deleted_at is not null",
    "a like forgets updated_at": "select count(*) from images where liked and updated_at = created_at",
    "an image has no scene": "select count(*) from images where scene is null",
    "an image is an edit of another": """
        select count(*) from images where edit_type = 'inpaint' and source_image_id is not null""",
    "a training fails, one is ready, one has expired": """
        select (count(distinct status) filter (status in ('failed', 'ready', 'expired')) = 3)::int from lora_models""",
    "a bug report has no author": "select count(*) from bug_reports where user_id is null",
    "bug reports and requests of every state": """
        select ((select count(distinct status) from bug_reports) = 4
                and (select count(distinct status) from influencer_requests) = 4)::int""",
    "the funnel and the account differ in letter case": """
        select count(*) from funnel_sessions f join users u on lower(f.email) = u.email where f.email <> u.email""",
    "a visit of the funnel goes on another day": """
        select count(*) from funnel_sessions where updated_at::date > created_at::date""",
    "an answer holds personal data": """
        select count(*) from funnel_options where option_value->>'value' ilike '%@example.com'""",
    "a source that is not known": "select count(*) from users where signup_source is null",
    "four sources": "select (count(distinct signup_source) = 4)::int from users",
    "settings are not JSON": "select count(*) from users where not json_valid(settings)",
    "a user is banned": "select count(*) from users where banned",
    "a role or a flag is NULL": "select least(count(*) filter (role is null), count(*) filter (banned is null)) from users",
    "the audit log speaks of somebody who left": """
        select count(*) from admin_audit_log where entity_type = 'user' and entity_id not in (select id from users)""",
    "an administrator has left": "select count(*) from admin_users where not is_active",
    "a session has no end": "select count(*) from app_sessions where ended_at is null",
    "a session runs over midnight": "select count(*) from app_sessions where ended_at::date > started_at::date",
}  # fmt: skip


class TestCharacterStudio(Simulated):
    name, tables, people, traps = "character_studio", TABLES, "public.users", TRAPS
    small = 0.25
    stops = (*days_from(START, 2), *days_from(START + dt.timedelta(days=100), 6), dt.date(2025, 3, 20))
    optional = ("payments", "app_sessions", "users.signup_source", "users.country_code")
    scales_without_optional = (0.001, 1.5)
    ahead = ("current_period_end", "expired_at", "expires_at")
    unique_unless_null = ("finby_subscription_id",)

    def test_children_belong_to_somebody(self, db: duckdb.DuckDBPyConnection) -> None:
        """The cascade of a deleted account or character reaches the rows of all its days."""
        for table in self.tables:
            if "user_id" in table.names:
                assert one(db, f"select count(*) from {table.name} where user_id not in (select id from users)") == 0
            if "character_id" in table.names:
                lost = f"select count(*) from {table.name} where character_id not in (select id from characters)"
                assert one(db, lost) == 0, table.name

    def test_a_balance_follows_from_the_one_before_unless_it_was_set(self, db: duckdb.DuckDBPyConnection) -> None:
        chain = """
            select count(*) from (
                select *, lag(balance_after, 1, 0) over (partition by user_id order by created_at) as before
                from credit_transactions)
            where balance_after <> before + amount and reference_type is distinct from 'dev_bypass'
            and reference_type is distinct from 'subscription_renewal'
        """
        assert one(db, chain) == 0
        newest = """
            select count(*) from user_credits c where balance <> (
                select arg_max(balance_after, created_at) from credit_transactions t where t.user_id = c.user_id)
        """
        assert one(db, newest) == 0
        assert one(db, "select count(*) from user_credits where balance < 0") == 0

    def test_a_person_has_at_most_one_paid_plan(self, db: duckdb.DuckDBPyConnection) -> None:
        live = "select user_id from subscriptions where status in ('active', 'past_due') group by 1 having count(*) > 1"
        assert not db.execute(live).fetchall()

    def test_volumes_are_in_proportion(self, db: duckdb.DuckDBPyConnection) -> None:
        count = {t.name: one(db, f"select count(*) from {t.name}") for t in self.tables}
        assert 0.8 * 1000 * SCALE < count["users"] < 1.3 * 1000 * SCALE
        assert sum(count.values()) < 120_000 * SCALE
        assert 1.1 < count["subscriptions"] / count["users"] < 1.5
        assert 1.2 < count["characters"] / count["users"] < 1.8
        assert 1.2 < count["images"] / count["generation_jobs"] < 1.6
        assert 0.05 < count["posts"] / count["images"] < 0.10

    def test_rows_come_late_rows_vanish_and_rows_change(self, later: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Twenty nights: what is new on a day but says it is older, what is gone, and what is not as it was."""
        seen = ("credit_transactions", "generation_jobs", "images", "posts", "payments", "funnel_sessions")
        late, gone, changed = (dict.fromkeys(seen, 0) for _ in range(3))
        nights: list[dict[str, dict[object, tuple]]] = []

        def look(_: str = "") -> None:
            day = UNTIL + dt.timedelta(days=len(nights))
            with duckdb.connect(str(later)) as db:
                recent = f"created_at >= date '{UNTIL}' - 60"
                rows = {
                    t: db.execute(f"select id, created_at, t from public.{t} t where {recent}").fetchall() for t in seen
                }
            nights.append({t: {row[0]: row[1:] for row in found} for t, found in rows.items()})
            for table in seen if len(nights) > 1 else ():
                before, after = nights[-2][table], nights[-1][table]
                late[table] += sum(after[key][0].date() < day for key in after.keys() - before.keys())
                gone[table] += len(before.keys() - after.keys())
                changed[table] += sum(before[key] != after[key] for key in before.keys() & after.keys())

        look()
        monkeypatch.setattr(engine, "WRITE_DAYS", 1)
        until = UNTIL + dt.timedelta(days=20)
        simulate(self.name, str(later), scale=SCALE, until=until, progress=look)
        assert len(nights) == 21
        assert late["credit_transactions"] > 0 and late["generation_jobs"] > 0
        assert late["funnel_sessions"] == 0, "the newest visit says where a database stands"
        assert gone["posts"] > 0 and gone["images"] > 0 and gone["funnel_sessions"] == 0
        for table in ("generation_jobs", "images", "posts", "payments", "funnel_sessions"):
            assert changed[table] > 0, table
        assert changed["credit_transactions"] == 0
