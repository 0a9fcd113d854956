"""What the worker does for the desk: a look at a firm's cases."""

from __future__ import annotations

import logging

from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from fondaco.kernel.errors import FondacoError
from fondaco.web.accounts.access import workspace
from fondaco.web.accounts.models import Firm
from fondaco.web.inquiries import keeping, syncing

log = logging.getLogger("fondaco.web.inquiries")


@task()
def look_task(firm_id: int) -> None:
    """Look at the desk of the firm with this id; what cannot be read is said on the page."""
    firm = Firm.objects.filter(pk=firm_id).first()
    if firm is None:
        return
    now = timezone.now()
    try:
        syncing.look(firm, now=now)
        keeping.write_cases(firm)
    except FondacoError:
        log.warning("the desk of %s could not be looked at", firm.slug, exc_info=True)
    except Exception:
        log.exception("the look at a desk failed", extra={"firm": firm.slug})
        said = _("Something failed on our side; it is written in the log. The cases stay as they were.")
        syncing.failed(firm, said, workspace().ledger(firm.slug).fingerprint(), now=now)
