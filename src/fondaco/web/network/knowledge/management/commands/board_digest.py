"""``python -m fondaco.web board_digest --site https://desk.example``: send the weekly digests of networks' boards that are due.

What waits at a firm's desk goes out daily, by ``today_digest``.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from fondaco.web.network.knowledge.digest import due, letter


class Command(BaseCommand):
    """Sends digests; run it daily or weekly: nobody gets one twice within a week."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the address of the site, which a command cannot know."""
        parser.add_argument("--site", required=True, help="the site's address, such as https://desk.example")

    def handle(self, *, site: str, **options: Any) -> None:
        """Send what is due; one address that fails holds up no other."""
        if not site.startswith(("https://", "http://")):
            raise CommandError("--site must begin with https:// or http://.")
        now, sent, failed = timezone.now(), 0, 0
        for wish in due(now):
            mail = letter(wish, now=now, site=site.rstrip("/"))
            try:
                sent += mail.send() if mail is not None else 0
            except OSError as error:
                failed += 1
                self.stderr.write(f"{wish.user.email}: {error}")
                continue
            wish.sent = now
            wish.save(update_fields=["sent"])
        self.stdout.write(f"{sent} digests sent, {failed} failed")
