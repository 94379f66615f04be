"""photobooth: every trap of the specification really occurs, and its counters are what its rows add up to."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import duckdb

from simulator.photobooth import START, TABLES
from simulator.photobooth.world import World
from tests.unit.simulated import SCALE, UNTIL, Simulated, days_from, one, reading

MATCHED = "(p.user_id = f.id or lower(p.contact_email) = lower(f.email))"
VIRTUAL = f"""(select id from profiles f where role = 'partner' and partner_id is null
              and not exists (select 1 from partners p where {MATCHED}))"""
LEDGER_SIGN = "regexp_extract(description, '([+-]) ?[0-9]', 1)"
TRAPS = {
    "a profile with role partner has no partner row": f"select count(*) from {VIRTUAL}",
    "an event holds the profile id of a virtual partner": f"select count(*) from events where partner_id in {VIRTUAL}",
    "a wallet row holds the profile id of a virtual partner": f"""
        select count(*) from wallet_transactions where partner_id in {VIRTUAL}""",
    "a partner is matched only by an e-mail in another letter case": """
        select count(*) from partners p join profiles f on lower(p.contact_email) = lower(f.email)
        where p.user_id is null and p.contact_email <> f.email""",
    "each of the three labels is used": """
        select least(count(*) filter (coalesce(company_name, '') <> ''),
                     count(*) filter (coalesce(company_name, '') = '' and business_name <> ''),
                     count(*) filter (coalesce(company_name, '') = '' and business_name is null and name <> ''))
        from partners""",
    "a writer fills model_id instead of style_id": """
        select count(*) from generations where style_id is null and model_id is not null""",
    "a writer fills both": "select count(*) from generations where style_id = model_id",
    "a photo names a style that the catalogue has lost": """
        select count(*) from generations where coalesce(style_id, model_id) not in (select id from styles_metadata)""",
    "a pseudo style has the id of a category": """
        select count(*) from styles_metadata s
        where id in (select lower(category) from styles_metadata o where o.id <> s.id)""",
    "categories are typed in several letter cases": """
        select count(distinct category) - count(distinct lower(category)) from styles_metadata""",
    "an inactive category row switches active styles off": """
        select count(*) from styles_metadata s join styles_metadata c on c.id = lower(s.category)
        where c.is_active = false and s.id <> c.id and s.is_active is not false""",
    "an inactive subcategory row switches active styles off": """
        select count(*) from styles_metadata s join styles_metadata c on c.id = s.subcategory
        where c.is_active = false and s.id <> c.id and s.is_active is not false""",
    "usage_count is never written": "select (max(usage_count) = 0)::int from styles_metadata",
    "a payment is notified twice": """
        select count(*) - count(distinct mercadopago_id) from payment_notifications""",
    "a payment carries a partner id": """
        select count(*) from payment_notifications where user_id in (select id from partners)""",
    "an event is linked to a client": "select count(*) from events where client_id is not null",
    "a client draws on credits handed over": "select count(*) from clients where credits_used > 0 and credits_total > 0",
    "the ledger misses credits": """
        select count(*) from partners p where credits_total > (
            select coalesce(sum(amount), 0) from wallet_transactions w where w.partner_id = p.id and type <> 'usage')""",
    "an adjustment is signed by its description": f"""
        select least(count(*) filter ({LEDGER_SIGN} = '-'), count(*) filter ({LEDGER_SIGN} = '+'))
        from wallet_transactions where type = 'adjustment'""",
    "an adjustment has no sign": f"""
        select count(*) from wallet_transactions where type = 'adjustment' and {LEDGER_SIGN} = ''""",
    "all four kinds of movement": "select (count(distinct type) = 4)::int from wallet_transactions",
    "an event is deleted and its photos dangle": """
        select count(*) from generations where event_id is not null and event_id not in (select id from events)""",
    "a photo is deleted": """
        select count(*) from generation_attempts a where status = 'success' and event_id is not null
        and not exists (select 1 from generations g where g.id = a.generation_id)""",
    "a style is deleted far more often than the others": """
        select count(*) from (
            select a.style_id from generation_attempts a left join generations g on g.id = a.generation_id
            where a.status = 'success' group by 1
            having count(*) >= 20 and count(*) filter (g.id is null) > 0.12 * count(*))""",
    "a pack is sold for less, and for the usual price again": """
        select count(*) from (
            select date_trunc('month', created_at) as month, min(amount) < 8000 and max(amount) = 8000 as both_prices
            from payment_notifications where credits_added = 1100 group by 1) where both_prices""",
    "a user buys twice within 90 days": """
        select count(*) from payment_notifications p join payment_notifications q using (user_id)
        where p.mercadopago_id <> q.mercadopago_id and q.created_at > p.created_at
        and q.created_at < p.created_at + interval 80 days""",
    "a user keeps a favourite": "select count(*) from favorites join profiles on profiles.id = user_id",
    "an account is deleted and its photos with it": """
        select count(*) from generation_attempts where status = 'success' and event_id is null
        and user_id not in (select id from profiles) and generation_id not in (select id from generations)""",
    "is_active is NULL": """
        select least(count(*), (select count(*) from events where is_active is null),
                     (select count(*) from styles_metadata where is_active is null))
        from partners where is_active is null""",
    "a role is NULL": "select count(*) from profiles where role is null",
    "updated_at lies": "select count(*) from profiles where total_generations > 0 and updated_at = created_at",
    "a direct failure is refunded": """
        select count(*) from generation_attempts where event_id is null and status <> 'success'
        and credits_charged = 100 and credits_refunded = 100""",
    "a lost connection is not refunded": """
        select count(*) from generation_attempts where event_id is null and status = 'timeout' and credits_refunded = 0""",
    "an event failure is never refunded": """
        select count(*) * (max(credits_refunded) = 0)::int from generation_attempts
        where event_id is not null and status in ('failed', 'timeout') and credits_charged = 1""",
    "a failure leaves no photo": """
        select (count(generation_id) = 0)::int from generation_attempts where status <> 'success'""",
    "an attempt is denied": "select count(*) from generation_attempts where status = 'denied_no_credit'",
    "starting grants of all three kinds": """
        select (count(distinct credits) = 3)::int from profiles where credits in (0, 5, 500) and total_generations = 0""",
    "the counter of photos drifts": """
        select count(*) from profiles p where total_generations < (
            select count(*) from generations g where g.user_id = p.id and event_id is null)""",
    "a party covers two UTC days": """
        select count(*) from (select event_id from generations where event_id is not null group by 1
                              having count(distinct created_at::date) > 1)""",
    "an event without dates": "select count(*) from events where start_date is null",
    "an event of the platform itself": "select count(*) from events where partner_id is null",
    "an older event names its client as text": """
        select count(*) from events where client_id is null and client_email is not null""",
    "an event is topped up": """
        select count(*) from events e join activity_logs l on l.event_id = e.id and l.action = 'event_created'
        where e.credits_allocated > (l.details->>'credits')::int""",
    "many attempts fail within five minutes": """
        select count(*) from (
            select count(*) over five_minutes as tried, count(*) filter (status <> 'success') over five_minutes as failed
            from generation_attempts where status <> 'denied_no_credit'
            window five_minutes as (order by created_at range between interval 5 minutes preceding and current row)
        ) where tried >= 20 and failed > 0.05 * tried""",
    "a partner pays a year in advance": """
        select count(*) from payment_notifications
        where amount > 500000 and user_id in (select partner_id from partner_contracts)""",
    "an applicant waits": "select count(*) from profiles where role = 'pending_partner'",
    "contracts of each status and currency": """
        select (count(distinct (status, currency)) = 6)::int from partner_contracts""",
    "a partner has two contracts at once, in two currencies": """
        select count(*) from partner_contracts a join partner_contracts b on a.partner_id = b.partner_id
        where a.currency = 'ARS' and b.currency = 'USD'
        and b.starts_on <= coalesce(a.ends_on, b.starts_on) and a.starts_on <= coalesce(b.ends_on, a.starts_on)""",
    "a partner is switched off": "select count(*) from partners where is_active = false",
    "every component goes down": """
        select (count(distinct component) filter (not ok) = 4)::int from uptime_checks""",
    "a component is down for two probes": """
        select count(*) from (select ok or lag(ok, 1, true) over (partition by component order by checked_at) as up
                              from uptime_checks) where not up""",
    "photos fail while the AI service or the API is down": """
        select count(*) from uptime_checks c join generation_attempts a on a.status = 'failed'
        and a.created_at between c.checked_at - interval 1 hour and c.checked_at + interval 1 hour
        where not ok and component in ('api', 'ai_service')""",
    "somebody guesses a password": """
        select count(*) from (
            select created_at - lag(created_at, 4) over (partition by user_id order by created_at) as five
            from activity_logs where action = 'login_failed') where five <= interval 5 minute""",
    "a call is denied": "select count(*) from activity_logs where action = 'api_denied'",
    "data is exported": "select count(*) from activity_logs where action = 'export'",
    "rows are deleted in bulk": "select count(*) from activity_logs where action = 'bulk_delete'",
    "the system acts by itself": "select count(*) from activity_logs where action = 'event_deleted' and user_id is null",
}


class TestPhotobooth(Simulated):
    name, tables, people, traps = "photobooth", TABLES, "public.profiles", TRAPS
    stops = (*days_from(START, 2), *days_from(dt.date(2025, 1, 3), 12), dt.date(2025, 2, 28), dt.date(2025, 3, 10))
    optional = ("uptime_checks", "activity_logs", "generation_attempts", "partner_contracts", "events.event_type")
    ahead = ("start_date", "end_date")
    daily_until = dt.date(2025, 1, 15)

    def test_personal_data_is_synthetic(self, db: duckdb.DuckDBPyConnection) -> None:
        for table, column in (
            ("profiles", "email"),
            ("partners", "contact_email"),
            ("clients", "email"),
            ("events", "client_email"),
            ("activity_logs", "user_email"),
        ):
            real = (
                f"select count(*) from {table} where not regexp_matches(lower({column}), '@example\\.(com|org|net)$')"
            )
            assert one(db, real) == 0, table
        assert one(db, "select count(*) from partners where contact_phone not like '+54 11 0000 ____'") == 0
        assert one(db, "select count(*) from generations where image_url not like 'https://img.example.com/%'") == 0

    def test_the_direct_balance_is_what_came_in_less_what_went_out(self, db: duckdb.DuckDBPyConnection) -> None:
        """Payments counted once, plus the grant, less photos and packs: only writes lost by chance may differ."""
        wrong, all_ = db.execute("""
            with paid as (
                select user_id, sum(credits_added) as credits
                from (select distinct mercadopago_id, user_id, credits_added from payment_notifications) group by 1
            ),
            spent as (
                select user_id, sum(credits_charged - credits_refunded) as credits from generation_attempts
                where event_id is null group by 1
            )
            select count(*) filter (
                (p.credits - coalesce(paid.credits, 0) + coalesce(spent.credits, 0)
                    + 3000 * coalesce(len(p.unlocked_packs), 0)) not in (0, 5, 500)
            ), count(*)
            from profiles p left join paid on paid.user_id = p.id left join spent on spent.user_id = p.id
            where coalesce(p.role, 'user') = 'user'
        """).fetchone()
        assert all_ > 50
        assert 0 <= wrong <= 0.05 * all_

    def test_the_partner_counter_is_the_budget_of_its_events_and_what_deleted_events_kept(
        self, db: duckdb.DuckDBPyConnection
    ) -> None:
        difference = """
            select {what} from (
                select p.credits_used - coalesce(e.budget, 0) - coalesce(w.used, 0) as kept, p.id from partners p
                left join (
                    select partner_id, sum(credits_allocated) as budget from events where client_id is null group by 1
                ) e on e.partner_id = p.id
                left join (
                    select partner_id, sum(amount) as used from wallet_transactions where type = 'usage' group by 1
                ) w on w.partner_id = p.id
            )
        """
        assert one(db, difference.format(what="count(*) filter (kept < 0)")) == 0
        assert one(db, difference.format(what="count(*) filter (kept > 0)")) > 0
        gone = "select partner_id from activity_logs where action = 'event_deleted' and partner_id is not null"
        assert one(db, difference.format(what=f"count(*) filter (kept > 0 and id not in ({gone}))")) == 0

    def test_attempts_per_photo_are_as_planned(self, db: duckdb.DuckDBPyConnection) -> None:
        ratio = one(db, "select count(*) / count(*) filter (status = 'success') from generation_attempts")
        assert 1.03 <= ratio <= 1.08

    def test_two_years_have_every_segment(self, db: duckdb.DuckDBPyConnection) -> None:
        segments = dict(
            db.execute("""
                with counted as (
                    select p.id,
                        count(e.id) filter (e.created_at >= '2026-10-01' and e.created_at < '2026-11-01') as month,
                        count(e.id) filter (e.created_at >= '2026-08-22') as quarter,
                        sum(e.credits_used) / sum(e.credits_allocated) as use
                    from partners p left join events e on e.partner_id = p.id group by 1
                )
                select case when quarter = 0 then 'dormant' when month >= 10 and use >= 0.8 then 'power'
                            when month between 3 and 9 then 'active' when month between 1 and 2 then 'occasional'
                            else 'other' end as segment, count(*) from counted group by 1
            """).fetchall()
        )
        assert {"dormant", "power", "active", "occasional"} <= set(segments), segments

    def test_two_years_have_grown_and_seen_contracts_end(self, db: duckdb.DuckDBPyConnection) -> None:
        assert one(db, "select count(*) from partner_contracts where status = 'ended'") > 0
        early, late = (
            one(db, f"select count(*) from generations where created_at >= '{a}' and created_at < '{b}'")
            for a, b in (("2025-05-01", "2025-08-01"), ("2026-08-01", "2026-11-01"))
        )
        assert late > 1.5 * early

    def test_rows_come_late_and_rows_vanish(self, later: Path) -> None:
        """Thirty nights: what is new on a day but says it is older, and what was there the day before and is gone."""
        tables = ("generations", "generation_attempts", "favorites", "events")
        late = dict.fromkeys(tables, 0)
        gone = dict.fromkeys(tables, 0)

        def rows() -> dict[str, dict[object, dt.datetime]]:
            with reading(later) as db:
                # Nothing here lives on for longer, but for some favourites.
                recent = f"created_at >= date '{UNTIL}' - 50"
                return {
                    t: dict(db.execute(f"select id, created_at from public.{t} where {recent}").fetchall())
                    for t in tables
                }

        before = rows()
        for number in range(1, 31):
            day = UNTIL + dt.timedelta(days=number)
            self.run(later, day, SCALE)
            after = rows()
            for table in tables:
                late[table] += sum(
                    moment.date() < day for key, moment in after[table].items() if key not in before[table]
                )
                gone[table] += len(before[table].keys() - after[table].keys())
            before = after
        assert late["generations"] > 3 and late["generation_attempts"] > 3
        assert (late["favorites"], late["events"]) == (0, 0)
        assert all(gone[table] > 0 for table in tables if table != "generation_attempts"), gone
        assert gone["generation_attempts"] == 0


def test_most_late_rows_are_hours_late_and_a_few_are_days() -> None:
    world, rng = World(seed=7, scale=1), random.Random(7)
    now = world.today.at(43200)
    delays = [(now - world.late(rng, now, now - dt.timedelta(days=99))).total_seconds() / 3600 for _ in range(50_000)]
    hours = [d for d in delays if 0 < d <= 26]
    days = [d for d in delays if 72 <= d <= 144]
    assert len(hours) + len(days) == sum(d > 0 for d in delays)
    assert 1000 < len(hours) < 3000
    assert 10 < len(days) < 200
