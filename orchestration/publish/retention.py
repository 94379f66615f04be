"""What may go: leftovers of a crash at once, old releases by rule. The caller holds the lease.

The restricted root follows: a release that goes here goes there, and its `latest` is this one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from orchestration.publish import audit, pointer, removal, restricted
from orchestration.publish.layout import Layout, utc_text


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
    done += removal.remove_leftovers(layout)
    current = pointer.current_id(layout)
    mentioned = {entry.get("release_id") for entry in audit.read(layout.audit)} | {current}
    for release_id in layout.release_ids():
        follows = (layout.readable_manifest(release_id) or {}).get("previous_release", release_id)
        if release_id not in mentioned and follows == current:
            removal.remove_release(layout, release_id)
            done.append(release_id)
    return done + restricted.follow(layout)


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
    manifests = {release_id: layout.readable_manifest(release_id) or {} for release_id in known}
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
            removal.remove_release(layout, release_id)
            line = {"at": utc_text(now), "action": "retention", "release_id": release_id}
            audit.append(layout, line)
            removed.append(release_id)
    restricted.follow(layout)
    return removed


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
