"""Chains of retries against a plain reading of their definition, attempt by attempt.

The model sorts only what lies near a failure and follows pointers level by level; this test finds a retry that it loses at the border
of its five-minute places, in long waits, in branches, or in circles.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from tests.dbt.compiled import compiled_marts

START = datetime(2026, 10, 1, tzinfo=UTC)
PAUSE = timedelta(minutes=5)


@dataclass
class Attempt:
    key: str
    platform: str
    user: str | None
    model: str | None
    outcome: str
    at: datetime
    finished: datetime | None
    retries: int | None
    retry_of: str | None

    @property
    def ended(self) -> datetime:
        return min(max(self.finished or self.at, self.at), self.at + timedelta(days=1))

    @property
    def failed(self) -> bool:
        return self.outcome in ("failed", "timeout")


def attempts(rng: random.Random) -> list[Attempt]:
    """Attempts in bursts, many of them on whole minutes, so that borders and ties occur."""
    made: list[Attempt] = []
    for n in range(700):
        platform = rng.choice(["clock", "clock", "told"])
        at = START + timedelta(hours=6 * rng.randrange(12), seconds=rng.choice([60, 30, 1]) * rng.randrange(40))
        lasted = rng.choice([None, timedelta(0), timedelta(minutes=5), timedelta(minutes=17), timedelta(days=3)])
        outcome = rng.choice(["succeeded", "succeeded", "failed", "timeout", "cancelled", "denied"])
        earlier = [a.key for a in made if a.platform == "told"]
        told = rng.choice([*earlier, "gone", f"told:{n + 1}"]) if platform == "told" and rng.random() < 0.4 else None
        user, model = rng.choice(["u", "v", None]), rng.choice(["m", None])
        finished = at + lasted if lasted is not None else None
        made.append(
            Attempt(f"{platform}:{n}", platform, user, model, outcome, at, finished, rng.choice([None, 0, 0, 2]), told)
        )
    return made


def chains(rows: list[Attempt]) -> set[tuple[object, ...]]:
    """key, attempts, failures, failures tried again, failed first, recovered - of chains with a failure or a retry."""
    began = sorted((a for a in rows if a.outcome != "denied"), key=lambda a: (a.at, a.key))
    by_key = {a.key: a for a in began}
    original: dict[str, str] = {}
    before: dict[tuple[object, ...], Attempt] = {}
    for a in began:
        if a.platform == "told":
            other = by_key.get(a.retry_of or "")
            if other and (other.at, other.key) < (a.at, a.key):
                original[a.key] = other.key
            continue
        line = (a.user or a.key, a.model)
        last = before.get(line)
        if last and last.failed and a.at > last.at and timedelta(0) <= a.at - last.ended <= PAUSE:
            original[a.key] = last.key
        before[line] = a
    members: dict[str, list[Attempt]] = defaultdict(list)
    for a in began:
        first = a.key
        while first in original:
            first = original[first]
        members[first].append(a)
    again = set(original.values())
    found: set[tuple[object, ...]] = set()
    for first, chain in members.items():
        inner = sum(a.retries or 0 for a in chain)
        failures = inner + sum(a.failed for a in chain)
        retried = inner + sum(a.failed and a.key in again for a in chain)
        root = by_key[first]
        failed_first = root.failed or bool(root.retries)
        if len(chain) + inner > 1 or failures:
            recovered = failed_first and any(a.outcome == "succeeded" for a in chain)
            found.add((first, len(chain) + inner, failures, retried, failed_first, recovered))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_chains_are_those_of_their_definition(seed: int) -> None:
    rows = attempts(random.Random(seed))
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'; attach ':memory:' as warehouse; create schema warehouse.intermediate")
        con.execute(
            "create table warehouse.intermediate.generation_outcomes (outcome_key varchar, platform varchar, user_key varchar,"
            " generation_kind varchar, model_name varchar, model_key varchar, outcome varchar, is_success boolean, is_failed boolean,"
            " generated_at timestamptz, finished_at timestamptz, retry_count bigint, retry_of_key varchar, reporting_date date)"
        )
        con.executemany(
            "insert into warehouse.intermediate.generation_outcomes"
            " values (?, ?, ?, 'text', ?, null, ?, ?, ?, ?, ?, ?, ?, date '2026-10-01')",
            [
                (a.key, a.platform, a.user, a.model, a.outcome, a.outcome == "succeeded", a.failed)
                + (a.at, a.finished, a.retries, a.retry_of)
                for a in rows
            ],
        )
        sql = compiled_marts().select_of("generation_chains")
        columns = "chain_key, attempts_count, failures_count, retried_failures_count, is_failed_first, is_recovered"
        built = set(con.execute(f"select {columns} from ({sql})").fetchall())  # noqa: S608
    expected = chains(rows)
    assert built == expected
    assert any(recovered for *_, recovered in expected)
