"""A visit of the studio: what somebody makes there, and what it costs.

Belongs here: ordering characters and jobs, and paying for them. Does not: how a job goes (jobs.py), who comes
(accounts.py), plans and packs (subscriptions.py).
"""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from typing import Any

from simulator.chance import choose, poisson, weighted
from simulator.character_studio import accounts, characters, jobs, schema, subscriptions, tunables, wallets
from simulator.character_studio.world import World

_WORDS = ("Nova", "Luna", "Zoe", "Mara", "Iris", "Vera")


def visit(world: World, rng: random.Random, user: Any, moment: datetime) -> None:
    before = world.today.start - timedelta(seconds=rng.randint(*tunables.LATE_SECONDS))
    if rng.random() < tunables.LATE_SESSION_SHARE and world.credits.of(user.id)[0].updated_at < before:
        moment = before  # begun before midnight, committed after it
    began = moment
    subscriptions.consider(world, rng, user, moment)
    browses = rng.random() < tunables.BROWSING_SHARE
    for _ in range(0 if browses else 1 + poisson(rng, tunables.ACTIONS_PER_SESSION)):
        moment += timedelta(seconds=rng.randint(20, 200))
        if moment > world.today.last or not _act(world, rng, user, moment):
            break
    accounts.add_session(world, rng, user, began, moment + timedelta(seconds=rng.randint(30, 900)))


def _act(world: World, rng: random.Random, user: Any, moment: datetime) -> bool:
    """One thing made in the studio; False when the user can't pay for it."""
    mine = [c for c in world.characters.of(user.id) if c.deleted_at is None and c.status != "draft"]
    if not mine or rng.random() < tunables.NEW_CHARACTER_SHARE:
        return _new_character(world, rng, user, moment)
    feature = weighted(rng.random(), {name: spec[3] for name, spec in tunables.FEATURES.items()})
    kind, images, price, _ = tunables.FEATURES[feature]
    if kind == "lora_training":
        low, high = tunables.TRAINING_INPUT_PRICE
        price = choose(rng, tunables.TRAINING_PRICES) + rng.randint(3, 10) * choose(rng, (low, 2 * low, high))
        if not user.role == "admin" and wallets.balance(world, user.id) < price:
            return True  # looks at the price and goes on
    return _order(world, rng, user, choose(rng, mine), feature, kind, images, price, moment) is not None


def _order(
    world: World, rng: random.Random, user: Any, character: Any, feature: str, kind: str, images: int, price: int,
    moment: datetime,
) -> Any | None:  # fmt: skip
    """Take the credits and start a job. Credits are taken first and come back, mostly, when the job fails."""
    plan = subscriptions.current(world, user.id)
    staff, unlimited = user.role == "admin", plan is not None and plan.tier == "unlimited"
    if not (staff or unlimited) and wallets.balance(world, user.id) < price:
        if not world.chance.hits("payer", user.id, tunables.PAYER_SHARE):
            return None
        subscriptions.buy_pack(world, rng, user, moment - timedelta(seconds=5))
        if wallets.balance(world, user.id) < price:
            return None
    ident = world.new_id(schema.JOBS)
    job = world.jobs.add(
        id=ident, user_id=user.id, character_id=character.id, type=kind, status="queued",
        input=json.dumps(_input(world, ident, character, images)), image_count=images, completed_count=0,
        credits_used=0 if unlimited else price, retry_count=0, external_job_id=f"ext-{ident[:8]}",
        external_provider=world.chance.pick("provider", ident, tunables.PROVIDERS),
        created_at=moment, updated_at=moment,
    )  # fmt: skip
    if kind == "lora_training":
        characters.start_training(world, rng, job)
    if job.credits_used:
        by_feature = moment.date() >= tunables.FEATURE_IDS_SINCE
        quality = feature if by_feature else ("draft" if price <= 15 else "hq")
        reference = "dev_bypass" if staff else ("addon" if kind == "lora_training" else "feature")
        wallets.book(
            world, user.id, "generation", -price, moment, reference=reference, about=ident, quality=quality,
            spends=True, moves=not staff,
        )  # fmt: skip
    jobs.finish(world, job)
    return job


def _input(world: World, ident: str, character: Any, images: int) -> dict[str, Any]:
    look = jobs.look_of(world, ident)
    return {
        "prompt": f"{character.name}, {look['scene']}, in private", "scene": look["scene"],
        "environment": look["environment"], "outfit": look["outfit"], "aspectRatio": look["aspect_ratio"],
        "nsfw": look["nsfw"], "imageCount": images, "poseId": look["pose_id"], "promptEnhance": look["prompt_enhance"],
    }  # fmt: skip


def _new_character(world: World, rng: random.Random, user: Any, moment: datetime) -> bool:
    ident, name = world.new_id(schema.CHARACTERS), f"{choose(rng, _WORDS)} {rng.randint(1, 99)}"
    config: dict[str, Any] = {
        "style": choose(rng, tunables.ANSWERS["style"]), "gender": choose(rng, tunables.ANSWERS["gender"]),
        "age_range": choose(rng, tunables.ANSWERS["age_range"]), "nsfwEnabled": rng.random() < 0.2, "bio": name,
    }  # fmt: skip
    is_draft = rng.random() < tunables.DRAFT_SHARE
    character = world.characters.add(
        id=ident, user_id=user.id, name=name, handle=f"@{name.replace(' ', '').lower()}", config=json.dumps(config),
        status="draft" if is_draft else "generating", post_count="0", liked_count=None if rng.random() < 0.1 else "0",
        created_at=moment, updated_at=moment,
    )  # fmt: skip
    if is_draft:
        return True
    kind, images, price = "base_image_generation", tunables.BASE_IMAGES, tunables.BASE_PRICE
    if _order(world, rng, user, character, "base_image", kind, images, price, moment) is None:
        character.status = "draft"
        return False
    return True
