"""What may go: leftovers of a crash at once, old releases by rule. The caller holds the lease.

Removal renames first, so that a kill in the middle leaves no release that looks whole.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from orchestration.processes import is_alive
from orchestration.publish import audit, disk, pointer
from orchestration.publish.layout import Layout, utc_text

_LEFTOVER = re.compile(r"\.(?:staging-.+|trash-.+|latest|latest\.json)-(\d+)")


def sweep(exports: Path, contract_version: str = "v1") -> list[str]:
    """Remove what crashed publishes left and finish a swap they began; gives the names of what was removed or mended.

    Removed: half written folders and links whose process is gone (or is this one), and a release that was complete but
    never pointed to: it was made to follow the present `latest`, and the audit log, which mentions every release that
    ever was `latest` (heal() sees to that first), doesn't know it.
    """
    layout = Layout(exports, contract_version)
    if not layout.root.is_dir():
        return []
    done = pointer.heal(layout)
    for path in sorted(layout.root.iterdir()):
        match = _LEFTOVER.fullmatch(path.name)
        if match and not _is_alive(int(match[1])):
            disk.remove(path)
            done.append(path.name)
    current = pointer.current_id(layout)
    mentioned = {entry.get("release_id") for entry in audit.read(layout.audit)} | {current}
    for release_id in layout.release_ids():
        follows = _manifest(layout, release_id).get("previous_release", release_id)
        if release_id not in mentioned and follows == current:
            _remove_release(layout, release_id)
            done.append(release_id)
    return done


def _is_alive(pid: int) -> bool:
    """Whether another process has this id; we ourselves are not in the middle of a publish when we sweep."""
    return pid != os.getpid() and is_alive(pid)


def _remove_release(layout: Layout, release_id: str) -> None:
    trash = layout.root / f".trash-{release_id}-{os.getpid()}"
    layout.release(release_id).chmod(0o755)  # a sealed folder can't change its parent
    layout.release(release_id).rename(trash)
    disk.fsync(layout.releases)
    disk.remove(trash)


def apply_retention(
    exports: Path,
    now: datetime,
    keep_last: int = 7,
    keep_months: int = 13,
    min_age_days: int = 7,
    contract_version: str = "v1",
) -> list[str]:
    """Remove old releases; gives their ids.

    Kept: the newest `keep_last`; of each of the last `keep_months` calendar months the first reporting day (its newest
    build); what PINNED lists; what `latest` names and what it named before that; what is younger than `min_age_days` or
    was `latest` within them, for somebody may still be reading it.
    """
    layout = Layout(exports, contract_version)
    known = layout.release_ids()
    manifests = {release_id: _manifest(layout, release_id) for release_id in known}
    keep: set[str | None] = {*known[-keep_last:], *_first_of_months(known, now, keep_months), *_pinned(layout)}
    log = audit.read(layout.audit)
    current = pointer.current_id(layout)
    if current:
        keep |= {current, manifests.get(current, {}).get("previous_release")}
        keep |= {e.get("previous") for e in log if e.get("release_id") == current}
    floor = utc_text(now - timedelta(days=min_age_days))
    for entry in log:
        if entry.get("at", "") >= floor:  # until then a reader may have resolved `latest` to the previous one
            keep |= {entry.get("release_id"), entry.get("previous")}
    removed = []
    for release_id in known:
        if release_id not in keep and manifests[release_id].get("created_at", "") < floor:
            _remove_release(layout, release_id)
            line = {"at": utc_text(now), "action": "retention", "release_id": release_id}
            audit.append(layout.audit, line)
            removed.append(release_id)
    return removed


def _manifest(layout: Layout, release_id: str) -> dict[str, Any]:
    try:
        return layout.manifest(release_id)
    except (OSError, ValueError):
        return {}


def _first_of_months(known: list[str], now: datetime, keep_months: int) -> set[str]:
    today = now.astimezone(UTC)
    newest_month = today.year * 12 + today.month - 1
    first: dict[str, str] = {}
    for release_id in known:  # oldest first, builds of the same day too
        day, month = release_id[:10], release_id[:7]
        if month not in first or first[month][:10] == day:
            first[month] = release_id
    return {r for m, r in first.items() if int(m[:4]) * 12 + int(m[5:]) - 1 > newest_month - keep_months}


def _pinned(layout: Layout) -> set[str]:
    """Release ids of the file PINNED, one per line; `#` starts a comment."""
    path = layout.root / "PINNED"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {line.split("#")[0].strip() for line in lines} - {""}
