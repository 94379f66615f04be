"""The pointer `latest`: a symlink that is the truth, and latest.json that says the same for readers without symlinks.

Both are replaced by a rename, so that a reader sees the old or the new release and never anything between.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from orchestration.publish import audit
from orchestration.publish.disk import fsync, write_json
from orchestration.publish.layout import MANIFEST, Layout, sha256_of

Hook = Callable[[str], None]


def current_id(layout: Layout) -> str | None:
    """The release that `latest` names, or None when there is none."""
    return os.path.basename(os.readlink(layout.latest)) if layout.latest.is_symlink() else None


def current_manifest(layout: Layout) -> dict[str, Any] | None:
    """The manifest of the release that `latest` names; None when there is none or it can't be read."""
    return layout.readable_manifest(current_id(layout))


def pointer_content(layout: Layout, manifest: dict[str, Any]) -> dict[str, Any]:
    """What latest.json says of a release."""
    release_id = manifest["release_id"]
    return {
        "release_id": release_id,
        "path": f"releases/{release_id}",
        "as_of": manifest["as_of"],
        "created_at": manifest["created_at"],
        "manifest_sha256": sha256_of(layout.release(release_id) / MANIFEST),
    }


def point_to(layout: Layout, manifest: dict[str, Any], on_step: Hook) -> str:
    """Swap both pointers to a complete release; gives the sha256 of its manifest."""
    temporary = layout.root / f".latest-{os.getpid()}"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(f"releases/{manifest['release_id']}")
    on_step("link_written")
    os.replace(temporary, layout.latest)
    fsync(layout.root)
    on_step("latest_swapped")
    content = pointer_content(layout, manifest)
    _swap_json(layout, content, on_step)
    return content["manifest_sha256"]


def _swap_json(layout: Layout, content: dict[str, Any], on_step: Hook) -> None:
    temporary = layout.root / f".latest.json-{os.getpid()}"
    write_json(temporary, content)
    if layout.is_private:
        temporary.chmod(layout.file_mode)
    fsync(temporary)
    on_step("json_written")
    os.replace(temporary, layout.latest_json)
    fsync(layout.root)
    on_step("json_swapped")


def heal(layout: Layout) -> list[str]:
    """Finish a swap that a crash cut short: latest.json and the audit log follow `latest`. Says what was mended."""
    manifest = current_manifest(layout)
    if manifest is None:
        return []
    mended = []
    content = pointer_content(layout, manifest)
    try:
        written = json.loads(layout.latest_json.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        written = None
    if written != content:
        _swap_json(layout, content, lambda step: None)
        mended.append("latest.json")
    if all(entry.get("release_id") != manifest["release_id"] for entry in audit.read(layout.audit)):
        audit.append(layout, entry_of("publish", manifest, content["manifest_sha256"], note="after a crash"))
        mended.append("audit line")
    return mended


def entry_of(action: str, manifest: dict[str, Any], sha256: str, **more: str | None) -> dict[str, Any]:
    """An audit line about a release; `at` is its build time unless `more` says otherwise."""
    return {
        "at": manifest["created_at"],
        "action": action,
        "release_id": manifest["release_id"],
        "previous": manifest["previous_release"],
        "as_of": manifest["as_of"],
        "build_id": manifest["build_id"],
        "manifest_sha256": sha256,
        **more,
    }
