"""The demo operational systems: databases that look and behave like the real ones, from a seed.

Belongs here: making and advancing source databases. Does not: anything of the warehouse, which reads them as it reads
any source. Each system is a package of its own (photobooth/, custom_gpt/); engine.py advances it, targets/ writes it to DuckDB or
PostgreSQL.
"""

from __future__ import annotations

from simulator.engine import SYSTEMS, SimulationResult, simulate
from simulator.photobooth import WORLD_START

__all__ = ["SYSTEMS", "WORLD_START", "SimulationResult", "simulate"]
