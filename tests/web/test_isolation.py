"""Nobody sees what is not theirs: a crawl of every address as every role of two networks, looking for planted words.

Each text of each row that the tables' `prepare` functions made (`tests.web.rows`) gets a mark of its own, and so do the
products and buyers in two ledgers.  Then everybody goes everywhere, with their own addresses, with others', and with
others' numbers under an address of their own; each mark that comes back, on pages, in files, by search, in mails and
on error pages, must be one that this person may see.

A new app adds three things: a row for each address in `tests/web/rows/APP.py` (the crawl follows the table); a
``prepare(town)`` there that makes a row of each of its models, in the town's firm or network, so that its texts are
looked for; and, for texts that people of one firm put before others on purpose, a line in `SHOWN`, for those that a
network keeps from its members, one in `KEPT`.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import call_command
from django.db import models
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone
from tests.web.conftest import NOW, Town
from tests.web.test_permissions import TABLE, Made, names_of_all, prepared

from fondaco import workflows
from fondaco.ledger import Workspace
from fondaco.readiness import Answers
from fondaco.web.accounts import actions
from fondaco.web.accounts.models import (
    Firm,
    Item,
    Membership,
    Network,
    NetworkMembership,
    Role,
    Support,
    User,
)
from fondaco.web.data.models import Upload
from fondaco.web.evidence.reviews.models import Member
from fondaco.web.evidence.studies.models import Researcher
from fondaco.web.inquiries.models import CaseAttachment
from fondaco.web.network.knowledge import board_actions, firm_actions, pool_actions
from fondaco.web.network.knowledge.models import Digest, KnowledgeItem, Question, ShownToNetwork
from fondaco.workflows.readiness_answers import keep_answers

#: Of rows that belong to a firm: whom else they are for, beside the firm's own people.
SHOWN = {
    "knowledge.KnowledgeItem": "network",
    "knowledge.Word": "network",
    "knowledge.Question": "network",
    "knowledge.Answer": "network",
    "knowledge.PooledShipment": "supporters",
    "knowledge.Participation": "supporters",
    "knowledge.Check": "supporters",
    "knowledge.Step": "supporters",
    "accounts.Firm": "network",
    # by consent
    "markets.MarketNote": "supporters, by consent",
    "markets.PracticeChange": "supporters, by consent",
    "ledger.product": "supporters, by consent",
    "knowledge.Presence": "network, by consent",
    "knowledge.Departure": "supporters, by consent",
}
#: Of rows that belong to a network and no firm: who of it they are for, where members are not.
KEPT = {
    "studies.Answers": "supporters",
    "studies.Run": "supporters",
}
#: Where a token in the address is the permission: it names who invites or asks, and to what.
BY_TOKEN = {"invitation", "board_digest_end", "digest_stop", "readiness_public"}
#: Texts that are keys, not words: changing them would break what they point at.
KEYS = {
    "password", "email", "slug", "import_id", "task_id", "fingerprint", "rests_on", "key", "stored_as", "home", "department",
    "currency", "token_hash", "market", "sha256", "mark", "desk.AuditLine.what", "inquiries.CaseEvent.what",
    "quotations.Quotation.case", "quotations.SentReply.case", "quotations.SentReply.template",
    "relationships.Step.buyer", "relationships.Agreement.buyer", "relationships.Keeper.buyer",
    "coding.Passage.code", "coding.Note.about", "coding.BookChange.change",
}  # fmt: skip
#: Texts that are programs' own files; the mark goes into their first question.
TOML = {"studies.Study.draft", "studies.Version.text"}
#: Models whose rows tell nothing in words of their own, and why.
OF_NOBODY = {
    "inquiries.RateWindow": "a hash and a count",
    "today.Morning": "what the worker concluded from the ledger, whose texts are marked; one of another day is thrown away",
    "coding.AgreementCheck": "figures",
    "benchmarks.Board": "figures that disclosure control let out, drawn up again whenever its stamp is another's",
}
SHORTEST = 14

ORDERS = """Order,Date,SKU,Product,Quantity,Unit price,Currency,Customer,Country
9001,2025-01-10,X-1,{product},2,4.50,GBP,{buyer},Germany
9002,2025-02-11,X-1,{product},4,4.50,GBP,{buyer},Germany
9003,2025-05-14,X-1,{product},10,4.50,GBP,{buyer},Japan
"""


@dataclass
class Marks:
    """The planted words, each with what it stands in and whose it is."""

    held: dict[str, tuple[str, frozenset[str], frozenset[str]]] = field(default_factory=dict)

    def new(self, where: str, firms: frozenset[str], networks: frozenset[str]) -> str:
        mark = f"cnry{len(self.held)}z"
        self.held[mark] = (where, firms, networks)
        return mark


@dataclass(frozen=True)
class World:
    made: Made
    town: Town


# --- two worlds -------------------------------------------------------------------------------------------


def second(town: Town, home: Any) -> Town:
    """Return Charlie's world: Borealis in a network of its own, with people in each role."""
    people = {name: actions.ensure_user(f"{name}@north.example", "harbour lantern 8", name=name.title()) for name in ("ben", "vic", "sue")}  # fmt: skip
    network = Network.objects.create(slug="north-net", name="North Net")
    NetworkMembership.objects.create(network=network, firm=town.borealis)
    Support.objects.create(network=network, user=people["sue"])
    Membership.objects.create(firm=town.borealis, user=people["ben"], role=Role.MEMBER)
    Membership.objects.create(firm=town.borealis, user=people["vic"], role=Role.VIEWER)
    return Town(
        alice=town.charlie, bob=people["ben"], vera=people["vic"], sven=people["sue"], charlie=town.alice,
        anchor=town.borealis, borealis=town.anchor, network=network, import_id="",
    )  # fmt: skip


