"""Text that was damaged before it came to us: UTF-8 that somebody read in another encoding and saved.

``KÃ¤se`` was ``Käse``: its two bytes of UTF-8 were read as two letters.  Such a run of letters is mended only
where going back is exact (the letters' bytes are UTF-8 again, and what comes out is writing), and it is
said.  What cannot be brought back, such as ``K?se``, is left as it stands, and is said as well.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from fondaco.ledger.containers import Text

#: The encodings in which UTF-8 is read by mistake: Windows in the west and in Central Europe, old Macs.
_MISTAKEN = ("cp1252", "mac_roman", "cp1250")

#: First bytes of UTF-8 that Latin, Greek and Cyrillic letters, signs and typographic marks begin with.
_LEADS = frozenset(b"\xc2\xc3\xc4\xc5\xce\xcf\xd0\xd1\xe2")
_ASIAN_LEADS = frozenset(range(0xE3, 0xEE))

_RUN = re.compile("[\u0080-\uffff]{2,}")
_LOST = re.compile(r"\ufffd|(?<![\w/.=&?-])[^\W\d_]+\?[^\W\d_]{2,}(?![^\s,;\t]*[=/])")
# What the first letters of a damaged run look like as bytes, so that a sound file is told at a glance.
_SUSPECT = re.compile(
    rb"(?:\xc3[\x82-\x85\x8e-\x91\xa2-\xad]|\xe2\x88\x9a|\xe2\x80\x9a|\xc4[\x82\xb9]|\xc2\xac)[\xc2-\xef]"
)


@dataclass(frozen=True)
class Mended:
    """What `mend` has done.

    Attributes
    ----------
    text
        The text; the same where nothing was mended.
    doubts
        What a person should know, as sentences.
    """

    text: Text
    doubts: tuple[str, ...]


def repair(text: str) -> tuple[str, int]:
    """Return `text` with what can be brought back exactly, and how many runs that were.

    Examples
    --------
    >>> repair("KÃ¤se fÃ¼r 5 â‚¬")
    ('Käse für 5 €', 3)
    >>> repair("NESTLÉ® in SÃO PAULO")
    ('NESTLÉ® in SÃO PAULO', 0)
    """
    count = 0

    def one(found: re.Match[str]) -> str:
        nonlocal count
        mended = _original(found[0])
        count += mended is not None
        return found[0] if mended is None else mended

    return _RUN.sub(one, text), count


@lru_cache(maxsize=8192)
def _original(run: str) -> str | None:
    """Return what a run of letters was before, or None where it is sound or cannot be told."""
    for encoding in _MISTAKEN:
        codes = _codes(encoding)
        if not all(char in codes for char in run):
            continue
        raw = bytes(codes[char] for char in run)
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            continue
        leads = {byte for byte in raw if byte >= 0xC0}
        if leads <= _LEADS and all(_is_writing(char) for char in text):
            return text
        if leads <= _ASIAN_LEADS | {0xE2} and all(_is_asian(char) for char in text):
            return text
    return None


@lru_cache(maxsize=4)
def _codes(encoding: str) -> dict[str, int]:
    """Return the bytes above ASCII by the letters they are read as; bytes without a letter stay as they are."""
    codes = {}
    for code in range(0x80, 0x100):
        try:
            codes[bytes([code]).decode(encoding)] = code
        except UnicodeDecodeError:
            codes[chr(code)] = code
    return codes


def _is_writing(char: str) -> bool:
    return char == "\u00a0" or unicodedata.category(char)[0] in "LPS" or char in "¹²³¼½¾"


def _is_asian(char: str) -> bool:
    return "\u3000" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3" or "\uff00" <= char <= "\uffef"


def mend(text: Text) -> Mended:
    """Mend a text file line by line, beside itself; one that shows no damage is left as it is."""
    damaged, lost, example = _look(text)
    doubts = []
    if lost:
        cells = "1 piece" if lost == 1 else f"{lost:,} pieces"
        doubts.append(
            f"{cells} of text were damaged before, such as {example!r}, and cannot be brought back: they stay as they are. "
            "Download the file again if you can."
        )
    if not damaged:
        return Mended(text, tuple(doubts))
    target, count, shown = text.path.with_suffix(".mended"), 0, ""
    with (
        text.path.open(encoding="utf-8", newline="") as stream,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        for line in stream:
            mended, runs = repair(line)
            if runs:
                again, more = repair(mended)  # some were damaged twice
                mended = again if more else mended
                shown = shown or _shown(line, mended)
            count += runs
            out.write(mended)
    if not count:
        target.unlink()
        return Mended(text, tuple(doubts))
    text.path.unlink()
    said = f"{count:,} pieces of text were UTF-8 read in a wrong encoding and were mended{shown}. Look at letters with accents."
    return Mended(replace(text, path=target), (said, *doubts))


def _look(text: Text) -> tuple[bool, int, str]:
    """Return whether there may be damage that can be mended, and how much cannot, with an example."""
    damaged, lost, example = False, 0, ""
    with text.path.open("rb") as stream:
        while chunk := stream.readlines(1 << 22):
            # Only lines with a question mark, or with letters beyond ASCII, can be damaged.
            block = b"".join([line for line in chunk if b"?" in line or not line.isascii()])
            if not block:
                continue
            asked = b"?" in block
            damaged = damaged or _SUSPECT.search(block) is not None
            if asked or b"\xef\xbf\xbd" in block:
                found = list(_LOST.finditer(block.decode("utf-8", "replace")))
                lost += len(found)
                example = example or _word(found)
    return damaged, lost, example


def _word(found: list[re.Match[str]]) -> str:
    if not found:
        return ""
    text, start, end = found[0].string, found[0].start(), found[0].end()
    return (
        re.split(r"[,;\t\n\"]", text[max(0, start - 12) : start])[-1]
        + re.split(r"[,;\t\r\n\"]", text[start : end + 12])[0]
    )


def _shown(before: str, after: str) -> str:
    """Return the first word that was mended, before and after."""
    for was, now in zip(re.split(r"[\s,;\t\"]+", before), re.split(r"[\s,;\t\"]+", after), strict=False):
        if was != now:
            return f", such as {was} to {now}"
    return ""
