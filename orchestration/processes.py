"""Whether a process is still there. Knows nothing of what it does."""

from __future__ import annotations

import os


def is_alive(pid: int) -> bool:
    """Whether a process has this id, of any user."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
