"""What people do on a visit: sessions of pictures, captions, compositions, uploads, and the community.

Belongs here: visits and the rows they leave. Does not: who comes to be (people.py), how a deed is counted (tracking.py)
or paid (credits.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from simulator.chance import choose, poisson, weighted
from simulator.media_vault import credits, schema, tunables
from simulator.media_vault.tracking import Visit
from simulator.media_vault.world import Record, World


class Habits:
    """How often each user comes back: traits, kept because they are asked for every day."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[str, tuple[float, int]] = {}

    def expected_today(self) -> Iterator[tuple[datetime, str, object]]:
        world, chance = self._world, self._world.chance
        for user in world.users.rows.values():
            rate, until = self._known.get(user.id) or self._learn(user)
            if world.ordinal <= until and user.is_active is not False and user.role == "user":
                if chance.hits(f"visit {world.ordinal}", user.id, rate):
                    yield world.at(chance.span(f"visit at {world.ordinal}", user.id, 0, 80000)), "visit", user.id
        rng = world.rng("strangers")
        for number in range(poisson(rng, tunables.ANONYMOUS_LOOKS_PER_DAY * world.growth * world.scale)):
            yield world.at(rng.uniform(0, 86000)), "look in", number

    def _learn(self, user: Record) -> tuple[float, int]:
        chance = self._world.chance
        rate = min(0.8, chance.lognormal("visits", user.id, *tunables.VISITS_PER_DAY))
        life = int(chance.lognormal("active life", user.id, *tunables.ACTIVE_LIFE_DAYS))
        self._known[user.id] = rate, user.created_at.toordinal() + life
        return self._known[user.id]


def is_creator(world: World, ident: str) -> bool:
    return world.chance.hits("creator", ident, tunables.CREATOR_SHARE)


def visit(world: World, moment: datetime, ident: str) -> None:
    user = world.users.rows.get(ident)
    if user is None or user.is_active is False:
        return
    rng = world.rng("visit", ident)
    here = Visit(world, rng, user, moment)
    here.log_in()
    bonus = tunables.DAILY_BONUS[world.wallets.rows[ident].tier]
    credits.book(world, ident, moment, "daily_bonus", bonus)
    credits.consider_buying(here)
    column = 0 if is_creator(world, ident) else 1
    weights = {name: share[column] for name, share in tunables.DEEDS.items()}
    for _ in range(1 + poisson(rng, tunables.DEEDS_PER_VISIT)):
        here.pass_time()
        _DEEDS[weighted(rng.random(), weights)](here)


def look_in(world: World, moment: datetime, number: object) -> None:
    """A stranger opens a session by its link: there is no user to name."""
    shared = [s.id for s in world.sessions.rows.values() if s.share_code]
    if shared:
        rng = world.rng("stranger", number)
        Visit(world, rng, None, moment).track("session_viewed", choose(rng, shared))


# --- sessions of pictures ------------------------------------------------------------------------


def _create_session(here: Visit) -> None:
    world, rng = here.world, here.rng
    number = world.number(schema.SESSIONS)
    if not credits.spend(here, "session_create", credits.session_price(world.day), str(number)):
        return
    theme, imported = weighted(rng.random(), tunables.THEMES), rng.random() < tunables.IMPORTED_SHARE
    shortest = rng.randint(1, 20)
    world.add(
        world.sessions,
        id=number,
        user_id=here.user.id,
        title=f"Evening {rng.randrange(1000)} of {here.user.first_name}",
        subreddits=[f"feed_{rng.randrange(40)}" for _ in range(rng.randint(0, 5))],
        category_id=rng.randint(1, tunables.CATEGORIES),
        category_source=choose(rng, ("user", "detected", None)),
        interval_min=shortest,
        interval_max=rng.randint(shortest, 60),
        transition=weighted(rng.random(), tunables.TRANSITIONS),
        caption_theme=theme,
        ai_prompt=f"As {here.user.first_name} would say it" if theme == "custom" else None,
        is_public=False,
        share_to_community=False,
        is_favorite=False,
        is_manual_mode=rng.random() < 0.2,
        is_imported=imported,
        import_source="community" if imported else None,
        share_code=None,
        created_at=here.moment,
        updated_at=here.moment,
    )
    for place in range(rng.randint(*tunables.MEDIA_PER_SESSION)):
        kind = "image" if rng.random() < 0.8 else "video"
        caption = f"Words {place} by {here.user.first_name}" if rng.random() < 0.4 else None
        address = f"https://img.example.com/{number}/{place}"
        row = (kind, place, caption, address, f"{address}/small", "https://feed.example.com/post")
        world.append(schema.SESSION_MEDIA, world.number(schema.SESSION_MEDIA), number, *row)
    here.track("session_created", number, theme=theme, title="An evening")


