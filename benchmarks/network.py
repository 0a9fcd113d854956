"""A network of 3,700 members: its dashboard at the server, and the refresh of members with five years of ledgers.

``python benchmarks/network.py [--members 3700] [--ledgers 200] [--distinct 50] [--workers 2] [--home FOLDER]`` works in a
temporary folder, or in FOLDER, which keeps the ledgers for the next run; with SQLite, or the new and empty database that
``DATABASE_URL`` names.

- MEMBERS firms whose figures are *made*, not computed: publishes them, asks for the dashboard as a supporter, cold (figures
  drawn up anew) and warm, and prints milliseconds and queries.  The goal: warm below 300 ms.
- LEDGERS firms with ledgers of five years (1,500 order lines and 400 inquiries each).  DISTINCT of them are made from a
  seed each and taken in by the importer; the others are copies of these under firms of their own, which share nothing that
  is computed.  WORKERS processes compute their figures; when a tenth is done one of them is killed in the middle of a
  member and another started.  Prints the time, and whether each member was computed and kept once.  A second refresh
  finds each ledger unchanged; then the dashboard is asked for as above.
"""

from __future__ import annotations

import argparse
import csv
import logging
import os
import random
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

GOAL_MS = 300.0
LAST = date(2026, 10, 31)
LANDS = ("DE", "FR", "US", "GB", "JP", "KR", "SG", "AU", "CA", "NL", "ES", "SE")
HOMES = ("ITA", "KOR", "MNG", "PRT", "ESP", "FRA")


def main() -> None:
    reading = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, usual in (("members", 3700), ("ledgers", 200), ("distinct", 50), ("workers", 2)):
        reading.add_argument(f"--{name}", type=int, default=usual)
    reading.add_argument("--home", type=Path)
    reading.add_argument("--work", help=argparse.SUPPRESS)
    asked = reading.parse_args()
    if asked.work:
        set_up(Path(os.environ["FONDACO_HOME"]))
        work(asked.work)
        return
    with tempfile.TemporaryDirectory(prefix="fondaco-network-") as folder:
        home = asked.home or Path(folder)
        set_up(home)
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        if asked.members:
            network = made_network(asked.members)
            publish_and_show(network)
        if asked.ledgers:
            refresh(asked.ledgers, asked.distinct, asked.workers, home)


def set_up(home: Path) -> None:
    """Let Django work in a folder."""
    os.environ |= {"FONDACO_HOME": str(home), "DJANGO_SETTINGS_MODULE": "fondaco.web.settings"}
    import django

    django.setup()
    logging.disable(logging.INFO)


def made_network(members: int) -> Any:
    """Make a network whose members have figures made from a seed."""
    from django.utils import timezone

    from fondaco.network.disclosure import Figure
    from fondaco.web.accounts.models import Firm, Network
    from fondaco.web.network.benchmarks.models import FirmFigures
    from fondaco.workflows.benchmarks import figure_json

    draw = random.Random(1)
    network = Network.objects.create(slug="region", name="The Region")
    firms = Firm.objects.bulk_create(
        Firm(slug=f"r{n}", name=f"Firm {n}", home=draw.choice(HOMES), currency="EUR") for n in range(members)
    )
    join(network, firms)
    days = (LAST - timedelta(days=365), LAST)
    FirmFigures.objects.bulk_create(
        [
            FirmFigures(
                firm=firm, mark="made", home=firm.home, size=draw.choice(["1-9", "10-49", "50-249"]), until=LAST,
                computed=timezone.now(),
                figures={of.value: figure_json(Figure(draw.random(), *days, 40)) for of in shared()},
            )
            for firm in firms
        ],
        batch_size=1000,
    )  # fmt: skip
    return network


def shared() -> tuple[Any, ...]:
    """Return the indicators that members share here."""
    from fondaco.network.disclosure import Indicator

    return (Indicator.RESPONSE_RATE, Indicator.INQUIRY_TO_ORDER, Indicator.MARKETS, Indicator.REPEAT_SHARE)


def join(network: Any, firms: Any) -> None:
    """Make firms members of a network, four in five of whom share each indicator."""
    from django.utils import timezone

    from fondaco.web.accounts.models import NetworkMembership
    from fondaco.web.network.benchmarks import models

    draw = random.Random(2)
    rows = NetworkMembership.objects.bulk_create(NetworkMembership(network=network, firm=f) for f in firms)
    models.SharedIndicator.objects.bulk_create(
        [
            models.SharedIndicator(membership=row, indicator=of.value, given_at=timezone.now())
            for row in rows
            for of in shared()
            if draw.random() < 0.8
        ],
        batch_size=2000,
    )