def plant_in_ledger(home: Any, firm: Firm, marks: Marks, folder: Any) -> str:
    """Take a file in whose product and buyer are marks; return the import."""
    firms = frozenset({firm.slug})
    product, buyer = marks.new("ledger.product", firms, frozenset()), marks.new("ledger.buyer", firms, frozenset())  # fmt: skip
    file = folder / f"{firm.slug}.csv"
    file.write_text(ORDERS.format(product=product, buyer=buyer), encoding="utf-8")
    return workflows.take_in(Workspace(home), firm.slug, [file], now=NOW, by="x@example.org").import_


def plant_in_files(marks: Marks) -> None:
    """Put a mark into each file that people sent: attachments of inquiries, and what waits to be taken in."""
    for file in CaseAttachment.objects.all():
        mark = marks.new("inquiries.file", frozenset({file.case.firm.slug}), frozenset())
        file.path.write_bytes(file.path.read_bytes() + mark.encode())
    for upload in Upload.objects.all():
        mark = marks.new("data.file", frozenset({upload.firm.slug}), frozenset())
        upload.path.write_text(upload.path.read_text("utf-8") + f"2,2026-01-03,1,3.00,GBP,{mark}\n", "utf-8")


def plant_in_answers(home: Any, firm: Firm, marks: Marks) -> None:
    """Answer the readiness questions in the name of a mark."""
    who = marks.new("readiness.informant", frozenset({firm.slug}), frozenset())
    keep_answers(Workspace(home), firm.slug, [Answers(who, firm.slug, who, "sales", NOW, {"RO1": 5})])


def owners_of(row: models.Model, depth: int = 0) -> tuple[set[str], set[str]]:
    """Return the firms and networks that a row belongs to, by what it points at."""
    firms, networks = set[str](), set[str]()
    if isinstance(row, Firm):
        return {row.slug}, networks
    if isinstance(row, Network):
        return firms, {row.slug}
    for each in row._meta.concrete_fields:
        if not isinstance(each, models.ForeignKey) or each.related_model is User or depth > 4:
            continue
        if (target := getattr(row, each.name)) is not None:
            more = owners_of(target, depth + 1)
            firms, networks = firms | more[0], networks | more[1]
    return firms, networks


def people_of(row: models.Model, depth: int = 0) -> set[str]:
    """Return whose a row is that no firm and no network owns: the people that it, or what it is part of, points at."""
    found = set[str]()
    for each in row._meta.concrete_fields:
        if (
            isinstance(each, models.ForeignKey)
            and depth < 4
            and (target := getattr(row, each.name)) is not None
        ):
            found |= {f"person:{target.pk}"} if isinstance(target, User) else people_of(target, depth + 1)
    if hasattr(row, "members"):
        found |= {f"person:{pk}" for pk in row.members.values_list("user_id", flat=True)}
    for each in row._meta.many_to_many:
        if each.related_model is User:
            found |= {f"person:{pk}" for pk in getattr(row, each.name).values_list("pk", flat=True)}
    return found


