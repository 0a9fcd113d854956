"""``python -m fondaco.web COMMAND``: Django's own commands (migrate, makemigrations, db_worker ...)."""

from __future__ import annotations

import os

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fondaco.web.settings")
    execute_from_command_line()
