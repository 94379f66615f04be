"""marketing_engine: every trap of the system really occurs, costs add up, a deletion reaches everything, nights are one run."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import duckdb

from simulator.marketing_engine import START, TABLES
from tests.unit.simulated import SCALE, UNTIL, Simulated, content, days_from, one, reading

PER_USER = "(select user_id, count(*) as calls from api_usage group by 1)"
RECOUNTED = """(
    select user_id, date_trunc('day', created_at) as period_start, count(*) as calls,
           avg(latency_ms) as latency
    from api_usage group by 1, 2)"""
TRAPS = {
    "a few users make half of the calls": f"""
        select (sum(calls) filter (place <= 0.08 * users) between 0.4 * sum(calls) and 0.75 * sum(calls))::int from (
            select coalesce(calls, 0) as calls, row_number() over (order by calls desc nulls last) as place,
                   count(*) over () as users from users left join {PER_USER} on user_id = id)""",
    "some users never call": "select count(*) from users where id not in (select user_id from api_usage)",
    "a request id is repeated by a retry": """
        select count(*) from api_usage a join api_usage b using (request_id)
        where a.id <> b.id and b.regeneration_of = a.id and a.status <> 'success' and b.status = 'success'""",
    "a request id is missing": "select count(*) from api_usage where request_id is null",
    "all five statuses": "select (count(distinct status) = 5)::int from api_usage",
    "the older gateway knew two statuses": """
        select (count(distinct status) = 2)::int from api_usage where created_at < '2026-02-20'""",
    "a failed call costs nothing": "select count(*) from api_usage where status = 'error' and total_cost = 0",
    "a failed call costs something": "select count(*) from api_usage where status <> 'success' and total_cost > 0",
    "a cancelled call has no latency": "select count(*) from api_usage where status = 'cancelled' and latency_ms is null",
    "images and video have no tokens": """
        select (count(input_tokens) = 0)::int from api_usage where service_type in ('images', 'video')""",
    "a failed image counts none": "select count(*) from api_usage where status = 'error' and images_generated = 0",
    "an error message quotes the input": """
        select count(*) from api_usage where contains(error_message, request_data->>'prompt')""",
    "a call names a campaign that is gone": """
        select count(*) from api_usage where campaign_id not in (select id from campaigns)""",
    "a call is rated, downloaded or shared later": """
        select least(count(user_rating), count(*) filter (is_downloaded), count(*) filter (is_shared)) from api_usage""",
    "users have no subscription": "select count(*) from users where id not in (select user_id from user_subscriptions)",
    "every plan": "select (count(distinct plan_type) = 6)::int from user_subscriptions",
    "a plan has several labels": """
        select count(*) from (select plan_type from user_subscriptions group by 1 having count(distinct plan_name) > 1)""",
    "no limit, not allowed and a demo limit": """
        select least(count(*) filter (chat_messages_limit is null), count(*) filter (video_generations_limit = 0),
                     count(*) filter (content_generations_limit = 999999)) from user_subscriptions""",
    "is_active is NULL": "select count(*) from user_subscriptions where is_active is null",
    "a counter was reset at the end of a period": """
        select count(*) from user_subscriptions where last_reset_at = billing_period_start""",
    "a counter is never reset again": """
        select count(*) from user_subscriptions
        where not auto_renew and content_generations_used > content_generations_limit""",
    "the counter is not the calls of the month": """
        select count(*) from user_subscriptions s where content_generations_used <> (
            select count(*) from api_usage u where u.user_id = s.user_id and service_type = 'content'
            and u.created_at >= s.billing_period_start)""",
    "the cost counter is not the cost of the calls": """
        select count(*) from user_subscriptions s where lifetime_cost <> (
            select coalesce(sum(total_cost), 0)::decimal(12, 2) from api_usage u where u.user_id = s.user_id)""",
    "cost is not what was paid": """
        select (sum(lifetime_cost) <> (select sum(amount) from subscription_payments where status = 'paid'))::int
        from user_subscriptions""",
    "totals miss calls that came late": f"""
        select count(*) from usage_aggregations t join {RECOUNTED} using (user_id, period_start)
        where period_type = 'daily' and total_requests < calls""",
    "totals are recomputed for a late call, but for their latencies": f"""
        select count(*) from usage_aggregations t join {RECOUNTED} using (user_id, period_start)
        where period_type = 'daily' and total_requests = calls and abs(avg_latency_ms - latency) > 1""",
    "totals of days, weeks and months": "select (count(distinct period_type) = 3)::int from usage_aggregations",
    "alerts of each severity and kind": """
        select (count(distinct severity) = 3 and count(distinct alert_type) = 5)::int from usage_alerts""",
    "an alert is raised again while the first is unresolved": """
        select count(*) from usage_alerts a join usage_alerts b using (user_id, resource_type)
        where b.created_at > a.created_at + interval 1 hour and (a.resolved_at is null or b.created_at < a.resolved_at)""",
    "never two alerts within the hour": """
        select (min(gap) >= interval 1 hour)::int from (
            select created_at - lag(created_at) over (partition by user_id, resource_type order by created_at) as gap
            from usage_alerts)""",
    "an alert stays unresolved, another does not": """
        select least(count(*) filter (is_resolved), count(*) filter (not is_resolved)) from usage_alerts""",
    "a rate limit window is over and still counts": f"""
        select count(*) from api_rate_limits where window_end < timestamptz '{UNTIL}' and current_requests > 0""",
    "somebody is blocked": "select count(*) from api_rate_limits where is_blocked and blocked_until is not null",
    "campaign counters drift": """
        select count(*) from campaigns c where total_generations < (
            select count(*) from api_usage u where u.campaign_id = c.id)""",
    "campaigns of each status": "select (count(distinct status) = 5)::int from campaigns",
    "updated_at of a campaign lies": "select count(*) from campaigns where status <> 'draft' and updated_at = created_at",
    "the address of a log is never filled": "select (count(ip_address) = 0)::int from activity_logs",
    "a media plan is deleted softly": "select count(*) from media_plans where deleted_at is not null",
    "a media plan names a campaign": "select count(*) from media_plans where campaign_id is not null",
    "a forecast without a sale": "select count(*) from media_plan_platforms where calculated_cac is null",
    "a session without a user": "select count(*) from user_sessions where user_id is null",
    "a session that never ended": f"""
        select count(*) from user_sessions where ended_at is null and started_at < timestamptz '{UNTIL}' - interval 9 day""",
    "a session over midnight": "select count(*) from user_sessions where ended_at::date > started_at::date",
    "an address in a query string": "select count(*) from user_sessions where landing_page like '%email=%@%'",
    "a query string in a metric": "select count(*) from frontend_metrics where page_url like '%?token=%'",
    "a layout shift is a ratio": "select (max(metric_value) < 2)::int from frontend_metrics where metric_name = 'CLS'",
    "feedback with and without words": """
        select least(count(feedback_text), count(*) filter (feedback_text is null)) from user_feedback""",
    "payments of each status and interval": """
        select (count(distinct status) = 3 and count(distinct interval) = 2)::int from subscription_payments""",
    "a failed payment has no time of payment": """
        select count(*) from subscription_payments where status = 'failed' and paid_at is null""",
    "an outcome with and without revenue": """
        select least(count(revenue), count(*) filter (revenue is null)) from campaign_outcomes""",
}  # fmt: skip


class TestMarketingEngine(Simulated):
    name, tables, people, traps = "marketing_engine", TABLES, "auth.users", TRAPS
    schemas = "public,auth"
    small = 0.08
    stops = (START, *days_from(dt.date(2024, 12, 30), 10), dt.date(2025, 1, 20))
    empty_so_far = ("campaigns", "campaign_outcomes")
    optional = (
        *("user_sessions", "frontend_metrics", "user_feedback", "subscription_payments", "campaign_outcomes"),
        *("api_usage.user_rating", "api_usage.session_id", "api_usage.is_shared"),
    )
    ahead = ("billing_period_end", "period_end", "window_end", "blocked_until")  # ends of periods that have begun

    def test_a_call_costs_the_sum_of_its_parts(self, db: duckdb.DuckDBPyConnection) -> None:
        parts = "input_cost + output_cost + generation_cost"
        assert one(db, f"select count(*) from api_usage where total_cost <> {parts}") == 0
        assert one(db, "select count(*) from api_usage where total_tokens <> input_tokens + output_tokens") == 0

    def test_deleting_an_account_reaches_everything(self, db: duckdb.DuckDBPyConnection) -> None:
        gone = one(db, "select count(*) from activity_logs where action = 'account_deleted'")
        assert gone > 5
        for table in self.tables:
            if "user_id" in table.names:
                assert one(db, f"select count(*) from {table.path} where user_id not in (select id from users)") == 0
        assert (
            one(db, "select count(*) from media_plan_platforms where media_plan_id not in (select id from media_plans)")
            == 0
        )
        assert one(db, "select count(*) from users where email not like '%@example.___'") == 0

    def test_two_weeks_of_nights_equal_one_run(self, world: Path, tmp_path: Path) -> None:
        """With everything that only occurs later: resets with the period, the newer gateway, old plans.

        On the way: rows that are new but say they are older, rows that change, and rows that vanish.
        """
        once, nightly = tmp_path / "once.duckdb", tmp_path / "nightly.duckdb"
        for path in (once, nightly):
            shutil.copy(world, path)
        before = content(world, self.tables)
        seen, late, last = {row[0] for row in before["public.api_usage"]}, 0, UNTIL + dt.timedelta(days=14)
        for number in range(1, 15):
            day = UNTIL + dt.timedelta(days=number)
            assert self.run(nightly, day, SCALE).days_advanced == 1
            with reading(nightly) as db:
                calls = dict(
                    db.execute(f"select id, created_at from public.api_usage where created_at > '{UNTIL}'").fetchall()
                )
            late += sum(moment.date() < day for ident, moment in calls.items() if ident not in seen)
            seen |= calls.keys()
        assert late > 0
        self.run(once, last, SCALE)
        expected, found = content(once, self.tables), content(nightly, self.tables)
        changed, gone = set(), set()
        for table in self.tables:
            assert found[table.path] == expected[table.path], table.path
            old, new = ({row[0]: row for row in rows[table.path]} for rows in (before, found))
            changed |= {table.name} if any(new.get(key, row) != row for key, row in old.items()) else set()
            gone |= {table.name} if old.keys() - new.keys() else set()
        assert {
            *("users", "api_usage", "user_subscriptions", "usage_alerts", "api_rate_limits", "campaigns"),
            *("subscription_payments", "media_plans", "media_plan_platforms"),
        } <= changed, changed
        assert "campaigns" in gone, gone
