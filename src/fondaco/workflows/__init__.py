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
    from fondaco.workflows.regulations import (
        add_rule,
        book_of,
        changes_of,
        groups_of,
        known_tags,
        products_of,
        proofs_of,
        rules_of,
    )
    from fondaco.workflows.signals import signals_of
    from fondaco.workflows.take_in_files import preview, replay, take_in

_HOME = {
    "Forgotten": "forgetting",
    "Preview": "take_in_files",
    "add_rule": "regulations",
    "backup": "backups",
    "blind_spots_of": "dossier",
    "book_of": "regulations",
    "changes_of": "regulations",
    "dossier_of": "dossier",
    "export": "exports",
    "forget": "forgetting",
    "groups_of": "regulations",
    "held_by": "dossier",
    "known_tags": "regulations",
    "look_for": "forgetting",
    "months_of": "conclusions",
    "preview": "take_in_files",
    "products_of": "regulations",
    "proofs_of": "regulations",
    "replay": "take_in_files",
    "restore": "backups",
    "rules_of": "regulations",
    "scorecard_of": "conclusions",
    "signals_of": "signals",
    "take_in": "take_in_files",
}

__all__ = [
    "Forgotten",
    "Preview",
    "add_rule",
    "backup",
    "blind_spots_of",
    "book_of",
    "changes_of",
    "dossier_of",
    "export",
    "forget",
    "groups_of",
    "held_by",
    "known_tags",
    "look_for",
    "months_of",
    "preview",
    "products_of",
    "proofs_of",
    "replay",
    "restore",
    "rules_of",
    "scorecard_of",
    "signals_of",
    "take_in",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
