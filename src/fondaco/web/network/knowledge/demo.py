"""Invented knowledge, a pool of shipments and a collective brand for the demonstration's network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from fondaco.markets.periods import months_after
from fondaco.network.delivery import Shipment
from fondaco.web.accounts.models import Firm, Network, User
from fondaco.web.network.knowledge import board_actions, firm_actions, pool_actions, programme_actions
from fondaco.web.network.knowledge.board_forms import REVIEW_MONTHS
from fondaco.web.network.knowledge.models import (
    Answer,
    KnowledgeItem,
    Pool,
    Programme,
    Question,
    Rates,
    ShownToNetwork,
)

#: Firm (by its place), kind, market, barrier, text, how known, source, days ago, named.
ITEMS = (
    (0, "customer", "DEU", "", "Restaurants choose wines in September; letters in July are read, letters in October are not.", "first", "Visit to an invented fair", 40, True),
    (1, "market", "KOR", "lifestyle", "Gifts before Chuseok are bought three weeks ahead; felt is seen as winter ware.", "first", "Stay in Seoul, invented", 70, True),
    (2, "setting", "JPN", "customs", "Parcels rest at the border before the New Year, up to nine days.", "second", "An invented forwarder's letter", 120, False),
    (0, "setting", "USA", "food_safety", "The importer wants each new label looked at before the vintage is shipped.", "second", "Call with an invented office", 260, True),
)  # fmt: skip
RATES = '[[rate]]\ndestination = "DEU"\nkind = "parcel"\nper_kg = "1.90"\nminimum = "19"\ncapacity_kg = "30"\n\n[[rate]]\ndestination = "DEU"\nkind = "lcl"\nper_wm = "85"\nminimum = "85"\nfixed = "40"\n'  # fmt: skip
#: Firm (by its place), reference, kilograms, cubic metres.
SHIPMENTS = ((0, "Autumn wines", "420", "0.9"), (1, "Felt", "60", "0.5"), (2, "Third of it", "150", "0.4"))


def seed_shared(network: Network, firms: Sequence[Firm], owner: User, supporter: User, now: datetime) -> None:
    """Fill the network's pages once; a second call adds nothing."""
    if len(firms) < 3 or KnowledgeItem.objects.filter(network=network).exists():
        return
    today = now.date()
    for place, kind, market, barrier, text, hand, source, ago, named in ITEMS:
        day = today - timedelta(days=ago)
        item = KnowledgeItem(
            kind=kind, market=market, barrier=barrier, text=text, hand=hand, source=source, named=named, day=day,
            review_by=months_after(day, REVIEW_MONTHS),
        )  # fmt: skip
        board_actions.post_item(item, network=network, firm=firms[place], by=owner, now=now)
        if place == 1:
            board_actions.say_word(item, "confirm", "We saw the same.", firm=firms[2], by=owner, now=now)
    asked = Question(market="KOR", text="Which words do buyers in Korea use for hand-made?")
    board_actions.ask(asked, network=network, firm=firms[0], by=owner, now=now)
    board_actions.answer(Answer(text="See the notes of the invented fair."), question=asked, firm=firms[1], by=owner, now=now)  # fmt: skip
    for firm in firms[:2]:
        firm_actions.share(firm.network_memberships.get(network=network), ShownToNetwork.What.KNOWS, True, by=owner, now=now)  # fmt: skip
    _pool(network, firms, owner, supporter, now)
    brand = Programme(
        sort=Programme.Sort.BRAND, name="Made at the far end", category="Wine, felt and tea", message="Made by the people who pack it.",
        origin_edge="Old places with a name of their own, all invented.", conditions=["Made at home: certificate", "Inquiries answered within a day: ledger"],
    )  # fmt: skip
    programme_actions.save_programme(brand, network=network, by=supporter, now=now)


def _pool(network: Network, firms: Sequence[Firm], owner: User, supporter: User, now: datetime) -> None:
    first = now.date() + timedelta(days=14)
    pool_actions.state_rates(Rates(text=RATES, currency="EUR", source="An invented forwarder's offer"), network=network, by=supporter, now=now)  # fmt: skip
    pool = pool_actions.open_pool(Pool(name="To Germany", opens=first, closes=first + timedelta(days=10)), network=network, by=supporter, now=now)  # fmt: skip
    for place, reference, weight, volume in SHIPMENTS:
        shipment = Shipment(firms[place].slug, reference, "DEU", first, first + timedelta(days=5), Decimal(weight), Decimal(volume))  # fmt: skip
        pool_actions.put_in(pool, firms[place].network_memberships.get(network=network), [shipment], by=owner, now=now)  # fmt: skip
