"""Where releases live and what they are called.

exports/v1/releases/<release_id>/   immutable          exports/v1/latest, latest.json   the pointer, twice
exports/v1/.staging-<release_id>-<pid>/   in the making    exports/v1/PINNED   release ids never removed, one per line
exports/audit/publish.jsonl         who pointed where, when
exports-restricted/                 the same once more, for its owner alone: what holds personal data
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from orchestration.errors import WrongUsage

_ID = re.compile(r"(\d{4}-\d\d-\d\d)--(\d{8}T\d{6}Z)(?:-(\d+))?")
MANIFEST = "manifest.json"


def release_order(release_id: str) -> tuple[str, str, int]:
    """Sorts releases by reporting day, then build time. Raises WrongUsage for what isn't a release id."""
    match = _ID.fullmatch(release_id)
    if not match:
        raise WrongUsage(f"{release_id!r} is not a release id such as 2026-11-19--20261120T020000Z")
    return match[1], match[2], int(match[3] or 1)


def utc_text(instant: datetime) -> str:
    """An instant as `2026-11-20T02:00:00Z`. Raises ValueError for one without a zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Layout:
    """The folders of one contract version below an export root. A private root is for its owner alone."""

    exports: Path
    contract_version: str = "v1"
    is_private: bool = False

    @property
    def restricted(self) -> Layout:
        """The root beside this one that holds personal data."""
        return Layout(self.exports.with_name(f"{self.exports.name}-restricted"), self.contract_version, True)

    @property
    def file_mode(self) -> int:
        return 0o600 if self.is_private else 0o444

    @property
    def folder_mode(self) -> int:
        """Of a folder in a sealed release."""
        return 0o700 if self.is_private else 0o555

    @property
    def root(self) -> Path:
        return self.exports / self.contract_version

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def latest(self) -> Path:
        return self.root / "latest"

    @property
    def latest_json(self) -> Path:
        return self.root / "latest.json"

    @property
    def audit(self) -> Path:
        return self.exports / "audit" / "publish.jsonl"

    def create(self) -> None:
        """Make the folders of the root; those of a private one can't be entered by others from the beginning."""
        for folder in (self.exports, self.root, self.releases, self.audit.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700 if self.is_private else 0o777)
            if self.is_private:
                folder.chmod(0o700)  # also one that somebody opened

    def release(self, release_id: str) -> Path:
        return self.releases / release_id

    def staging(self, release_id: str, pid: int) -> Path:
        return self.root / f".staging-{release_id}-{pid}"

    def release_ids(self) -> list[str]:
        """The releases that are there, oldest first."""
        if not self.releases.is_dir():
            return []
        found = [path.name for path in self.releases.iterdir() if path.is_dir() and _ID.fullmatch(path.name)]
        return sorted(found, key=release_order)

    def new_id(self, reporting_day: date, created_at: datetime) -> str:
        """Reporting day and build time, `2026-11-19--20261120T020000Z`; `-2` and so on within the same second."""
        base = f"{reporting_day:%Y-%m-%d}--{created_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        release_id, taken = base, 1
        while self.release(release_id).exists():
            taken += 1
            release_id = f"{base}-{taken}"
        return release_id

    def manifest(self, release_id: str) -> dict[str, Any]:
        """The manifest of a release. Raises OSError or ValueError when it is missing or no JSON."""
        return json.loads((self.release(release_id) / MANIFEST).read_text(encoding="utf-8"))

    def readable_manifest(self, release_id: str | None) -> dict[str, Any] | None:
        """The same; None when there is no release of that name, or its manifest can't be read."""
        try:
            return self.manifest(release_id) if release_id else None
        except (OSError, ValueError):
            return None
