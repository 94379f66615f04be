"""RFM of purchases over random payments, against its definition in plain Python: sorted lists and fractions.

Finds what a border that is read from the wrong side, a tie that is split, or a buyer of another platform does to the scores.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import duckdb
import pytest

from tests.dbt.compiled import compiled_marts

LAST = date(2026, 7, 29)
BUYERS = {"photobooth": 120, "custom_gpt": 40, "media_vault": 20}
CURRENCY = {"photobooth": "ARS", "custom_gpt": "USD", "media_vault": "USD"}
# lowest and highest scores of recency, frequency and money; every triple is in one of them
SEGMENTS = {
    "champions": ((4, 5), (4, 5), (4, 5)),
    "loyal": ((3, 5), (3, 5), (3, 5)),
    "potential_loyalist": ((4, 5), (2, 5), (1, 5)),
    "new": ((5, 5), (1, 1), (1, 5)),
    "promising": ((4, 4), (1, 1), (1, 5)),
    "cant_lose": ((1, 2), (4, 5), (4, 5)),
    "at_risk": ((1, 2), (3, 5), (1, 5)),
    "need_attention": ((3, 3), (1, 5), (1, 5)),
    "about_to_sleep": ((2, 2), (1, 2), (1, 5)),
    "lost": ((1, 1), (1, 2), (1, 5)),
}


class Payment(NamedTuple):
    platform: str
    user: str | None
    day: date
    amount: Decimal | None
    currency: str
    is_refunded: bool
    is_duplicate: bool


def bought(chance: random.Random) -> list[Payment]:
    made = []
    for platform, users in BUYERS.items():
        for number in range(users):
            for _ in range(chance.choice([0, 1, 1, 1, 2, 3, 8])):
                made.append(
                    Payment(
                        platform,
                        f"{platform}:{number}" if chance.random() < 0.98 else chance.choice([None, "nobody"]),
                        LAST - timedelta(chance.choice([0, 1, 7, 30, 90, 364, 365, chance.randrange(420)])),
                        chance.choice([None, Decimal("0.10"), Decimal("0.20"), Decimal("9.99"), Decimal(50)]),
                        CURRENCY[platform] if chance.random() < 0.9 else "EUR",
                        chance.random() < 0.1,
                        chance.random() < 0.1,
                    )
                )
    return made


def score(value: Fraction, among: list[Fraction]) -> int:
    """1 + the borders between the fifths that lie below; a border between two values is as far from them as its place."""
    ordered, borders = sorted(among), []
    for fifth in range(1, 5):
        place = Fraction(fifth * (len(ordered) - 1), 5)
        lower = int(place)
        upper = min(lower + 1, len(ordered) - 1)
        borders.append(ordered[lower] + (ordered[upper] - ordered[lower]) * (place - lower))
    return 1 + sum(border < value for border in borders)


def expected(payments: list[Payment], gone: set[str]) -> dict[str, tuple]:
    """Recency, frequency, money, three scores and the segment of every buyer."""
    buyers: dict[str, dict[str, list[Payment]]] = defaultdict(lambda: defaultdict(list))
    for payment in payments:
        is_user = payment.user not in (None, "nobody") and payment.user not in gone
        if is_user and not payment.is_duplicate and (LAST - payment.day).days < 365:
            buyers[payment.platform][str(payment.user)].append(payment)
    told = {}
    for platform, users in buyers.items():
        values = {
            user: (
                Fraction(min((LAST - p.day).days for p in theirs)),
                Fraction(len(theirs)),
                sum(
                    (Fraction(p.amount or 0) for p in theirs if p.currency == CURRENCY[platform] and not p.is_refunded),
                    Fraction(0),
                ),
            )
            for user, theirs in users.items()
        }
        for user, (days, times, money) in values.items():
            found: tuple = (None, None, None, None)
            if len(values) >= 25:
                r, f, m = (
                    score(value, [v[n] for v in values.values()]) for n, value in enumerate((days, times, money))
                )
                scores = (6 - r, f, m)
                fitting = [
                    name
                    for name, ranges in SEGMENTS.items()
                    if all(low <= s <= high for s, (low, high) in zip(scores, ranges, strict=True))
                ]
                found = (*scores, fitting[0])
            told[user] = (int(days), int(times), Decimal(money.numerator) / money.denominator, *found)
    return told


@pytest.mark.parametrize("seed", range(5))
def test_scores_and_segments_are_those_of_the_definition(seed):
    chance = random.Random(seed)
    payments = bought(chance)
    accounts = [f"{platform}:{number}" for platform, users in BUYERS.items() for number in range(users)]
    gone = set(chance.sample(accounts, 5))
    con = duckdb.connect()
    con.execute(
        f"attach '{compiled_marts().home / 'warehouse.duckdb'}' as home (read_only); attach ':memory:' as warehouse"
    )
    con.execute("copy from database home to warehouse (schema); detach home; use warehouse")
    for table in ("dim_date", "dim_user", "fct_payments"):
        con.execute(f"create or replace table facts.{table} as from facts.{table}")  # without its constraints
    con.execute(f"insert into facts.dim_date by name select date '{LAST}' as date_day, true as is_complete")
    con.executemany(
        "insert into facts.dim_user (platform, user_key, is_internal, is_deleted) values (?, ?, ?, ?)",
        [(key.split(":")[0], key, key in gone and key > "m", key in gone and key < "m") for key in accounts],
    )
    con.executemany(
        "insert into facts.fct_payments (platform, user_key, reporting_date, amount, currency, is_refunded, is_duplicate)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        payments,
    )
    columns = "recency_days, frequency, monetary, r_score, f_score, m_score, rfm_segment"
    rows = con.execute(f"select user_key, {columns} from ({compiled_marts().select_of('purchase_scores')})").fetchall()
    assert {user: tuple(rest) for user, *rest in rows} == expected(payments, gone)
    few = con.execute("select distinct platform, null_reason from intermediate.purchase_scores order by 1").fetchall()
    assert few == [("custom_gpt", None), ("media_vault", "small_population"), ("photobooth", None)]
