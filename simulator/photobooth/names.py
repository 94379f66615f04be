"""Synthetic people: names that belong to nobody, addresses in reserved domains, telephone numbers of no one.

Belongs here: everything that stands in for personal data. Does not: who does what.
"""

from __future__ import annotations

import random

from simulator.chance import choose

FIRST = ("Alma", "Bruno", "Celia", "Dante", "Elba", "Fausto", "Gala", "Hugo", "Iris", "Jano", "Kira", "Lino", "Mora")
LAST = ("Arbolito", "Brisa", "Cordel", "Durazno", "Estribo", "Farol", "Girasol", "Hornero", "Islote", "Jacaranda")
DOMAINS = ("example.com", "example.org", "example.net")
TRADES = ("Fotocabina", "Eventos", "Cabina", "Fiestas", "Momentos", "Estudio")


def person(rng: random.Random) -> str:
    return f"{choose(rng, FIRST)} {choose(rng, LAST)}"


def email(rng: random.Random, name: str, ident: str) -> str:
    """An address that no one else in this world has: part of the id is in it."""
    return f"{name.lower().replace(' ', '.')}.{ident[:8]}@{choose(rng, DOMAINS)}"


def other_case(address: str) -> str:
    """The same address as a person would type it elsewhere."""
    user, _, domain = address.partition("@")
    return f"{user.title()}@{domain.capitalize()}"


def phone(rng: random.Random) -> str:
    return f"+54 11 0000 {rng.randrange(10000):04d}"


def company(rng: random.Random) -> str:
    return f"{choose(rng, TRADES)} {choose(rng, LAST)}"


def image(ident: str) -> str:
    return f"https://img.example.com/{ident}.jpg"
