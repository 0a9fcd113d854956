"""``python -m fondaco.web today_digest``: send the mails that are due; the worker does so by itself twice a minute.

With ``--now`` today's digests go out whichever hour was wished for; each day's goes out once all the same.
What is new on networks' boards goes out weekly, by ``board_digest``.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from fondaco.web.today.sending import tick


class Command(BaseCommand):
    """Sends what is due."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take ``--now``."""
        parser.add_argument(
            "--now", action="store_true", help="Send today's digests whichever hour was wished for."
        )

    def handle(self, **options: Any) -> None:
        """Send, and say how many."""
        sent = tick(now=timezone.now(), whatever_hour=options["now"])
        self.stdout.write(f"{sent} sent")
