"""Styles, deleted photos, favourites and purchases of a photobooth small enough to check on paper.

The world is read on three nights: 31 July, 30 September and 31 October 2026. The last 90 days begin on 3 August, the last 30 on
2 October; the zone is UTC. Every account signed up on 10 May.
"""

from __future__ import annotations

import duckdb
import pytest

from tests.dbt.compiled import compiled_marts
from tests.dbt.marts_world import World, at, key

JUL, SEP, OCT = "2026-07-31", "2026-09-30", "2026-10-31"
MARTS = ("mart_style_usage", "mart_style_preferences", "mart_user_360", "mart_purchase_behaviour_monthly")


def catalogue(world: World) -> None:
    for style, category, premium in (("a", "Cinema", False), ("b", "cinema", True), ("c", "Fantasy", False),
                                     ("never", "cinema", False), ("old", "urban", False)):  # fmt: skip
        row = {"id": style, "category": category, "is_premium": premium, "created_at": at("2026-01-01")}
        world.found(JUL, "styles_metadata", **row)
    world.gone(SEP, "styles_metadata", "old")
    for event, kind in (("wed", "wedding"), ("par", "party")):
        world.found(JUL, "events", id=key(event), event_type=kind, created_at=at("2026-07-01"))


def people(world: World) -> None:
    """Pam becomes a partner before the night of 30 September, Del deletes the account."""
    for name in ("ann", "bob", "day 89", "day 90", "day 91", "big", "twice", "promo", "pam", "del"):
        row = {"id": key(name), "created_at": at("2026-05-10"), "referred_by": key("ann") if name == "bob" else None}
        world.found(JUL, "profiles", **row, role="user")
    world.found(SEP, "profiles", id=key("pam"), role="partner", created_at=at("2026-05-10"))
    world.gone(SEP, "profiles", key("del"))


def photos(world: World) -> None:
    taken = [
        # (photo, user, event, style, day, nights that find it new or miss it)
        ("p1", "ann", None, "a", "2026-10-31", OCT), ("p2", "ann", None, "a", "2026-10-02", OCT),
        ("p3", "bob", None, "b", "2026-10-01", OCT), ("p4", None, "wed", "b", "2026-08-03", SEP),
        ("p5", None, "wed", "c", "2026-08-02", SEP), ("p6", None, "wed", "a", "2026-08-10", SEP, OCT),
        ("p7", "bob", None, "a", "2026-07-20", JUL, SEP, OCT),  # deleted, and there again
        ("p8", "bob", None, "old", "2026-07-21", JUL, SEP), ("p9", None, "par", None, "2026-10-10", OCT),
        ("p10", "ann", None, "b", "2026-07-22", JUL, OCT), ("p11", None, "par", "a", "2026-10-05", OCT),
    ]  # fmt: skip
    for photo, user, event, style, day, *nights in taken:
        row = {"id": key(photo), "user_id": user and key(user), "event_id": event and key(event), "style_id": style}
        for number, night in enumerate(nights):
            if number % 2:
                world.gone(night, "generations", key(photo))
            else:
                world.found(night, "generations", **row, created_at=at(day))
    for user, style in (("ann", "a"), ("bob", "a"), ("ann", "b"), ("bob", "b")):
        mark = {"id": key(f"{user} likes {style}"), "user_id": key(user), "style_id": style}
        world.found(SEP, "favorites", **mark, created_at=at("2026-09-01"))
    world.gone(OCT, "favorites", key("bob likes b"))


def payments(world: World) -> None:
    paid = [
        # two purchases so many days apart, the second on the last day
        ("day 89", 777, 4000, "2026-08-03"), ("day 89", 777, 4000, OCT),
        ("day 90", 777, 7499.99, "2026-08-02"), ("day 90", 777, 7500, OCT),
        ("day 91", 777, 7500, "2026-08-01"), ("day 91", 777, 7500, OCT),
        ("big", 777, 20000, "2026-10-05"), ("big", 777, 20000, "2026-10-06"),
        ("twice", 777, 4000, "2026-10-01"), ("twice", 777, 4000, "2026-10-01 00:05"),  # one payment, notified twice
        ("pam", 777, 20000, "2026-08-10"), ("pam", 777, 4000, "2026-09-01"), ("pam", 777, 8000, OCT),
        # a pack of 1100 for 8000, and for less in October
        ("promo", 1100, 8000, "2026-09-10"), ("promo", 1100, 8000, "2026-09-20"), ("ann", 1100, 6000, "2026-10-15"),
    ]  # fmt: skip
    for n, (user, credits, amount, moment) in enumerate(paid):
        row = {"user_id": key(user), "credits_added": credits, "amount": amount, "created_at": at(moment)}
        payment = "one" if user == "twice" else f"mp{n}"
        world.found(OCT, "payment_notifications", **row, id=key(f"{n}"), mercadopago_id_hash=payment, status="approved")


