"""The web's tests: a Django of their own, a workspace with one import, and the people of one small town.

Alice owns Anchor Teas; Bob is her teammate (member), Vera looks on (viewer); Sven supports the network
that Anchor Teas is in; Charlie is a stranger with a firm of his own.

SQLite, or the server that ``DATABASE_URL`` names, in a database that the tests make for themselves.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

HOME = Path(tempfile.mkdtemp(prefix="fondaco-web-tests-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)

os.environ["FONDACO_HOME"] = str(HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "fondaco.web.settings"
for name in ("DEBUG", "HTTPS", "ALLOWED_HOSTS", "SECRET_KEY", "SIGN_UP", "EMAIL"):
    os.environ.pop(name, None)

django = pytest.importorskip("django")

from django.conf import settings  # noqa: E402

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
settings.JOB_HEARTBEAT = 0
settings.ACCOUNT_RATE_LIMITS = False
settings.DATA_UPLOAD_MAX_NUMBER_FILES = settings.UPLOAD_FILES_AT_ONCE
django.setup()

from django.test import Client  # noqa: E402

from fondaco import workflows  # noqa: E402
from fondaco.ledger import Workspace  # noqa: E402
from fondaco.web.accounts import actions  # noqa: E402
from fondaco.web.accounts.models import (  # noqa: E402
    Firm,
    Membership,
    Network,
    NetworkMembership,
    Role,
    Support,
    User,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PASSWORD = "harbour lantern 7"

#: Eight rows: five sales abroad, one at home, one country that is none, one formula for a name.
ORDERS = """\
Order,Date,SKU,Product,Quantity,Unit price,Currency,Customer,Country
1001,2025-01-10,T-1,Green tea,2,4.50,GBP,c-1,Germany
1002,2025-02-11,T-1,Green tea,4,4.50,GBP,c-2,Germany
1003,2025-03-12,T-2,Tea pot,1,24.00,GBP,c-3,France
1004,2025-04-13,T-2,Tea pot,1,24.00,GBP,c-1,Germany
1005,2025-05-14,T-1,Green tea,10,4.50,GBP,c-4,Japan
1006,2025-06-15,T-1,Green tea,3,4.50,GBP,c-5,United Kingdom
1007,2025-07-16,T-1,=HYPERLINK("x"),3,4.50,GBP,c-6,Ruritania
1008,2025-08-17,T-2,Tea pot,2,24.00,GBP,c-3,France
"""


@dataclass(frozen=True)
class Town:
    """The people, their firms and their network, and how to look at the site as one of them."""

    alice: User
    bob: User
    vera: User
    sven: User
    charlie: User
    anchor: Firm
    borealis: Firm
    network: Network
    import_id: str

    def as_(self, user: User | None) -> Client:
        """Return a browser in which `user` is signed in; nobody for ``None``."""
        client = Client()
        if user is not None:
            client.force_login(user)
        return client


@pytest.fixture(scope="session")
def _prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    home = tmp_path_factory.mktemp("prepared")
    workspace = Workspace(home)
    workspace.create_firm("anchor-teas", name="Anchor Teas", home="GBR", currency="GBP")
    workspace.create_firm("borealis", name="Borealis", home="NOR", currency="NOK")
    orders = tmp_path_factory.mktemp("files") / "orders.csv"
    orders.write_text(ORDERS, encoding="utf-8")
    report = workflows.take_in(workspace, "anchor-teas", [orders], now=NOW, by="alice@example.org")
    return home, report.import_


@pytest.fixture
def home(_prepared: tuple[Path, str], tmp_path: Path, settings: Any) -> Path:
    """A workspace of the test's own, with what Anchor Teas had taken in."""
    home = tmp_path / "home"
    shutil.copytree(_prepared[0], home)
    (home / "uploads").mkdir()
    settings.FONDACO_HOME = home
    settings.FILE_UPLOAD_TEMP_DIR = str(home / "uploads")
    return home


@pytest.fixture
def town(db: None, home: Path, _prepared: tuple[Path, str]) -> Town:
    """The town, with nobody's consent to anything."""
    return settled(home, _prepared[1])


def settled(home: Path, import_id: str) -> Town:
    """Give the workspace's firms their people and their network."""
    people = {
        name: actions.ensure_user(f"{name}@example.org", PASSWORD, name=name.title())
        for name in ("alice", "bob", "vera", "sven", "charlie")
    }
    workspace = Workspace(home)
    anchor = actions.ensure_firm_row(workspace.firm("anchor-teas"))
    borealis = actions.ensure_firm_row(workspace.firm("borealis"))
    Membership.objects.create(firm=anchor, user=people["alice"], role=Role.OWNER)
    Membership.objects.create(firm=anchor, user=people["bob"], role=Role.MEMBER)
    Membership.objects.create(firm=anchor, user=people["vera"], role=Role.VIEWER)
    Membership.objects.create(firm=borealis, user=people["charlie"], role=Role.OWNER)
    network = Network.objects.create(slug="seven-quays", name="Seven Quays")
    NetworkMembership.objects.create(network=network, firm=anchor)
    Support.objects.create(network=network, user=people["sven"])
    return Town(**people, anchor=anchor, borealis=borealis, network=network, import_id=import_id)


@pytest.fixture
def consent(town: Town) -> Callable[[bool], None]:
    """Switch Anchor Teas' consent to show its markets on or off."""

    def switch(given: bool) -> None:
        actions.set_consent(town.anchor, town.network, "markets", given, by=town.alice, now=NOW)

    return switch
