"""What an interview's file says: plain text in any encoding, Word, or subtitles; turns with speakers and times.

A subtitle's time is kept in the text itself, as ``[00:01:02]`` (hours, minutes, seconds) before what is said then.
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from fondaco.evidence.coding.project import LONGEST_TEXT
from fondaco.evidence.coding.pseudonyms import replace_names
from fondaco.kernel import InputError, UnreadableFile
from fondaco.kernel.packed import unpacking
from fondaco.kernel.words import many

#: Bytes of a file, of what a Word file unpacks to, and its parts.
LARGEST, LARGEST_UNPACKED, MOST_PARTS = 16 << 20, 128 << 20, 2000
#: How often over a part may unpack beyond its packed size.
LARGEST_RATIO = 200
ENCODINGS = (
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1256",
    "cp437",
    "cp850",
    "cp866",
    "cp874",
    "koi8_r",
    "mac_roman",
    "cp932",
    "gb18030",
    "cp949",
    "big5",
)
_LINE = re.compile(r"[^\n]+")
_STAMP = r"\[(?P<h>\d{1,2}):(?P<m>\d{2}):(?P<s>\d{2})\]\s*"
_TURN = re.compile(rf"^(?:{_STAMP})?(?:(?P<who>[^\W_][\w .’'()/&-]{{0,40}}?)\s?:(?=\s|$))?", re.MULTILINE)
_CUE = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})[,.]\d{1,3}\s*-->\s*\d{1,2}:\d{2}:\d{2}[,.]\d{1,3}.*")


@dataclass(frozen=True)
class Turn:
    """What one person says in a row, from `start` to `end` of the text; `second` of the recording where it is told."""

    speaker: str
    start: int
    end: int
    second: int | None


@dataclass(frozen=True)
class Transcript:
    """A file as text under pseudonyms, with what a person should look at."""

    name: str
    text: str
    encoding: str
    told: tuple[str, ...]

    @property
    def speakers(self) -> tuple[str, ...]:
        """Who speaks, in order of appearance."""
        return tuple(dict.fromkeys(turn.speaker for turn in turns(self.text) if turn.speaker))


def read_transcript(
    content: bytes, name: str, names: Mapping[str, str] | None = None, encoding: str = ""
) -> Transcript:
    """Read a transcript and put pseudonyms in place of names.

    Parameters
    ----------
    content, name
        The file; its ending says what it is: ``.txt``, ``.docx`` or ``.srt``.
    names
        Pseudonyms by name (`pseudonyms.read_names`).
    encoding
        Of plain text that is no UTF-8; guessed, and told, without it.

    Raises
    ------
    UnreadableFile
        For an empty, huge, hostile or broken file, and any other kind.
    """
    if not content.strip():
        raise UnreadableFile(f"{name} is empty: bring the transcript itself.")
    if len(content) > LARGEST:
        raise UnreadableFile(
            f"{name} is larger than {LARGEST >> 20} MB: a transcript holds text alone; split it."
        )
    if encoding and not _is_encoding(encoding):
        raise InputError(f"The encoding {encoding!r} is not known: say one as {', '.join(ENCODINGS)}.")
    ending = name.rpartition(".")[2].casefold()
    if ending == "docx":
        text, encoding, told = _docx(content, name), "", list[str]()
    elif ending in ("txt", "text", "srt"):
        text, encoding, told = _decoded(content, name, encoding)
        if ending == "srt":
            text = _srt(text, name)
    else:
        raise UnreadableFile(f"{name} is no .txt, .docx or .srt file: save the transcript as one of these.")
    text = _plain(text)
    if not text.strip():
        raise UnreadableFile(f"{name} holds no text.")
    if len(text) > LONGEST_TEXT:
        raise UnreadableFile(f"{name} has {len(text):,} letters; {LONGEST_TEXT:,} are the most: split it.")
    replaced = replace_names(text, names or {})
    if replaced.unused:
        told.append(
            f"Names of the table that do not stand in {name}: {len(replaced.unused)}; look whether they are spelt otherwise."
        )
    aliases = set((names or {}).values())
    found = Transcript(name, replaced.text, encoding, ())
    unnamed = [who for who in found.speakers if who not in aliases and not _is_part(who)]
    if unnamed:
        told.append(
            f"Speakers that stand as they are: {', '.join(unnamed[:10])}. If these are names, give them pseudonyms first."
        )
    told = [replace_names(line, names or {}).text for line in told]
    return Transcript(name, replaced.text, encoding, tuple(told))


def turns(text: str) -> tuple[Turn, ...]:
    r"""Return who says what: a line that begins with ``Name:`` begins a turn, and so does a time.

    Examples
    --------
    >>> [(turn.speaker, turn.second) for turn in turns("[00:01:02] I: Why?\nP1: Because.\nAnd so on.")]
    [('I', 62), ('P1', None)]
    """
    starts: list[tuple[int, str, int | None]] = []
    speaker = ""
    for line in _LINE.finditer(text):
        found = _TURN.match(text, line.start(), line.end())
        who = (found["who"] or "").strip() if found else ""
        at = (
            None
            if found is None or found["h"] is None
            else 3600 * int(found["h"]) + 60 * int(found["m"]) + int(found["s"])
        )
        speaker = who or speaker
        if who or at is not None or not starts:
            starts.append((line.start(), speaker, at))
    ends = [start for start, _, _ in starts[1:]] + [len(text)]
    return tuple(Turn(who, start, end, at) for (start, who, at), end in zip(starts, ends, strict=True))


#: Ends of sentences: a mark, perhaps a closing quotation mark, then a blank; or the end of a line.
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s)|[。！？]+[」』”]*|\n+")
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Sig|e\.g|i\.e|etc|vs|ca|approx|No|St)|\b[A-Z])\.$")


def sentences(text: str) -> tuple[tuple[int, int], ...]:
    r"""Return start and end of each sentence, without the blanks around it.

    Examples
    --------
    >>> text = "P1: We waited. Dr. Bianchi left!\nI: Why?"
    >>> [text[a:b] for a, b in sentences(text)]
    ['P1: We waited.', 'Dr. Bianchi left!', 'I: Why?']
    """
    held = []
    start = 0
    for found in _END.finditer(text):
        if _ABBREVIATION.search(text, max(start, found.end() - 12), found.end()):
            continue
        held.append((start, found.end()))
        start = found.end()
    held.append((start, len(text)))
    return tuple(stripped for a, b in held if (stripped := _stripped(text, a, b)) is not None)


def _stripped(text: str, start: int, end: int) -> tuple[int, int] | None:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    return (start + left, start + right) if left < right else None


def _is_part(who: str) -> bool:
    """Whether a speaker's label tells a part in the talk, and nobody's name."""
    word = who.casefold().strip("0123456789 .")
    return word in (
        "",
        "i",
        "r",
        "q",
        "a",
        "p",
        "s",
        "int",
        "interviewer",
        "interviewee",
        "respondent",
        "speaker",
        "moderator",
        "informant",
    )


def _plain(text: str) -> str:
    """Return the text with one kind of line break, and without what no XML may hold."""
    held = re.sub(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]", "\n", text.lstrip("\ufeff"))
    return re.sub(r"[\x00-\x08\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", held)


def _decoded(content: bytes, name: str, chosen: str = "") -> tuple[str, str, list[str]]:
    # UTF-32 comes first: its mark begins as that of UTF-16 does.
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            try:
                return content.decode(encoding), encoding, []
            except UnicodeDecodeError:
                raise UnreadableFile(
                    f"{name} begins as {encoding} and goes on otherwise: save it as UTF-8."
                ) from None
    if chosen:
        text = content.decode(chosen, "replace")
        unread = text.count("\ufffd")
        says = f"{name} holds {many(unread, 'letter')} that {chosen} does not know; each stands as \ufffd: say another encoding."
        return text, chosen, [says] if unread else []
    if wide := _wide(content):
        return content.decode(wide), wide, []
    if content.count(0) or content[:4] in (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile(f"{name} is no plain text: save the transcript as .txt (UTF-8), .docx or .srt.")
    try:
        return content.decode("utf-8"), "utf-8", []
    except UnicodeDecodeError:
        pass
    encoding = _western(content) or _japanese(content) or _guessed(content)
    text = content.decode(encoding, "replace")
    letter = next((line for line in text.splitlines() if not line.isascii()), "").strip()[:60]
    told = [
        f"{name} is in an old encoding; it was read as {encoding}. Look whether this is right: {letter!r}. If not, say which."
    ]
    return text, encoding, told


def _is_encoding(name: str) -> bool:
    try:
        b"a".decode(name, "replace")
    except (LookupError, UnicodeError):  # some that Python knows, as idna, are for names of sites alone
        return False
    return True


def _wide(content: bytes) -> str:
    """Return which UTF-16 a text without a mark is in, as blanks and line ends tell; empty where it is none."""
    little, big = (sum(map(content.count, marks)) for marks in ((b" \0", b"\n\0"), (b"\0 ", b"\0\n")))
    if little == big:
        return ""
    encoding = "utf-16-le" if little > big else "utf-16-be"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return ""
    return encoding if all(char.isprintable() or char.isspace() for char in text) else ""


def _japanese(content: bytes) -> str | None:
    """Return the Japanese encoding in which a third of what is beyond ASCII are kana: others guess Korean for short texts."""
    for encoding in ("cp932", "euc_jp"):
        try:
            letters = [char for char in content.decode(encoding) if char > "\x7f"]
        except UnicodeDecodeError:
            continue
        if sum("\u3040" <= char <= "\u30ff" for char in letters) * 3 >= max(1, len(letters)):
            return encoding
    return None


#: Letters of western languages beyond ASCII, and marks; what central European or other old encodings read as is not among them.
_WESTERN = frozenset("àâäáãåæçèéêëìíîïñòóôöõœùúûüßÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÖÕŒÙÚÛÜ’‘“”–—…«»€°§¿¡\xa0·•")


def _western(content: bytes) -> str | None:
    """Return cp1252 where all that it gives beyond ASCII are letters of western languages: of short texts, others guess badly."""
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        return None
    return "cp1252" if all(char in _WESTERN for char in text if char > "\x7f") else None


def _guessed(content: bytes) -> str:
    from charset_normalizer import from_bytes

    # The letters that matter are those beyond ASCII: lines that hold some say more than the whole.
    marked = b"\n".join(line for line in content.splitlines() if any(byte > 127 for byte in line))[:65536]
    found = from_bytes(marked, cp_isolation=list(ENCODINGS)).best()
    return found.encoding if found is not None else "cp1252"


def _srt(text: str, name: str) -> str:
    lines: list[str] = []
    at, said = "", list[str]()

    def close() -> None:
        if said and at:
            lines.append(f"[{at}] {' '.join(said)}")
        said.clear()

    for raw in text.splitlines():
        line = re.sub(r"</?[ibu]>|</?font[^>]*>|\{\\[^}]*\}", "", raw).strip()
        cue = _CUE.fullmatch(line)
        if cue:
            if said and said[-1].isdigit():
                said.pop()  # the number of this cue, where no blank line stands before it
            close()
            at = f"{int(cue[1]):02d}:{cue[2]}:{cue[3]}"
        elif line and at:
            said.append(line)
        elif not line:
            close()
    close()
    if not lines:
        raise UnreadableFile(
            f"{name} holds no subtitle with a time (00:00:01,000 --> 00:00:02,000): is it an .srt file?"
        )
    return "\n".join(lines)


def refuse_bomb(content: bytes, name: str) -> zipfile.ZipFile:
    """Open a packed file where it is safe to unpack; raises `UnreadableFile` where it is broken, or unpacks to far more."""
    with unpacking(f"{name} is broken, or no packed file", "export it again."):
        packed = zipfile.ZipFile(io.BytesIO(content))
        held = packed.infolist()
    whole = sum(each.file_size for each in held)
    swollen = any(
        each.file_size > 1 << 20 and each.file_size > LARGEST_RATIO * max(1, each.compress_size)
        for each in held
    )
    if len(held) > MOST_PARTS or whole > LARGEST_UNPACKED or swollen:
        raise UnreadableFile(f"{name} unpacks to far more than a file of texts holds: it is not opened.")
    if any(each.flag_bits & 1 for each in held):
        raise UnreadableFile(f"{name} is locked with a password: save it without.")
    return packed


def _docx(content: bytes, name: str) -> str:
    import docx
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    with refuse_bomb(content, name) as packed:
        if "word/document.xml" not in packed.namelist():
            raise UnreadableFile(f"{name} is no Word document (.docx): save it as one.")
        # What python-docx reads is first read by a parser that refuses entities.
        with unpacking(f"{name} is a broken Word document", "save it again."):
            for part in packed.namelist():
                if part.endswith((".xml", ".rels")):
                    try:
                        fromstring(packed.read(part), forbid_dtd=True)
                    except DefusedXmlException:
                        raise UnreadableFile(
                            f"{name} holds XML entities, which no transcript needs: it is not opened."
                        ) from None
    try:
        with unpacking(f"{name} is a broken Word document", "save it again."):
            document = docx.Document(io.BytesIO(content))
            return "\n".join(_block(each) for each in document.iter_inner_content())
    except (LookupError, AttributeError):
        # A part that another names is not there.
        raise UnreadableFile(f"{name} is a broken Word document: save it again.") from None


def _block(held: object) -> str:
    from docx.table import Table

    if isinstance(held, Table):
        # A table of two columns, speaker and words, is how some transcribers write.
        return "\n".join(": ".join(dict.fromkeys(cell.text for cell in row.cells)) for row in held.rows)
    return str(getattr(held, "text", ""))