def texts_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [
        each
        for each in model._meta.concrete_fields
        if (
            (isinstance(each, models.CharField | models.TextField) and not each.choices and (each.max_length or 999) >= SHORTEST)
            or isinstance(each, models.JSONField)
        )
        and not KEYS & {each.name, f"{model._meta.label}.{each.name}"}
        and each.editable
    ]  # fmt: skip


def with_mark(value: Any, mark: str, longest: int | None) -> Any:
    """Return a text, or the sentences of a JSON value, with a mark at the end; codes and words of the program stay."""
    if isinstance(value, str):
        return f"{value[: (longest or 4000) - len(mark) - 1]} {mark}".strip()
    if isinstance(value, list):
        return [with_mark(each, mark, None) if _says(each) else each for each in value]
    if isinstance(value, dict):
        return {name: with_mark(each, mark, None) if _says(each) else each for name, each in value.items()}
    return value


def _says(value: Any) -> bool:
    return isinstance(value, list | dict) or (
        isinstance(value, str) and " " in value and not value.startswith("<svg")
    )


def ours() -> Iterator[type[models.Model]]:
    yield from (model for model in apps.get_models() if model.__module__.startswith("fondaco."))


def rows_of(model: type[models.Model]) -> models.QuerySet[Any]:
    """Return all rows of a model, also of one whose own manager refuses some uses."""
    return models.QuerySet(model)


def dress(marks: Marks) -> None:
    """Plant a mark in every text of every row; a model without a row in the first world fails."""
    for model in ours():
        fields, name = texts_of(model), model._meta.label
        if not fields or name in OF_NOBODY:
            continue
        for row in rows_of(model):
            firms, networks = owners_of(row)
            if isinstance(row, User):
                firms = {f"person:{row.pk}", *row.firms.values_list("slug", flat=True)}
                networks = set(row.supports.values_list("slug", flat=True))
                networks |= reviews_of(row)
                networks |= set(row.researches.values_list("network__slug", flat=True))
                networks |= set(Network.objects.filter(firms__slug__in=firms).values_list("slug", flat=True))
            if not firms and not networks:
                firms = people_of(row)
            assert firms or networks, (
                f"{name} belongs to nobody: let it point at a firm, a network or a person, or put it in OF_NOBODY."
            )
            new = {}
            for each in fields:
                mark = marks.new(f"{name}.{each.name}", frozenset(firms), frozenset(networks))
                if f"{name}.{each.name}" in TOML:
                    new[each.name] = getattr(row, each.name).replace(
                        'question = "', f'question = "{mark} ', 1
                    )
                    continue
                new[each.name] = with_mark(getattr(row, each.name), mark, getattr(each, "max_length", None))
            models.QuerySet(model).filter(pk=row.pk).update(**new)


def unseeded(firm: str, network: str) -> list[str]:
    """Return the models with texts of which neither the firm nor the network has a row."""
    missing = []
    for model in ours():
        if not texts_of(model) or model._meta.label in OF_NOBODY or model is User:
            continue
        owned = [owners_of(row) for row in rows_of(model)]
        if not owned or not any(
            firm in firms or network in networks or not (firms or networks) for firms, networks in owned
        ):
            missing.append(model._meta.label)
    return missing


# --- who may see what -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ties:
    """What a person is tied to: firms; networks through firms or support; those supported; those whose studies they run."""

    firms: frozenset[str]
    networks: frozenset[str]
    supported: frozenset[str]
    studied: frozenset[str] = frozenset()


def reviews_of(user: User) -> set[str]:
    """Return the reviews that somebody carries on, in which people see each other's names."""
    return {f"review:{pk}" for pk in Member.objects.filter(user=user).values_list("review_id", flat=True)}


def ties_of(user: User | None) -> Ties:
    if user is None:
        return Ties(frozenset(), frozenset(), frozenset())
    firms = frozenset({f"person:{user.pk}", *user.firms.values_list("slug", flat=True)})
    supported = frozenset(user.supports.values_list("slug", flat=True))
    through = Network.objects.filter(firms__slug__in=firms).values_list("slug", flat=True)
    studied = frozenset(user.researches.values_list("network__slug", flat=True))
    return Ties(firms, supported | frozenset(through) | reviews_of(user), supported, studied)


