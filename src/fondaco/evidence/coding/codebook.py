"""What the codebook says today, what it said at any earlier version, and who changed it.

A codebook is the list of its changes, each dated and signed; what it says is what replaying them gives.  It is a tree of
exactly three levels: first-order codes (1) under second-order themes (2) under aggregate dimensions (3).  What has no
place yet stands unassigned.  Nothing is deleted: what was merged or split stays readable and says what it became.

Source of the levels: D. A. Gioia, K. G. Corley and A. L. Hamilton, Seeking qualitative rigor in inductive research
(Organizational Research Methods 16, 2013).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, get_args

from fondaco.kernel import InputError

CODE, THEME, DIMENSION = 1, 2, 3
LEVELS = {CODE: "first-order code", THEME: "second-order theme", DIMENSION: "aggregate dimension"}
Kind = Literal["add", "rename", "define", "move", "merge", "split", "retire"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: Letters of a name, and codes of a codebook, beyond which a slip is likelier than a wish.
LONGEST_NAME, MOST_CODES = 300, 5000


@dataclass(frozen=True)
class Code:
    """A node of the codebook.

    Attributes
    ----------
    level
        1 first-order code, 2 second-order theme, 3 aggregate dimension.
    parent
        Id of the node one level up; None where it is unassigned.
    into
        Ids of what it was merged into or split up into; with these, or without any where it was given up, it is `retired`.
    """

    id: str
    name: str
    level: int
    parent: str | None = None
    definition: str = ""
    retired: bool = False
    into: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """One dated change.

    Attributes
    ----------
    kind
        ``add``, ``rename``, ``define``, ``move``, ``merge``, ``split`` or ``retire``.
    code
        Id of what is changed; of a merge, what goes into the other.
    name, level, definition
        Of ``add``; the new name of ``rename`` and words of ``define``.
    to
        The new parent of ``add`` and ``move`` (None: unassigned), the remaining code of ``merge``.
    parts
        Id and name of each new code of ``split``.
    """

    kind: Kind
    code: str
    who: str
    at: datetime
    name: str = ""
    level: int = CODE
    definition: str = ""
    to: str | None = None
    parts: tuple[tuple[str, str], ...] = ()
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the change as JSON values."""
        return {
            "kind": self.kind, "code": self.code, "who": self.who, "at": self.at.isoformat(), "name": self.name, "level": self.level,
            "definition": self.definition, "to": self.to, "parts": [list(part) for part in self.parts], "why": self.why,
        }  # fmt: skip


