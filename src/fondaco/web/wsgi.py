"""The WSGI door, for waitress (see `fondaco.web.serve`) or any other server."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fondaco.web.settings")

application = get_wsgi_application()
