"""Characters, and the models trained of them.

Belongs here: what a character learns of its jobs, its deletion and all that goes with it, lora_models. Does not: making
one (studio.py), its images (jobs.py).
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from simulator.chance import choose, weighted
from simulator.character_studio import schema, tunables
from simulator.character_studio.world import Chore, World

DELETE, PURGE, EXPIRE = "delete character", "purge character", "expire model"


def chores_of_character(world: World, character: Any) -> Iterable[Chore]:
    chance, ident = world.chance, character.id
    if chance.hits("deleted", ident, tunables.CHARACTER_DELETED_SHARE):
        age = chance.span("deleted after", ident, *tunables.CHARACTER_DELETED_AGE)
        yield character.created_at + timedelta(days=age), DELETE
        if chance.hits("purged", ident, tunables.PURGED_SHARE):
            yield character.created_at + timedelta(days=age + tunables.PURGED_AFTER), PURGE


def chores_of_lora(world: World, lora: Any) -> Iterable[Chore]:
    if lora.status == "ready":
        yield lora.expires_at, EXPIRE


def live(world: World) -> None:
    """What is due today of characters and models of the days before."""
    for lora in world.due(EXPIRE, world.loras):
        lora.status, lora.updated_at = "expired", world.today.at(3_600)
        world.loras.touch(lora)
    for character in world.due(DELETE, world.characters):
        character.deleted_at = character.updated_at = world.today.at(54_000)
        world.characters.touch(character)
    for character in world.due(PURGE, world.characters):
        world.characters.remove(character)
        for table in (schema.IMAGES, schema.POSTS, schema.LORAS):
            world.delete_all(table, "character_id", character.id)
        world.clear_all(schema.JOBS, "character_id", character.id)


def tell(world: World, job: Any) -> None:
    """The first images make a character ready, or their failure spoils it; a trained model makes it an HD one."""
    character = world.characters.by_id.get(job.character_id)
    if character is None:
        return
    good = job.status == "completed"
    if job.type == "base_image_generation":
        character.status = "ready" if good else "failed"
        character.generation_error = job.error
        character.base_image_id = world.chance.uuid("images", job.id, 0, job.retry_count) if good else None
    elif job.type == "lora_training":
        character.status, character.lora_status = ("hd_ready", "ready") if good else ("ready", "failed")
    else:
        return
    character.updated_at = job.completed_at
    world.characters.touch(character)


def count(world: World, character_id: str | None, column: str) -> None:
    """Raise a counter of a character: numbers kept as text, and nobody lowers them again."""
    character = world.characters.by_id.get(character_id or "")
    if character is not None:
        setattr(character, column, str(int(getattr(character, column) or 0) + 1))
        world.characters.touch(character)


def start_training(world: World, rng: random.Random, job: Any) -> None:
    world.loras.add(
        id=world.chance.uuid("lora_models", job.id), character_id=job.character_id, user_id=job.user_id,
        type=weighted(rng.random(), {"face": 0.7, "style": 0.2, "pose": 0.1}), status="training",
        training_model=choose(rng, schema.ENUMS["training_model"]), training_steps=choose(rng, (1000, 1500, 2000)),
        credits_charged=job.credits_used, credits_refunded=0, retry_count=0, created_at=job.created_at,
        updated_at=job.created_at,
    )  # fmt: skip


def end_training(world: World, job: Any, refunded: bool) -> None:
    lora = world.loras.by_id.get(world.chance.uuid("lora_models", job.id))
    if lora is None:
        return
    good = job.status == "completed"
    started = job.started_at or job.completed_at
    lora.status, lora.retry_count = ("ready" if good else "failed"), job.retry_count
    lora.training_started_at, lora.training_completed_at = started, job.completed_at
    lora.training_duration_ms = int((job.completed_at - started).total_seconds() * 1000)
    lora.training_cost = 40 + lora.training_duration_ms // 30_000  # US cents
    lora.expires_at = job.completed_at + timedelta(days=tunables.TRAINING_LIFE_DAYS) if good else None
    lora.credits_refunded = lora.credits_charged if refunded else 0
    lora.updated_at = job.completed_at
    world.loras.touch(lora)
    world.plan(schema.LORAS.name, lora)