def change_from(said: Mapping[str, Any]) -> Change:
    """Read a change back from JSON; raises `InputError` where it is none."""
    try:
        if said["kind"] not in KINDS:
            raise ValueError(said["kind"])
        return Change(
            said["kind"], str(said["code"]), str(said["who"]), datetime.fromisoformat(said["at"]), str(said["name"]), int(said["level"]),
            str(said["definition"]), None if said["to"] is None else str(said["to"]),
            tuple((str(a), str(b)) for a, b in said["parts"]), str(said["why"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"A change of the codebook cannot be read: {error}.") from None


@dataclass(frozen=True)
class Codebook:
    """The codebook after `changes`."""

    changes: tuple[Change, ...] = ()
    codes: Mapping[str, Code] = field(default_factory=dict)

    @property
    def version(self) -> int:
        """How many changes were made."""
        return len(self.changes)

    @property
    def living(self) -> tuple[Code, ...]:
        """The codes in use, in the order in which they came."""
        return tuple(code for code in self.codes.values() if not code.retired)

    def of_level(self, level: int) -> tuple[Code, ...]:
        """Return the codes in use of a level."""
        return tuple(code for code in self.living if code.level == level)

    def under(self, parent: str | None, level: int) -> tuple[Code, ...]:
        """Return the codes in use of a level that stand under `parent`; None: those unassigned."""
        return tuple(code for code in self.of_level(level) if code.parent == parent)

    def at(self, version: int) -> Codebook:
        """Return what it said after its first `version` changes."""
        return codebook(self.changes[: max(0, version)])

    def on(self, when: datetime) -> Codebook:
        """Return what it said at a time."""
        return codebook(change for change in self.changes if change.at <= when)

    def now(self, code: str) -> Code:
        """Return what a code has become: of one merged, what it went into; of one split or given up, itself."""
        held = self.codes[code]
        while held.retired and len(held.into) == 1:
            held = self.codes[held.into[0]]
        return held

    def path(self, code: str) -> tuple[Code, ...]:
        """Return a code with what stands above it, the dimension first."""
        held: list[Code] = [self.codes[code]]
        while held[0].parent is not None:
            held.insert(0, self.codes[held[0].parent])
        return tuple(held)


def codebook(changes: Iterable[Change]) -> Codebook:
    """Replay changes.

    Raises
    ------
    InputError
        Naming the change that cannot be made.
    """
    codes: dict[str, Code] = {}
    held = []
    for change in changes:
        _apply(codes, change)
        held.append(change)
    return Codebook(tuple(held), codes)


def changed(book: Codebook, change: Change) -> Codebook:
    """Return the codebook after one more change.

    Raises
    ------
    InputError
        For a name that is empty, too long or taken on its level, a code that there is not, and a parent that is not one
        level up.

    Examples
    --------
    >>> from datetime import UTC
    >>> day = datetime(2026, 3, 2, tzinfo=UTC)
    >>> book = changed(Codebook(), Change("add", "a", "Ada", day, name="slow answers"))
    >>> book = changed(book, Change("rename", "a", "Ben", day, name="answers come late"))
    >>> book.codes["a"].name, book.at(1).codes["a"].name
    ('answers come late', 'slow answers')
    """
    codes = dict(book.codes)
    _apply(codes, change)
    return Codebook((*book.changes, change), codes)


def _apply(codes: dict[str, Code], change: Change) -> None:
    if change.kind == "add":
        _add(codes, Code(change.code, _name(change.name), change.level, change.to, change.definition.strip()))
        return
    held = _living(codes, change.code)
    if change.kind == "rename":
        name = _name(change.name)
        _free(codes, name, held.level, held.id)
        codes[held.id] = replace(held, name=name)
    elif change.kind == "define":
        codes[held.id] = replace(held, definition=change.definition.strip())
    elif change.kind == "move":
        _fits(codes, held.level, change.to)
        codes[held.id] = replace(held, parent=change.to)
    elif change.kind == "merge":
        _merge(codes, held, change.to)
    elif change.kind == "split":
        _split(codes, held, change.parts)
    else:
        _retire(codes, held, (), None)


def _add(codes: dict[str, Code], code: Code) -> None:
    if code.id in codes:
        raise InputError(f"A code has this id already: {codes[code.id].name!r}.")
    if code.level not in LEVELS:
        raise InputError(f"Level {code.level} is not known: 1 is a code, 2 a theme, 3 a dimension.")
    if len(codes) >= MOST_CODES:
        raise InputError(f"A codebook holds {MOST_CODES} codes at most.")
    _free(codes, code.name, code.level, "")
    _fits(codes, code.level, code.parent)
    codes[code.id] = code


def _merge(codes: dict[str, Code], held: Code, to: str | None) -> None:
    other = _living(codes, to or "")
    if other.id == held.id:
        raise InputError(f"{held.name!r} cannot be merged into itself.")
    if other.level != held.level:
        raise InputError(
            f"{held.name!r} is a {LEVELS[held.level]}, {other.name!r} a {LEVELS[other.level]}: only likes are merged."
        )
    _retire(codes, held, (other.id,), other.id)


def _split(codes: dict[str, Code], held: Code, parts: Sequence[tuple[str, str]]) -> None:
    if len(parts) < 2:
        raise InputError(f"{held.name!r} is split into two codes at least.")
    _retire(codes, held, tuple(part for part, _ in parts), None)
    for part, name in parts:
        _add(codes, Code(part, _name(name), held.level, held.parent))


def _retire(codes: dict[str, Code], held: Code, into: tuple[str, ...], heir: str | None) -> None:
    """Take a code out of use; what stood under it goes to `heir`, or stands unassigned."""
    for code in list(codes.values()):
        if code.parent == held.id:
            codes[code.id] = replace(code, parent=None if code.retired else heir)
    codes[held.id] = replace(held, retired=True, into=into, parent=None)


def _living(codes: Mapping[str, Code], code: str) -> Code:
    held = codes.get(code)
    if held is None:
        raise InputError("There is no such code in this codebook.")
    if held.retired:
        raise InputError(f"{held.name!r} is no longer in use: take what it became.")
    return held


def _name(name: str) -> str:
    held = " ".join(name.split())
    if not held:
        raise InputError("A code needs a name.")
    if len(held) > LONGEST_NAME:
        raise InputError(
            f"The name {held[:40]!r}... has {len(held)} letters; {LONGEST_NAME} are enough: put the rest into the definition."
        )
    return held


def _free(codes: Mapping[str, Code], name: str, level: int, besides: str) -> None:
    for code in codes.values():
        if (
            not code.retired
            and code.level == level
            and code.id != besides
            and code.name.casefold() == name.casefold()
        ):
            raise InputError(
                f"There is a {LEVELS[level]} named {code.name!r} already: merge the two, or name them apart."
            )


def _fits(codes: Mapping[str, Code], level: int, parent: str | None) -> None:
    if parent is None:
        return
    held = _living(codes, parent)
    if held.level != level + 1:
        above = LEVELS.get(level + 1)
        raise InputError(
            f"A {LEVELS[level]} stands under {'a ' + above if above else 'nothing'}; {held.name!r} is a {LEVELS[held.level]}."
        )
