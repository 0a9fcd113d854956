"""A network of 3,700 members: its dashboard at the server, and the refresh of members with five years of ledgers.

``python benchmarks/network.py [MEMBERS] [LEDGERS]`` makes a workspace in a temporary folder with SQLite:

- MEMBERS (3,700) firms whose figures are *made*, not computed; publishes them; asks for the dashboard as a supporter, cold
  (figures drawn up anew) and warm, and prints milliseconds and queries. The goal: warm below 300 ms.
- LEDGERS (8) firms with true ledgers of five years (1,500 order lines and 400 inquiries each, made from a seed), taken in
  by the importer; refreshes them and prints seconds a member, and what 3,700 would take. A second refresh finds each
  ledger unchanged.
"""

from __future__ import annotations

import csv
import logging
import os
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

GOAL_MS = 300.0
LAST = date(2026, 10, 31)
LANDS = ("DE", "FR", "US", "GB", "JP", "KR", "SG", "AU", "CA", "NL", "ES", "SE")
HOMES = ("ITA", "KOR", "MNG", "PRT", "ESP", "FRA")


def main() -> None:
    members = int(sys.argv[1]) if len(sys.argv) > 1 else 3700
    ledgers = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    with tempfile.TemporaryDirectory(prefix="fondaco-network-") as folder:
        os.environ |= {"FONDACO_HOME": folder, "DJANGO_SETTINGS_MODULE": "fondaco.web.settings"}
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        logging.disable(logging.INFO)
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        pages(members)
        refresh(ledgers, Path(folder), members)


def made_network(members: int) -> Any:
    """Make a network whose members share four indicators, with figures made from a seed."""
    from django.utils import timezone

    from fondaco.network.disclosure import Figure, Indicator
    from fondaco.web.accounts.models import Firm, Network, NetworkMembership
    from fondaco.web.network.benchmarks.models import FirmFigures, Sharing
    from fondaco.workflows.benchmarks import figure_json

    draw = random.Random(1)
    network = Network.objects.create(slug="region", name="The Region")
    firms = Firm.objects.bulk_create(
        Firm(slug=f"r{n}", name=f"Firm {n}", home=draw.choice(HOMES), currency="EUR") for n in range(members)
    )
    rows = NetworkMembership.objects.bulk_create(NetworkMembership(network=network, firm=f) for f in firms)
    shared = (Indicator.RESPONSE_RATE, Indicator.INQUIRY_TO_ORDER, Indicator.MARKETS, Indicator.REPEAT_SHARE)
    Sharing.objects.bulk_create(
        [
            Sharing(membership=row, indicator=of.value, given_at=timezone.now())
            for row in rows
            for of in shared
            if draw.random() < 0.8
        ],
        batch_size=2000,
    )
    days = (LAST - timedelta(days=365), LAST)
    FirmFigures.objects.bulk_create(
        [
            FirmFigures(
                firm=firm, mark="made", home=firm.home, size=draw.choice(["1-9", "10-49", "50-249"]), until=LAST,
                computed=timezone.now(),
                figures={of.value: figure_json(Figure(draw.random(), *days, 40)) for of in shared},
            )
            for firm in firms
        ],
        batch_size=1000,
    )  # fmt: skip
    return network


