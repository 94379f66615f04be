"""Is it still what was published? Every file against its sha256, the pointers against each other, in both roots."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.errors import MartletError, WrongUsage
from orchestration.publish import audit, pointer
from orchestration.publish.layout import MANIFEST, Layout, sha256_of
from orchestration.publish.proofs import read_csv

_OTHERS = 0o077


@dataclass(frozen=True)
class Problem:
    """`path` is relative to exports/<contract version>, or begins with exports-restricted/; `what` holds no values."""

    release_id: str | None
    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}"


def verify(exports: Path, release_id: str | None = None, contract_version: str = "v1") -> list[Problem]:
    """Problems of one release, or of all of them and the pointers. Raises WrongUsage for a release that isn't there."""
    layout = Layout(exports, contract_version)
    own = layout.restricted
    if release_id is not None:
        demand_release(layout, release_id)
        return _verify_both(layout, release_id)
    problems = _verify_pointers(layout) + _verify_restricted(layout, own)
    return problems + [p for known in layout.release_ids() for p in _verify_both(layout, known)]


def _verify_both(layout: Layout, release_id: str) -> list[Problem]:
    """The release, and its part in the restricted root."""
    problems, own = verify_release(layout, release_id), layout.restricted
    if release_id in own.release_ids():
        return problems + verify_release(own, release_id)
    if (layout.readable_manifest(release_id) or {}).get("restricted"):
        problems.append(Problem(release_id, f"{_root(own)}releases/{release_id}", "is missing"))
    return problems


def _verify_restricted(layout: Layout, own: Layout) -> list[Problem]:
    """Whether the restricted root is in step with the public one, and closed to everybody but its owner."""
    if not own.root.is_dir():
        return []
    problems = [
        Problem(None, f"{_root(own)}releases/{known}", "is of no public release")
        for known in own.release_ids()
        if known not in layout.release_ids()
    ]
    current = pointer.current_id(layout)
    expected = current if current in own.release_ids() else None
    if current and pointer.current_id(own) != expected:
        problems.append(
            Problem(expected, f"{_root(own)}latest", f"isn't what the public one is, {expected or 'nothing'}")
        )
    elif expected:
        problems += _verify_pointers(own)
    if own.exports.stat().st_mode & _OTHERS:
        problems.append(Problem(None, own.exports.name, "can be opened by others than its owner"))
    return problems


def _root(layout: Layout) -> str:
    """How the paths of problems begin."""
    return f"{layout.exports.name}/{layout.contract_version}/" if layout.is_private else ""


def demand_release(layout: Layout, release_id: str) -> None:
    """Raises WrongUsage naming the newest releases when this one isn't there."""
    known = layout.release_ids()
    if release_id not in known:
        newest = ", ".join(reversed(known[-5:])) or "none"
        raise WrongUsage(f"There is no release {release_id}. The newest: {newest}.")


def verify_release(layout: Layout, release_id: str) -> list[Problem]:
    """Missing, added and altered files of a release, and files whose rows aren't those of the manifest."""
    folder = layout.release(release_id)

    def problem(path: str, what: str) -> Problem:
        return Problem(release_id, f"{_root(layout)}releases/{release_id}/{path}", what)

    try:
        manifest = layout.manifest(release_id)
        files = {entry["path"]: entry for entry in manifest["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return [problem(MANIFEST, "is missing or can't be read")]
    problems = []
    published = [e for e in audit.read(layout.audit) if e.get("release_id") == release_id]
    if any(e.get("manifest_sha256") != sha256_of(folder / MANIFEST) for e in published if e.get("manifest_sha256")):
        problems.append(problem(MANIFEST, "is not the one that was published"))
    if manifest.get("release_id") != release_id:
        problems.append(problem(MANIFEST, "is of another release"))
    present = {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()} - {MANIFEST}
    problems += [problem(path, "is missing") for path in sorted(files.keys() - present)]
    problems += [problem(path, "is not in the manifest") for path in sorted(present - files.keys())]
    for path in sorted(files.keys() & present):
        if what := _file_problem(folder / path, files[path]):
            problems.append(problem(path, what))
    if layout.is_private:
        opened = [p for p in [folder, *folder.rglob("*")] if p.stat().st_mode & _OTHERS]
        problems += [problem(str(p.relative_to(folder)), "can be opened by others than its owner") for p in opened]
    return problems


def _file_problem(path: Path, entry: dict[str, Any]) -> str | None:
    size = path.stat().st_size
    if size != entry["bytes"]:
        return f"has {size:,} bytes instead of {entry['bytes']:,}"
    if sha256_of(path) != entry["sha256"]:
        return "was altered: its sha256 is another"
    try:
        rows = _rows(path, entry)
    except (pa.ArrowException, OSError, MartletError):
        return "can't be read"
    return None if rows == entry.get("rows") else f"holds {rows:,} rows instead of {entry['rows']:,}"


def _rows(path: Path, entry: dict[str, Any]) -> int | None:
    if entry["format"] == "parquet":
        return pq.read_metadata(path).num_rows
    if entry["format"] == "csv":
        return read_csv([c["name"] for c in entry["columns"]], [], path).rows
    return entry.get("rows")


def _verify_pointers(layout: Layout) -> list[Problem]:
    release_id = pointer.current_id(layout)
    known = layout.release_ids()
    if release_id is None:
        return [Problem(None, "latest", "is missing, but there are releases")] if known else []
    if release_id not in known:
        return [Problem(release_id, "latest", f"names {release_id}, which isn't there")]
    name = f"{_root(layout)}latest.json"
    try:
        written = json.loads(layout.latest_json.read_text(encoding="utf-8"))
        expected = pointer.pointer_content(layout, layout.manifest(release_id))
    except (OSError, ValueError, KeyError) as error:
        return [Problem(release_id, name, f"can't be compared with `latest` ({type(error).__name__})")]
    if written != expected:
        return [Problem(release_id, name, f"doesn't say what `latest` says, which is {release_id}")]
    return []
