"""Chance that can be repeated: the same seed, day and entity always give the same draw.

Belongs here: hashing an identity into a number, an id or a generator. Does not: what is drawn (the systems). Two
kinds of draw keep a world free of hidden state. A *trait* hashes an entity's own id, so it can be asked again on any
later day by a simulator that only knows the database. A *day generator* is seeded by (seed, system, day, theme), so a
day is lived the same way whether the simulator came to it in one run or in a hundred.
"""

from __future__ import annotations

import math
import random
import statistics
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
_NORMAL = statistics.NormalDist()
_TWO_64 = float(2**64)


@dataclass(frozen=True)
class Chance:
    """Every draw of one simulated system."""

    seed: int
    system: str

    def _digest(self, parts: tuple[object, ...], size: int) -> bytes:
        text = "|".join(map(str, (self.seed, self.system, *parts)))
        return blake2b(text.encode(), digest_size=size).digest()

    def unit(self, name: str, key: object) -> float:
        """A trait in [0, 1)."""
        return int.from_bytes(self._digest((name, key), 8), "big") / _TWO_64

    def hits(self, name: str, key: object, probability: float) -> bool:
        return self.unit(name, key) < probability

    def span(self, name: str, key: object, low: int, high: int) -> int:
        """A trait that is a whole number in [low, high]."""
        return low + int(self.unit(name, key) * (high - low + 1))

    def lognormal(self, name: str, key: object, median: float, sigma: float) -> float:
        """A skewed trait: most are small, a few are many times the median."""
        return median * math.exp(sigma * _NORMAL.inv_cdf(min(max(self.unit(name, key), 1e-9), 1 - 1e-9)))

    def pick(self, name: str, key: object, weights: dict[T, float]) -> T:
        """A trait that is one of the keys of `weights`."""
        return weighted(self.unit(name, key), weights)

    def rng(self, *parts: object) -> random.Random:
        return random.Random(int.from_bytes(self._digest(parts, 16), "big"))

    def uuid(self, table: str, *counter: object) -> str:
        return str(uuid.UUID(bytes=self._digest((table, *counter), 16), version=4))


def weighted(unit: float, weights: dict[T, float]) -> T:
    """The key at which the running share of `weights` passes `unit`."""
    left = unit * sum(weights.values())
    for key, weight in weights.items():
        left -= weight
        if left < 0:
            return key
    return key


def poisson(rng: random.Random, mean: float) -> int:
    """A count with the given mean; by the normal curve where exact multiplication would take long."""
    if mean <= 0:
        return 0
    if mean > 60:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def choose(rng: random.Random, options: Sequence[T]) -> T:
    return options[int(rng.random() * len(options))]