def pages(members: int) -> None:
    """Print what the dashboard takes."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from fondaco.web.accounts import actions
    from fondaco.web.network.benchmarks import sharing
    from fondaco.web.network.benchmarks.models import Board

    settings.ALLOWED_HOSTS = ["*"]
    network = made_network(members)
    supporter = actions.ensure_user("s@example.org", "harbour lantern 7")
    network.supports.create(user=supporter)
    began = time.perf_counter()
    sharing.publish(network, now=timezone.now())
    print(f"{members:,} members: published in {time.perf_counter() - began:.1f} s")
    client = Client()
    client.force_login(supporter)
    client.get("/")  # loads the site
    times, busy, queries = [], [], 0
    for number in range(8):
        if number == 0:
            Board.objects.all().delete()
        began, worked = time.perf_counter(), time.process_time()
        with CaptureQueriesContext(connection) as asked:
            answer = client.get("/n/region/dashboard/")
        assert answer.status_code == 200, answer.status_code
        times.append(1000 * (time.perf_counter() - began))
        busy.append(1000 * (time.process_time() - worked))
        queries = len(asked)
    warm, cpu = statistics.median(times[1:]), statistics.median(busy[1:])
    print(
        f"dashboard: cold {times[0]:.0f} ms, warm {warm:.0f} ms, {cpu:.0f} of them processor (goal {GOAL_MS:.0f}), {queries} queries, {len(answer.content):,} bytes"
    )


def refresh(ledgers: int, home: Path, members: int) -> None:
    """Print what computing members' figures from true ledgers takes."""
    from django.utils import timezone

    from fondaco.ledger import Workspace
    from fondaco.web.accounts.actions import ensure_firm_row
    from fondaco.web.accounts.models import Network
    from fondaco.web.network.benchmarks import refreshing
    from fondaco.web.network.benchmarks.models import Refresh, RefreshItem

    workspace = Workspace(home)
    network = Network.objects.create(slug="true", name="True ledgers")
    for number in range(ledgers):
        take_ledger(workspace, f"t{number}", number)
        network.memberships.create(firm=ensure_firm_row(workspace.firm(f"t{number}")))
    for name in ("first", "second, with unchanged ledgers"):
        now = timezone.now()
        made = Refresh.objects.create(network=network, made=now, beat=now)
        for row in network.memberships.all():
            RefreshItem.objects.create(refresh=made, firm=row.firm)
        began, worked = time.perf_counter(), time.process_time()
        while refreshing.work(str(made.pk)):
            pass
        each, busy = (time.perf_counter() - began) / ledgers, (time.process_time() - worked) / ledgers
        done = refreshing.progress(made).done
        print(
            f"refresh, {name}: {done} of {ledgers} members, {each:.2f} s each, {busy:.2f} of them processor; "
            f"{members:,} take {members * busy / 60:.0f} minutes of one processor"
        )


def take_ledger(workspace: Any, slug: str, seed: int) -> None:
    """Take in five years of a small firm's orders and inquiries."""
    from fondaco.workflows import take_in

    draw = random.Random(seed)
    folder = workspace.home / "files"
    folder.mkdir(exist_ok=True)
    day = lambda: LAST - timedelta(days=draw.randrange(1825))  # noqa: E731
    with (folder / f"{slug}-orders.csv").open("w", newline="") as out:
        write = csv.writer(out).writerow
        write(["Order", "Date", "SKU", "Product", "Quantity", "Price", "Currency", "Customer", "Country"])
        for n in range(1500):
            buyer = int(draw.paretovariate(1.1) * 20) % 500
            write(
                [
                    n,
                    day(),
                    f"S-{n % 9}",
                    "Jar",
                    draw.randint(1, 9),
                    "9.50",
                    "EUR",
                    f"K{buyer}",
                    LANDS[buyer % len(LANDS)],
                ]
            )
    with (folder / f"{slug}-inquiries.csv").open("w", newline="") as out:
        write = csv.writer(out).writerow
        write(
            [
                "Inquiry",
                "Type",
                "Received",
                "Answered",
                "Buyer",
                "Company",
                "Country",
                "Product",
                "Quantity",
                "Message",
            ]
        )
        for n in range(400):
            at = datetime.combine(day(), datetime.min.time()) + timedelta(hours=draw.randrange(24))
            answered = (
                ""
                if draw.random() < 0.2
                else (at + timedelta(hours=draw.expovariate(1 / 20))).strftime("%Y-%m-%d %H:%M")
            )
            write(
                [
                    n,
                    "Inquiry",
                    at.strftime("%Y-%m-%d %H:%M"),
                    answered,
                    f"B{n % 200}",
                    f"Firm {n % 200}",
                    LANDS[n % 12],
                    "Jar",
                    5,
                    "Hello",
                ]
            )
    files = [folder / f"{slug}-orders.csv", folder / f"{slug}-inquiries.csv"]
    for file in files:
        take_in(workspace, slug, [file], home="IT", currency="EUR", now=datetime(2026, 11, 1, tzinfo=UTC))


if __name__ == "__main__":
    main()
