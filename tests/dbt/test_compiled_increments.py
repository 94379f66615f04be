"""After any history of nights the incremental models equal their full build: hundreds of histories of their compiled SQL.

A night is real but for dbt itself, which compiled once (increments.py). Histories hold late rows, moved, changed and deleted
rows, doubled keys, days that become empty, payments notified again or under another name, backfills, skipped days and reruns,
loads and builds that die, and reporting days of zones that lie far from UTC or change their clocks in the middle.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.dbt.increments import CALLS, OPERATIONS, PHOTOS, RATINGS, TRACKS, Compiled, Nights, Subject, compile_models

# Where clocks change, the histories begin a few days before.
ZONES = {
    "UTC": date(2026, 3, 1),
    "America/Argentina/Buenos_Aires": date(2026, 3, 1),
    "Europe/Berlin": date(2026, 3, 26),  # 23 hours on 2026-03-29
    "America/New_York": date(2026, 10, 28),  # 25 hours on 2026-11-01
    "America/Santiago": date(2026, 9, 2),  # midnight does not exist on 2026-09-06
    "Pacific/Kiritimati": date(2026, 3, 1),  # 14 hours ahead of UTC
    "Pacific/Pago_Pago": date(2026, 3, 1),  # 11 hours behind
}
HOURS = [timedelta(hours=h) for h in (0, 0.5, 1.5, 2.5, 12, 22.5, 23.5)] + [timedelta(microseconds=-1)]
MOST_PHOTOS, MOST_PAYMENTS, MOST_TRACES, USERS, EXTERNAL = 4, 9, 4, 3, ["m1", "m2", "m1", "m2", None]
FIRST_NIGHT = 4  # days into the history; rows may be as old as its first day

CHANGES = ["photo"] * 5 + ["no photo"] * 3 + ["payment"] * 6 + ["no payment"] * 2 + ["photo again"] * 2 + ["empty day"]
# what runs, how many days later, what had changed by then, and where it dies (None: it doesn't; -1: after the load)
RUNS = ["nightly"] * 6 + ["backfill"] * 2 + ["another zone"]
DEATHS = [None] * 6 + [-1, 0, 1, 2]


def logged(subject: Subject) -> list[str]:
    """The kinds of changes of a subject whose rows stand each for itself."""
    return [*subject.traces, "no trace", "no trace", "empty day"]


def histories(kinds: list[str]) -> st.SearchStrategy[tuple]:
    """A zone, what there is on the first night, and nights, of changes of these kinds."""
    change = st.tuples(
        st.sampled_from(kinds), st.integers(1, 12), st.integers(-2, 6), st.sampled_from(HOURS), st.integers(0, 15)
    )
    changes = st.lists(change, min_size=1, max_size=5)
    night = st.tuples(st.sampled_from(RUNS), st.integers(0, 2), changes, st.sampled_from(DEATHS))
    first_changes = st.lists(change, min_size=6, max_size=12)
    return st.tuples(st.sampled_from(sorted(ZONES)), first_changes, st.lists(night, min_size=1, max_size=4))


QUICK = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return compile_models(tmp_path_factory.mktemp("compiled"))


def live(nights: Nights, changes: list[tuple], tonight: int) -> None:
    """Change the source; `back` counts from tonight, and rows of tomorrow are already there."""
    for kind, number, back, after, choice in changes:
        day = max(0, tonight - back)
        at = nights.moment(day, after)
        photo, payment = 1 + number % MOST_PHOTOS, 1 + number % MOST_PAYMENTS
        if kind in ("photo", "photo again"):
            nights.photo(photo, at, choice % (USERS + 1), again=kind == "photo again")
        elif kind == "payment":
            status = "pending" if choice > 13 else "approved"
            nights.payment(payment, at, choice % USERS, EXTERNAL[choice % len(EXTERNAL)], status)
        elif kind in nights.subject.traces:
            nights.trace(kind, 1 + number % MOST_TRACES, at, choice)
        elif kind == "no trace":
            tables = list(nights.subject.traces.values())
            nights.remove(tables[choice % len(tables)], 1 + number % MOST_TRACES)
        elif kind == "no photo":
            nights.remove("generations", photo)
        elif kind == "no payment":
            nights.remove("payment_notifications", payment)
        else:
            nights.empty(day)


def play(nights: Nights, history: tuple[str, list[tuple], list[tuple]]) -> None:
    """Live through a history; after every build that succeeds, and at the end, nothing differs from a full build."""
    zone, first_changes, runs = history
    nights.begin(ZONES[zone], zone)
    tonight = FIRST_NIGHT
    live(nights, first_changes, tonight)
    nights.load(tonight, tonight)
    assert nights.build() and nights.differences() == {}
    succeeded = True
    for run, later, changes, death in runs:
        tonight += later
        live(nights, changes, tonight)
        if run == "another zone":
            nights.timezone = zone if nights.timezone != zone else "Europe/Berlin" if zone == "UTC" else "UTC"
        days = (max(0, tonight - 5), tonight - 2) if run == "backfill" else (tonight, tonight)
        nights.load(*days)
        succeeded = death != -1 and nights.build(death)
        if succeeded:
            assert nights.differences() == {}
    if not succeeded:
        assert nights.build() and nights.differences() == {}


def was_awkward(nights: Nights, histories: int, *also: str) -> None:
    """The histories held what they are for, each in at least one of fifty."""
    demanded = [
        *(f"{model.name} {what}" for model in nights.models for what in ("has rows", "lost a day")),
        *("nightly", "backfill", "increment", "full", "died", "nothing to build", *also),
    ]  # fmt: skip
    rare = {what: nights.counts[what] for what in demanded if nights.counts[what] < histories / 50}
    assert not rare, f"{rare} in {histories} histories"


def prove(nights: Nights, kinds: list[str], number: int, **how: Any) -> None:
    @settings(max_examples=number, **QUICK, **how)
    @given(history=histories(kinds))
    def every(history: tuple[str, list[tuple], list[tuple]]) -> None:
        play(nights, history)

    every()


SEEN = ("a payment became the first", "a payment became a repetition", "a photo moved")
LOGGED = (OPERATIONS, CALLS, TRACKS, RATINGS)
QUICKLY = {"derandomize": True, "phases": [Phase.generate]}  # the long ones shrink


def test_every_incremental_model_has_a_history(compiled: Compiled) -> None:
    assert {model.name for model in compiled.models} == PHOTOS.models.union(*(subject.models for subject in LOGGED))


def test_after_hundreds_of_histories_increments_equal_a_full_build(compiled: Compiled) -> None:
    nights = Nights(compiled, PHOTOS)
    prove(nights, CHANGES, 200, **QUICKLY)
    was_awkward(nights, 200, *SEEN)


@pytest.mark.parametrize("subject", LOGGED, ids=["operations", "calls", "tracks", "ratings"])
def test_after_many_histories_of_what_is_logged_increments_equal_a_full_build(
    compiled: Compiled, subject: Subject
) -> None:
    nights = Nights(compiled, subject)
    prove(nights, logged(subject), 25, **QUICKLY)
    was_awkward(nights, 25)


@pytest.mark.long
def test_after_thousands_of_random_histories_increments_equal_a_full_build(compiled: Compiled) -> None:
    nights = Nights(compiled, PHOTOS)
    prove(nights, CHANGES, 2000)
    was_awkward(nights, 2000, *SEEN)
    for subject in LOGGED:
        nights = Nights(compiled, subject)
        prove(nights, logged(subject), 1000)
        was_awkward(nights, 1000)
