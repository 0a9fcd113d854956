"""The Price calculator as the server gives it: the first answer of a process, and each later one.

``python benchmarks/price_page.py`` makes a firm with a catalogue, a ledger and the whole of a made-up tariff of
100,000 rows, starts the desk on it, signs in and prices bottles of wine in ever new quantities.  Goal: a warm answer
within 100 ms at the server, beside the sign-in page in the same run.
"""

from __future__ import annotations

import socket
import statistics
import tempfile
import time
import urllib.request
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from page import FIRM, Browser, make_ledger, serve  # type: ignore[import-not-found]  # its neighbour, when run as a script

from fondaco.ledger import Catalogue, Entry
from fondaco.ledger.unit import Unit
from fondaco.workflows.tariffs import add_tariffs

GOAL_MS, RUNS = 100, 40


def alone(browser: Browser, address: str) -> float:
    """Return the milliseconds that an answer without the page around it took."""
    began = time.perf_counter()
    asked = urllib.request.Request(browser.place + address, headers={"HX-Request": "true"})
    with browser.opener.open(asked, timeout=600) as answer:
        answer.read()
    return 1000 * (time.perf_counter() - began)


def main() -> None:
    """Measure, and print."""
    from fondaco.web import demo
    from fondaco.workflows.demo_files.firms import NetworkFacts

    with tempfile.TemporaryDirectory(prefix="fondaco-benchmark-") as name:
        home = Path(name)
        workspace = make_ledger(home, 100_000)
        rows = home / "rows.csv"
        lines = (f"GBR,{n:08},{n % 30}%,2026-01-01,made up" for n in range(1_000_000, 1_200_000, 2))
        rows.write_text("market,hs,duty,valid_from,source\n" + "\n".join(lines) + "\n", "utf-8")
        add_tariffs(workspace, rows, date(2026, 11, 30))
        unit = Unit(
            cost=Decimal("4.10"), price=Decimal("7.50"), currency="EUR", net_weight_kg=Decimal("0.75"), litres=Decimal("0.75"),
            alcohol_by_volume=Decimal(13),
        )  # fmt: skip
        entries = (Entry(sku="W-1", hs="220421", origin="ITA", unit=unit),)
        workspace.ledger(FIRM).change_catalogue(lambda _: Catalogue(entries))
        (home / "firms" / f"{FIRM}.profile.toml").write_text('[price]\nmargin = "0.2"\n', "utf-8")
        people = demo.seed(workspace, workspace.firms(), NetworkFacts("Benchmark", 2020, "nobody", ()))
        email, password, _ = next(person for person in people if "owner" in person[2].casefold())
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = serve(home, port)
        try:
            browser = Browser(port)
            browser.sign_in(email, password)
            address = f"/f/{FIRM}/price/?sku=W-1&market=GBR&incoterm=DDP&freight=60&importer=25&retailer=35&quantity="
            cold, shown = browser.get(address + "12")
            if "30.62 GBP/l_alcohol" not in shown:
                raise SystemExit("The page shows no excise.")
            warm = [browser.get(address + str(100 + run))[0] for run in range(RUNS)]
            changed = [alone(browser, address + str(200 + run)) for run in range(RUNS)]
            bare = [Browser(port).get("/accounts/login/")[0] for _ in range(RUNS)]
        finally:
            server.terminate()
            server.wait(60)
        middle, sign_in, part = (statistics.median(each) for each in (warm, bare, changed))
        print(f"{datetime.now(UTC):%Y-%m-%d}: the first page of a process {cold / 1000:.1f} s,")
        print(f"an answer to a change of the form {part:.0f} ms (worst {max(changed):.0f} ms),")
        print(f"the whole page {middle:.0f} ms (worst {max(warm):.0f} ms),")
        print(f"the sign-in page {sign_in:.0f} ms; ratio {part / sign_in:.1f}; goal {GOAL_MS} ms")


if __name__ == "__main__":
    main()