def may_see(ties: Ties, where: str, firms: frozenset[str], networks: frozenset[str], *, consent: bool) -> bool:  # fmt: skip
    model = where.rsplit(".", 1)[0] if where.count(".") > 1 else where
    if firms & ties.firms:
        return True
    if networks & ties.studied and model.startswith(("studies.", "accounts.Network", "accounts.User")):
        return True
    if not firms or model == "accounts.User":
        return bool(networks & (ties.supported if model in KEPT else ties.networks))
    whom = SHOWN.get(model, "")
    if whom.endswith("by consent") and not consent:
        return False
    tied = ties.supported if whom.startswith("supporters") else ties.networks if whom.startswith("network") else frozenset()  # fmt: skip
    around = networks or frozenset(Network.objects.filter(firms__slug__in=firms).values_list("slug", flat=True))  # fmt: skip
    return bool(around & tied)


def text_in(answer: Any) -> str:
    """Return what an answer says, files unpacked."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    said = content.decode("utf-8", "replace") + " ".join(f"{k}: {v}" for k, v in answer.headers.items())
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            said += " ".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    if content[:4] == b"%PDF" and (reader := shutil.which("pdftotext")):
        said += subprocess.run(
            [reader, "-", "-"], input=content, capture_output=True, check=True
        ).stdout.decode()
    return said


_MARK = re.compile(r"cnry\d+z", re.IGNORECASE)


class Crawler:
    """Goes everywhere and gathers what was seen by whom that should not have been."""

    def __init__(self, marks: Marks) -> None:
        self.marks, self.leaks, self.seen = marks, list[str](), set[str]()
        self.been = set[tuple[str, str]]()

    def look(self, who: str, ties: Ties, text: str, where: str, *, consent: bool = False) -> None:
        for mark in set(_MARK.findall(text)):
            place, firms, networks = self.marks.held[mark.lower()]
            self.seen.add(place)
            if not may_see(ties, place, firms, networks, consent=consent):
                self.leaks.append(f"{who} sees {place} of {', '.join(sorted(firms | networks))} at {where}")

    def go(
        self, who: str, client: Client, ties: Ties, made: Made, *, slug: str = "", posts: bool = False, consent: bool = False
    ) -> None:  # fmt: skip
        """Ask for every address of a world; `slug` puts another firm's or network's name in its place.

        What somebody has looked at in one world, they need not look at again in another: most addresses without a name.
        """
        for row in TABLE:
            if (row.post is not None and not posts) or row.name in BY_TOKEN or row.name in LEAVES:
                continue
            names = row.names(made)
            if slug and (len(names) < 2 or "slug" not in names):
                continue
            if slug:
                names = {**names, "slug": SLUGS[slug][_of_kind(row.name)]}
            address = reverse(row.name, kwargs=names)
            if row.post is None:
                if (who, address) in self.been:
                    continue
                self.been.add((who, address))
            answer = client.get(address) if row.post is None else client.post(address, row.post)
            self.look(who, ties, text_in(answer), f"{'POST ' if row.post is not None else ''}{address}", consent=consent)  # fmt: skip


#: Addresses that end a session: whoever follows them crawls no further.
LEAVES = {"account_logout"}
SLUGS = {
    "anchor": {"firm": "anchor-teas", "network": "seven-quays"},
    "borealis": {"firm": "borealis", "network": "north-net"},
}


def _of_kind(name: str) -> str:
    """Return whether an address is of a firm or of a network, by how it begins."""
    for pattern in get_resolver().reverse_dict.getlist(name):
        if pattern[0][0][0].startswith("n/"):
            return "network"
    return "firm"


@pytest.fixture
def worlds(town: Town, home: Any, tmp_path: Any) -> tuple[World, World, dict[str, User], Marks]:
    marks = Marks()
    north = second(town, home)
    import_b = plant_in_ledger(home, town.borealis, marks, tmp_path)
    plant_in_ledger(home, town.anchor, marks, tmp_path)
    for firm in (town.anchor, town.borealis):
        plant_in_answers(home, firm, marks)
    north = Town(**{**vars(north), "import_id": import_b})
    nora = actions.ensure_user("nora@cape.example", "harbour lantern 9", name="Nora")
    Workspace(home).create_firm("cape", name="Cape", home="GBR", currency="GBP")
    cape = actions.ensure_firm_row(Workspace(home).firm("cape"))
    Membership.objects.create(firm=cape, user=nora, role=Role.OWNER)
    NetworkMembership.objects.create(network=town.network, firm=cape)
    further = {
        name: actions.ensure_user(f"{name}@else.example", "harbour lantern 0", name=name.title())
        for name in ("otto", "rita", "rae")
    } | {"nora": nora}
    Researcher.objects.create(network=town.network, user=further["rita"], by=town.sven, since=NOW)
    first, other = World(prepared(town), town), World(prepared(north), north)
    assert not (missing := unseeded("anchor-teas", "seven-quays")), (
        f"No row of {', '.join(missing)} is seeded: let `prepare(town)` of its app's module in tests/web/rows make one, "
        "so that its texts are looked for."
    )
    Member.objects.create(review_id=first.made.more["reviews"]["review"], user=further["rae"], since=NOW)
    dress(marks)
    plant_in_files(marks)
    for network in (town.network, north.network):
        board_actions.write_file(network)
        pool_actions.write_files(network)
    return first, other, further, marks


def test_the_look_out_tells_a_leak_from_what_may_be_seen(db: None) -> None:
    """The crawl below is worth what this is worth."""
    one, net = frozenset({"one"}), frozenset({"net"})
    own, neighbour, supporter, stranger = (
        Ties(one, net, frozenset()),
        Ties(frozenset({"two"}), net, frozenset()),
        Ties(frozenset(), net, net),
        Ties(frozenset({"far"}), frozenset({"far-net"}), frozenset({"far-net"})),
    )
    marks = Marks()
    risk, item = (
        marks.new("strategy.Risk.what", one, frozenset()),
        marks.new("knowledge.KnowledgeItem.text", one, net),
    )
    parcel = marks.new("knowledge.PooledShipment.reference", one, net)
    note = marks.new("markets.MarketNote.text", one, net)
    sees = {
        who: {
            mark
            for mark in (risk, item, parcel, note)
            if not _leaks(marks, ties, f"<p>Words {mark.upper()}</p>", consent=False)
        }
        for who, ties in (
            ("own", own),
            ("neighbour", neighbour),
            ("supporter", supporter),
            ("stranger", stranger),
        )
    }
    assert sees == {
        "own": {risk, item, parcel, note}, "neighbour": {item}, "supporter": {item, parcel}, "stranger": set(),
    }  # fmt: skip
    assert not _leaks(marks, supporter, note, consent=True)
    assert _leaks(marks, neighbour, note, consent=True)


def _leaks(marks: Marks, ties: Ties, text: str, *, consent: bool) -> list[str]:
    crawler = Crawler(marks)
    crawler.look("somebody", ties, text, "a page", consent=consent)
    return crawler.leaks


@pytest.mark.requirement("S07", "X03")
def test_no_planted_word_is_seen_by_one_who_should_not(worlds: Any, home: Any) -> None:
    first, other, further, marks = worlds
    town, north = first.town, other.town
    crawler = Crawler(marks)
    # A member sees what an owner sees, and the table of permissions tells the two apart: one of them goes.
    people: dict[str, User | None] = {
        "nobody": None, "an outsider": further["otto"], "a neighbour": further["nora"], "a researcher": further["rita"],
        "a reviewer": further["rae"], "owner": town.alice, "viewer": town.vera,
        "supporter": town.sven, "the other owner": north.alice, "the other viewer": north.vera,
        "the other supporter": north.sven,
    }  # fmt: skip
    clients = {who: town.as_(user) for who, user in people.items()}
    ties = {who: ties_of(user) for who, user in people.items()}
    for who in people:
        posts = who in ("nobody", "an outsider", "the other owner")
        crawler.go(who, clients[who], ties[who], first.made, posts=posts)
        if not who.startswith("the other"):
            crawler.go(who, clients[who], ties[who], other.made, posts=who == "owner")
    # others' numbers under an address of one's own
    before = everything_of("anchor-teas", "seven-quays")
    for who in ("the other owner", "the other supporter"):
        crawler.go(who, clients[who], ties[who], first.made, slug="borealis", posts=True)
    assert everything_of("anchor-teas", "seven-quays") == before, "somebody of the other world changed a row"
    for who in ("owner", "supporter"):
        crawler.go(who, clients[who], ties[who], other.made, slug="anchor")
    search_and_mail(crawler, people, clients, ties, town, north)
    files(crawler, home)
    assert not crawler.leaks, "\n".join(sorted(set(crawler.leaks))[:40])
    models_seen = {place.rsplit(".", 1)[0] for place in crawler.seen}
    assert len(models_seen) > 20, f"the crawl saw little: {sorted(models_seen)}"


def search_and_mail(crawler: Crawler, people: Any, clients: Any, ties: Any, town: Town, north: Town) -> None:
    """Search each network's texts for words that all of them hold, and send every digest."""
    for network in (town.network, north.network):
        for name in ("knowledge", "questions"):
            for who, client in clients.items():
                answer = client.get(reverse(name, kwargs={"slug": network.slug}), {"q": "cnry"})
                crawler.look(who, ties[who], text_in(answer), f"search {name} of {network.slug}")
        for user in people.values():
            if user is not None:
                Digest.objects.get_or_create(
                    network=network, user=user, defaults={"since": NOW.replace(year=2020)}
                )
    Digest.objects.update(since=NOW.replace(year=2020), sent=None)
    for model in (KnowledgeItem, Question):
        model.objects.update(made=timezone.now())
    mail.outbox.clear()
    call_command("board_digest", site="https://desk.example")
    by_address = {user.email: who for who, user in people.items() if user is not None}
    assert {letter.to[0] for letter in mail.outbox} >= {town.alice.email, north.alice.email}
    for letter in mail.outbox:
        who = by_address[letter.to[0]]
        crawler.look(
            who, ties[who], str(letter.message()) + letter.subject + letter.body, f"a digest to {who}"
        )


