"""Pointing `latest` back to an older release, in both roots. Nothing is copied; the next publish moves it on again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from orchestration.errors import Refused, Unavailable
from orchestration.publish import audit, pointer, restricted, retention
from orchestration.publish.layout import Layout, utc_text
from orchestration.publish.pointer import Hook
from orchestration.publish.verify import demand_release, verify


def rollback(
    exports: Path,
    release_id: str,
    now: datetime,
    who: str | None = None,
    contract_version: str = "v1",
    on_step: Hook = lambda step: None,
) -> str | None:
    """Point `latest` to this release; gives the one it named before. The caller holds the lease.

    Raises WrongUsage for a release that isn't there, Refused for one that isn't whole any more (every file is hashed),
    Unavailable when the disk fails.
    """
    layout = Layout(exports, contract_version)
    retention.sweep(exports, contract_version)  # what was never published can't be gone back to
    demand_release(layout, release_id)
    if problems := verify(exports, release_id, contract_version):
        found = "\n".join(f"  {p}" for p in problems[:10])
        raise Refused(f"Release {release_id} is not whole: `latest` was not moved.\n{found}")
    try:
        before = pointer.current_id(layout)
        manifest = layout.manifest(release_id)
        sha256 = pointer.point_to(layout, manifest, on_step)
        entry = pointer.entry_of("rollback", manifest, sha256, at=utc_text(now), previous=before, who=who)
        audit.append(layout, entry)
        restricted.follow(layout)
    except OSError as error:
        raise Unavailable(f"`latest` can't be moved in {layout.root}: {error}.") from error
    return before
