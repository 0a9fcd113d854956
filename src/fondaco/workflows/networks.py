"""Networks in the workspace: who is in one and shares what, and what was published of it.

::

    networks/NAME.toml                  who is in the network, and what each shares; the web writes it, people may too
    networks/disclosure/INDICATOR.json  what was published, in all networks: never delete it, or figures that were
                                        published could be subtracted from those that come

A network's file::

    name = "Seven Quays"

    [noise]                             # only for networks of 500 and more, and only where it is wanted
    epsilon = 0.1
    total = 1.0

    [[member]]
    firm = "anchor-teas"
    shares = ["response_rate", "markets"]

    [[member.stated]]                   # figures that no file of the firm tells
    indicator = "shipping_per_kilo"
    value = 4.2
    until = 2026-09-30                  # the year that it is of ends here
    weight = 1250                       # kilos
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import tomli_w
from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fondaco.kernel.errors import Damaged, InputError, Refused, UnknownName
from fondaco.kernel.writing import write_atomically
from fondaco.ledger import Workspace
from fondaco.network.disclosure import Figure, History, Indicator
from fondaco.network.disclosure.noise import Budget

#: Days that a figure rests on.
WINDOW = 365
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_LARGEST = 16 << 20


@dataclass(frozen=True)
class Member:
    """A firm of a network: what it shares, and figures that it states."""

    firm: str
    shares: frozenset[Indicator] = frozenset()
    stated: Mapping[Indicator, Figure] = field(default_factory=dict)


@dataclass(frozen=True)
class Network:
    """A network as its file tells of it; `noise` where it publishes figures with noise."""

    slug: str
    name: str
    members: tuple[Member, ...]
    noise: Budget | None = None

    def sharing(self, indicator: Indicator) -> list[str]:
        """Return the members who share an indicator."""
        return [each.firm for each in self.members if indicator in each.shares]


class _Stated(BaseModel):
    model_config = ConfigDict(extra="forbid")
    indicator: Indicator
    value: float = Field(allow_inf_nan=False)
    until: date
    weight: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    cases: int = Field(default=0, ge=0)


class _Member(BaseModel):
    model_config = ConfigDict(extra="forbid")
    firm: str = Field(pattern=f"^{_SLUG.pattern}$")
    shares: list[Indicator] = []
    stated: list[_Stated] = []


class _Noise(BaseModel):
    model_config = ConfigDict(extra="forbid")
    epsilon: float = 0.1
    total: float = 1.0


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(default="", max_length=160)
    noise: _Noise | None = None
    member: list[_Member] = []


def read_network(workspace: Workspace, slug: str) -> Network:
    """Return a network of the workspace.

    Raises
    ------
    UnknownName
        Where there is no such network.
    InputError
        Naming the file, the table and the field.
    """
    path = _path(workspace, slug)
    if not path.is_file():
        known = sorted(each.stem for each in path.parent.glob("*.toml"))
        listed = f"; these are: {', '.join(known)}" if known else ""
        raise UnknownName(f"There is no network {slug!r} in this workspace{listed}.")
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{path.name} is larger than 16 MB: no list of members is.")
        held = _File.model_validate(tomllib.loads(path.read_text("utf-8")))
    except UnicodeDecodeError:
        raise InputError(f"{path.name} is no UTF-8 text: save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path.name} is no TOML: {error}.") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = " ".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
        raise InputError(
            f"{path.name}, {place}: {first['msg'].rstrip('.')} (found: {str(first.get('input'))[:60]!r})."
        ) from None
    firms = [each.firm for each in held.member]
    if len(set(firms)) < len(firms):
        twice = next(firm for firm in firms if firms.count(firm) > 1)
        raise InputError(f"{path.name}: the firm {twice!r} is listed twice; keep one.")
    noise = None if held.noise is None else Budget(held.noise.epsilon, held.noise.total, WINDOW)
    return Network(slug, held.name or slug, tuple(_member(each) for each in held.member), noise)


def _member(said: _Member) -> Member:
    stated = {
        each.indicator: stated_figure(each.value, each.until, each.weight, each.cases) for each in said.stated
    }
    return Member(said.firm, frozenset(said.shares), stated)


def stated_figure(value: float, until: date, weight: float = 1.0, cases: int = 0) -> Figure:
    """Return a figure as a firm states it, of the year that ends with a day."""
    return Figure(value, until - timedelta(days=WINDOW), until, cases, weight)


def write_network(workspace: Workspace, network: Network) -> None:
    """Keep who is in a network and shares what."""
    held: dict[str, Any] = {"name": network.name}
    if network.noise is not None:
        held["noise"] = {"epsilon": network.noise.epsilon, "total": network.noise.total}
    held["member"] = [
        {
            "firm": each.firm,
            "shares": sorted(each.shares),
            "stated": [
                {"indicator": of.value, "value": f.value, "until": f.until, "weight": f.weight, "cases": f.cases}
                for of, f in sorted(each.stated.items())
            ],
        }
        for each in network.members
    ]  # fmt: skip
    write_atomically(_path(workspace, network.slug), tomli_w.dumps(held))


def unlist(workspace: Workspace, slug: str, firm: str, indicators: Iterable[Indicator]) -> None:
    """Take indicators out of what a network's file says that a member shares, so that the command line counts it no longer."""
    gone = frozenset(indicators)
    try:
        held = read_network(workspace, slug)
    except (UnknownName, InputError):  # no file, or none that is read
        return

    def without(each: Member) -> Member:
        stated = {of: figure for of, figure in each.stated.items() if of not in gone}
        return replace(each, shares=each.shares - gone, stated=stated)

    members = tuple(without(each) if each.firm == firm else each for each in held.members)
    write_network(workspace, replace(held, members=members))


