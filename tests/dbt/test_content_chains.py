"""Retries and their chains against a plain reading of their definition, attempt by attempt.

The models sort only what lies near a failure and follow pointers level by level; this test finds a retry that they lose at the border
of their five-minute places, in long waits, in branches, or in circles.
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
    retries: int
    retry_of: str | None

    @property
    def ended(self) -> datetime:
        return min(max(self.finished or self.at, self.at), self.at + timedelta(days=1))

    @property
    def failed(self) -> bool:
        return self.outcome in ("failed", "timeout")


def attempts(rng: random.Random) -> list[Attempt]:
    """Attempts in bursts, many of them on whole minutes, so that borders and ties occur."""
    inner = rng.choice([("counted",), ("counted", "told")])  # platforms that count retries within the row
    made: list[Attempt] = []
    for n in range(700):
        platform = rng.choice(["clock", "clock", "told", "counted"])
        at = START + timedelta(hours=6 * rng.randrange(12), seconds=rng.choice([60, 30, 1]) * rng.randrange(40))
        lasted = rng.choice([None, timedelta(0), timedelta(minutes=5), timedelta(minutes=17), timedelta(days=3)])
        outcome = rng.choice(["succeeded", "succeeded", "failed", "timeout", "cancelled", "denied"])
        earlier = [a.key for a in made if a.platform == "told"]
        told = rng.choice([*earlier, "gone", f"told:{n + 1}"]) if platform == "told" and rng.random() < 0.4 else None
        user, model = rng.choice(["u", "v", None]), rng.choice(["m", None])
        finished = at + lasted if lasted is not None else None
        retries = rng.choice([0, 0, 0, 2]) if platform in inner else 0
        made.append(Attempt(f"{platform}:{n}", platform, user, model, outcome, at, finished, retries, told))
    return made


def followed(began: list[Attempt]) -> dict[str, str]:
    """What every retry tried again, by the clock: key by key."""
    original: dict[str, str] = {}
    before: dict[tuple[object, ...], Attempt] = {}
    for a in began:
        line = (a.platform, a.user or a.key, a.model)
        last = before.get(line)
        if last and last.failed and a.at > last.at and timedelta(0) <= a.at - last.ended <= PAUSE:
            original[a.key] = last.key
        before[line] = a
    return original


def chains(rows: list[Attempt]) -> set[tuple[object, ...]]:
    """Attempts of chains with a failure or a retry.

    key, first of its chain, failures, failures tried again; and of the first: chain retried, failed first, recovered, attempts up to the
    first success.
    """
    began = sorted((a for a in rows if a.outcome != "denied"), key=lambda a: (a.at, a.key))
    by_key = {a.key: a for a in began}
    soon = followed(began)
    again = set(soon.values())
    original = {key: other for key, other in soon.items() if by_key[key].platform == "clock"}
    for a in began:
        other = by_key.get(a.retry_of or "")
        if other and (other.at, other.key) < (a.at, a.key):
            original[a.key] = other.key
    members: dict[str, list[Attempt]] = defaultdict(list)
    for a in began:
        first = a.key
        while first in original:
            first = original[first]
        members[first].append(a)
    found: set[tuple[object, ...]] = set()
    for first, chain in members.items():
        tries = len(chain) + sum(a.retries for a in chain)
        if tries == 1 and not chain[0].failed:
            continue
        failed_first = by_key[first].failed or bool(by_key[first].retries)
        recovered = failed_first and any(a.outcome == "succeeded" for a in chain)
        needed = None
        for number, a in enumerate(chain):
            if a.outcome == "succeeded":
                needed = number + 1 + sum(b.retries for b in chain[: number + 1])
                break
        for a in chain:
            inner = a.retries
            of_chain = (tries > 1, failed_first, recovered, needed) if a.key == first else (False, False, False, None)
            found.add((a.key, first, inner + a.failed, inner + (a.failed and a.key in again), *of_chain))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_chains_are_those_of_their_definition(seed: int) -> None:
    rows = attempts(random.Random(seed))
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'; attach ':memory:' as warehouse; create schema warehouse.intermediate")
        con.execute(
            "create table warehouse.intermediate.generation_outcomes (outcome_key varchar, platform varchar, user_key varchar,"
            " generation_kind varchar, model_name varchar, model_key varchar, outcome varchar, is_success boolean, is_failed boolean,"
            " generated_at timestamptz, finished_at timestamptz, inner_retries_count bigint, retry_of_key varchar, reporting_date date)"
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
        marts = compiled_marts()
        con.execute(f"create view warehouse.intermediate.generation_retries as {marts.select_of('generation_retries')}")
        columns = (
            "outcome_key, chain_key, failures_count, retried_failures_count, is_retried, is_failed_first, is_recovered,"
            " attempts_to_success"
        )
        built = con.execute(f"select {columns} from ({marts.select_of('generation_chains')})").fetchall()  # noqa: S608
    expected = chains(rows)
    assert set(built) == expected
    assert len(built) == len(expected)
    assert any(recovered and needed == 3 for *_, recovered, needed in expected)