def files(crawler: Crawler, home: Any) -> None:
    """Look into the files that the desk keeps for each network: nothing of another's, nothing that is not shared."""
    for network in ("seven-quays", "north-net"):
        reader = Ties(frozenset(), frozenset({network}), frozenset({network}))
        kept = [file for file in (home / "networks" / network).iterdir() if file.is_file()]
        assert kept
        for file in kept:
            crawler.look("a reader", reader, file.read_text("utf-8"), str(file.relative_to(home)))


def everything_of(firm: str, network: str) -> dict[str, list[Any]]:
    """Return all rows that belong to a firm or a network, but for the audit trail, which only grows."""
    found: dict[str, list[Any]] = {}
    for model in ours():
        if model._meta.label in ("desk.AuditLine", "accounts.User", "knowledge.Digest"):
            continue
        rows = [row for row in rows_of(model) if _belongs(row, firm, network)]
        found[model._meta.label] = sorted(
            str([getattr(row, each.attname) for each in model._meta.concrete_fields]) for row in rows
        )
    return found


def _belongs(row: models.Model, firm: str, network: str) -> bool:
    firms, networks = owners_of(row)
    return firm in firms or network in networks


@pytest.mark.requirement("S03", "X03")
def test_what_a_firm_consents_to_is_seen_until_it_says_no_and_not_after(worlds: Any) -> None:
    first, _other, further, marks = worlds
    town = first.town
    membership = NetworkMembership.objects.get(firm=town.anchor, network=town.network)

    def switch(given: bool) -> None:
        for item in Item:
            actions.set_consent(town.anchor, town.network, item.value, given, by=town.alice, now=NOW)
        for what in ShownToNetwork.What:
            firm_actions.share(membership, what.value, given, by=town.alice, now=NOW)

    seen = {}
    for given in (True, False):
        switch(given)
        crawler = Crawler(marks)
        crawler.been |= {(who, reverse(row.name)) for who in ("supporter", "a neighbour") for row in TABLE if not row.names(first.made)}  # fmt: skip
        for who, user in (("supporter", town.sven), ("a neighbour", further["nora"])):
            crawler.go(who, town.as_(user), ties_of(user), first.made, consent=given)
        assert not crawler.leaks, "\n".join(sorted(set(crawler.leaks))[:40])
        seen[given] = {place.rsplit(".", 1)[0] for place in crawler.seen}
    by_consent = {model for model, whom in SHOWN.items() if whom.endswith("by consent")} - {"ledger.product"}
    assert by_consent <= seen[True]
    assert not by_consent & seen[False]


def test_every_address_can_be_asked_for(worlds: Any) -> None:
    """An address that nobody gave a row, or whose arguments are not made from what is seeded, would go uncrawled."""
    first, *_ = worlds
    missing = set(names_of_all(get_resolver())) - {row.name for row in TABLE}
    assert not missing, (
        f"{sorted(missing)} have no row in the permission table, so nobody looks for leaks there."
    )
    for row in TABLE:
        try:
            reverse(row.name, kwargs=row.names(first.made))
        except NoReverseMatch as error:
            pytest.fail(f"{row.name}: its row names no value for an argument of the address: {error}")
