"""Resellers come, are approved, gather clients, sign contracts, and some leave.

Belongs here: partners, clients, partner_contracts and the profiles behind them. Does not: credits (wallets.py),
events.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from simulator.chance import choose
from simulator.photobooth import accounts, entities, names, schema, tunables
from simulator.photobooth.entities import Client, Contract, Partner, Profile
from simulator.photobooth.wallets import Reseller
from simulator.photobooth.world import Chore, World

DECIDE = "decide on applicant"
CLOSE = "switch partner off"
NEW_CLIENT = "enter client"
REMOVE_CLIENT = "remove client"
SIGN = "sign contract"
PAUSE = "pause contract"
END = "end contract"


def chores_of_profile(world: World, profile: Profile) -> Iterable[Chore]:
    yield from accounts.chores_of_profile(world, profile)
    if profile.role == "pending_partner":
        yield profile.created_at.toordinal() + world.chance.span("decided", profile.id, *tunables.APPROVAL_DAYS), DECIDE


def chores_of_partner(world: World, partner: Partner) -> Iterable[Chore]:
    chance, born = world.chance, partner.created_at.toordinal()
    for number in range(chance.span("clients", partner.id, *tunables.CLIENTS_PER_PARTNER)):
        yield born + chance.span("client", (partner.id, number), 1, 25 + 40 * number), NEW_CLIENT
    if chance.hits("contract", partner.id, tunables.CONTRACT_SHARE):
        yield born + chance.span("contract at", partner.id, *tunables.CONTRACT_AGE), SIGN
        if chance.hits("second contract", partner.id, tunables.SECOND_CONTRACT_SHARE):
            yield born + chance.span("second contract at", partner.id, *tunables.SECOND_CONTRACT_AGE), SIGN
    yield born + chance.span("closing", partner.id, *(tunables.ACTIVE_DAYS["closing"] or (0, 0))), CLOSE


def chores_of_client(world: World, client: Client) -> Iterable[Chore]:
    if mistaken(world, client):
        yield client.created_at.toordinal() + world.chance.span("noticed", client.id, 1, 5), REMOVE_CLIENT


def chores_of_contract(world: World, contract: Contract) -> Iterable[Chore]:
    if contract.ends_on:
        yield contract.ends_on.toordinal() + 1, END
    if world.chance.hits("paused", contract.id, 0.15):
        yield contract.created_at.toordinal() + world.chance.span("paused at", contract.id, 20, 90), PAUSE


def mistaken(world: World, client: Client) -> bool:
    return world.chance.hits("mistaken", client.id, tunables.MISTAKEN_CLIENT_SHARE)


def found(world: World) -> None:
    """The resellers of the first day: most with a login, some known only by e-mail, one without a partner row."""
    rng = world.rng("founding partners")
    for number in range(max(6, round(tunables.FOUNDING_PARTNERS * world.scale))):
        login = accounts.open_account(world, rng, world.today.at(3600 + number * 5), role="partner")
        partner = _approve(world, rng, login, login.created_at + timedelta(seconds=2), number, by_email=number % 4 == 3)
        if number % 3 == 0:
            moment = world.today.at(rng.uniform(40000, 80000))
            accounts.open_account(world, rng, moment, role="user", partner_id=partner.id)
    for _ in range(max(1, round(world.scale))):
        accounts.open_account(world, rng, world.today.at(rng.uniform(3600, 80000)), role="partner")
        accounts.open_account(world, rng, world.today.at(rng.uniform(3600, 80000)), role="pending_partner")


def live(world: World, sellers: list[Reseller]) -> None:
    rng = world.rng("partners")
    for _ in range(_arrived(world, world.today.age) - _arrived(world, world.today.age - 1)):
        accounts.open_account(world, rng, world.today.at(rng.uniform(36000, 85000)), role="pending_partner")
    for ident in world.due(DECIDE):
        _decide(world, rng, ident)
    tiers = {seller.id: seller.tier for seller in sellers}
    for ident in world.due(CLOSE):
        partner = world.partners.by_id.get(ident)
        if partner and tiers.get(ident) == "closing":
            partner.is_active = False
            world.partners.touch(partner)
            world.log(world.today.at(54000), "partner_deactivated", partner_id=ident)
    for ident in world.due(NEW_CLIENT):
        _enter_client(world, rng, world.partners.by_id.get(ident))
    for ident in world.due(REMOVE_CLIENT):
        client = world.clients.by_id.get(ident)
        if client:
            world.clients.remove(client)
    _contracts(world, rng)


def _arrived(world: World, age: int) -> int:
    """How many applicants have come by the end of a day: a curve, not chance, so that small worlds grow too."""
    growth = max(age, 0) / tunables.WORLD_DAYS
    height = growth**tunables.PARTNER_GROWTH_POWER if growth <= 1 else growth
    return int((tunables.PARTNERS_AT_FULL_HEIGHT - tunables.FOUNDING_PARTNERS) * world.scale * height)


def _decide(world: World, rng: random.Random, ident: str) -> None:
    profile = world.profiles.by_id.get(ident)
    draw = rng.random()
    if profile is None or profile.role != "pending_partner" or draw < tunables.REFUSED_SHARE:
        return
    moment = world.today.at(rng.uniform(46800, 75600))
    profile.role, profile.updated_at = "partner", moment
    world.profiles.touch(profile)
    if draw < tunables.REFUSED_SHARE + tunables.VIRTUAL_SHARE:
        return  # the role was set by hand and nobody created the row: a virtual partner
    partner = _approve(world, rng, profile, moment, rng.randrange(1000), by_email=rng.random() < 0.12)
    world.log(moment, "partner_approved", partner_id=partner.id, user=profile)


def _approve(
    world: World, rng: random.Random, login: Profile, moment: datetime, writer: int, by_email: bool
) -> Partner:
    """Initial credits come with the row and leave no trace in the ledger. `writer` tells versions of the code apart."""
    label = names.company(rng)
    style = writer % 4  # which generation of the label this version writes
    address = names.other_case(login.email or "") if by_email or rng.random() < 0.3 else login.email
    return world.partners.add(
        entities.Partner(
            id=world.new_id(schema.PARTNERS),
            company_name=label if style in (0, 3) else ("" if style == 2 else None),
            business_name=label if style in (1, 3) else None,
            name=label if style == 2 else None,
            contact_name=login.full_name,
            contact_email=address,
            contact_phone=names.phone(rng),
            user_id=None if by_email else login.id,
            credits_total=choose(rng, tunables.INITIAL_CREDITS),
            credits_used=None if writer % 3 == 1 else 0,
            is_active=None if writer % 5 == 1 else True,
            config='{"primary_color": "#3355aa", "radius": 8}',
            created_at=moment,
            updated_at=moment,
        )
    )


def _enter_client(world: World, rng: random.Random, partner: Partner | None) -> None:
    if partner is None or partner.is_active is False:
        return
    moment = world.today.at(rng.uniform(43200, 82800))
    ident = world.new_id(schema.CLIENTS)
    name = names.person(rng)
    address = names.email(rng, name, ident)
    styles = [s.id for s in world.styles.rows if s.is_premium is not None]
    client = entities.Client(
        id=ident,
        partner_id=partner.id,
        name=name,
        email=address,
        contact_person=name if rng.random() < 0.5 else None,
        phone=names.phone(rng),
        credits_total=0 if rng.random() < 0.6 else None,
        credits_used=0,
        contracted_styles=rng.sample(styles, min(6, len(styles))) if rng.random() < 0.6 else None,
        config=None,
        invitation_sent_at=moment + timedelta(minutes=3) if rng.random() < 0.7 else None,
        created_at=moment,
    )
    world.clients.add(client)
    if client.invitation_sent_at and rng.random() < 0.5:
        login = accounts.open_account(world, rng, moment + timedelta(minutes=10), role="client")
        login.email, login.full_name = address, name


def _contracts(world: World, rng: random.Random) -> None:
    for ident in world.due(SIGN):
        partner = world.partners.by_id.get(ident)
        if partner and partner.is_active is not False:
            _sign(world, rng, ident, before=None)
    for ident in world.due(PAUSE):
        contract = world.contracts.by_id.get(ident)
        if contract and contract.status == "active":
            contract.status = "paused"
            world.contracts.touch(contract)
    for ident in world.due(END):
        contract = world.contracts.by_id.get(ident)
        if contract is None or contract.status == "ended":
            continue
        contract.status, contract.updated_at = "ended", world.today.at(10800)
        world.contracts.touch(contract)
        partner = world.partners.by_id.get(contract.partner_id)
        first = sum(c.partner_id == contract.partner_id for c in world.contracts.rows) == 1
        if first and partner and partner.is_active is not False and rng.random() < 0.7:
            _sign(world, rng, contract.partner_id, before=contract)


def _sign(world: World, rng: random.Random, partner_id: str, before: Contract | None) -> None:
    moment = world.today.at(rng.uniform(46800, 75600))
    if before:
        currency, value = before.currency, before.monthly_value * Decimal("1.25")
    else:
        held = {c.currency for c in world.contracts.rows if c.partner_id == partner_id and c.status != "ended"}
        currency = "USD" if "ARS" in held else "ARS" if held else choose(rng, ("ARS", "ARS", "USD"))
        value = Decimal(choose(rng, tunables.CONTRACT_VALUES[currency]))
    months = choose(rng, tunables.CONTRACT_MONTHS)
    ends = world.today.date + timedelta(days=months * 30) if before is None or rng.random() < 0.5 else None
    world.contracts.add(
        entities.Contract(
            id=world.new_id(schema.CONTRACTS),
            partner_id=partner_id,
            monthly_value=value.quantize(Decimal("0.01")),
            currency=currency,
            starts_on=world.today.date,
            ends_on=ends,
            status="active",
            created_at=moment,
            updated_at=moment,
        )
    )
