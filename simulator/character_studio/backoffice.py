"""The back office: administrators and what they do, bug reports, requests of influencers.

Belongs here: admin_users, admin_audit_log, bug_reports, influencer_requests, and corrections of balances by hand. Does
not: what the service does by itself (the other modules). Administrators' tables tell time with a zone.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from simulator.chance import choose, poisson
from simulator.character_studio import schema, tunables, wallets
from simulator.character_studio.world import Chore, World

STEP_BUG, STEP_REQUEST, RETIRE = "bug goes on", "request goes on", "administrator leaves"


def chores_of_bug(world: World, bug: Any) -> Iterable[Chore]:
    step = tunables.BUG_STEPS.get(bug.status)
    if step and not world.chance.hits(f"stuck {bug.status}", bug.id, tunables.BUG_STUCK_SHARE):
        yield bug.updated_at + timedelta(days=1 + world.chance.span(bug.status, bug.id, *step[1])), STEP_BUG


def chores_of_request(world: World, request: Any) -> Iterable[Chore]:
    days = tunables.REQUEST_STEPS.get(request.status)
    if days and not world.chance.hits(f"stuck {request.status}", request.id, tunables.REQUEST_STUCK_SHARE):
        yield request.updated_at + timedelta(days=world.chance.span(request.status, request.id, *days)), STEP_REQUEST


def chores_of_admin(world: World, admin: Any) -> Iterable[Chore]:
    if admin.role == "moderator":
        yield admin.created_at + timedelta(days=tunables.ADMIN_LEAVES_AGE), RETIRE


def found(world: World) -> None:
    for number, role in enumerate(tunables.ADMIN_ROLES):
        moment = world.today.at(30 + number).replace(tzinfo=UTC)
        world.admins.add(
            id=world.new_id(schema.ADMINS), email=f"{role}@staff.example.com", name=f"Team {role.title()}", role=role,
            is_active=True, password_hash="$2b$12$staff", created_at=moment, updated_at=moment,
        )  # fmt: skip


def staff(world: World) -> list[Any]:
    """Who may work today, highest first."""
    return [a for a in world.admins.ordered() if a.is_active and a.role != "viewer"]


def live(world: World, team: list[Any], people: list[Any]) -> None:
    for admin in world.due(RETIRE, world.admins):
        admin.is_active, admin.updated_at = False, world.today.at(60_000).replace(tzinfo=UTC)
        world.admins.touch(admin)
    _bugs(world, team, people)
    _requests(world, team, people)
    if team and people:
        _work(world, team, people)


def _work(world: World, team: list[Any], people: list[Any]) -> None:
    rng = world.rng("back office")
    busy = (0.3 + 0.7 * world.today.growth) * world.scale
    for action, per_day in tunables.ACTIONS_PER_DAY.items():
        for _ in range(poisson(rng, per_day * busy)):
            moment, admin, user = world.today.at(rng.uniform(30_000, 64_000)), choose(rng, team), choose(rng, people)
            details: dict[str, Any] = {"reasonCategory": choose(rng, tunables.REASONS), "note": f"asked by {user.name}"}
            entity = "style_preset" if action in ("create", "update", "delete") else "user"
            if user.id not in world.users.by_id:
                continue
            if action in ("credits_added", "credits_adjusted"):
                details["amount"] = _correct(world, rng, user, action, moment)
            world.log(moment, admin, action, entity, user.id if entity == "user" else None, json.dumps(details))
            admin.last_login_at = max(admin.last_login_at or admin.created_at, moment.replace(tzinfo=UTC))
            world.admins.touch(admin)


def _correct(world: World, rng: random.Random, user: Any, action: str, moment: datetime) -> int:
    amount = choose(rng, (100, 500, 1_000, 2_000))
    if action == "credits_adjusted":
        amount = -min(amount, wallets.balance(world, user.id))
    wallets.book(
        world, user.id, "admin_adjustment", amount, moment, reference="admin_action", text="Adjusted by support"
    )
    return amount


def take_back(world: World, user_id: str, credits: int) -> None:
    """A refunded pack is taken back as far as the balance reaches."""
    amount, moment = min(credits, wallets.balance(world, user_id)), world.today.at(58_000)
    wallets.book(world, user_id, "admin_adjustment", -amount, moment, reference="admin_action", text="Pack refunded")
    details = {"amount": -amount, "reasonCategory": "correction"}
    world.log(moment, world.admins.ordered()[0], "credits_adjusted", "user", user_id, json.dumps(details))


def refund_job(world: World, job: Any, team: list[Any]) -> None:
    """What the service forgot to give back, an administrator gives."""
    if team and world.users.by_id[job.user_id].role != "admin":
        moment = world.today.at(48_000)
        wallets.refund_by_administrator(world, job, moment)
        details = {"amount": job.credits_used, "reasonCategory": "bug_compensation"}
        world.log(moment, team[0], "credits_refunded", "generation_job", job.id, json.dumps(details))


def _reports(world: World) -> float:
    return (tunables.QUIET_START + (1 - tunables.QUIET_START) * world.today.growth) * world.scale


def _bugs(world: World, team: list[Any], people: list[Any]) -> None:
    rng = world.rng("bugs")
    for _ in range(poisson(rng, tunables.BUGS_PER_DAY * _reports(world)) if people else 0):
        user, moment = choose(rng, people), world.today.at(rng.uniform(0, 86_000))
        known = user.id in world.users.by_id and rng.random() >= tunables.ANONYMOUS_BUG_SHARE
        browser = {
            "platform": choose(rng, ("iPhone", "Win32", "MacIntel")),
            "language": "en-US",
            "userAgent": "Mozilla",
        }
        world.bugs.add(
            id=world.new_id(schema.BUGS), user_id=user.id if known else None, email=user.email,
            description=f"{user.name} can't see the image", console_logs="TypeError", browser_metadata=json.dumps(browser),
            status="open", created_at=moment, updated_at=moment,
        )  # fmt: skip
    for bug in world.due(STEP_BUG, world.bugs):
        moment, old = world.today.at(world.chance.span("seen at", bug.id, 30_000, 60_000)), bug.status
        bug.status, bug.updated_at = tunables.BUG_STEPS[old][0], moment
        world.bugs.touch(bug)
        world.plan(schema.BUGS.name, bug)
        if team:
            details = json.dumps({"oldStatus": old, "newStatus": bug.status})
            world.log(moment, team[-1], "bug_report_status_changed", "bug_report", bug.id, details)
            if old == "open":
                world.log(moment, team[-1], "bug_report_note_added", "bug_report", bug.id, "{}")


def _requests(world: World, team: list[Any], people: list[Any]) -> None:
    rng = world.rng("requests")
    for _ in range(poisson(rng, tunables.REQUESTS_PER_DAY * _reports(world)) if people else 0):
        user, moment = choose(rng, people), world.today.at(rng.uniform(0, 86_000))
        if user.id in world.users.by_id:
            handle = f"@{user.name.split()[0].lower()}_{user.id[:4]}"
            world.requests.add(
                id=world.new_id(schema.REQUESTS), user_id=user.id, consent=rng.random() < 0.9, instagram=handle,
                tiktok=handle, description=f"I am {user.name}", status="pending", created_at=moment, updated_at=moment,
            )  # fmt: skip
    for request in world.due(STEP_REQUEST, world.requests):
        moment = world.today.at(world.chance.span("reviewed at", request.id, 30_000, 60_000))
        if request.status == "pending":
            request.status = "in_review"
        else:
            good = world.chance.hits("approved", request.id, tunables.APPROVED_SHARE)
            request.status, request.reviewed_at = "approved" if good else "rejected", moment
            request.admin_notes = "seen by the team"
        request.updated_at = moment
        world.requests.touch(request)
        world.plan(schema.REQUESTS.name, request)
