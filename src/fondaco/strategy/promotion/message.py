"""One message for several firms: what all say, what they may claim, and what has to be settled first.

Rule ``promotion/one-message``.  A sheet is a value that a consortium or agency makes from what its members state; what
one of them claims without proof is not taken into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Claim:
    """Something said of goods; `proof` is what stands behind it, empty where nothing does."""

    text: str
    proof: str = ""


@dataclass(frozen=True)
class Voice:
    """What one member says of itself.

    Attributes
    ----------
    name
        The member.
    goods
        What it sells.
    claims
        What it says of them.
    languages
        In which it can answer, ISO 639-1.
    """

    name: str
    goods: tuple[str, ...]
    claims: tuple[Claim, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """The message sheet of a network in one market.

    Attributes
    ----------
    message
        The one sentence that all use.
    shared
        Claims that every member makes and can prove.
    single
        Claims with proof of some members only: member, claim.
    unproven
        Claims that nobody may use until they are proven: member, claim.
    languages
        By language, who answers in it.
    settle
        What has to be settled before anything goes out.
    """

    network: str
    market: str
    message: str
    members: tuple[str, ...]
    goods: tuple[str, ...]
    shared: tuple[Claim, ...]
    single: tuple[tuple[str, Claim], ...]
    unproven: tuple[tuple[str, Claim], ...]
    languages: dict[str, tuple[str, ...]]
    settle: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the sheet as JSON values."""
        return {
            "network": self.network,
            "market": self.market,
            "message": self.message,
            "members": list(self.members),
            "goods": list(self.goods),
            "shared": [vars(claim) for claim in self.shared],
            "single": [{"member": name, **vars(claim)} for name, claim in self.single],
            "unproven": [{"member": name, **vars(claim)} for name, claim in self.unproven],
            "languages": {code: list(names) for code, names in self.languages.items()},
            "settle": list(self.settle),
        }


def sheet_of(
    network: str, market: str, message: str, voices: Sequence[Voice], *, languages: Sequence[str] = ()
) -> Sheet:
    """Put the members' words together.

    Parameters
    ----------
    message
        The sentence agreed on; empty where none is yet.
    languages
        What is spoken in the market, ISO 639-1.

    Examples
    --------
    >>> docg = Claim("from Chianti", "DOCG")
    >>> sheet = sheet_of("Collina", "KOR", "Wine from one hill", [Voice("A", ("wine",), (docg,)), Voice("B", ("wine",), (docg,))])
    >>> [claim.text for claim in sheet.shared], sheet.settle
    (['from Chianti'], ())
    """
    texts = [{claim.text.casefold(): claim for claim in voice.claims if claim.proof} for voice in voices]
    common = set(texts[0]).intersection(*texts[1:]) if texts else set()
    single = tuple(
        (voice.name, claim)
        for voice, held in zip(voices, texts, strict=True)
        for key, claim in held.items()
        if key not in common
    )
    unproven = tuple((voice.name, claim) for voice in voices for claim in voice.claims if not claim.proof)
    spoken = sorted({code for voice in voices for code in voice.languages})
    answers = {code: tuple(voice.name for voice in voices if code in voice.languages) for code in spoken}
    return Sheet(
        network,
        market,
        message,
        tuple(voice.name for voice in voices),
        tuple(sorted({goods for voice in voices for goods in voice.goods})),
        tuple(texts[0][key] for key in sorted(common)) if texts else (),
        single,
        unproven,
        answers,
        tuple(_open(message, voices, common, unproven, answers, languages)),
    )


def _open(
    message: str,
    voices: Sequence[Voice],
    common: set[str],
    unproven: Sequence[tuple[str, Claim]],
    answers: dict[str, tuple[str, ...]],
    languages: Sequence[str],
) -> list[str]:
    said = []
    if not message:
        said.append("No sentence is agreed on that all members use.")
    if len(voices) < 2:
        said.append("One member makes no common message.")
    elif not common:
        said.append("No claim is made and proven by every member.")
    if unproven:
        said.append(
            f"{len(unproven)} claims have no proof and stay out: {', '.join(sorted({n for n, _ in unproven}))}."
        )
    if languages and not any(code in answers for code in languages):
        said.append(f"Nobody answers in a language of the market ({', '.join(languages)}).")
    return said
