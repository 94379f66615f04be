"""What DuckDB's errors mean for a person: a damaged file, a full disk, a lock."""

from __future__ import annotations

import duckdb

from orchestration.errors import Busy, Damaged, MartletError, Unavailable

_DAMAGED = (
    "not a valid DuckDB database file",
    "Corrupt database file",
    "checksum",
    "Checksum",
    "Failure while replaying WAL",
    "Serialization Error",
    "Trying to read a database file with version number",
)
REBUILD = "Restore it from the archive and the sources: martlet rebuild"


def is_damage(error: object) -> bool:
    """Whether DuckDB's error, or its text, says that the file itself is broken."""
    return any(sign in str(error) for sign in _DAMAGED)


def explain(error: duckdb.Error) -> MartletError | None:
    """The error as a message with a way out, or None when its text must speak for itself."""
    text = str(error)
    if is_damage(error):
        return Damaged(f"The warehouse file is damaged: {text.splitlines()[0]}\n`latest` is as it was. {REBUILD}")
    if "Could not set lock" in text:
        return Busy(f"A DuckDB file is open in another process. Close it, then try again.\n({text})")
    if "No space left" in text or isinstance(error, duckdb.OutOfMemoryException):
        return Unavailable(
            f"No space is left under MARTLET_HOME: {text}\nThe step was undone. Free the disk, then run again."
        )
    return None