def _path(workspace: Workspace, slug: str) -> Path:
    if not _SLUG.fullmatch(slug):
        raise UnknownName(f"{slug[:60]!r} is no short name of a network.")
    return workspace.home / "networks" / f"{slug}.toml"


# --- what was published ----------------------------------------------------------------------------

_read: dict[Path, tuple[tuple[int, int, int], History]] = {}


def history_of(workspace: Workspace, indicator: Indicator) -> History:
    """Return what was published of an indicator.

    Raises
    ------
    Damaged
        Where its file cannot be read: it must be restored, as new figures could be compared with lost ones.
    """
    path = _history_path(workspace, indicator)
    try:
        found = path.stat()
    except FileNotFoundError:
        return History(indicator)
    mark = (found.st_mtime_ns, found.st_size, found.st_ino)
    held = _read.get(path)
    if held is not None and held[0] == mark:
        return held[1]
    try:
        history = History.from_json(json.loads(path.read_text("utf-8")))
    except (ValueError, KeyError, TypeError):
        raise Damaged(
            f"networks/disclosure/{path.name} is not as we left it. Restore it from a backup; without it nothing is published."
        ) from None
    _read[path] = (mark, history)
    return history


@contextmanager
def publishing(workspace: Workspace) -> Iterator[None]:
    """Hold the door: histories are read, changed and saved by one at a time."""
    folder = workspace.home / "networks" / "disclosure"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".lock", timeout=60):
            yield
    except Timeout:
        raise Refused("Figures are being published for another network: try again in a minute.") from None


def save_history(workspace: Workspace, history: History) -> None:
    """Keep what was published; call it within `publishing`."""
    if history != history_of(workspace, history.indicator):
        path = _history_path(workspace, history.indicator)
        write_atomically(path, json.dumps(history.to_json(), ensure_ascii=False))


def _history_path(workspace: Workspace, indicator: Indicator) -> Path:
    return workspace.home / "networks" / "disclosure" / f"{indicator.value}.json"


def published_mark(workspace: Workspace) -> str:
    """Return a mark that changes with everything that is published."""
    folder = workspace.home / "networks" / "disclosure"
    told = [f"{path.name} {path.stat().st_mtime_ns}" for path in sorted(folder.glob("*.json"))]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]
