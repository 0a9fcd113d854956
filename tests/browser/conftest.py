"""A whole site for the browser: served by the real command, in a workspace of its own."""

from __future__ import annotations

import csv
import io
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

PASSWORD = "harbour lantern 7"

_SEED = """
import sys
from pathlib import Path
from fondaco.web.serve import prepare
home = Path(sys.argv[1])
prepare(home)
from django.utils import timezone
from fondaco.ledger import Workspace
from fondaco.web.accounts import actions
workspace = Workspace(home)
olivia = actions.ensure_user("olivia@example.com", sys.argv[2], name="Olivia")
now = timezone.now()
firm = actions.create_firm(workspace, name="Harbour Tea", home="GBR", currency="GBP", by=olivia, now=now)
network = actions.create_network("Seven Quays", by=olivia, now=now)
_, token = actions.invite("olivia@example.com", "join", to=network, by=olivia, now=now)
actions.accept(token, user=olivia, now=now, firm=firm)
"""


@dataclass(frozen=True)
class Site:
    """Where the site is, and a file to bring to it."""

    address: str
    orders: Path
    password: str


def orders_csv() -> str:
    """Return two years of orders of a tea merchant, with a few rows that cannot be understood."""
    draw = random.Random(11)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["Order no", "Order date", "Item", "Description", "Quantity", "Unit price", "Customer", "Country"]
    )
    places = ["Germany"] * 9 + ["France"] * 6 + ["Netherlands"] * 5 + ["Japan"] * 4 + ["United Kingdom"] * 8
    places += ["Italy", "Spain", "Brazil", "Kenya", "Australia", "Singapore"]
    first = date(2024, 1, 8)
    for number in range(1200):
        day = first + timedelta(days=round(number * 0.6) + draw.randrange(3))
        country = draw.choice(places)
        buyer = f"{country[:2].upper()}-{draw.randrange(40)}"
        for line in range(draw.choice([1, 1, 2])):
            item = draw.choice(
                [("T-01", "Green tea"), ("T-02", "Black tea"), ("T-03", "Tea pot"), ("T-04", "Tea strainer")]
            )
            writer.writerow(
                [
                    10_000 + number,
                    day.isoformat(),
                    item[0],
                    item[1],
                    1 + line + draw.randrange(6),
                    draw.choice(["4.50", "7.90", "24.00"]),
                    buyer,
                    country,
                ]
            )
    writer.writerow([99_001, "2025-06-01", "T-01", "Green tea", 3, "4.50", "X-1", "Ruritania"])
    writer.writerow([99_002, "someday", "T-02", "Black tea", 3, "7.90", "X-2", "Germany"])
    return out.getvalue()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve a firm without data, and its network."""
    pytest.importorskip("django")
    home = tmp_path_factory.mktemp("desk")
    orders = tmp_path_factory.mktemp("files") / "tea orders 2024.csv"
    orders.write_text(orders_csv(), encoding="utf-8")
    environment = {**os.environ, "FONDACO_HOME": str(home), "LOG_FORMAT": "text"}
    environment.pop("DATABASE_URL", None)
    subprocess.run([sys.executable, "-c", _SEED, str(home), PASSWORD], check=True, env=environment)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = f"from pathlib import Path; from fondaco.web.serve import serve; serve(Path({str(home)!r}), '127.0.0.1', {port})"
    with (home / "serve.log").open("wb") as log:
        server = subprocess.Popen([sys.executable, "-c", command], env=environment, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(240):
            try:
                with urllib.request.urlopen(f"{address}/health/", timeout=2) as answer:
                    assert answer.status == 200
                break
            except OSError:
                assert server.poll() is None, (home / "serve.log").read_text()
                time.sleep(0.25)
        yield Site(address, orders, PASSWORD)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(40)
