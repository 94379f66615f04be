"""The release before: does it say the same, is it whole, how much room does another one need?"""

from __future__ import annotations

import shutil
from typing import Any

from orchestration.errors import Unavailable
from orchestration.publish import disk
from orchestration.publish.build import BuildInfo
from orchestration.publish.describe import Described
from orchestration.publish.layout import Layout, utc_text


def is_same(layout: Layout, previous: dict[str, Any], build: BuildInfo, described: list[Described]) -> bool:
    """Same as_of, same marts, exports, columns, keys and content, and the files of that release are still all there."""
    part = layout.restricted.readable_manifest(previous["release_id"]) or {}
    before_exports = {**previous.get("exports", {}), **part.get("exports", {})}
    before = {n: (m["content_hash"], m["rows"], m.get("key", []), [(c["name"], c["type"]) for c in m["columns"]])
              for n, m in [*previous["marts"].items(), *before_exports.items()]}  # fmt: skip
    now = {d.mart.name: (d.content.content_hash, d.content.rows, list(d.mart.key), [(c.name, c.type) for c in d.mart.columns])
           for d in described}  # fmt: skip
    return previous["as_of"] == utc_text(build.as_of) and before == now and is_whole(layout, previous)


def is_whole(layout: Layout, manifest: dict[str, Any]) -> bool:
    """Whether the files of a release are all there, by name and size, those of its restricted part too."""
    folder = layout.release(manifest["release_id"])
    paths = [(folder / f["path"], f["bytes"]) for f in manifest["files"]]
    if manifest.get("restricted"):
        part = layout.restricted.readable_manifest(manifest["release_id"])
        if part is None:
            return False
        folder = layout.restricted.release(manifest["release_id"])
        paths += [(folder / f["path"], f["bytes"]) for f in part["files"]]
    return all(path.is_file() and path.stat().st_size == size for path, size in paths)


def demand_space(layout: Layout, previous: dict[str, Any] | None) -> None:
    """Twice the size of the previous release must be free. Raises Unavailable."""
    roots = (layout, layout.restricted)
    needed = 2 * sum(disk.size_of(root.release(previous["release_id"])) for root in roots) if previous else 0
    free = shutil.disk_usage(layout.root).free
    if free < needed:
        raise Unavailable(
            f"{layout.exports} lacks space: {free:,} bytes are free, a release needs {needed:,}. Nothing was published."
        )
