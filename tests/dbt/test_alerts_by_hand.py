"""Alerts of three days small enough to check on paper: the platform is read on 13, 14 and 15 October 2026, days end at midnight UTC.

Belongs here: what the rules of the seed say about rows by hand. Does not: one rule's borders (unit tests beside the models).
"""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.settings import PROJECT
from simulator.photobooth import tunables
from tests.dbt.compiled import compiled_marts
from tests.dbt.marts_world import World, at, key

TUE, WED, THU = "2026-10-13", "2026-10-14", "2026-10-15"


def partners(world: World) -> None:
    """Of 1000 credits: ada allocates 900, then 901; ben is found with 5 % left and tops up; cleo has nothing to run out of."""
    ada = {"id": key("ada"), "name": "Ada", "credits_total": 1000, "created_at": at("2026-07-01")}
    ben = {"id": key("ben"), "name": "Ben", "credits_used": 950, "created_at": at("2026-07-01")}
    world.found(TUE, "partners", **ada, credits_used=900)  # exactly 10 % left
    world.found(THU, "partners", **ada, credits_used=901)
    world.found(TUE, "partners", **ben, credits_total=1000)
    world.found(WED, "partners", **ben, credits_total=2000)
    world.found(TUE, "partners", id=key("cleo"), name="Cleo", created_at=at("2026-07-01"))
    world.found(TUE, "profiles", id=key("dan"), role="pending_partner", created_at=at("2026-10-12 15:00"))
    world.found(WED, "profiles", id=key("dan"), role="partner", created_at=at("2026-10-12 15:00"))
    world.found(WED, "profiles", id=key("eve"), role="pending_partner", created_at=at("2026-10-14 09:00"))


def attempts(world: World) -> None:
    """A full minute of attempts each time: how many of how many fail."""
    minutes = [
        ("2026-10-13 20:00", 1, 20),  # exactly 5 %
        ("2026-10-13 21:00", 19, 19),  # too few
        ("2026-10-14 20:00", 3, 20),
        ("2026-10-14 20:30", 2, 25),  # within the cooldown: windows fire until 20:05, it is clear at 20:07
        ("2026-10-14 21:30", 2, 39),  # after it
    ]
    for moment, failed, total in minutes:
        for n in range(total):
            status = "failed" if n < failed else "success"
            row = {"status": status, "user_id": key("ann"), "created_at": at(moment) + timedelta(seconds=n)}
            world.found(THU, "generation_attempts", id=key(f"{moment} {n}"), **row)
    for n in range(50):  # refused ones are no failures of the service
        row = {"status": "denied_no_credit", "user_id": key("ann"), "created_at": at("2026-10-15 12:00")}
        world.found(THU, "generation_attempts", id=key(f"denied {n}"), **row)


def payments(world: World) -> None:
    for n, (payer, amount, notified) in enumerate([("ann", 500_000, 1), ("ada", 500_000.01, 2)]):
        for copy in range(notified):
            row = {"mercadopago_id_hash": f"mp{n}", "status": "approved", "user_id": key(payer), "amount": amount}
            row |= {"created_at": at(f"2026-10-14 11:0{copy}"), "currency_id": "ARS"}
            world.found(THU, "payment_notifications", id=key(f"payment {n} {copy}"), **row)


def actions(world: World) -> None:
    logged = [
        *[("ann", "login_failed", f"2026-10-14 08:0{n}") for n in range(5)],
        *[("bob", "login_failed", f"2026-10-14 08:0{n}") for n in range(4)],
        ("admin", "export", "2026-10-13 10:00"),
        ("admin", "export", "2026-10-13 11:30"),  # the first is clear at 11:02, its cooldown lasts until 12:02
        ("admin", "export", "2026-10-15 23:30"),  # still in its window at midnight
        (None, "bulk_delete", "2026-10-13 10:00"),
        ("bob", "api_denied", "2026-10-14 10:00"),
        ("ann", "login", "2026-10-14 08:06"),
    ]
    for n, (user, action, moment) in enumerate(logged):
        row = {"user_id": key(user) if user else None, "action": action, "created_at": at(moment)}
        world.found(THU, "activity_logs", id=key(f"log {n}"), **row)


