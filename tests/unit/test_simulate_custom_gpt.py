"""custom_gpt: every trap of its tables really occurs, and rows come late, grow in number and vanish as they do there."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from simulator.custom_gpt import START
from simulator.custom_gpt.schema import CONVERSATIONS, REQUESTS, TABLES, USAGE, USERS
from tests.unit.simulated import SCALE, UNTIL, Simulated, days_from, one, reading

TRAPS = {
    "-1 is unlimited": "select count(*) from subscriptions where monthly_token_limit = -1 and max_models = -1",
    "NULL is unlimited": """
        select count(*) from subscriptions where tier = 'enterprise' and monthly_token_limit is null""",
    "a monthly counter is never reset and passes its limit": """
        select count(*) from subscriptions where monthly_token_limit > 0 and monthly_tokens_used > monthly_token_limit""",
    "a counter misses calls": """
        select count(*) from subscriptions join (
            select user_id, sum(tokens_used) as tokens from usage_records group by 1) using (user_id)
        where monthly_tokens_used < tokens and monthly_tokens_used > 0""",
    "a chat books training hours": """
        select count(*) from subscriptions where monthly_training_hours_used > 0
        and user_id not in (select user_id::varchar from training_sessions)""",
    "tokens are twice the words of the user's message": """
        select count(*) from conversations c join usage_records u
        on u.user_id = c.user_id and u.created_at between c.created_at - interval 3 second and c.created_at
        where u.tokens_used = 2 * len(string_split(c.messages->'$[0]'->>'content', ' '))""",
    "every chat takes half a second": """
        select (min(compute_time_seconds) = 0.5 and max(compute_time_seconds) = 0.5)::int
        from usage_records where operation_type = 'chat'""",
    "the cost is never filled": "select (max(cost_cents) = 0)::int from usage_records",
    "a period ended long ago and never advanced": """
        select count(*) from subscriptions where status = 'active' and tier <> 'free'
        and current_period_end < timestamp '2026-06-01' and current_period_end = created_at + interval 30 day""",
    "a cancellation keeps the tier": "select count(*) from subscriptions where status = 'cancelled' and tier <> 'free'",
    "every tier and status": """
        select (count(distinct tier) = 4 and count(distinct status) = 4)::int from subscriptions""",
    "a plan changes twice in the one row": """
        select count(*) from (select user_id from audit_logs where action = 'subscription.update'
                              group by 1 having count(*) > 1)""",
    "somebody cancels and comes back": """
        select count(*) from audit_logs a join audit_logs b on a.user_id = b.user_id and b.created_at > a.created_at
        where a.action = 'subscription.cancel' and b.action = 'subscription.update'""",
    "usage does not touch updated_at": """
        select count(*) from subscriptions where monthly_tokens_used > 0 and updated_at = created_at""",
    "a missed payment does not touch updated_at": """
        select count(*) from subscriptions s where status = 'past_due' and exists (
            select 1 from audit_logs a where a.user_id::varchar = s.user_id and a.action = 'subscription.update'
            and a.created_at = s.updated_at)""",
    "the copy of the tier in users is stale": """
        select count(*) from users u join subscriptions s on s.user_id = u.id where u.subscription_tier <> s.tier""",
    "a user has two subscriptions": """
        select count(*) from (select user_id from subscriptions group by 1 having count(*) > 1)""",
    "is_active is NULL": "select count(*) from users where is_active is null",
    "is_active is false": "select count(*) from users where is_active = false",
    "a sign-up through somebody else has no password": """
        select count(*) from users where oauth_provider is not null and password_hash is null""",
    "an account is locked": "select count(*) from users where failed_login_attempts >= 5 and locked_until is not null",
    "an account is deleted; the logs name it on": """
        select least(count(*), (select count(*) from api_request_log where user_id not in (select id from users)),
                     (select count(*) filter (user_id not in (select id from users)) = 0 from usage_records)::int)
        from audit_logs where user_id::varchar not in (select id from users)""",
    "a model is deleted with its conversations": """
        select count(*) from audit_logs a where a.action = 'model.delete'
        and exists (select 1 from api_request_log r where r.model_id = a.resource_id)
        and not exists (select 1 from conversations c where c.model_id::varchar = a.resource_id)""",
    "usage forgets its deleted model": """
        select count(*) from usage_records where model_id is null and operation_type in ('training', 'fine_tuning')
        and user_id in (select user_id::varchar from training_sessions where status = 'completed')""",
    "no usage names a model that is gone": """
        select (count(*) = 0)::int from usage_records where model_id not in (select id from models)""",
    "somebody talks to another user's public model": """
        select count(*) from usage_records u join models m on m.id = u.model_id where m.user_id <> u.user_id""",
    "the counter of a model is not its records": """
        select count(*) from models m where total_inferences <> (
            select count(*) from usage_records u where u.model_id = m.id)""",
    "a request id stands on two usage records": """
        select count(*) from (select request_id from usage_records where request_id is not null group by 1 having count(*) > 1)""",
    "a request leaves two lines in the audit log": """
        select count(*) from (select request_id from audit_logs where request_id is not null group by 1 having count(*) > 1)""",
    "early usage does not know its request": """
        select count(*) from usage_records where request_id is null and operation_type = 'chat'""",
    "the first chats left no conversation": """
        select count(*) from usage_records where operation_type = 'chat'
        and created_at < (select min(created_at) from conversations)""",
    "numbers are text": """
        select least(count(*), (select count(*) from api_request_log r join models m on m.id::varchar = r.model_id))
        from model_ratings r join conversations c on c.id::varchar = r.conversation_id""",
    "a conversation is rated twice": """
        select count(*) from (select user_id, conversation_id from model_ratings group by all having count(*) > 1)""",
    "a rated conversation is gone": """
        select count(*) from model_ratings where conversation_id not in (select id::varchar from conversations)""",
    "ids of the second schema version are those of the first as uuid": """
        select count(*) from training_sessions t join users u on u.id = t.user_id::varchar""",
    "a training ends in each of three ways": """
        select (count(distinct status) filter (status in ('completed', 'failed', 'cancelled')) = 3)::int
        from training_sessions""",
    "data cannot be read": "select count(*) from datasets where status = 'error'",
    "nothing wrote invoices for long": "select (min(created_at) > '2026-10-01')::int from billing_invoices",
    "an invoice is paid late": """
        select count(*) from billing_invoices where paid_at > created_at + interval 10 day""",
    "an invoice fails": "select count(*) from billing_invoices where status = 'failed'",
    "a request fails": "select count(*) from api_request_log where status_code >= 500",
    "most requests fail in a bad hour": """
        select count(*) from (select count(*) as calls, count(*) filter (status_code >= 500) as failed
                              from api_request_log group by date_trunc('hour', created_at))
        where calls >= 4 and failed > 0.5 * calls""",
    "a call is limited": "select count(*) from api_request_log where status_code = 429",
    "nobody is signed in": """
        select least(count(*), (select count(*) from audit_logs where user_id is null))
        from api_request_log where user_id is null and endpoint <> '/health'""",
}


class TestCustomGpt(Simulated):
    name, tables, people, traps = "custom_gpt", TABLES, "public.users", TRAPS
    small = SCALE
    stops = (
        *days_from(START, 2),
        *days_from(dt.date(2025, 1, 14), 2),
        dt.date(2025, 5, 2),
        *days_from(dt.date(2025, 8, 1), 8),
        dt.date(2025, 9, 10),
    )
    empty_so_far = ("billing_invoices",)
    optional = (
        *("datasets", "training_sessions", "audit_logs", "api_request_log", "model_ratings"),
        *("usage_records.request_id", "models.total_inferences"),
    )
    scales_without_optional = (1,)
    ahead = ("current_period_end", "billing_period_end", "estimated_completion", "locked_until")

    def test_a_history_of_runs_equals_one_run(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Runs that end within a training, before and after accounts and models go, and between two writes of the engine."""
        super().test_a_history_of_runs_equals_one_run(tmp_path, monkeypatch)
        with reading(tmp_path / "once.duckdb") as db:
            lost = "select count(*) from usage_records where model_id is null and operation_type = 'training'"
            assert one(db, "select count(*) from audit_logs where action in ('user.delete', 'model.delete')") > 4
            assert one(db, lost + " or operation_type = 'fine_tuning'") > 0

    def test_numbers_grow_with_time(self, db: duckdb.DuckDBPyConnection) -> None:
        """A larger id was written later; what it says about its time may be earlier (late rows)."""
        for table in (USAGE, CONVERSATIONS, REQUESTS):
            days = f"select id, created_at::date as day, min(created_at) over (order by id rows between 1 following and unbounded following)::date as later from {table.name}"
            assert one(db, f"select count(*) from ({days}) where later < day - 7") == 0, table.name

    def test_personal_data_is_synthetic(self, db: duckdb.DuckDBPyConnection) -> None:
        assert one(db, "select count(*) from users where not regexp_matches(email, '@example\\.(com|org|net)$')") == 0
        assert one(db, "select count(*) from audit_logs where ip_address not like '192.0.2.%'") == 0

    def test_only_lost_counts_and_deleted_usage_part_a_counter_from_its_records(
        self, db: duckdb.DuckDBPyConnection
    ) -> None:
        wrong, all_ = db.execute("""
            with used as (select user_id, sum(tokens_used) as tokens, count(*) as calls from usage_records group by 1),
            first_plan as (select * from subscriptions qualify row_number() over (partition by user_id order by created_at, id) = 1)
            select count(*) filter (monthly_tokens_used > tokens or monthly_tokens_used < 0.5 * tokens and calls > 20), count(*)
            from first_plan join used using (user_id)
        """).fetchone()
        assert all_ > 100
        assert wrong == 0

    def test_rows_come_late_and_rows_vanish(self, later: Path) -> None:
        """24 days: what is new in a run but says it is older than the run before, and what was there and is gone."""
        late = dict.fromkeys((USAGE.name, CONVERSATIONS.name, REQUESTS.name), 0)
        gone = dict.fromkeys((USERS.name, USAGE.name, CONVERSATIONS.name), 0)

        def rows() -> dict[str, dict[object, dt.datetime]]:
            with reading(later) as con:
                tables = late.keys() | gone.keys()
                return {t: dict(con.execute(f"select id, created_at from public.{t}").fetchall()) for t in tables}

        before = rows()
        for number in range(12):
            day = UNTIL + dt.timedelta(days=2 * number + 1)  # the first of the days that this run lives
            self.run(later, day + dt.timedelta(days=1))
            after = rows()
            for table in late:
                late[table] += sum(
                    moment.date() < day for key, moment in after[table].items() if key not in before[table]
                )
            for table in gone:
                gone[table] += len(before[table].keys() - after[table].keys())
            before = after
        assert all(late.values()), late
        assert all(gone.values()), gone
