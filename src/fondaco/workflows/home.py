"""Where the workspace is, for the command line and the web alike."""

from __future__ import annotations

import os
from pathlib import Path


def home_folder() -> Path:
    """Return the workspace folder: ``FONDACO_HOME``, else ``.fondaco`` in the person's own folder."""
    return Path(os.environ.get("FONDACO_HOME") or Path.home() / ".fondaco").expanduser().absolute()
