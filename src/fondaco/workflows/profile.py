"""What a firm states of itself for its plan: read and changed."""

from __future__ import annotations

from collections.abc import Callable

from fondaco.ledger import Ledger, Workspace
from fondaco.strategy.profile import Profile, parse_profile, profile_text


def profile_of(workspace: Workspace, firm: str) -> Profile:
    """Return a firm's profile; an empty one where nothing is stated."""
    return parse_profile(workspace.ledger(firm).profile, _file(firm))


def change_profile(ledger: Ledger, change: Callable[[Profile], Profile]) -> Profile:
    """Keep what `change` makes of the profile; two who state something at once both count."""
    where = _file(ledger.firm.slug)
    text = ledger.change_profile(lambda held: profile_text(change(parse_profile(held, where))))
    return parse_profile(text, where)


def _file(firm: str) -> str:
    return f"{firm}.profile.toml"
