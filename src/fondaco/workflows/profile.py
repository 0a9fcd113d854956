"""What a firm states of itself for its plan: read and changed."""

from __future__ import annotations

from collections.abc import Callable

from fondaco.kernel import Refused
from fondaco.ledger import Ledger, Workspace
from fondaco.strategy.profile import Profile, parse_profile, profile_text
from fondaco.strategy.stating import fingerprint


class ChangedMeanwhile(Refused):
    """Somebody else stated something since the profile was seen; `held` is what stands there now."""

    def __init__(self, held: Profile) -> None:
        self.held = held
        super().__init__("Somebody else changed the profile meanwhile: compare, and save again.")


def profile_of(workspace: Workspace, firm: str) -> Profile:
    """Return a firm's profile; an empty one where nothing is stated."""
    return parse_profile(workspace.ledger(firm).profile, _file(firm))


def change_profile(ledger: Ledger, change: Callable[[Profile], Profile]) -> Profile:
    """Keep what `change` makes of the profile; two who state something at once both count."""
    where = _file(ledger.firm.slug)
    text = ledger.change_profile(lambda held: profile_text(change(parse_profile(held, where))))
    return parse_profile(text, where)


def replace_profile(ledger: Ledger, profile: Profile, *, seen: str) -> Profile:
    """Keep a whole profile in the place of the one that was seen.

    Parameters
    ----------
    seen
        `fondaco.strategy.stating.fingerprint` of what the person saw when they began.

    Raises
    ------
    ChangedMeanwhile
        Where it is another by now; nothing is written.
    """

    def replaced(held: Profile) -> Profile:
        if fingerprint(held) != seen:
            raise ChangedMeanwhile(held)
        return profile

    return change_profile(ledger, replaced)


def _file(firm: str) -> str:
    return f"{firm}.profile.toml"