def publish_and_show(network: Any) -> None:
    """Print what publishing and the dashboard take."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from fondaco.web.accounts import actions
    from fondaco.web.network.benchmarks import sharing
    from fondaco.web.network.benchmarks.models import Board

    settings.ALLOWED_HOSTS = ["*"]
    supporter = actions.ensure_user("s@example.org", "harbour lantern 7")
    network.supports.create(user=supporter)
    began = time.perf_counter()
    sharing.publish(network, now=timezone.now())
    members = network.memberships.count()
    print(f"{members:,} members on {connection.vendor}: published in {time.perf_counter() - began:.1f} s")
    client = Client()
    client.force_login(supporter)
    client.get("/")  # loads the site
    times, busy, queries = [], [], 0
    for number in range(16):
        if number == 0:
            Board.objects.filter(network=network).delete()
        began, worked = time.perf_counter(), time.process_time()
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(f"/n/{network.slug}/dashboard/")
        assert answer.status_code == 200, answer.status_code
        times.append(1000 * (time.perf_counter() - began))
        busy.append(1000 * (time.process_time() - worked))
        queries = len(asked)
    warm, cpu = statistics.median(times[1:]), statistics.median(busy[1:])
    print(
        f"dashboard: cold {times[0]:.0f} ms, warm {warm:.0f} ms ({max(times[1:]):.0f} at most), {cpu:.0f} of them processor "
        f"(goal {GOAL_MS:.0f}), {queries} queries, {len(answer.content):,} bytes"
    )


def refresh(ledgers: int, distinct: int, workers: int, home: Path) -> None:
    """Print what computing members' figures from ledgers takes, with a worker killed and another started."""
    from fondaco.ledger import Workspace
    from fondaco.web.accounts.actions import ensure_firm_row
    from fondaco.web.accounts.models import Network

    workspace = Workspace(home)
    began = time.perf_counter()
    make_ledgers(workspace, ledgers, distinct)
    print(
        f"{ledgers:,} ledgers made, {min(distinct, ledgers)} of them distinct, in {time.perf_counter() - began:.0f} s"
    )
    network = Network.objects.create(slug="true", name="True ledgers")
    join(network, [ensure_firm_row(workspace.firm(f"t{n}")) for n in range(ledgers)])
    run(network, workers, "first", kill=True)
    run(network, workers, "second, with unchanged ledgers")
    publish_and_show(network)


def make_ledgers(workspace: Any, ledgers: int, distinct: int) -> None:
    """Make members' ledgers that are not there yet."""
    folder = lambda slug: workspace.home / "ledger" / f"firm={slug}"  # noqa: E731
    stated = lambda slug: workspace.home / "firms" / f"{slug}.toml"  # noqa: E731
    for number in range(ledgers):
        slug = f"t{number}"
        if workspace.has_firm(slug):
            continue
        if number < distinct:
            take_ledger(workspace, slug, number)
            continue
        like = f"t{number % distinct}"
        shutil.rmtree(folder(slug), ignore_errors=True)
        shutil.copytree(folder(like), folder(slug))
        stated(slug).write_text(stated(like).read_text().replace(f'"{like}"', f'"{slug}"'))


def run(network: Any, workers: int, name: str, *, kill: bool = False) -> None:
    """Refresh a network by worker processes, and print how it went."""
    from django.utils import timezone

    from fondaco.web.network.benchmarks import refreshing
    from fondaco.web.network.benchmarks.models import FirmFigures, Refresh, RefreshItem

    now = timezone.now()
    made = Refresh.objects.create(network=network, made=now, beat=now)
    RefreshItem.objects.bulk_create(
        RefreshItem(refresh=made, firm=row.firm) for row in network.memberships.select_related("firm")
    )
    total = refreshing.progress(made).total
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    kept: list[str] = []
    running = [Worker(str(made.pk), kept) for _ in range(workers)]
    killed = 0
    while any(each.process.poll() is None for each in running):
        time.sleep(1)
        told = refreshing.progress(made)
        if kill and not killed and told.done >= total / 10:
            running[0].process.send_signal(signal.SIGKILL)
            killed = told.done
            running.append(Worker(str(made.pk), kept))
    for each in running:
        each.reader.join()
    spent, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told = refreshing.progress(made)
    twice = [firm for firm, times in Counter(kept).items() if times > 1]
    rows = FirmFigures.objects.filter(firm__network_memberships__network=network).count()
    again = f"; a worker was killed after {killed:,} and another started" if kill else ""
    print(
        f"refresh, {name}: {told.done:,} of {total:,} members done and {told.failed} stopped in {spent:.0f} s by {workers} workers{again}; "
        f"{busy / total:.3f} s of processor a member; kept now {len(kept):,}, twice {len(twice)}; rows of figures {rows:,}; "
        f"largest worker {after.ru_maxrss / 1024:,.0f} MiB",
        flush=True,
    )


class Worker:
    """A process that works on a refresh, and whom it kept."""

    def __init__(self, refresh: str, kept: list[str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--work", refresh], stdout=subprocess.PIPE, text=True
        )
        self.reader = threading.Thread(target=self._read, args=[kept])
        self.reader.start()

    def _read(self, kept: list[str]) -> None:
        assert self.process.stdout is not None
        kept += (line.strip() for line in self.process.stdout)


def work(refresh: str) -> None:
    """Work on a refresh until it is finished, and say of each member that it was kept."""
    from fondaco.web.network.benchmarks import refreshing
    from fondaco.web.network.benchmarks.models import Refresh

    refreshing.LEASE = timedelta(seconds=60)  # what the killed worker held is free after that
    keep = refreshing.keep

    def told(firm: Any, *given: Any, **more: Any) -> None:
        keep(firm, *given, **more)
        print(firm.slug, flush=True)

    refreshing.keep = told
    while Refresh.objects.filter(pk=refresh, finished=None).exists():
        if not refreshing.work(refresh):
            time.sleep(1)  # others hold what is left


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
