"""Campaigns and media plans: what users file their work under, and what they plan to spend on advertising.

Belongs here: campaigns, media_plans, media_plan_platforms. A plan holds the customer's forecast for their own
business, not a cost of the operator. Campaigns vanish; plans are only marked as deleted.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from simulator.chance import choose
from simulator.marketing_engine import entities, schema, tunables
from simulator.marketing_engine.world import Chore, World

DELETE, STEP, REVISE, DELETE_PLAN = "delete campaign", "campaign step", "revise plan", "delete plan"
_CENT, _FINE = Decimal("0.01"), Decimal("0.0001")


def chores_of_campaign(world: World, campaign: entities.Campaign) -> Iterable[Chore]:
    born, chance = campaign.created_at.toordinal(), world.chance
    for age, status in tunables.CAMPAIGN_STEPS:
        if chance.hits(f"{status} {age}", campaign.id, tunables.CAMPAIGN_STEP_SHARE):
            yield born + age, STEP
    if chance.hits("dropped", campaign.id, tunables.CAMPAIGN_DELETED_SHARE):
        yield born + chance.span("dropped after", campaign.id, *tunables.CAMPAIGN_DELETED_AGE), DELETE


def chores_of_plan(world: World, plan: entities.Plan) -> Iterable[Chore]:
    for action, share, age in (
        (REVISE, tunables.PLAN_REVISED_SHARE, tunables.PLAN_REVISED_AGE),
        (DELETE_PLAN, tunables.PLAN_DELETED_SHARE, tunables.PLAN_DELETED_AGE),
    ):
        if world.chance.hits(action, plan.id, share):
            yield plan.created_at.toordinal() + world.chance.span(f"{action} after", plan.id, *age), action


def live(world: World) -> None:
    """What users change and drop. Most writers of campaigns forget updated_at; a trigger keeps that of plans."""
    rng = world.rng("campaigns")
    for ident in world.due(STEP):
        campaign = world.campaigns.by_id.get(ident)
        if campaign:
            age = world.today.ordinal - campaign.created_at.toordinal()
            campaign.status = dict(tunables.CAMPAIGN_STEPS)[age]
            world.campaigns.touch(campaign)
    for ident in world.due(DELETE):
        campaign = world.campaigns.by_id.get(ident)
        if campaign:
            world.remove(world.campaigns, campaign)
    for ident in world.due(REVISE):
        plan = world.plans.by_id.get(ident)
        if plan and plan.deleted_at is None:
            plan.total_budget = (plan.total_budget * Decimal("1.2")).quantize(_CENT)
            plan.status, plan.updated_at = "active", world.today.at(rng.uniform(30000, 70000))
            for platform in world.of(world.platforms, plan.id):
                _forecast(world, plan, platform, plan.updated_at)
                world.platforms.touch(platform)
            world.plans.touch(plan)
    for ident in world.due(DELETE_PLAN):
        plan = world.plans.by_id.get(ident)
        if plan and plan.deleted_at is None:
            plan.status = "archived" if plan.status == "active" else plan.status
            plan.deleted_at = plan.updated_at = world.today.at(rng.uniform(30000, 70000))
            world.plans.touch(plan)


def open_campaign(world: World, rng: random.Random, user_id: str, moment: datetime) -> None:
    ident = world.new_id(schema.CAMPAIGNS)
    tags = sorted(rng.sample(tunables.TAGS, rng.randint(1, 3))) if rng.random() < 0.7 else None
    name = f"{choose(rng, tunables.TAGS).title()} {world.today.date:%B}"
    about = f"For the customers of Member {user_id[:4]}" if rng.random() < 0.6 else None
    world.campaigns.add(
        entities.Campaign(ident, user_id, name, about, "draft", "{}", tags, Decimal("0.000000"), 0, moment, moment)
    )


def book(world: World, rng: random.Random, campaign: entities.Campaign, cost: Decimal) -> None:
    """Raise the counters of a campaign, now and then not: they drift."""
    if rng.random() >= tunables.CAMPAIGN_COUNTER_MISSED_SHARE:
        campaign.total_cost += cost
        campaign.total_generations += 1
        world.campaigns.touch(campaign)


def open_plan(world: World, rng: random.Random, user_id: str, moment: datetime) -> None:
    ident = world.new_id(schema.PLANS)
    linked = world.of(world.campaigns, user_id)
    plan = entities.Plan(
        id=ident,
        user_id=user_id,
        name=f"Plan {world.today.date:%Y-%m}",
        description=None,
        status=choose(rng, ("draft", "active", "completed")),
        total_budget=Decimal(choose(rng, (150, 300, 800, 2500, 7500, 20000))).quantize(_CENT),
        currency="EUR" if rng.random() < 0.2 else "USD",
        market=choose(rng, ("US", "DACH", "LATAM", None)),
        goal=choose(rng, tunables.GOALS),
        niche=choose(rng, ("fitness", "saas", None)),
        lead_to_sale_percent=Decimal("20.00"),
        revenue_per_sale=Decimal(choose(rng, (800, 800, 350, 0))).quantize(_CENT),
        campaign_id=linked[-1].id if linked and rng.random() < 0.5 else None,
        created_at=moment,
        updated_at=moment,
        deleted_at=None,
    )
    world.plans.add(plan)
    names = rng.sample(tunables.PLAN_PLATFORMS, rng.randint(2, 4))
    shares = [Decimal(100 // len(names))] * len(names)
    shares[0] += 100 - sum(shares)
    for name, share in zip(names, shares, strict=True):
        ident = world.chance.uuid(schema.PLATFORMS.name, plan.id, name)
        share = share.quantize(_CENT)
        platform = entities.Platform(
            ident, plan.id, name, share, _CENT, 0, 0, 0, 0, 0, _FINE, None, None, None, None, None, moment
        )
        _forecast(world, plan, platform, moment)
        world.platforms.add(platform)


def _forecast(world: World, plan: entities.Plan, row: entities.Platform, moment: datetime) -> None:
    """What the product's calculator says of a budget; without a click or a sale there is no price of one."""
    budget = (plan.total_budget * row.allocation_percent / 100).quantize(_CENT)
    row.budget_allocated = budget
    row.estimated_impressions = int(budget * world.chance.span("reach", row.id, 60, 200))
    row.estimated_reach = row.estimated_impressions * 2 // 3
    row.estimated_clicks = row.estimated_impressions * world.chance.span("clicks", row.id, 5, 25) // 1000
    row.estimated_leads = row.estimated_clicks // world.chance.span("leads", row.id, 12, 60)
    row.estimated_sales = int(row.estimated_leads * plan.lead_to_sale_percent / 100)
    row.estimated_revenue = (row.estimated_sales * plan.revenue_per_sale).quantize(_FINE)
    row.calculated_cpl = _per(budget, row.estimated_leads)
    row.calculated_cpc = _per(budget, row.estimated_clicks)
    row.calculated_cpm = _per(budget * 1000, row.estimated_impressions)
    row.calculated_cac = _per(budget, row.estimated_sales)
    row.calculated_roas = (row.estimated_revenue / budget).quantize(_FINE) if budget else None
    row.updated_at = moment


def _per(amount: Decimal, count: int) -> Decimal | None:
    return (amount / count).quantize(_FINE) if count else None


def work_on(world: World, rng: random.Random, user_id: str, moment: datetime) -> None:
    """Now and then a session begins a campaign or a media plan."""
    moment = min(moment + timedelta(seconds=20), world.today.last)
    if rng.random() < tunables.CAMPAIGNS_PER_SESSION:
        open_campaign(world, rng, user_id, moment)
    if rng.random() < tunables.PLANS_PER_SESSION:
        open_plan(world, rng, user_id, moment)
