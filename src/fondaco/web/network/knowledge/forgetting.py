"""Erasing a person from what a firm shared with its networks."""

from __future__ import annotations

from fondaco.ledger import Person
from fondaco.web.accounts.models import Firm
from fondaco.web.desk.cleaning import clean
from fondaco.web.network.knowledge.board_actions import write_file as write_board
from fondaco.web.network.knowledge.models import (
    Answer,
    Check,
    Departure,
    KnowledgeItem,
    Pool,
    PooledShipment,
    Presence,
    Question,
    Step,
    Word,
)
from fondaco.web.network.knowledge.pool_actions import write_files as write_pool


def erase_shared(firm: Firm, person: Person) -> int:
    """Erase a person from what the firm shared with networks, from its registers, and from the networks' files."""
    found = clean(KnowledgeItem.objects.filter(firm=firm), person, "text", "source")
    found += clean(Word.objects.filter(firm=firm), person, "reason")
    found += clean(Question.objects.filter(firm=firm), person, "text")
    found += clean(Answer.objects.filter(firm=firm), person, "text")
    found += clean(Presence.objects.filter(firm=firm), person, "about")
    found += clean(Departure.objects.filter(firm=firm), person, "about")
    found += clean(PooledShipment.objects.filter(membership__firm=firm), person, "reference", "destination")
    found += clean(Pool.objects.filter(network__firms=firm), person, "result")
    found += clean(Check.objects.filter(participation__membership__firm=firm), person, "proof")
    found += clean(Step.objects.filter(participation__membership__firm=firm), person, "about")
    for network in firm.networks.all() if found else ():
        write_board(network)
        write_pool(network)
    return found
