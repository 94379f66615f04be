"""The style catalogue and the choice of a style.

Belongs here: rows of styles_metadata, which styles can be chosen today, how popular each is. Does not: photos.
Rows whose id is the name of a category or subcategory are switches of the admin screen, not styles.
"""

from __future__ import annotations

import random
from datetime import datetime
from itertools import accumulate

from simulator.photobooth import entities, tunables
from simulator.photobooth.world import World

_WORDS = ("suit", "neon", "noir", "samurai", "racer", "queen", "pirate", "rocker", "goal", "galaxy", "street", "castle")
_SUBCATEGORIES = ("classic", "modern", tunables.INACTIVE_SUBCATEGORY, None)


class Offer:
    """The styles that can be chosen on one day, with their popularity."""

    def __init__(self, world: World) -> None:
        off = {s.id for s in world.styles.rows if s.is_active is False}
        switches = set(tunables.CATEGORIES) | {name for name in _SUBCATEGORIES if name}
        self.popularity: dict[str, float] = {}
        self.pack: dict[str, str] = {}  # premium style -> the pack that unlocks it
        for style in world.styles.rows:
            names = {(style.category or "").lower(), (style.subcategory or "").lower()}
            if style.id in switches or style.id in off or names & off:
                continue
            self.popularity[style.id] = world.chance.lognormal("popularity", style.id, 1.0, 1.1)
            if style.is_premium:
                self.pack[style.id] = (style.category or "other").lower()
        self.free = _Urn({k: v for k, v in self.popularity.items() if k not in self.pack})
        self._urns: dict[tuple[str, ...], _Urn] = {}

    def of_event(self, rng: random.Random, selected: list[str] | None) -> str | None:
        """A style an event guest takes: one of those selected for the event that are still on offer, else any."""
        return self._urn(selected or (), premium=True).draw(rng)

    def of_user(self, rng: random.Random, unlocked: list[str] | None) -> str | None:
        """A style a direct user takes: free, or of a pack the user has unlocked."""
        if not unlocked:
            return self.free.draw(rng)
        owned = [s for s in self.popularity if s not in self.pack or self.pack[s] in unlocked]
        return self._urn(owned, premium=True).draw(rng)

    def _urn(self, wanted: list[str] | tuple[str, ...], premium: bool) -> _Urn:
        key = tuple(wanted)
        if key not in self._urns:
            chosen = {s: self.popularity[s] for s in key if s in self.popularity}
            self._urns[key] = _Urn(chosen or self.popularity)
        return self._urns[key]


class _Urn:
    def __init__(self, weights: dict[str, float]) -> None:
        self.names = list(weights)
        self.running = list(accumulate(weights.values()))

    def draw(self, rng: random.Random) -> str | None:
        return rng.choices(self.names, cum_weights=self.running)[0] if self.names else None


def found(world: World) -> None:
    """The catalogue of the first day: styles, and one switch row per category and for one subcategory."""
    moment = world.today.at(60)
    for category in tunables.CATEGORIES:
        _add(world, category, category.title(), category.title(), None, None, None, moment)
    name = tunables.INACTIVE_SUBCATEGORY
    _add(world, name, name.title(), tunables.CATEGORIES[0], name, None, False, moment)
    for number in range(tunables.STYLES_AT_START):
        _new_style(world, number, moment)


def live(world: World) -> None:
    """Switch a category off on its day, and add a style now and then."""
    category, age = tunables.CATEGORY_SWITCHED_OFF
    switch = world.styles.by_id.get(category)
    if world.today.age == age and switch:
        switch.is_active = False
        world.styles.touch(switch)
    if world.today.age % tunables.STYLE_EVERY_DAYS == tunables.STYLE_EVERY_DAYS - 1:
        number = tunables.STYLES_AT_START + world.today.age // tunables.STYLE_EVERY_DAYS
        _new_style(world, number, world.today.at(50400))


def _new_style(world: World, number: int, moment: datetime) -> None:
    category = tunables.CATEGORIES[number % len(tunables.CATEGORIES)]
    style_id = f"{_WORDS[number % len(_WORDS)]}_{'abcdefgh'[number // len(_WORDS) % 8]}"
    shown = (category, category.title(), category.upper())[number % 7 % 3]  # free text, typed by several people
    sub = _SUBCATEGORIES[number % len(_SUBCATEGORIES)]
    active = (None, True, True, True, False)[world.chance.span("flag", style_id, 0, 99) % 25 % 5]
    premium = world.chance.hits("premium", style_id, 0.25)
    _add(world, style_id, style_id.replace("_", " ").title(), shown, sub, premium, active, moment)


def _add(
    world: World,
    style_id: str,
    label: str,
    category: str,
    subcategory: str | None,
    premium: bool | None,
    active: bool | None,
    moment: datetime,
) -> None:
    if style_id in world.styles.by_id:
        return
    image = f"https://img.example.com/styles/{style_id}.png"
    tags = [category.lower()] + ([subcategory] if subcategory else [])
    world.styles.add(
        entities.Style(style_id, label, category, subcategory, image, tags, premium, active, 0, moment, moment)
    )
