"""``python -m fondaco.web work``: take up jobs that a dead worker left, then do jobs as they come."""

from __future__ import annotations

import logging
import os
import threading
import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections, connection
from django.utils import timezone
from filelock import FileLock, Timeout

from fondaco.web.data import actions
from fondaco.web.evidence.studies import actions as studies
from fondaco.web.network.benchmarks import refreshing
from fondaco.web.today import sending

log = logging.getLogger("fondaco.web.data")

#: Results of finished tasks are of no use after this; what became of a job stands in `Job`.
KEEP_RESULTS = timedelta(days=2)
#: Seconds between looks for jobs whose worker died.
EVERY = 30.0


class Command(BaseCommand):
    """Runs one worker."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the number of the server's process, which the worker ends with."""
        parser.add_argument("--server", type=int, default=os.getppid())

    def handle(self, **options: Any) -> None:
        """Work until told to stop."""
        # First of all: a server may be gone before its worker has begun.
        threading.Thread(target=_end_with, args=(options["server"],), daemon=True, name="parent").start()
        # Where workers share one machine, holding this lock means that no other one runs; those on
        # other machines show their life in the database.
        lock = FileLock(settings.FONDACO_HOME / "worker.lock")
        try:
            lock.acquire(timeout=0)
            alone = connection.vendor == "sqlite"
        except Timeout:
            alone = False
        lost = actions.recover(now=timezone.now(), alone=alone)
        lost += refreshing.recover(now=timezone.now(), alone=alone)
        lost += studies.recover(now=timezone.now(), alone=alone)
        if lost:
            self.stderr.write(f"taken up, as no worker had them: {lost}")
        threading.Thread(target=_look_after, daemon=True, name="recover").start()
        call_command("prune_db_task_results", min_age_days=KEEP_RESULTS.days, verbosity=0)
        call_command("db_worker", interval=0.3, reload=False, startup_delay=False, verbosity=0)


def _look_after() -> None:
    while True:
        time.sleep(EVERY)
        close_old_connections()
        actions.recover(now=timezone.now())
        refreshing.recover(now=timezone.now())
        studies.recover(now=timezone.now())
        _send_mails()
        close_old_connections()


def _send_mails() -> None:
    """Send the mails that are due; what fails is in the log, and the looking after goes on."""
    try:
        sending.tick(now=timezone.now())
    except Exception:
        log.exception("mails could not be sent")


def _end_with(parent: int) -> None:
    """End when the server is gone: a worker without one would hold the lock and go unseen."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)
