"""Read, call, write: what the command line and the web both do. Thin.

Names are imported when they are first asked for, so that bringing a file in does not wait for the
statistics that only a scorecard needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fondaco.ledger.preview import Preview
    from fondaco.workflows.backups import backup, restore
    from fondaco.workflows.conclusions import months_of, scorecard_of
    from fondaco.workflows.dossier import blind_spots_of, dossier_of, held_by
    from fondaco.workflows.exports import export
    from fondaco.workflows.forgetting import Forgotten, forget, look_for
    from fondaco.workflows.signals import signals_of
    from fondaco.workflows.take_in_files import preview, replay, take_in

_HOME = {
    "Forgotten": "forgetting",
    "Preview": "take_in_files",
    "backup": "backups",
    "blind_spots_of": "dossier",
    "dossier_of": "dossier",
    "export": "exports",
    "forget": "forgetting",
    "held_by": "dossier",
    "look_for": "forgetting",
    "months_of": "conclusions",
    "preview": "take_in_files",
    "replay": "take_in_files",
    "restore": "backups",
    "scorecard_of": "conclusions",
    "signals_of": "signals",
    "take_in": "take_in_files",
}

__all__ = [
    "Forgotten",
    "Preview",
    "backup",
    "blind_spots_of",
    "dossier_of",
    "export",
    "forget",
    "held_by",
    "look_for",
    "months_of",
    "preview",
    "replay",
    "restore",
    "scorecard_of",
    "signals_of",
    "take_in",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
