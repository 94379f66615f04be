"""Jobs and what they make: images, and the posts that some of them become.

Belongs here: how a job goes and ends, images, posts. Does not: who orders it (studio.py), what a character learns of it
(characters.py). How a job goes is a trait of its id, so a job under way at midnight ends as it would have.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from simulator.chance import choose
from simulator.character_studio import backoffice, characters, schema, tunables, wallets
from simulator.character_studio.world import Chore, World

FINISH, RETRY, ADMIN_REFUND = "finish job", "retry job", "refund job"
LIKE, DELETE_IMAGE, EXPORT, DELETE_POST = "like image", "delete image", "export post", "delete post"
_OUTFITS = ("casual", "business", "sport", "evening", "summer")
_POSES = ("standing", "sitting", "walking", "portrait", None)


class Fate(NamedTuple):
    """How a job goes."""

    status: str
    started: datetime
    completed: datetime
    retries: int
    error: str | None


def fate(world: World, job: Any) -> Fate:
    """A job's fate; a job that fails may try again in its own row."""
    chance, ident, jam = world.chance, job.id, 1.0
    fails = tunables.FAILED_SHARE
    if chance.hits("jam", job.created_at.toordinal(), tunables.JAM_DAY_SHARE):
        jam, fails = tunables.JAM_FACTOR, tunables.FAILED_SHARE_IN_JAM
    wait = timedelta(seconds=round(chance.lognormal("wait", ident, *tunables.WAIT_SECONDS) * jam, 3))
    usual = tunables.TRAINING_SECONDS if job.type == "lora_training" else tunables.BUSY_SECONDS
    busy = chance.lognormal("busy", ident, *usual) * max(job.image_count or 1, 1) ** 0.5
    started = job.created_at + wait
    ended, retries = started + timedelta(seconds=round(busy, 3)), 0
    draw = chance.unit("outcome", ident)
    if draw < tunables.CANCELLED_SHARE:
        return Fate("cancelled", started, started, 0, None)
    if draw >= tunables.CANCELLED_SHARE + fails:
        return Fate("completed", started, ended, 0, None)
    if chance.hits("tries again", ident, tunables.AUTO_RETRY_SHARE):
        retries = chance.span("tries", ident, 1, 3)
        ended += timedelta(seconds=round(busy * retries, 3))
        if chance.hits("tries succeed", ident, tunables.RETRY_SUCCEEDS):
            return Fate("completed", started, ended, retries, None)
    return Fate("failed", started, ended, retries, chance.pick("error", ident, tunables.ERRORS))


def chores_of_job(world: World, job: Any) -> Iterable[Chore]:
    if job.status in ("queued", "processing"):
        yield fate(world, job).completed, FINISH
    elif job.status == "failed" and job.completed_at:
        if world.chance.hits("manual retry", job.id, tunables.MANUAL_RETRY_SHARE):
            yield job.completed_at + timedelta(days=1), RETRY
        elif job.credits_used and not _service_refunds(world, job):
            yield job.completed_at + timedelta(days=1), ADMIN_REFUND


def chores_of_image(world: World, image: Any) -> Iterable[Chore]:
    yield from _some_day(world, image, "liked", tunables.LIKED_SHARE, LIKE, tunables.IMAGE_DAYS)
    yield from _some_day(world, image, "deleted", tunables.IMAGE_DELETED_SHARE, DELETE_IMAGE, tunables.IMAGE_DAYS)


def chores_of_post(world: World, post: Any) -> Iterable[Chore]:
    yield from _some_day(world, post, "exported", tunables.POST_EXPORTED_SHARE, EXPORT, tunables.POST_DAYS)
    yield from _some_day(world, post, "deleted", tunables.POST_DELETED_SHARE, DELETE_POST, tunables.POST_DAYS)


def _some_day(world: World, row: Any, name: str, share: float, action: str, days: int) -> Iterable[Chore]:
    if world.chance.hits(name, row.id, share):  # most soon, few late
        yield row.created_at + timedelta(days=1 + int(days * world.chance.unit(f"{name} after", row.id) ** 3)), action


def live(world: World, staff: list[Any]) -> None:
    """What is due today of jobs, images and posts of the days before."""
    for job in world.due(FINISH, world.jobs):
        finish(world, job)
        world.plan(schema.JOBS.name, job)
    for job in world.due(RETRY, world.jobs):
        _start_again(world, job, staff)
    for job in world.due(ADMIN_REFUND, world.jobs):
        backoffice.refund_job(world, job, staff)
    for image in world.due(LIKE, world.images):
        if image.deleted_at is None and image.status == "completed":
            image.liked = True  # this writer forgets updated_at
            world.images.touch(image)
            characters.count(world, image.character_id, "liked_count")
    for image in world.due(DELETE_IMAGE, world.images):
        image.deleted_at = image.updated_at = world.today.at(50_000)
        world.images.touch(image)
    for post in world.due(EXPORT, world.posts):
        post.exported, post.liked = True, True
        post.exported_at = post.updated_at = world.today.at(52_000)
        world.posts.touch(post)
    for post in world.due(DELETE_POST, world.posts):
        world.posts.remove(post)


def look_of(world: World, ident: str) -> dict[str, Any]:
    """What a job's images show: traits of the job's id."""
    rng = world.chance.rng("look", ident)
    return {
        "scene": choose(rng, schema.ENUMS["scene_preset"]),
        "environment": choose(rng, schema.ENUMS["environment_preset"]),
        "outfit": choose(rng, _OUTFITS),
        "pose_id": choose(rng, _POSES),
        "aspect_ratio": choose(rng, ("1:1", "9:16", "9:16", "2:3")),
        "nsfw": rng.random() < 0.12,
        "prompt_enhance": rng.random() < 0.6,
    }


