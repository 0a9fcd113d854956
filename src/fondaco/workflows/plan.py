"""The plan of a firm: each part is asked for its proposal, and they are joined and held against what is known.

A part that fails, or that is not there, says so in the plan and takes nothing else with it.  What gaps of the firm's
readiness call for stands with the part that it belongs to.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from fondaco.kernel import FondacoError, Progress, silent
from fondaco.ledger import Workspace
from fondaco.strategy.advice import Proposal, in_order
from fondaco.strategy.plan.joining import JOINED, Plan, join, missing
from fondaco.strategy.profile import Profile
from fondaco.strategy.rules import Part
from fondaco.workflows.conclusions import is_kept, remembering
from fondaco.workflows.plan_facts import circumstances_of
from fondaco.workflows.profile import profile_of
from fondaco.workflows.readiness import actions_of
from fondaco.workflows.targets import targets_of

#: What gives a part's proposal.
Propose = Callable[[Workspace, str, date], Proposal]

#: Folders of the workspace that hold no input of a plan beside what the ledger's fingerprint covers.
_NOT_READ = frozenset({"ledger", "uploads", "logs", "cache", "scratch"})


def plan_of(
    workspace: Workspace,
    firm: str,
    today: date,
    *,
    proposers: Mapping[Part, Propose] | None = None,
    progress: Progress = silent,
) -> Plan:
    """Return the plan of a firm as it would be proposed on a day, kept until anything it rests on changes.

    Parameters
    ----------
    proposers
        By part, in place of ``fondaco.workflows.PART.propose``; then nothing is kept.

    Raises
    ------
    UnknownName
        Where there is no such firm.
    InputError
        Where the firm's profile or catalogue cannot be read.
    """
    workspace.firm(firm)
    if proposers is not None:
        return _plan(workspace, firm, today, proposers, progress)
    key = _key(workspace, firm, today)
    return remembering(key, lambda: _plan(workspace, firm, today, _installed(), progress))


def proposal_of(workspace: Workspace, firm: str, part: Part, today: date) -> Proposal:
    """Return what one part of the plan proposes, kept until anything it rests on changes."""
    return _lazily(part)(workspace, firm, today)


def is_ready(workspace: Workspace, firm: str, today: date) -> bool:
    """Whether the plan is at hand; working it out may take a while."""
    return is_kept(_key(workspace, firm, today))


def _key(workspace: Workspace, firm: str, today: date) -> tuple[str, ...]:
    return (str(workspace.home), "plan", firm, today.isoformat(), inputs_of(workspace, firm))


def inputs_of(workspace: Workspace, firm: str) -> str:
    """Return a fingerprint of all that a plan may rest on: the ledger's state and every other file of the workspace."""
    said = [workspace.ledger(firm).fingerprint()]
    for folder in sorted(path for path in workspace.home.glob("*") if path.is_dir()):
        if folder.name in _NOT_READ:
            continue
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".lock":
                seen = path.stat()
                said.append(f"{path.relative_to(workspace.home)} {seen.st_mtime_ns} {seen.st_size}")
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _installed() -> dict[Part, Propose]:
    return {part: _lazily(part) for part in JOINED}


def _lazily(part: Part) -> Propose:
    def propose(workspace: Workspace, firm: str, today: date) -> Proposal:
        found: Propose | None = None
        try:
            found = getattr(importlib.import_module(f"fondaco.workflows.{part}"), "propose", None)
        except ModuleNotFoundError as error:
            if error.name != f"fondaco.workflows.{part}":
                raise
        if found is None:
            return missing(part, f"This installation has no proposals for {part}.")
        asked = found
        key = (str(workspace.home), "proposal", part, firm, today.isoformat(), inputs_of(workspace, firm))
        return remembering(key, lambda: asked(workspace, firm, today))

    return propose


def _plan(
    workspace: Workspace, firm: str, today: date, proposers: Mapping[Part, Propose], progress: Progress
) -> Plan:
    profile = profile_of(workspace, firm)
    targets = targets_of(workspace, firm)
    proposals: dict[Part, Proposal] = {}
    with workspace.ledger(firm).holding():
        for number, part in enumerate(JOINED):
            progress(f"Working out {part}", number / (len(JOINED) + 1))
            proposals[part] = _asked(part, proposers.get(part), workspace, firm, today)
        _take_up_readiness(proposals, workspace, firm, today)
        progress("Checking that the parts agree", len(JOINED) / (len(JOINED) + 1))
        known = circumstances_of(workspace, firm, today, proposals, [target.market for target in targets])
    basis = {
        "ledger": workspace.ledger(firm).fingerprint(),
        "profile": "stated" if profile != Profile() else "nothing stated",
    }
    return join(
        firm, proposals, profile=profile, known=known, today=today,
        targets=[(target.market, target.why) for target in targets], basis=basis,
    )  # fmt: skip


def _take_up_readiness(proposals: dict[Part, Proposal], workspace: Workspace, firm: str, today: date) -> None:
    """Add to each part what gaps of readiness call for there; where they cannot be worked out, the first part says so."""
    try:
        found = actions_of(workspace, firm, today)
    except FondacoError as error:
        first = JOINED[0]
        said = (*proposals[first].unknown, f"Readiness could not be worked out: {error}")
        proposals[first] = replace(proposals[first], unknown=said)
        return
    for part, actions in found.items():
        held = proposals[part]
        proposals[part] = replace(held, actions=in_order((*held.actions, *actions)))


def _asked(part: Part, propose: Propose | None, workspace: Workspace, firm: str, today: date) -> Proposal:
    if propose is None:
        return missing(part, "Nothing was asked of it.")
    try:
        return propose(workspace, firm, today)
    except FondacoError as error:
        return missing(part, str(error))
    except Exception as error:  # noqa: BLE001  # one part's fault must not take the four others with it
        return missing(part, f"It failed, which is our fault ({type(error).__name__}: {error}).")
