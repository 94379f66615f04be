"""One typed Settings, read from the environment once.

Belongs here: every variable that Martlet understands, and the paths under MARTLET_HOME. Does not: behaviour.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, SecretStr

from orchestration.errors import WrongUsage
from orchestration.extract.catalog import System, catalog

DEMO_KEY = "martlet-demo-pseudonym-key"  # the demo's people are invented; real homes need a key of their own
DEFAULT_START_DATE = date(2024, 11, 1)  # the day the demo's world begins
PROJECT = Path(__file__).resolve().parent.parent
SCHEMES = ("postgresql", "postgres", "duckdb")
_VARIABLES = {"HOME", "PSEUDONYM_KEY", "REPORTING_TIMEZONE", "START_DATE", "NOW", "EXPORT_MONTHS", "CONTRACT_STABLE"}


class Settings(BaseModel):
    """Where state lives, which systems are on, and how days are cut."""

    model_config = ConfigDict(frozen=True)

    home: Path
    urls: dict[str, SecretStr]
    pseudonym_key: SecretStr
    reporting_timezone: str = "UTC"
    start_date: date = DEFAULT_START_DATE
    is_demo: bool = False
    export_months: int | None = None
    contract_stable: bool = False

    @property
    def key_id(self) -> str:
        """Names the pseudonym key without giving it away: `demo`, or eight hex digits derived from it."""
        if self.is_demo:
            return "demo"
        return hmac.new(self.pseudonym_key.get_secret_value().encode(), b"key id", hashlib.sha256).hexdigest()[:8]

    @property
    def systems(self) -> list[System]:
        """The systems that are switched on."""
        return [catalog()[name] for name in sorted(self.urls)]

    @property
    def systems_off(self) -> list[System]:
        """The systems of the catalog without a URL."""
        return [system for name, system in catalog().items() if name not in self.urls]

    @property
    def warehouse(self) -> Path:
        return self.home / "warehouse.duckdb"

    @property
    def archive(self) -> Path:
        return self.home / "archive"

    @property
    def restricted(self) -> Path:
        return self.home / "restricted"

    @property
    def exports(self) -> Path:
        return self.home / "exports"

    @property
    def temporary(self) -> Path:
        return self.home / f"tmp-{os.getpid()}"

    @property
    def dagster_home(self) -> Path:
        return self.home / "dagster"

    @property
    def dbt_target(self) -> Path:
        return self.home / "dbt"

    @property
    def dbt_graph(self) -> Path:
        """dbt's manifest as of the last parse: the models, their columns and keys, and how they depend on each other."""
        return self.dbt_target / "graph.json"

    @property
    def dbt_parsed(self) -> Path:
        """The same parse in dbt's own form, from which a build goes on."""
        return self.dbt_target / "graph.msgpack"

    @property
    def lease(self) -> Path:
        return self.home / "lease"

    def demo_database(self, system: str) -> Path:
        return self.home / "demo" / f"{system}.duckdb"

    @staticmethod
    def from_env(environ: Mapping[str, str] | None = None) -> Settings:
        """Read MARTLET_* once. Raises WrongUsage naming the variable that makes no sense."""
        env = {k.removeprefix("MARTLET_"): v for k, v in (environ or os.environ).items() if k.startswith("MARTLET_")}
        home = Path(env.get("HOME") or "var").absolute()
        urls = _urls(env)
        is_demo = not urls
        if is_demo:
            urls = {name: SecretStr(f"duckdb:///{home / 'demo' / name}.duckdb") for name in catalog()}
        key = DEMO_KEY if is_demo else env.get("PSEUDONYM_KEY", "")
        if len(key) < 16:
            raise WrongUsage(
                "MARTLET_PSEUDONYM_KEY is required with your own database: at least 16 characters, kept secret and\n"
                "kept for ever (another key means other pseudonyms). Make one:\n"
                "  python -c 'import secrets; print(secrets.token_hex(32))'"
            )
        return Settings(
            home=home,
            urls=urls,
            pseudonym_key=SecretStr(key),
            reporting_timezone=_timezone(env.get("REPORTING_TIMEZONE") or "UTC"),
            start_date=_date("MARTLET_START_DATE", env.get("START_DATE")) or DEFAULT_START_DATE,
            is_demo=is_demo,
            export_months=_months("MARTLET_EXPORT_MONTHS", env.get("EXPORT_MONTHS")),
            contract_stable=_truth("MARTLET_CONTRACT_STABLE", env.get("CONTRACT_STABLE")),
        )


def _urls(env: Mapping[str, str]) -> dict[str, SecretStr]:
    urls = {}
    for name, value in env.items():
        system = name.removesuffix("_URL").lower()
        if name in _VARIABLES or not value:
            continue
        if not name.endswith("_URL") or system not in catalog():
            known = ", ".join(system.variable for system in catalog().values())
            raise WrongUsage(f"MARTLET_{name}: unknown variable or system. Known systems: {known}.")
        scheme, separator, _ = value.partition("://")
        if scheme not in SCHEMES or not separator:  # without it, the value may be all password
            raise WrongUsage(
                f"MARTLET_{name}: {scheme if separator else 'this'} is not a kind of database that Martlet reads."
                " Use postgresql://user:password@host:5432/database or duckdb:///path/to/file.duckdb."
            )
        urls[system] = SecretStr(value)
    return urls


def _timezone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError) as error:
        raise WrongUsage(f"MARTLET_REPORTING_TIMEZONE={name!r} is not a time zone such as Europe/Berlin.") from error


def _date(variable: str, value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise WrongUsage(f"{variable}={value!r} is not a date such as 2026-11-19.") from error


def _months(variable: str, value: str | None) -> int | None:
    if value and not (value.isdecimal() and int(value) > 0):
        raise WrongUsage(f"{variable}={value!r} is not a number of months such as 12.")
    return int(value) if value else None


def _truth(variable: str, value: str | None) -> bool:
    if (value or "false").lower() not in {"true", "false"}:
        raise WrongUsage(f"{variable}={value!r} is neither true nor false.")
    return (value or "").lower() == "true"