def _with_session(here: Visit) -> None:
    """Look at a session of one's own, or change it."""
    world, rng = here.world, here.rng
    own = list(world.sessions.of[here.user.id].values())
    if not own:
        return _create_session(here)
    session, action = choose(rng, own), weighted(rng.random(), tunables.WITH_SESSION)
    here.track(action, session.id)
    if action == "session_edited":
        session.transition, session.updated_at = weighted(rng.random(), tunables.TRANSITIONS), here.moment
    elif action == "session_favorited":
        session.is_favorite = not session.is_favorite
    elif action == "session_shared":
        session.share_code = session.share_code or world.chance.uuid("share", session.id)
        session.is_public = True
        if not session.share_to_community and rng.random() < tunables.TO_COMMUNITY_SHARE:
            session.share_to_community = True
            _publish(here, "session", session.id, session.category_id, "session")
    world.sessions.touch(session)


def delete_session(world: World, moment: datetime, number: int) -> None:
    """The session and its media vanish; its snapshot in the community and the log keep its number."""
    session = world.sessions.rows.get(number)
    if session is None:
        return
    drop_session(world, session)
    user = world.users.rows[session.user_id]
    Visit(world, world.rng("deletion", number), user, moment).track("session_deleted", number)


def drop_session(world: World, session: Record) -> None:
    world.sessions.remove(session)
    world.orphan(schema.SESSION_MEDIA, "session_id", session.id)


# --- media ---------------------------------------------------------------------------------------


def _times(here: Visit) -> int:
    """Who has credits to lose makes several at once."""
    return here.rng.randint(1, tunables.APPETITE[here.world.wallets.rows[here.user.id].tier])


def _caption(here: Visit) -> None:
    rng, theme = here.rng, weighted(here.rng.random(), tunables.THEMES)
    if rng.random() < 0.35:
        here.track("theme_selected", theme=theme)
    for _ in range(_times(here)):
        if not credits.spend(here, "smart_caption", tunables.PRICES["smart_caption"], None):
            return
        here.track("smart_caption_generated", theme=theme, captionLength=rng.randint(20, 200))
        if rng.random() < 0.15:
            here.track("caption_regenerated", theme=theme)
        if rng.random() < 0.4:
            _keep(here, "smart-caption", "image")
        here.pass_time()


def _write_caption(here: Visit) -> None:
    here.track("custom_caption_created", captionLength=here.rng.randint(10, 90))


def _compose(here: Visit) -> None:
    rng = here.rng
    for _ in range(_times(here)):
        kept = here.world.number(schema.MEDIA)
        if not credits.spend(here, "studio_generate", tunables.PRICES["studio_generate"], str(kept)):
            return
        layout = weighted(rng.random(), tunables.LAYOUTS)
        if layout and rng.random() < 0.5:
            here.track("layout_detected", layout=layout)
        here.track("studio_remix" if rng.random() < 0.25 else "studio_created", layout=layout)
        _keep(here, *choose(rng, (("studio", "image"), ("studio", "image"), ("studio-video", "video"))), number=kept)
        here.pass_time()


def _upload(here: Visit) -> None:
    kind = "image" if here.rng.random() < 0.75 else "video"
    here.track("media_uploaded", media_type=kind)
    _keep(here, "upload" if here.rng.random() < 0.9 else "filter-tool", kind)


