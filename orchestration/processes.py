"""Processes: whether one is still there, and what all of ours set. Knows nothing of what they do."""

from __future__ import annotations

import gc
import os


def collect_garbage_rarely() -> None:
    """A run imports and keeps some million objects: to look among them for garbage took a seventh of a night."""
    gc.set_threshold(200_000, 50, 50)


def is_alive(pid: int) -> bool:
    """Whether a process has this id, of any user."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
