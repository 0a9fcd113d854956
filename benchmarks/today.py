"""Today as the server gives it, with 10,000 open cases and a ledger of 100,000 buyers.

``python benchmarks/today.py`` makes a workspace and a database (SQLite, or the empty one that ``DATABASE_URL`` names),
writes the cases as the worker would have left them, and asks for the page in the server's own process, so that what is
measured is the server's work and no network.  ``--conclude`` also has the worker's conclusion made first, and timed.
Goal: within 200 ms on PostgreSQL, with as many statements to the database as for ten cases.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from page import FIRM, make_ledger  # type: ignore[import-not-found]  # its neighbour, when run as a script

GOAL_MS = 200


def fill(firm: Any, people: list[Any], cases: int, buyers: int) -> None:
    """Write cases that wait as a look leaves them, and a plan, and say that the desk was looked at just now."""
    from django.utils import timezone

    from fondaco.web.accounts.access import workspace
    from fondaco.web.inquiries.models import Case, DeskLook

    now = timezone.now()
    markets, levels = ("KOR", "DEU", "USA", "JPN", "FRA", "BRA"), ("green", "amber", "red")
    conclusion = {
        "checks": [{"check": "legal", "level": "amber", "reason": "r" * 200, "source": "s" * 80}] * 8
    }
    rows = (
        Case(
            firm=firm, key=f"alibaba:{n}", platform="alibaba", number=str(n), made=now, source="ledger",
            market=markets[n % 6], received=now - timedelta(minutes=7 * n % 4000), buyer=f"buyer-{n % buyers}",
            name=f"Name {n}", company=f"Firm {n}", product="Green tea", quantity=20, message="What does it cost? " * 30,
            owner=people[n % len(people)], concluded=now, position=n + 1, score=1.0 * n, level=levels[n % 3],
            due=now + timedelta(minutes=n % 4000 - 1000), why="120 EUR if an order comes, one in eight; a day left",
            conclusion=conclusion, words=f"alibaba:{n} name {n} firm {n} green tea " + "what does it cost " * 30,
        )
        for n in range(cases)
    )  # fmt: skip
    Case.objects.bulk_create(rows, batch_size=1000)
    rate = {"rate": 0.9, "received": 900, "in_time": 810, "first": "2026-01-01", "last": "2026-01-30", "why": "", "clock": "alibaba", "source": ""}  # fmt: skip
    DeskLook.objects.update_or_create(
        firm=firm,
        defaults={
            "fingerprint": workspace().ledger(FIRM).fingerprint(), "looked": now + timedelta(hours=1),
            "rates": {"alibaba": {**rate, "tomorrow": rate}},
        },
    )  # fmt: skip


def ask(client: Any, address: str) -> tuple[float, float, int]:
    """Return the milliseconds that an answer took by the clock and on the processor, and the statements it sent."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    began, worked = time.perf_counter(), time.process_time()
    answer = client.get(address)
    took, spent = time.perf_counter() - began, time.process_time() - worked
    if answer.status_code != 200:
        raise SystemExit(f"The page answers with {answer.status_code}.")
    with CaptureQueriesContext(connection) as seen:
        client.get(address)
    return 1000 * took, 1000 * spent, len(seen)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument(
        "--lines", type=int, default=2_000_000, help="order lines of the ledger, twenty a buyer"
    )
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--conclude", action="store_true", help="have the worker's conclusion made first")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fondaco-benchmark-") as name:
        home = Path(name)
        os.environ |= {
            "FONDACO_HOME": name,
            "DJANGO_SETTINGS_MODULE": "fondaco.web.settings",
            "DEBUG": "False",
        }
        workspace = make_ledger(home, chosen.lines)
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection
        from django.test import Client
        from django.urls import reverse
        from django.utils import timezone

        from fondaco.web.accounts import actions
        from fondaco.web.accounts.models import Membership, Role
        from fondaco.web.today import concluding

        call_command("migrate", interactive=False, verbosity=0)
        firm = actions.ensure_firm_row(workspace.firm(FIRM))
        people = [actions.ensure_user(f"p{n}@example.org", "harbour lantern 7") for n in range(5)]
        for person in people:
            Membership.objects.create(firm=firm, user=person, role=Role.OWNER)
        address = reverse("firm", kwargs={"slug": FIRM})
        client = Client(headers={"host": "localhost"})
        client.force_login(people[0])
        fill(firm, people, 10, 100_000)
        few = ask(client, address)[2]
        firm.cases.all().delete()
        fill(firm, people, chosen.cases, 100_000)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as PostgreSQL does by itself within a minute of such a load
        if chosen.conclude:
            began = time.perf_counter()
            concluding.conclude(firm, timezone.localdate(), now=timezone.now())
            print(f"the worker's conclusion: {time.perf_counter() - began:.1f} s")
        first, _spent, _count = ask(client, address)
        runs = [ask(client, address) for _ in range(chosen.runs)]
        took, spent = sorted(run[0] for run in runs), sorted(run[1] for run in runs)
        print(f"{connection.vendor}, {chosen.cases:,} open cases, {chosen.runs} runs: first {first:.0f} ms, "
              f"median {statistics.median(took):.0f} ms, worst {took[-1]:.0f} ms (processor {statistics.median(spent):.0f} ms); "
              f"goal {GOAL_MS} ms; {runs[0][2]} statements, {few} with ten cases")  # fmt: skip


if __name__ == "__main__":
    main()
