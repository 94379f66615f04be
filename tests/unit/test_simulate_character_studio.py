"""character_studio's demo: a history of runs equals one run, and every trap of the real system really occurs."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from simulator import engine, simulate
from simulator.character_studio import START, TABLES

SCALE = 0.3
UNTIL = dt.date(2026, 11, 20)
SMALL = 0.25


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years at less than a third of the usual size."""
    path = tmp_path_factory.mktemp("world") / "character_studio.duckdb"
    simulate("character_studio", str(path), scale=SCALE, until=UNTIL)
    return path


@pytest.fixture(scope="module")
def db(world: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(world), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'; SET search_path = 'public'")
        yield connection


def content(path: Path) -> dict[str, list[str]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return {
            t.name: sorted(map(repr, connection.execute(f"select * from public.{t.name}").fetchall())) for t in TABLES
        }


def one(db: duckdb.DuckDBPyConnection, sql: str) -> int:
    return db.execute(sql).fetchall()[0][0]


# --- the same world, however one comes to it ---------------------------------------------------------------------------


def test_a_history_of_runs_equals_one_run(tmp_path: Path) -> None:
    once, often, last = tmp_path / "once.duckdb", tmp_path / "often.duckdb", dt.date(2025, 3, 20)
    simulate("character_studio", str(once), scale=SMALL, until=last)
    for days in (0, 1, *range(100, 106)):
        simulate("character_studio", str(often), scale=SMALL, until=START + dt.timedelta(days=days))
    simulate("character_studio", str(often), scale=SMALL, until=last)
    expected, found = content(once), content(often)
    for table in TABLES:
        assert found[table.name] == expected[table.name], table.name
        assert expected[table.name], f"{table.name} is empty, so the comparison proves nothing"


def test_another_seed_is_another_world(tmp_path: Path) -> None:
    for seed in (7, 8):
        simulate("character_studio", str(tmp_path / f"{seed}.duckdb"), SMALL, seed, START + dt.timedelta(days=2))
    assert content(tmp_path / "7.duckdb")["users"] != content(tmp_path / "8.duckdb")["users"]


@pytest.mark.parametrize("scale", [0.001, 1.5])
def test_any_scale_knows_where_it_stands_also_without_what_is_optional(tmp_path: Path, scale: float) -> None:
    path = str(tmp_path / "a.duckdb")
    assert simulate("character_studio", path, scale=scale, until=dt.date(2024, 11, 9)).days_advanced == 9
    with duckdb.connect(path) as connection:
        connection.execute("drop table public.payments; drop table public.app_sessions")
        for column in ("signup_source", "country_code"):
            connection.execute(f"alter table public.users drop column {column}")
    assert simulate("character_studio", path, scale=scale, until=dt.date(2024, 11, 12)).days_advanced == 3


# --- what must never be ------------------------------------------------------------------------------------------------

PLANNED = {"current_period_end", "expired_at", "expires_at"}


def test_nothing_lies_in_the_future(db: duckdb.DuckDBPyConnection) -> None:
    end = UNTIL + dt.timedelta(days=1)
    for table in TABLES:
        for column in table.columns:
            if column.type.startswith("timestamp") and column.name not in PLANNED:
                assert one(db, f"select count(*) from {table.name} where {column.name} >= '{end}'") == 0, (
                    f"{table.name}.{column.name}"
                )


def test_keys_are_unique_required_columns_filled_and_enums_kept(db: duckdb.DuckDBPyConnection) -> None:
    for table in TABLES:
        for group in ((table.key,), *table.unique):
            names = ", ".join(group)
            doubled = (
                f"select count(*) from {table.name} where ({names}) is not null group by {names} having count(*) > 1"
            )
            assert not db.execute(doubled).fetchall(), (table.name, names)
        for column in table.columns:
            if not column.null:
                assert one(db, f"select count(*) from {table.name} where {column.name} is null") == 0
            if column.values:
                found = db.execute(f"select distinct {column.name} from {table.name}").fetchall()
                assert {value for (value,) in found} <= {None, *column.values}, (table.name, column.name)


def test_children_belong_to_somebody(db: duckdb.DuckDBPyConnection) -> None:
    """The cascade of a deleted account or character reaches the rows of all its days."""
    for table in TABLES:
        if "user_id" in table.names:
            assert one(db, f"select count(*) from {table.name} where user_id not in (select id from users)") == 0
        if "character_id" in table.names:
            lost = f"select count(*) from {table.name} where character_id not in (select id from characters)"
            assert one(db, lost) == 0, table.name


def test_a_balance_follows_from_the_one_before_unless_it_was_set(db: duckdb.DuckDBPyConnection) -> None:
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


def test_a_person_has_at_most_one_paid_plan(db: duckdb.DuckDBPyConnection) -> None:
    live = "select user_id from subscriptions where status in ('active', 'past_due') group by 1 having count(*) > 1"
    assert not db.execute(live).fetchall()


# --- the traps of the system, one by one -------------------------------------------------------------------------------

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


@pytest.mark.parametrize("trap", TRAPS)
def test_the_trap_occurs(db: duckdb.DuckDBPyConnection, trap: str) -> None:
    assert one(db, TRAPS[trap]) > 0


def test_rows_come_late_rows_vanish_and_rows_change(
    world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty nights: what is new on a day but says it is older, what is gone, and what is not as it was."""
    path = tmp_path / "later.duckdb"
    shutil.copy(world, path)
    seen = ("credit_transactions", "generation_jobs", "images", "posts", "payments", "funnel_sessions")
    late, gone, changed = (dict.fromkeys(seen, 0) for _ in range(3))
    nights: list[dict[str, dict[object, tuple]]] = []

    def look(_: str = "") -> None:
        day = UNTIL + dt.timedelta(days=len(nights))
        with duckdb.connect(str(path)) as db:
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
    simulate("character_studio", str(path), scale=SCALE, until=until, progress=look)
    assert len(nights) == 21
    assert late["credit_transactions"] > 0 and late["generation_jobs"] > 0
    assert late["funnel_sessions"] == 0, "the newest visit says where a database stands"
    assert gone["posts"] > 0 and gone["images"] > 0 and gone["funnel_sessions"] == 0
    for table in ("generation_jobs", "images", "posts", "payments", "funnel_sessions"):
        assert changed[table] > 0, table
    assert changed["credit_transactions"] == 0


def test_volumes_are_in_proportion(db: duckdb.DuckDBPyConnection) -> None:
    count = {t.name: one(db, f"select count(*) from {t.name}") for t in TABLES}
    assert 0.8 * 1000 * SCALE < count["users"] < 1.3 * 1000 * SCALE
    assert sum(count.values()) < 120_000 * SCALE
    assert 1.1 < count["subscriptions"] / count["users"] < 1.5
    assert 1.2 < count["characters"] / count["users"] < 1.8
    assert 1.2 < count["images"] / count["generation_jobs"] < 1.6
    assert 0.05 < count["posts"] / count["images"] < 0.10
