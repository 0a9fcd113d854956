"""Workers that compute a network's figures are killed: others go on, and each member is computed and kept once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

pytest.importorskip("django")

pytestmark = pytest.mark.faults
MEMBERS = 12

#: Makes the desk, the network and its members, whose ledgers are empty, and a refresh that nobody works on.
MAKE = f"""
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.utils import timezone
from fondaco.web.accounts.access import workspace
from fondaco.web.accounts.models import Firm, Network
from fondaco.web.network.benchmarks.models import Refresh, RefreshItem
network = Network.objects.create(slug="quays", name="Seven Quays")
refresh = Refresh.objects.create(network=network, made=timezone.now(), beat=timezone.now())
for n in range({MEMBERS}):
    workspace().create_firm(f"m{{n}}", name=f"M {{n}}", home="ITA", currency="EUR")
    firm = Firm.objects.create(slug=f"m{{n}}", name=f"M {{n}}", home="ITA", currency="EUR")
    network.memberships.create(firm=firm)
    RefreshItem.objects.create(refresh=refresh, firm=firm)
print(refresh.pk)
"""
#: A worker that needs a while for each member and writes down whom it kept; a dead one's members are free after 2 s.
WORK = """
import sys, time
from datetime import timedelta
from fondaco.web.network.benchmarks import refreshing
refreshing.LEASE = timedelta(seconds=2)
slow, keep = refreshing.benchmarks.figures_of, refreshing.keep
def figures_of(*given):
    time.sleep(0.25)
    return slow(*given)
def kept(firm, *given, **more):
    keep(firm, *given, **more)
    print(firm.slug, flush=True)
refreshing.benchmarks.figures_of, refreshing.keep = figures_of, kept
refreshing.work(sys.argv[1], seconds=float(sys.argv[2]))
"""
TELL = """
from fondaco.web.network.benchmarks.models import FirmFigures, Refresh, RefreshItem
print(FirmFigures.objects.count(), RefreshItem.objects.filter(state="done").count(), bool(Refresh.objects.get().finished))
"""


def process(home: Path, code: str, *words: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.Popen(
        [sys.executable, "-c", f"import django\ndjango.setup()\n{code}", *words],
        env=environment | {"FONDACO_HOME": str(home), "DJANGO_SETTINGS_MODULE": "fondaco.web.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def said(running: subprocess.Popen[str]) -> list[str]:
    out, err = running.communicate(timeout=120)
    assert running.returncode == 0, err
    return out.split()


def test_what_a_killed_worker_had_taken_is_taken_up_and_nobody_is_done_twice(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (refresh,) = said(process(home, MAKE))
    first = process(home, WORK, refresh, "60")
    assert first.stdout is not None
    done = [first.stdout.readline().strip() for _ in range(3)]
    time.sleep(0.1)  # amid the fourth
    os.killpg(first.pid, signal.SIGKILL)
    done += first.communicate()[0].split()
    time.sleep(2.1)
    others = [process(home, WORK, refresh, "60") for _ in range(2)]  # two at once
    done += [name for each in others for name in said(each)]
    said(process(home, WORK, refresh, "5"))  # the last one out closes the refresh
    assert said(process(home, TELL)) == [str(MEMBERS), str(MEMBERS), "True"]
    assert Counter(done) == Counter(f"m{n}" for n in range(MEMBERS))
