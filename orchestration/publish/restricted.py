"""The root exports-restricted/, in step with the public one: the same release ids, `latest` the same release.

Two links can't be swapped at once, so the public one is the truth and this root follows it: after every publish and
rollback, and in every sweep after a crash. What is in a restricted release: documented.yml. How it is written: files.py.
"""

from __future__ import annotations

from orchestration.publish import audit, pointer, removal
from orchestration.publish.layout import Layout


def follow(layout: Layout) -> list[str]:
    """Bring the restricted root in step with the public one `layout`; says what was removed or mended.

    A release that isn't public (any more) goes. Where the public `latest` has no restricted part, there is none either:
    names of another release would be worse.
    """
    own = layout.restricted
    if not own.root.is_dir():
        return []
    done = removal.remove_leftovers(own)
    public = set(layout.release_ids())
    for release_id in own.release_ids():
        if release_id not in public:
            removal.remove_release(own, release_id)
            done.append(release_id)
    current, before = pointer.current_id(layout), pointer.current_id(own)
    manifest = own.readable_manifest(current)
    if manifest is None:
        for path in (own.latest, own.latest_json):
            path.unlink(missing_ok=True)
    elif current == before:
        done += pointer.heal(own)
    else:
        sha256 = pointer.point_to(own, manifest, lambda step: None)
        audit.append(own, pointer.entry_of("follow", manifest, sha256, previous=before))
        done.append("latest")
    return [f"{own.exports.name}/{name}" for name in done]