def probes(world: World) -> None:
    """Every 5 minutes from 23:30 to 00:30, and once at noon of the last day: the database is down over midnight, the API at the end."""
    night = [at("2026-10-13 23:30") + timedelta(minutes=5 * n) for n in range(13)]
    down = {
        "database": [night[4], night[5], night[6], night[8]],  # 23:50, 23:55, 00:00, 00:10: 00:05 alone is not clear
        "ai_service": [night[11]],  # 00:25: after it one good probe, then another at noon
        "api": [at("2026-10-15 12:00")],
        "storage": [night[1]],  # not critical, and no rule looks at it
    }
    number = 0
    for component in ("api", "database", "storage", "ai_service"):
        for moment in [*night, at("2026-10-15 12:00")]:
            number += 1
            row = {"checked_at": moment, "component": component, "ok": moment not in down.get(component, [])}
            world.found(THU, "uptime_checks", id=number, latency_ms=20, **row)


@pytest.fixture(scope="module")
def alerts(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    world = World()
    for user in ("ann", "bob"):
        world.found(TUE, "profiles", id=key(user), role="user", created_at=at("2026-10-01"))
    world.found(TUE, "profiles", id=key("admin"), is_master=True, created_at=at("2026-10-01"))
    for part in (partners, attempts, payments, actions, probes):
        part(world)
    return build(world, tmp_path_factory.mktemp("alerts"))


def build(world: World, home: Path) -> duckdb.DuckDBPyConnection:
    return compiled_marts().over(world, home, "2026-10-01", THU, marts=("mart_alerts",))


def name(subject: str) -> str:
    """The short name of a key."""
    names = {f"photobooth:{key(n)}": n for n in ("ada", "ben", "ann", "bob", "admin", "payment 1 0")}
    applications = {f"photobooth:{key(n)}:1": n for n in ("dan", "eve")}
    return (names | applications).get(subject, subject.removeprefix("photobooth:"))


MIDNIGHT = "2026-10-16 00:00"


def test_every_alert_opens_and_resolves_when_it_should(alerts):
    rows = alerts.execute(
        "select rule_id, subject_key, strftime(opened_at at time zone 'UTC', '%Y-%m-%d %H:%M'), opened_date::varchar,"
        " strftime(last_seen_at at time zone 'UTC', '%Y-%m-%d %H:%M'),"
        " strftime(resolved_at at time zone 'UTC', '%Y-%m-%d %H:%M'), resolved_date::varchar, value from marts.mart_alerts"
        " order by rule_id, opened_at, subject_key"
    ).fetchall()
    found = [(rule, name(subject), *rest) for rule, subject, *rest in rows]
    assert found == [
        ("bulk_deletion", "photobooth", "2026-10-13 10:01", TUE, "2026-10-13 11:00", "2026-10-13 11:02", TUE, 1),
        # an export is seen for an hour; the second comes 28 minutes after the first is clear
        ("data_export", "admin", "2026-10-13 10:01", TUE, "2026-10-13 12:30", "2026-10-13 12:32", TUE, 1),
        ("data_export", "admin", "2026-10-15 23:31", THU, MIDNIGHT, None, None, 1),
        # midnight itself belongs to Wednesday; 00:15 and 00:20 are the two good probes
        ("database_down", "database", "2026-10-13 23:50", TUE, "2026-10-14 00:10", "2026-10-14 00:20", WED, 4),
        # 3 of 20 at 20:00 and 2 of 25 at 20:30 are one alert, of 15 %; 2 of 39 is 5.1282 %
        ("error_rate_high", "photobooth", "2026-10-14 20:01", WED, "2026-10-14 20:35", "2026-10-14 20:37", WED, 15),
        ("error_rate_high", "photobooth", "2026-10-14 21:31", WED, "2026-10-14 21:35", "2026-10-14 21:37", WED, 5.1282),
        # the fifth attempt is that of 08:04; at 08:16 the window begins at 08:01 and holds four
        ("failed_logins", "ann", "2026-10-14 08:05", WED, "2026-10-14 08:15", "2026-10-14 08:17", WED, 5),
        ("high_value_payment", "payment 1 0", "2026-10-14 11:01", WED, "2026-10-14 12:00", "2026-10-14 12:02", WED, 500000.01),
        ("partner_application", "dan", "2026-10-12 15:00", "2026-10-12", "2026-10-15 00:00", "2026-10-15 00:00", WED, 1),
        ("partner_application", "eve", "2026-10-14 09:00", WED, MIDNIGHT, None, None, 1),
        # found on the first look, better on Wednesday, clear a second time on Thursday
        ("partner_low_credit", "ben", "2026-10-14 00:00", TUE, "2026-10-14 00:00", MIDNIGHT, THU, 5),
        ("partner_low_credit", "ada", MIDNIGHT, THU, MIDNIGHT, None, None, 9.9),
        # the database until 00:20, ai_service 00:25 within 30 minutes and clear at noon of Thursday: the API goes on from there
        ("pulse_red", "photobooth", "2026-10-13 23:50", TUE, "2026-10-15 12:00", None, None, 21),
        ("service_down", "ai_service", "2026-10-14 00:25", WED, "2026-10-14 00:25", "2026-10-15 12:00", THU, 1),
        ("service_down", "api", "2026-10-15 12:00", THU, "2026-10-15 12:00", None, None, 1),
        ("unauthorized_access", "bob", "2026-10-14 10:01", WED, "2026-10-14 11:00", "2026-10-14 11:02", WED, 1),
    ]  # fmt: skip


def test_evidence_says_what_was_seen(alerts):
    evidence = dict(alerts.execute(
        "select rule_id, any_value(evidence order by opened_at) from marts.mart_alerts group by rule_id"
    ).fetchall())  # fmt: skip
    assert evidence == {
        "bulk_deletion": "1 bulk deletions within 60 minutes",
        "data_export": "1 exports within 60 minutes",
        "database_down": "database did not answer",
        "error_rate_high": "3 of 20 attempts failed within 5 minutes",
        "failed_logins": "5 failed logins within 15 minutes",
        "high_value_payment": "one payment of 500000.01 ARS",
        "partner_application": "applied on 2026-10-12",
        "partner_low_credit": "50 of 1000 credits left",
        "pulse_red": "ai_service did not answer, api did not answer, attempts failed, database did not answer",
        "service_down": "ai_service did not answer",
        "unauthorized_access": "1 refused calls within 60 minutes",
    }


def test_rules_name_what_exists():
    """A component, action or kind that is spelled wrong would never fire."""
    with (PROJECT / "dbt_project/seeds/alert_rules.csv").open() as lines:
        rules = {rule["rule_id"]: rule for rule in csv.DictReader(lines)}
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())
    assert rules["pulse_red"]["signal"].split() == project["vars"]["critical_components"]
    assert {rule["comparison"] for rule in rules.values()} <= {">", ">=", "<"}
    assert {rule["severity"] for rule in rules.values()} == {"critical", "warning", "info"}
    signals = {"rate": {"attempts"}, "level": {"credits_remaining_pct"}, "task": {"partner_application"}}
    signals |= {"count": {"login_failed", "bulk_delete", "export", "api_denied"}, "amount": {"ARS"}}
    signals |= {"probe": set(tunables.COMPONENTS), "pulse": set(tunables.COMPONENTS)}
    assert not [rule for rule in rules.values() if not signals[rule["kind"]].issuperset(rule["signal"].split())]
    windowed = {name for name, rule in rules.items() if rule["kind"] in ("rate", "count", "amount")}
    assert windowed == {name for name, rule in rules.items() if rule["window_minutes"]}
