"""Measuring: a function in a fresh process, the median of several, and a figure beside its limit."""

from __future__ import annotations

import json
import multiprocessing
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

PACKAGES = ("duckdb", "dbt-core", "dbt-duckdb", "dagster", "great-expectations", "pandas", "pyarrow", "dlt")


@dataclass
class Figure:
    """One measured number. `limit` is the largest value that is good, None for information only."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    note: str = ""

    @property
    def is_good(self) -> bool:
        return self.limit is None or self.value <= self.limit


@dataclass
class Measured:
    """What a function cost in a process of its own."""

    seconds: float  # wall, of the function alone
    cpu: float  # seconds, of the whole process
    peak_mb: float  # resident memory, of the whole process
    value: Any = None


@dataclass
class Report:
    """All figures of a run; printed as they come."""

    figures: list[Figure] = field(default_factory=list)

    def add(self, name: str, value: float, unit: str, limit: float | None = None, note: str = "") -> None:
        figure = Figure(name, round(value, 3), unit, limit, note)
        self.figures.append(figure)
        beside = "" if limit is None else f"  limit {limit:g}  {'ok' if figure.is_good else 'MISSED'}"
        print(f"{name:<66} {value:>9.2f} {unit:<6}{beside}{'  ' + note if note else ''}", flush=True)

    def write(self, path: Path) -> None:
        """The figures as JSON, with the machine and the versions that they were measured on."""
        machine = {
            "cores": os.cpu_count(),
            "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
            "platform": platform.platform(),
            "python": platform.python_version(),
        }
        content = {
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine,
            "versions": {name: version(name) for name in PACKAGES},
            "figures": [asdict(figure) for figure in self.figures],
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def measured(function: Callable[..., Any], *arguments: Any) -> Measured:
    """Run a function of a module in a fresh process, so that memory and caches are its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_run, (function, arguments))


def _warm_up() -> None:
    """What a process pays once, whatever it does: duckdb imports pandas when it first meets a parameter."""
    duckdb.execute("select ?", [1]).fetchall()


def _run(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Measured:
    _warm_up()
    started = time.perf_counter()
    value = function(*arguments)
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_SELF)
    return Measured(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, value)


def pace() -> float:
    """Seconds of ten million additions in Python: how fast the machine is at the moment, for figures that are no ratio."""
    started, total = time.perf_counter(), 0
    for number in range(10_000_000):
        total += number
    return time.perf_counter() - started


def alternated(repeats: int, *functions: Callable[[], float]) -> list[list[float]]:
    """Seconds of each function, measured in turns, so that a noisy moment meets them all."""
    rounds = [[function() for function in functions] for _ in range(repeats)]
    return [list(column) for column in zip(*rounds, strict=True)]


def ratio(ours: list[float], limit: list[float]) -> float:
    """The median of the ratios of each round."""
    return statistics.median(a / b for a, b in zip(ours, limit, strict=True))
