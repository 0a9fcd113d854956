"""The Markets page as the server gives it, for a firm with a very long ledger.

``python benchmarks/page.py --lines 100_000_000`` makes a workspace whose ledger holds the generated
lines, starts the desk on it, signs in and asks for the page: once cold (the scorecard is worked out)
and then warm, as everybody after the first finds it.  Goal: a warm page within 150 ms at the server,
beside the sign-in page, which shows no figures, in the same run.
"""

from __future__ import annotations

import argparse
import http.cookiejar
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from generate import write_orders  # type: ignore[import-not-found]  # its neighbour, when run as a script

from fondaco.ledger import Workspace
from fondaco.ledger.report import ImportReport
from fondaco.ledger.store import Event, Store

GOAL_MS = 150
FIRM = "long"


def make_ledger(home: Path, lines: int) -> Workspace:
    """Make a workspace whose firm has `lines` generated order lines, as one import."""
    workspace = Workspace(home)
    workspace.create_firm(FIRM, home="GB", currency="GBP", fictional=True)
    store = Store(home / "ledger" / f"firm={FIRM}")
    made = write_orders(lines, home / "generated")
    with store.lock():
        each = lines // len(made)
        files = tuple(store.add("orders", path, name=path.name, rows=each) for path in made)
        report = ImportReport(
            "bench",
            FIRM,
            ("generated",),
            ("generated/1",),
            ("orders",),
            lines,
            lines,
            0,
            0,
            0,
            0,
            lines,
            "GBP",
        )
        detail = {"report": report.to_json(), "totals": {}, "contested": [], "understood": []}
        event = Event(1, "import", "bench", datetime.now(UTC), "benchmark", files, detail)
        store.commit(event, home)
    return workspace


class Browser:
    """Asks for pages as a person's browser does, keeping cookies."""

    def __init__(self, port: int) -> None:
        self.place = f"http://127.0.0.1:{port}"
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def get(self, path: str) -> tuple[float, str]:
        """Return the milliseconds that a page took, and the page."""
        began = time.perf_counter()
        with self.opener.open(self.place + path, timeout=600) as answer:
            page = answer.read().decode()
        return 1000 * (time.perf_counter() - began), page

    def sign_in(self, email: str, password: str) -> None:
        """Sign in through the form."""
        _, page = self.get("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if token is None:
            raise SystemExit("The sign-in page has no form.")
        form = {"csrfmiddlewaretoken": token[1], "login": email, "password": password}
        request = urllib.request.Request(
            self.place + "/accounts/login/",
            urllib.parse.urlencode(form).encode(),
            {"Referer": self.place},
        )
        self.opener.open(request, timeout=60).close()


def serve(home: Path, port: int) -> subprocess.Popen[bytes]:
    """Start the desk, and wait until it answers."""
    code = f"from pathlib import Path; from fondaco.web.serve import serve; serve(Path({str(home)!r}), port={port})"
    server = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=5) as answer:
                if answer.status == 200:
                    return server
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The desk did not start.")


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=5_000_000)
    parser.add_argument("--runs", type=int, default=30)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fondaco-benchmark-") as name:
        home = Path(name)
        workspace = make_ledger(home, chosen.lines)
        from fondaco.web import demo
        from fondaco.workflows.demo_files.firms import NetworkFacts

        people = demo.seed(workspace, workspace.firms(), NetworkFacts("Benchmark", 2020, "nobody", ()))
        email, password, _ = next(person for person in people if "owner" in person[2].casefold())
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = serve(home, port)
        try:
            browser = Browser(port)
            browser.sign_in(email, password)
            page = f"/f/{FIRM}/markets/"
            cold, shown = browser.get(page)
            if "DEU" not in shown and "Germany" not in shown:
                raise SystemExit("The page shows no market.")
            warm = [browser.get(page)[0] for _ in range(chosen.runs)]
            bare = [Browser(port).get("/accounts/login/")[0] for _ in range(chosen.runs)]
        finally:
            server.terminate()
            server.wait(60)
        middle, sign_in = statistics.median(warm), statistics.median(bare)
        print(
            f"{chosen.lines:,} lines: cold {cold / 1000:.1f} s, warm {middle:.0f} ms (worst {max(warm):.0f} ms),"
        )
        print(f"the sign-in page {sign_in:.0f} ms; ratio {middle / sign_in:.1f}; goal {GOAL_MS} ms warm")


if __name__ == "__main__":
    main()
