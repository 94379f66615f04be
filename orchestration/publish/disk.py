"""Durable and read-only files: fsync, sealing, removal. Knows nothing of releases."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any


def fsync(path: Path) -> None:
    """Force a file, or the entries of a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_tree(folder: Path) -> None:
    """Force every file and folder below, then the folder itself, to the disk."""
    for parent, _, files in os.walk(folder, topdown=False):
        for name in files:
            fsync(Path(parent) / name)
        fsync(Path(parent))


def write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def seal(folder: Path, file_mode: int, folder_mode: int, *, top: bool) -> None:
    """Give everything below its mode for good; with `top` the folder too, which comes only after its rename."""
    for parent, _, files in os.walk(folder, topdown=False):
        for name in files:
            (Path(parent) / name).chmod(file_mode)
        if top or Path(parent) != folder:
            Path(parent).chmod(folder_mode)


def remove(path: Path) -> None:
    """Remove a file, a link or a sealed folder. What is already gone is fine."""
    if path.is_symlink() or path.is_file():
        path.unlink(missing_ok=True)
    elif path.is_dir():
        for parent, _, _ in os.walk(path):
            Path(parent).chmod(0o700)
        shutil.rmtree(path)


def size_of(folder: Path) -> int:
    """Bytes of all files below."""
    return sum((Path(parent) / name).stat().st_size for parent, _, files in os.walk(folder) for name in files)