def _service_refunds(world: World, job: Any) -> bool:
    if world.chance.hits("manual retry", job.id, tunables.MANUAL_RETRY_SHARE):
        return False
    return world.chance.hits("service refunds", job.id, tunables.SERVICE_REFUND_SHARE)


def finish(world: World, job: Any) -> None:
    """Bring a job to its end, or as far as it gets today."""
    end = fate(world, job)
    if end.completed > world.today.last:
        if end.started <= world.today.last:
            job.status, job.started_at, job.updated_at = "processing", end.started, end.started
        world.jobs.touch(job)
        return
    job.status, job.retry_count, job.error = end.status, end.retries, end.error
    if job.error and job.error.endswith(" "):
        job.error += "a person in private"  # some texts repeat the prompt
    job.started_at = None if end.status == "cancelled" else end.started
    job.completed_at = job.updated_at = end.completed
    world.jobs.touch(job)
    refunded = False
    if job.status == "completed":
        _deliver(world, job)
    else:
        paid = job.credits_used and world.users.by_id[job.user_id].role != "admin"
        refunded = bool(paid and (job.status == "cancelled" or _service_refunds(world, job)))
        if refunded:
            wallets.refund_by_service(world, job, end.completed)
        if job.status == "failed" and job.type == "image_generation":
            if world.chance.hits("leaves an image", job.id, tunables.FAILED_IMAGE_SHARE):
                _add_image(world, job, 0, "failed")
    characters.tell(world, job)
    if job.type == "lora_training":
        characters.end_training(world, job, refunded)


def _start_again(world: World, job: Any, staff: list[Any]) -> None:
    """An administrator starts a failed job again: the row is used again, credits stay as they are."""
    moment = world.today.at(36_000 + world.chance.span("retried at", job.id, 0, 20_000))
    job.status, job.error, job.retry_count = "completed", None, job.retry_count + 1
    job.started_at, job.completed_at = moment, moment + timedelta(seconds=40)
    if not world.chance.hits("forgets updated_at", job.id, tunables.FORGETFUL_RETRY_SHARE):
        job.updated_at = job.completed_at
    world.jobs.touch(job)
    _deliver(world, job)
    characters.tell(world, job)
    if job.type == "lora_training":
        characters.end_training(world, job, refunded=False)
    if staff:
        world.log(moment, staff[-1], "retry", "generation_job", job.id, json.dumps({"oldStatus": "failed"}))


def _deliver(world: World, job: Any) -> None:
    count = job.image_count
    if count > 1 and world.chance.hits("partial", job.id, tunables.PARTIAL_SHARE):
        count -= 1
    job.completed_count = count
    job.output = json.dumps({"urls": [f"https://img.example.com/{job.id}/{n}.png" for n in range(count)]})
    for number in range(count):
        image = _add_image(world, job, number, "completed")
        if job.type == "image_generation" and image.edit_type is None:
            if world.chance.hits("posted", image.id, tunables.POSTED_SHARE):
                _post(world, job, image)


def _add_image(world: World, job: Any, number: int, status: str) -> Any:
    character = world.characters.by_id.get(job.character_id)
    is_edit = job.type == "image_generation" and job.image_count == 1 and job.credits_used == 10
    source = character.base_image_id if character and (is_edit or job.type == "image_upscale") else None
    look = {} if job.type in ("image_upscale", "character_sheet_generation") else look_of(world, job.id)
    ident = world.chance.uuid("images", job.id, number, job.retry_count)
    width, height = {"9:16": (768, 1365), "2:3": (832, 1248)}.get(look.get("aspect_ratio", ""), (1024, 1024))
    return world.images.add(
        id=ident, character_id=job.character_id, user_id=job.user_id, source_image_id=source,
        edit_type="inpaint" if is_edit else None, status=status, style_id=None, model_id="studio-v2", liked=False,
        width=width, height=height, generation_error=job.error if status == "failed" else None,
        s3_key=f"users/{job.user_id}/{ident}.png", s3_url=f"https://img.example.com/{ident}.png",
        thumbnail_url=f"https://img.example.com/{ident}.jpg", prompt=f"{character.name if character else ''} in private",
        created_at=job.completed_at, updated_at=job.completed_at, **look,
    )  # fmt: skip


def _post(world: World, job: Any, image: Any) -> None:
    """Publish an image, with a caption that a job of its own has written."""
    moment = min(job.completed_at + timedelta(minutes=2), world.today.last)
    caption_job = world.new_id(schema.JOBS)
    words = world.jobs.add(
        id=caption_job, user_id=job.user_id, character_id=job.character_id, type="caption_generation", status="queued",
        input=json.dumps({"prompt": "caption, in private"}), image_count=0, completed_count=0, credits_used=0,
        retry_count=0, created_at=moment - timedelta(minutes=1), updated_at=moment - timedelta(minutes=1),
    )  # fmt: skip
    finish(world, words)
    world.posts.add(
        id=world.new_id(schema.POSTS), character_id=job.character_id, user_id=job.user_id, job_id=job.id,
        prompt_id=world.chance.uuid("prompts", job.id), scene=image.scene, environment=image.environment,
        outfit=image.outfit, aspect_ratio=image.aspect_ratio, nsfw=image.nsfw, caption="A day in private",
        caption_edited=world.chance.hits("edited", image.id, 0.3), liked=False, exported=False, created_at=moment,
        updated_at=moment,
    )  # fmt: skip
    characters.count(world, job.character_id, "post_count")