def _download(here: Visit) -> None:
    if here.rng.random() < 0.7:
        here.track("media_downloaded", media_type="image")
    else:  # two writers: one stores a number, the other its text
        count = here.rng.randint(2, 60)
        here.track("bulk_download", count=count if here.rng.random() < 0.5 else str(count))


def _keep(here: Visit, source: str, kind: str, number: int | None = None) -> None:
    """A file in the vault."""
    number = number or here.world.number(schema.MEDIA)
    here.world.add(
        here.world.media,
        id=number,
        user_id=here.user.id,
        source=source,
        media_type=kind,
        file_size_bytes=None if here.rng.random() < 0.2 else here.rng.randint(40_000, 9_000_000),
        original_name=f"{here.user.first_name} at home {number}.jpg" if source == "upload" else None,
        file_url=f"https://img.example.com/vault/{number}",
        is_shared=False,
        created_at=here.moment,
        deleted_at=None,
    )


def _share_media(here: Visit) -> None:
    own = [m for m in here.world.media.of[here.user.id].values() if not m.is_shared and m.deleted_at is None]
    if own:
        file = choose(here.rng, own)
        file.is_shared = True
        here.world.media.touch(file)
        here.track("media_shared", media_type=file.media_type)
        _publish(here, "media", file.id, here.rng.randint(1, tunables.CATEGORIES), file.source)


def delete_media(world: World, moment: datetime, number: int) -> None:
    """Most files vanish, some only say when they were deleted."""
    file = world.media.rows.get(number)
    if file is None:
        return
    if world.chance.hits("hard", number, tunables.HARD_DELETED_MEDIA_SHARE):
        world.media.remove(file)
    else:
        file.deleted_at = moment
        world.media.touch(file)
    here = Visit(world, world.rng("file deletion", number), world.users.rows[file.user_id], moment)
    here.track("media_deleted", media_type=file.media_type)


# --- the community -------------------------------------------------------------------------------


def _publish(here: Visit, kind: str, source_id: int, category: int | None, source: str) -> None:
    here.world.add(
        here.world.items,
        id=here.world.number(schema.ITEMS),
        kind=kind,
        source_id=source_id,
        user_id=here.user.id,
        category_id=category,
        source=source,
        like_count=0,
        is_hidden=False,
        created_at=here.moment,
    )


def _like(here: Visit) -> None:
    world, rng = here.world, here.rng
    newest = [i for i in list(world.items.rows.values())[-tunables.POPULAR :] if not i.is_hidden]
    done = {like.item_id for like in world.likes.of[here.user.id].values()}
    for _ in range(rng.randint(1, 3)):
        item = choose(rng, newest) if newest else None
        if item and item.id not in done:
            done.add(item.id)
            number = world.number(schema.LIKES)
            values = {"kind": item.kind, "item_id": item.id, "created_at": here.moment}
            world.add(world.likes, id=number, user_id=here.user.id, **values)
            _count_like(world, item, number, 1)


def unlike(world: World, moment: datetime, number: int) -> None:
    like = world.likes.rows.get(number)
    if like:
        world.likes.remove(like)
        item = world.items.rows.get(like.item_id)
        if item:
            _count_like(world, item, -number, -1)


def _count_like(world: World, item: Record, draw: int, by: int) -> None:
    """The counter beside the likes; a write now and then is lost."""
    if not world.chance.hits("like lost", draw, tunables.LIKE_COUNTER_LOST_SHARE):
        item.like_count += by
        world.items.touch(item)


def hide_item(world: World, moment: datetime, number: int) -> None:
    """A moderator takes an item out of sight."""
    item = world.items.rows.get(number)
    if item:
        item.is_hidden = True
        world.items.touch(item)


_DEEDS: dict[str, Callable[[Visit], None]] = {
    "create session": _create_session,
    "with a session": _with_session,
    "caption": _caption,
    "write a caption": _write_caption,
    "compose": _compose,
    "upload": _upload,
    "download": _download,
    "share media": _share_media,
    "like": _like,
}
