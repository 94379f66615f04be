"""Advance one simulated system to the end of a day.

Belongs here: the loop over days and when they are written; the list of systems. Does not: what happens on a day (the
packages of the systems) or how rows are written (targets/).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Protocol

from simulator import character_studio, custom_gpt, marketing_engine, media_vault, photobooth
from simulator.schema import Table
from simulator.targets import Target, open_target

# A write at least once a month, or when so many rows wait: memory stays bounded at any scale.
WRITE_DAYS = 31
WRITE_ROWS = 150_000


class Simulation(Protocol):
    """A system between two writes."""

    @property
    def waiting(self) -> int: ...

    def live(self, day: date) -> None: ...

    def write(self) -> tuple[dict[str, int], int, int]: ...


@dataclass(frozen=True)
class System:
    """How the loop reaches a system."""

    tables: Sequence[Table]
    start: date
    position: Callable[[Target], date | None]
    simulation: Callable[[Target, float, int, date | None], Simulation]


_SYSTEMS = MappingProxyType(
    {
        module.__name__.rpartition(".")[2]: System(module.TABLES, module.START, module.position, module.Simulation)
        for module in (photobooth, marketing_engine, character_studio, custom_gpt, media_vault)
    }
)
SYSTEMS: tuple[str, ...] = tuple(_SYSTEMS)


@dataclass
class SimulationResult:
    """What one call did. `until` is the day the database stands at now (None: nothing lived yet)."""

    system: str
    until: date | None
    days_advanced: int = 0
    rows_inserted: dict[str, int] = field(default_factory=dict)
    rows_updated: int = 0
    rows_deleted: int = 0


def simulate(
    system: str,
    target: str,
    scale: float = 1.0,
    seed: int = 7,
    until: date | None = None,
    progress: Callable[[str], None] | None = None,
) -> SimulationResult:
    """Create the demo database of `system` at `target`, or carry it on, to the end of day `until` (UTC).

    Use the same `seed` and `scale` on every call for one database: then a history of calls gives what one call would.
    """
    if system not in _SYSTEMS:
        raise ValueError(f"unknown system {system!r}; known: {', '.join(SYSTEMS)}")
    if until is None:
        raise ValueError("until is required: the simulator never reads the clock")
    if not scale > 0:
        raise ValueError("scale must be greater than 0")
    spec = _SYSTEMS[system]
    place = open_target(target)
    try:
        place.prepare(spec.tables)
        stands = spec.position(place)
        result = SimulationResult(system, stands, rows_inserted={table.name: 0 for table in spec.tables})
        first = stands + timedelta(days=1) if stands else spec.start
        if first <= until:
            _advance(spec.simulation(place, scale, seed, stands), first, until, result, progress)
        return result
    finally:
        place.close()


def _advance(
    simulation: Simulation, first: date, until: date, result: SimulationResult, progress: Callable[[str], None] | None
) -> None:
    inserted = Counter(result.rows_inserted)
    days, began, pending = (until - first).days + 1, time.monotonic(), 0
    for number in range(days):
        day = first + timedelta(days=number)
        simulation.live(day)
        pending += 1
        if pending < WRITE_DAYS and simulation.waiting < WRITE_ROWS and day < until:
            continue
        rows, updated, deleted = simulation.write()
        inserted.update(rows)
        result.until, result.days_advanced, pending = day, number + 1, 0
        result.rows_inserted = dict(inserted)
        result.rows_updated += updated
        result.rows_deleted += deleted
        if progress:
            total = sum(inserted.values())
            rate = total / max(time.monotonic() - began, 1e-6)
            progress(f"{result.system}: {day}, day {number + 1} of {days}, {total:,} rows, {rate:,.0f} rows/s")