MODELS = (
    "fct_generation_deletions",
    "fct_generations",
    "kpi_repeat_payers",
    "mart_kpi_scorecard",
    "mart_purchase_behaviour_monthly",
    "mart_style_preferences",
    "mart_style_usage",
    "mart_user_360",
)


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    world = World()
    for part in (catalogue, people, photos, payments):
        part(world)
    return compiled_marts().over(world, tmp_path_factory.mktemp("styles"), "2026-05-01", OCT, marts=MODELS)


def named(marts: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    """Rows of a query whose first column is the key of a person, with its name instead."""
    names = {f"photobooth:{key(name)}": name for name in ("ann", "bob", "day 89", "day 90", "day 91", "big", "twice",
                                                          "promo", "pam", "del")}  # fmt: skip
    return [(names[row[0]], *row[1:]) for row in marts.execute(query).fetchall()]


def test_every_photo_ever_seen_is_a_generation_or_a_deletion(marts):
    ids = {f"photobooth:{key(f'p{n}')}": f"p{n}" for n in range(1, 12)}
    there = {ids[k] for (k,) in marts.execute("select generation_key from facts.fct_generations").fetchall()}
    rows = marts.execute(
        "select generation_key, channel, reporting_date::varchar, first_seen_at::date - 1, last_seen_at::date - 1,"
        " found_deleted_at::date - 1, deleted_date from facts.fct_generation_deletions order by generated_at"
    ).fetchall()
    assert [(ids[row[0]], *row[1:3], *map(str, row[3:])) for row in rows] == [
        ("p8", "direct", "2026-07-21", JUL, JUL, SEP, SEP),
        ("p10", "direct", "2026-07-22", JUL, SEP, OCT, OCT),
        ("p6", "event", "2026-08-10", SEP, SEP, OCT, OCT),
    ]
    assert there == set(ids.values()) - {"p8", "p10", "p6"}


def test_style_usage(marts):
    rows = marts.execute(
        "select usage_window, coalesce(style_id, style_key), uses_count, usage_rank, photos_deleted_count, photos_made_count,"
        " deletion_rate_pct, days_since_last_use, is_unused_90d, favorites_count, retire_reason"
        " from marts.mart_style_usage order by usage_window, style_key"
    ).fetchall()
    unused = "unused_90d"
    assert rows == [
        ("30d", "a", 3, 1, 0, 3, 0, 0, False, 2, None),  # p1 p2 p11
        ("30d", "b", 0, 2, 0, 0, None, 30, False, 1, None),
        ("30d", "c", 0, 3, 0, 0, None, 90, True, 0, unused),
        ("30d", "never", 0, 4, 0, 0, None, None, True, 0, unused),
        ("30d", "old", 0, 5, 0, 0, None, None, True, 0, None),  # not on offer any more
        ("30d", "unknown", 1, None, 0, 1, 0, 21, False, 0, None),  # p9
        ("90d", "a", 3, 1, 1, 4, 25, 0, False, 2, None),  # without p6
        ("90d", "b", 2, 2, 0, 2, 0, 30, False, 1, None),  # p3, p4 on day 90
        ("90d", "c", 0, 3, 0, 0, None, 90, True, 0, unused),  # p5 on day 91
        ("90d", "never", 0, 4, 0, 0, None, None, True, 0, unused),
        ("90d", "old", 0, 5, 0, 0, None, None, True, 0, None),
        ("90d", "unknown", 1, None, 0, 1, 0, 21, False, 0, None),
        ("lifetime", "a", 4, 1, 1, 5, 20, 0, False, 2, None),  # and p7
        ("lifetime", "b", 2, 2, 1, 3, 33.333333, 30, False, 1, None),  # without p10
        ("lifetime", "c", 1, 3, 0, 1, 0, 90, True, 0, unused),
        ("lifetime", "never", 0, 4, 0, 0, None, None, True, 0, unused),
        ("lifetime", "old", 0, 5, 1, 1, 100, None, True, 0, None),  # p8
        ("lifetime", "unknown", 1, None, 0, 1, 0, 21, False, 0, None),
    ]


def test_style_preferences(marts):
    rows = marts.execute(
        "select event_type, category, is_premium, uses_count, usage_share_pct, lift, preference_rank"
        " from marts.mart_style_preferences where usage_window = '90d' order by event_type, preference_rank"
    ).fetchall()
    assert rows == [
        # p1 p2 p11 a, p3 p4 b, p9 unknown
        ("all", "cinema", False, 3, 50, 1, 1),
        ("all", "cinema", True, 2, 33.333333, 1, 2),
        ("all", "unknown", False, 1, 16.666667, 1, 3),
        ("all", "fantasy", False, 0, 0, None, 4),
        ("direct", "cinema", False, 2, 66.666667, 1.333333, 1),  # 2/3 of 1/2
        ("direct", "cinema", True, 1, 33.333333, 1, 2),
        ("direct", "fantasy", False, 0, 0, None, 3),
        ("direct", "unknown", False, 0, 0, 0, 4),
        ("party", "cinema", False, 1, 50, 1, 1),
        ("party", "unknown", False, 1, 50, 3, 2),
        ("party", "cinema", True, 0, 0, 0, 3),
        ("party", "fantasy", False, 0, 0, None, 4),
        ("wedding", "cinema", True, 1, 100, 3, 1),
        ("wedding", "cinema", False, 0, 0, 0, 2),
        ("wedding", "fantasy", False, 0, 0, None, 3),
        ("wedding", "unknown", False, 0, 0, 0, 4),
    ]


def test_user_360(marts):
    rows = named(
        marts,
        "select user_key, is_deleted, generations_count, generations_deleted_count, favorites_count, activation_status, purchases_count,"
        " purchases_90d_count, is_repeat_payer_90d, spent_amount::varchar, spending_tier, first_purchase_date::varchar,"
        " is_referred from marts.mart_user_360",
    )
    assert sorted(rows) == [
        ("ann", False, 2, 1, 2, "active", 1, 1, False, "6000.00", "small", "2026-10-15", False),
        ("big", False, 0, 0, 0, "never", 2, 2, True, "40000.00", "large", "2026-10-05", False),
        ("bob", False, 2, 1, 1, "inactive", 0, 0, False, "0.00", "none", None, True),  # p3 on day 31
        ("day 89", False, 0, 0, 0, "never", 2, 2, True, "8000.00", "small", "2026-08-03", False),
        ("day 90", False, 0, 0, 0, "never", 2, 1, False, "14999.99", "small", "2026-08-02", False),
        ("day 91", False, 0, 0, 0, "never", 2, 1, False, "15000.00", "medium", "2026-08-01", False),
        ("del", True, 0, 0, 0, "never", 0, 0, False, "0.00", "none", None, False),
        ("promo", False, 0, 0, 0, "never", 2, 2, True, "16000.00", "medium", "2026-09-10", False),
        ("twice", False, 0, 0, 0, "never", 1, 1, False, "4000.00", "small", "2026-10-01", False),
    ]


def test_purchase_behaviour(marts):
    rows = marts.execute(
        "select month_start_date::varchar, price::varchar, usual_price::varchar, is_discounted, discount_pct, price_per_credit,"
        " purchases_count, month_purchases_count, buyers_count, first_buyers_count, repeat_buyers_count"
        " from marts.mart_purchase_behaviour_monthly where pack_credits = 1100 order by 1"
    ).fetchall()
    assert rows == [
        ("2026-09-01", "8000.00", "8000.00", False, 0, 7.272727, 2, 3, 1, 1, 1),  # promo twice, pam
        ("2026-10-01", "6000.00", "8000.00", True, 25, 5.454545, 1, 7, 1, 1, 0),  # pam paid as a partner
    ]


def test_repeat_payers(marts):
    stretches = named(
        marts, "select user_key, from_date::varchar, to_date::varchar from intermediate.kpi_repeat_payers"
    )
    assert sorted(stretches) == [
        ("big", "2026-10-06", "2027-01-03"),  # 5 October + 90 days
        ("day 89", OCT, "2026-11-01"),
        ("pam", "2026-09-01", "2026-11-08"),
        ("promo", "2026-09-20", "2026-12-09"),
    ]


def test_marts_and_scorecard_count_the_same(marts):
    """Users, active users, revenue and payments of the marts are those of the KPIs of the same day and months."""
    kpis = dict(marts.execute(
        f"select kpi_id, value from marts.mart_kpi_scorecard where period_type = 'day' and period_start = '{OCT}'"
    ).fetchall())  # fmt: skip
    users, active = marts.execute(
        "select count(*) filter (not is_deleted), count(*) filter (is_active_30d and not is_deleted) from marts.mart_user_360"
    ).fetchall()[0]
    assert (users, active) == (kpis["direct_users"], kpis["active_direct_users"]) == (8, 1)
    by_month = "select period_start, value from marts.mart_kpi_scorecard where period_type = 'month' and kpi_id = '{}' and value > 0 order by 1"
    for kpi, column in (("revenue", "amount"), ("payments", "purchases_count")):
        sold = f"select month_start_date, sum({column})::double from marts.mart_purchase_behaviour_monthly group by 1 order by 1"
        assert marts.execute(sold).fetchall() == marts.execute(by_month.format(kpi)).fetchall()
