"""The log of what `latest` pointed to: one JSON object per line, only ever appended to."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from orchestration.publish.disk import fsync
from orchestration.publish.layout import Layout


def append(layout: Layout, entry: dict[str, Any]) -> None:
    """Add one line and force it to the disk. A line torn by a crash is closed first: it must not swallow this one."""
    mode = 0o600 if layout.is_private else 0o666
    with open(layout.audit, "a+b", opener=lambda path, flags: os.open(path, flags, mode)) as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    fsync(layout.audit.parent)


def read(path: Path) -> list[dict[str, Any]]:
    """All whole lines, oldest first; a torn line is skipped."""
    entries = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []:
        try:
            entries.append(json.loads(line))
        except ValueError:
            continue
    return entries
