"""Removing what lies in an export root: releases, and what dead processes left. Knows no rule of what may go.

A release is renamed first, so that a kill in the middle leaves none that looks whole.
"""

from __future__ import annotations

import os
import re

from orchestration.processes import is_alive
from orchestration.publish import disk
from orchestration.publish.layout import Layout

_LEFTOVER = re.compile(r"\.(?:staging-.+|trash-.+|latest|latest\.json)-(\d+)")


def remove_leftovers(layout: Layout) -> list[str]:
    """Remove half written folders and links whose process is gone, or is this one; gives their names."""
    removed = []
    for path in sorted(layout.root.iterdir()):
        match = _LEFTOVER.fullmatch(path.name)
        if match and not _is_alive(int(match[1])):
            disk.remove(path)
            removed.append(path.name)
    return removed


def _is_alive(pid: int) -> bool:
    """Whether another process has this id; we ourselves are not in the middle of a publish when we sweep."""
    return pid != os.getpid() and is_alive(pid)


def remove_release(layout: Layout, release_id: str) -> None:
    """Remove a sealed release for good."""
    trash = layout.root / f".trash-{release_id}-{os.getpid()}"
    layout.release(release_id).chmod(0o700)  # a sealed folder can't change its parent
    layout.release(release_id).rename(trash)
    disk.fsync(layout.releases)
    disk.remove(trash)
