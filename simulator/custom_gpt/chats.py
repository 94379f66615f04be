"""Calls: what a visitor asks for, and what it leaves behind.

Belongs here: usage_records, conversations, model_ratings, and the counters that follow a call. Does not: who visits
(accounts.py). Tokens are twice the words of the message; every chat books half a second, whatever it took.
"""

from __future__ import annotations

import json
import math
import random
from datetime import date, datetime, timedelta
from typing import Any

from simulator.chance import choose, poisson, weighted
from simulator.custom_gpt import billing, operations, schema, tunables
from simulator.custom_gpt.world import World

_TALK = (
    "please explain how a small garden can be watered with rain and what a beginner should plant first " * 30
).split()


class Floor:
    """What can be talked to today: one's own models, and those that others made public."""

    def __init__(self, world: World) -> None:
        self.own: dict[str, list[Any]] = {}
        self.public: list[Any] = []
        for model in world.living(world.models):
            self.own.setdefault(model.user_id, []).append(model)
            if model.is_public:
                self.public.append(model)

    def choose(self, rng: random.Random, user: Any) -> Any | None:
        mine = self.own.get(user.id, [])
        if mine and rng.random() < tunables.OWN_MODEL_SHARE:
            return choose(rng, mine)
        return choose(rng, self.public) if self.public and rng.random() < tunables.PUBLIC_MODEL_SHARE else None


def visit(world: World, rng: random.Random, floor: Floor, user: Any, plan: Any, moment: datetime) -> None:
    """What somebody does after signing in; `plan` is None where the subscription row is missing."""
    for call in ("GET /api/models", "GET /api/conversations", "GET /api/subscription"):
        operations.request(world, rng, moment, call, user.id)
    for _ in range(1 + poisson(rng, tunables.MORE_CHATS_PER_VISIT)):
        moment += timedelta(seconds=rng.randint(20, 240))
        if moment < world.today.end - timedelta(minutes=5):
            _call(world, rng, user, plan, moment, "chat", floor.choose(rng, user))
    if plan is not None and plan.can_use_api and user.api_key:
        for _ in range(poisson(rng, tunables.INFERENCES_PER_VISIT)):
            moment += timedelta(seconds=rng.randint(1, 30))
            if moment < world.today.end - timedelta(minutes=5):
                _call(world, rng, user, plan, moment, "inference", floor.choose(rng, user))


def _call(
    world: World, rng: random.Random, user: Any, plan: Any, moment: datetime, operation: str, model: Any | None
) -> None:
    words, spread, most = tunables.WORDS
    words = min(most, max(1, round(words * math.exp(rng.gauss(0, spread)))))
    call, model_id = f"POST /api/{operation}", model.id if model else None
    moment = world.late(rng, moment, max(user.created_at, model.created_at if model else user.created_at))
    limited = operation == "inference" and rng.random() < tunables.RATE_LIMITED_SHARE
    request_id = operations.new_request_id(rng)
    for _ in range(2 if rng.random() < tunables.RETRIED_SHARE else 1):
        status, latency = operations.request(world, rng, moment, call, user.id, 429 if limited else 200, model_id)
        if status == 200:
            seconds = tunables.CHAT_SECONDS if operation == "chat" else latency / 1000
            record_usage(
                world, user.id, model_id, operation, tunables.TOKENS_PER_WORD * words, seconds, moment,
                request=(request_id, call, status, latency),
            )  # fmt: skip
            if plan is not None and rng.random() >= tunables.LOST_COUNT_SHARE:
                billing.book(plan, tunables.TOKENS_PER_WORD * words, seconds)
                world.subscriptions.touch(plan)
        moment = min(moment + timedelta(seconds=3), world.today.end - timedelta(seconds=1))
    if status != 200:
        return
    if model:
        model.total_inferences, model.last_used_at = (model.total_inferences or 0) + 1, moment
        world.models.touch(model)
    if operation == "chat":
        operations.audit(world, moment, user.id, "chat.completed", "model", model_id, request_id=request_id)
        _converse(world, rng, user, model_id, words, moment)


def record_usage(
    world: World,
    user_id: str,
    model_id: int | None,
    operation: str,
    tokens: int,
    seconds: float,
    moment: datetime,
    request: tuple[str, str, int, int] | None = None,
) -> None:
    """One usage record. The columns about the request came later; the cost was never filled."""
    known: dict[str, Any] = {}
    if request and moment.date() >= tunables.REQUEST_COLUMNS_SINCE:
        request_id, call, status, latency = request
        method, _, endpoint = call.partition(" ")
        known = {"request_id": request_id, "endpoint": endpoint, "method": method, "metadata": '{"client": "web"}'}
        known |= {"status_code": status, "latency_ms": latency}
    world.append(
        schema.USAGE,
        user_id=user_id,
        model_id=model_id,
        operation_type=operation,
        tokens_used=tokens,
        compute_time_seconds=seconds,
        cost_cents=0,
        created_at=moment,
        **known,
    )


def _converse(world: World, rng: random.Random, user: Any, model_id: int | None, words: int, moment: datetime) -> None:
    conversation = None
    if _written(world.today.date):
        messages = [
            {"role": "user", "content": " ".join(_TALK[:words])},
            {"role": "assistant", "content": "Water it in the evening."},
        ]
        conversation = world.append(
            schema.CONVERSATIONS, user_id=user.id, model_id=model_id, messages=json.dumps(messages), created_at=moment
        )
    if rng.random() < tunables.RATED_SHARE:
        for _ in range(2 if rng.random() < tunables.RATED_AGAIN_SHARE else 1):
            moment = min(moment + timedelta(seconds=rng.randint(5, 60)), world.today.end - timedelta(seconds=1))
            world.append(
                schema.RATINGS,
                model_id=None if model_id is None else str(model_id),
                user_id=user.id,
                conversation_id=None if conversation is None else str(conversation),
                rating=weighted(rng.random(), tunables.RATINGS),
                created_at=moment,
            )


def _written(day: date) -> bool:
    """Whether the chat endpoint writes its conversations to the table already."""
    return day >= tunables.CONVERSATIONS_SINCE
