"""What the worker does for Today."""

from __future__ import annotations

import logging
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from fondaco.kernel.errors import FondacoError
from fondaco.web.accounts.models import Firm
from fondaco.web.today import concluding

log = logging.getLogger("fondaco.web.today")


@task()
def morning_task(firm_id: int, day: str) -> None:
    """Conclude for the firm with this id; what fails is said on the page."""
    firm = Firm.objects.filter(pk=firm_id).first()
    if firm is None:
        return
    today, now = date.fromisoformat(day), timezone.now()
    try:
        concluding.conclude(firm, today, now=now)
    except FondacoError as error:
        log.warning("nothing could be concluded for %s", firm.slug, exc_info=True)
        concluding.failed(firm, str(error), today, now=now)
    except Exception:
        log.exception("the conclusions for Today failed", extra={"firm": firm.slug})
        said = _("Something failed on our side; it is written in the log.")
        concluding.failed(firm, said, today, now=now)
