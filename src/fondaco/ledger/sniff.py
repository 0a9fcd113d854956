"""How a text file holds its table: encoding, delimiter, quoting, and where the header is.

``sniff`` looks at the first bytes only (256 KiB are enough), already decompressed, and says what it
is not sure of.  Rows are counted as records, the first of the file being 1: a line break inside a
quoted cell does not begin a new one, a blank line counts.
"""

from __future__ import annotations

import codecs
import csv
import functools
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fondaco.kernel.errors import UnreadableFile
from fondaco.ledger.header import HEADER_WITHIN, column_names, find_header, header_names

#: As many columns as a spreadsheet of today can have.
MOST_COLUMNS = 16_384

#: The longest line, in bytes, before a file is taken for no table.
LONGEST_LINE = 1024 * 1024

#: How much of a file `sniff` needs to see, in bytes.
HEAD = 256 * 1024

DELIMITERS = (",", ";", "\t", "|")

_ROWS = 100  # records that are weighed
_WEIGHED = 32 * 1024  # characters that tell the encoding and the delimiter


@dataclass(frozen=True)
class Dialect:
    """How a text file holds its table.

    Attributes
    ----------
    encoding
        As Python names it: ``utf-8``, ``utf-8-sig``, ``utf-16``, ``cp1252`` ...
    delimiter
        ",", ";", tab, "|" or, for columns set apart by blanks, " "; empty for a single column.
    quote
        '"', or empty where quotation marks are part of the text.
    header_row
        The record with the column names, 1 being the first; 0 where the file has none.
    columns
        The names: stripped, blanks called ``column_7``, doubles made unique as ``Name (2)``.
    confidence
        Between 0 and 1.
    doubts
        What a person should look at, as sentences.
    """

    encoding: str
    delimiter: str
    quote: str
    header_row: int
    columns: tuple[str, ...]
    confidence: float
    doubts: tuple[str, ...]


def sniff(head: bytes, *, size: int, name: str) -> Dialect:
    r"""Return how the file that begins with `head` holds its table.

    Parameters
    ----------
    head
        The first bytes of the file, decompressed; all of them where there are fewer than `HEAD`.
    size
        The length of the whole file in bytes, or of `head` where it is not known.
    name
        The file's name, for messages.

    Raises
    ------
    UnreadableFile
        When the file is empty, no text, or wider or longer in its lines than a table can be.

    Examples
    --------
    >>> dialect = sniff(b"Invoice;Preis\n1;2,50\n", size=22, name="x.csv")
    >>> dialect.delimiter, dialect.columns
    (';', ('Invoice', 'Preis'))
    """
    if not head.strip(b"\x00\r\n\t ,;\xef\xbb\xbf"):
        raise UnreadableFile(f"{name} is empty. Download it again, or choose another file.")
    _refuse_other_kinds(head, name)
    encoding, text, doubts = _decode(head, cut=size > len(head), name=name)
    _refuse_control_characters(text, name)
    _refuse_long_lines(head, text, size, name)
    delimiter, quote, share = _delimiter(text)
    rows = _records(text, delimiter, quote, cut=size > len(head))
    if not rows:
        raise UnreadableFile(f"{name} holds no rows. Download it again, or choose another file.")
    if _SEPARATOR_LINE.match(text):
        rows[0] = []  # Excel's own first line, which says the delimiter and holds no data
    first, sure = find_header(rows)
    header, names = header_names(rows, first)
    width = _width(rows if header == 0 else [names, *rows[header:]])
    if header == 0:
        doubts.append("No row looks like column names; the columns are called column_1, column_2 ...")
    names += [""] * (width - len(names))
    if len(names) > MOST_COLUMNS:
        raise UnreadableFile(
            f"{name} has {len(names):,} columns in one row; a table has at most {MOST_COLUMNS:,}. "
            "Check that it is the file you meant, and its delimiter."
        )
    if delimiter == "" and width == 1 and len(rows) > 1:
        doubts.append("There is only one column, or its delimiter is not comma, semicolon, tab or |.")
    if header and not sure:
        doubts.append(f"Row {header} is taken for the column names; check that it is.")
    confidence = round(share * (1.0 if sure else 0.7) * (0.9 if doubts else 1.0), 3)
    return Dialect(encoding, delimiter, quote, header, column_names(names), confidence, tuple(doubts))


# What is no text -------------------------------------------------------------------------------

_SIGNATURES = (
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"RIFF", "a sound, film or picture"),
    (b"%PDF", "a PDF document"),
    (b"%!PS", "a PostScript document"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\xd0\xcf\x11\xe0", "an old Office file (.xls or .doc)"),
    (b"PK\x03\x04", "a ZIP archive or an Office file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"(\xb5/\xfd", "a Zstandard archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"ID3", "a sound"),
)
_MARKUP = (
    (re.compile(rb"\s*(?:<!doctype html|<html|<head|<body|<script)", re.IGNORECASE), "a web page"),
    (re.compile(rb"\s*<\?xml|\s*<[a-zA-Z][\w:-]*[ >]"), "an XML file"),
    (re.compile(rb"\s*[{\[]\s*(?:[{\[]\s*)?\"[^\"]*\"\s*:"), "a JSON file"),
)


def _refuse_other_kinds(head: bytes, name: str) -> None:
    looks = next((kind for start, kind in _SIGNATURES if head.startswith(start)), None)
    advice = "Download the table as CSV, tab-separated text or Excel (.xlsx), and choose that file."
    if looks is None:
        start = head[:2048].removeprefix(codecs.BOM_UTF8)
        looks = next((kind for pattern, kind in _MARKUP if pattern.match(start)), None)
        if looks == "a web page":
            advice = "It may be the sign-in page in place of the download: sign in and download it again."
    if looks is None and _utf16(head) is None:
        nuls, odd = head.count(0), sum(map(head.count, _CONTROLS))
        if nuls > len(head) // 1000 + 2 or odd > len(head) // 50 + 2:
            looks = "a binary file"
    if looks is not None:
        raise UnreadableFile(f"{name} looks like {looks}, not a table. {advice}")


_CONTROLS = [bytes([code]) for code in range(1, 32) if code not in (9, 10, 11, 12, 13, 26)]


def _refuse_control_characters(text: str, name: str) -> None:
    """Refuse what decodes as text and is none: tables hold no bells, escapes or form feeds to speak of."""
    controls = sum(text.count(chr(code)) for code in (*range(9), 11, *range(14, 32)))
    if controls > 0.02 * len(text):
        raise UnreadableFile(
            f"{name} is no text: it is full of control characters. Export the table as CSV or XLSX and choose that file."
        )


def _refuse_long_lines(head: bytes, text: str, size: int, name: str) -> None:
    commas = max(text.count(mark) for mark in DELIMITERS)
    unbroken = "\n" not in text and "\r" not in text
    longest = len(head) if unbroken else max(map(len, re.split("[\r\n]", text)))
    if unbroken and commas >= MOST_COLUMNS:
        raise UnreadableFile(
            f"{name} begins with a row of more than {MOST_COLUMNS:,} columns. "
            "Check that it is the file you meant."
        )
    if longest > LONGEST_LINE or (unbroken and size > LONGEST_LINE):
        raise UnreadableFile(
            f"{name} has a line of more than 1 MiB without a line break, so it is no table of rows. "
            "Check that it is the file you meant."
        )


# Encoding --------------------------------------------------------------------------------------

# Tried in this order where a file is not Unicode; `_plausible` weighs what they make of it.
_LEGACY = ("cp932", "gb18030", "cp949", "cp1252", "cp1250", "cp1251", "latin-1")


def _utf16(head: bytes) -> str | None:
    """Return the UTF-16 encoding of `head`, by its mark or by the zeros of its plain letters."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = head[:4096]
    half = len(sample) // 2
    if half < 2 or b"\x00" not in sample:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.3 * half and even < 0.02 * half + 1:
        return "utf-16-le"
    if even > 0.3 * half and odd < 0.02 * half + 1:
        return "utf-16-be"
    return None


def _decode(head: bytes, *, cut: bool, name: str) -> tuple[str, str, list[str]]:
    """Return (encoding, text, doubts); a character cut off at the end of `head` is no fault."""
    if (wide := _utf16(head)) is not None:
        text = _strictly(head, wide, cut=True)
        if text is None:
            raise UnreadableFile(f"{name} is damaged UTF-16 text. Save it again as UTF-8.")
        return wide, text, []
    plain = "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"
    if (text := _strictly(head, plain, cut=cut)) is not None:
        return plain, text, []
    return _decode_legacy(head, cut=cut, plain=plain)


def _decode_legacy(head: bytes, *, cut: bool, plain: str) -> tuple[str, str, list[str]]:
    scores: list[tuple[float, str, str]] = []
    for encoding in _LEGACY:
        text = _strictly(head, encoding, cut=cut)
        if text is not None:
            scores.append((_plausible(text[:_WEIGHED]), encoding, text))
    # A few broken bytes in a long UTF-8 text are damage, not another encoding.
    mended = head.decode(plain, errors="replace")
    broken = mended.count("\ufffd")
    whole = sum(char > "\x7f" for char in mended) - broken
    if whole > 20 * broken:
        doubt = "Some characters of the file are broken and are shown as \ufffd."
        return plain, mended, [doubt]
    scores.sort(key=lambda score: -score[0])
    named = [(_named_columns(text), encoding, text) for _, encoding, text in scores]
    most = max(count for count, _, _ in named)
    if most and [count for count, _, _ in named].count(most) == 1:
        _, encoding, text = max(named)  # the names of the columns say it
        return encoding, text, []
    best, encoding, text = scores[0]
    doubts = []
    close = [
        other for score, other, _ in scores[1:] if score > best - 0.05 and not _same(head, encoding, other)
    ]
    if close or best < 0.5:
        guess = _normalizer(head)
        if "cp1252" in (encoding, *close):
            guess = "cp1252"  # by far the most common; a text of the east would not look as plausible in it
        if guess is not None and guess in close:
            encoding, text = guess, _strictly(head, guess, cut=cut) or text
        doubts.append(f"The file is not UTF-8; it is read as {encoding}. Look at letters with accents.")
    return encoding, text, doubts


def _named_columns(text: str) -> int:
    """Return how many cells with letters beyond ASCII in the first lines are names of columns as tables have them."""
    from fondaco.ledger.platforms.headers import folded
    from fondaco.ledger.platforms.table.naming import is_column_name

    cells = {cell.strip(' "') for line in text.splitlines()[:60] for cell in re.split("[;,\t|]", line)}
    foreign = [cell for cell in cells if not cell.isascii() and len(cell) < 80]
    return sum(is_column_name(cell) or folded(cell) in _names_of_readers() for cell in foreign)


@functools.cache
def _names_of_readers() -> frozenset[str]:
    from fondaco.ledger.platforms import readers
    from fondaco.ledger.platforms.headers import folded

    return frozenset(
        folded(name) for r in readers() for column, others in r.names.items() for name in (column, *others)
    )


def _same(head: bytes, one: str, other: str) -> bool:
    return head.decode(one, errors="replace") == head.decode(other, errors="replace")


def _normalizer(head: bytes) -> str | None:
    from charset_normalizer import from_bytes

    marks = b"\n".join([line for line in head.splitlines() if any(byte > 127 for byte in line)][:40])
    found = from_bytes(marks[:8192], cp_isolation=list(_LEGACY)).best()
    return found.encoding if found is not None else None


def _strictly(head: bytes, encoding: str, *, cut: bool) -> str | None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        return decoder.decode(head, final=not cut)
    except UnicodeDecodeError:
        return None


_KANA = re.compile("[\u3040-\u30ff\uff66-\uff9f]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_HAN = re.compile("[\u4e00-\u9fff]")
# The characters most used in plain Chinese, Japanese and shop texts: a wrong decoding hits rare ones.
_USUAL_HAN = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方"
    "后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它"
    "合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变"
    "条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头"
    "商品名称订单号价格数量买家国家日期金额货币编码运费状态客户注文番号商品名価格個数購入者国日付金額通貨送料合計"
    "关键词搜索指涨幅点击率卖规模曝次直通车访问询盘店内机转化否允许添产橱窗顶展收藏负责推广效果统计销售币种单价收货下编"
    "東京都府県市区町村株式会社配送先税込単円受注明細店舗月産地会員様発支払方法"
)
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_WESTERN = frozenset("äöüßÄÖÜéèêëàâáãåæçíìîïñóòôõøúùûÿœŒÉÈÀÂÁÃÅÆÇÍÑÓÔÕØÚ€£°º§’‘“”–—…«»®©™×²³½¼¡¿´·•")
_CENTRAL = frozenset("ąćęłńśźżĄĆĘŁŃŚŹŻčďěňřšťůžČĎĚŇŘŠŤŮŽőűŐŰăâîșțşţĂÂÎȘȚáéíóöúüýôäÁÉÍÓÖÚÜÝ€„”–—")
_RUSSIAN_WORDS = re.compile("[а-яё]{3,}|[А-ЯЁ][а-яё]{2,}|[А-ЯЁ]{3,}")


def _plausible(text: str) -> float:
    """Return how likely `text` is what was written: the share of its special characters that fit."""
    special = [char for char in text if char > "\x7f"]
    if not special:
        return 1.0
    tally = Counter(special)
    total = len(special)
    strange = sum(
        count for char, count in tally.items() if "\x80" <= char <= "\x9f" or "\ue000" <= char <= "\uf8ff"
    )
    joined = "".join(special)
    kana = len(_KANA.findall(joined))
    hangul = sum(1.0 if _is_usual_hangul(char) else 0.1 for char in _HANGUL.findall(joined))
    han = _HAN.findall(joined)
    usual = sum(char in _USUAL_HAN for char in han)
    cyrillic = sum(map(len, _RUSSIAN_WORDS.findall(text)))
    western = sum(count for char, count in tally.items() if char in _WESTERN)
    # Accents stand alone between plain letters; in long runs they are another script's bytes.
    runs = sum(map(len, re.findall("[^\\x00-\\x7f]{4,}", text)))
    central = sum(count for char, count in tally.items() if char in _CENTRAL)
    half_kana = sum(count for char, count in tally.items() if "\uff61" <= char <= "\uff9f")
    asian = kana + usual + 0.35 * (len(han) - usual) + _wide_signs(tally)
    if half_kana > 0.5 * max(kana, 1):  # Shift-JIS makes half-width kana of anything
        asian -= 0.8 * half_kana
    fits = max(
        asian,
        0.95 * hangul + 0.5 * len(han) if hangul else 0.0,
        cyrillic,
        western - runs,
        0.97 * central - runs,
    )
    alone = len(re.findall("[A-Za-z][\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3][A-Za-z]", text))
    # Signs inside words are letters of another code page: y¿ka, £y.
    inside = len(re.findall("[^\\W\\d_][£¿¡¹³¯¼¾½¢¥¶¸][^\\W\\d_]|[£¹³¯¼¾](?=[^\\W\\d_])", text))
    return max(0.0, (min(fits, total) - strange - alone - inside) / total)


def _is_usual_hangul(char: str) -> bool:
    """Tell whether a syllable is among the 2,350 of KS X 1001, which nearly all texts are written with."""
    try:
        char.encode("euc_kr")
    except UnicodeEncodeError:
        return False
    return True


def _wide_signs(tally: Counter[str]) -> int:
    return sum(
        count
        for char, count in tally.items()
        if char in "　、。・（）「」【】ー～：，！？￥％＆／＋－０１２３４５６７８９"
    )


# Delimiter and rows ----------------------------------------------------------------------------


#: Excel's ``sep=;``, which only says how the rest is written.
_SEPARATOR_LINE = re.compile(r"\ufeff?\"?sep=([,;\t|])\"?[\s,;|]*?(?:\r\n|\r|\n)", re.IGNORECASE)


def _delimiter(text: str) -> tuple[str, str, float]:
    """Return (delimiter, quote, how alike the rows come out)."""
    if said := _SEPARATOR_LINE.match(text):
        rest = text[said.end() :][:_WEIGHED]
        return said[1], "" if _stray(rest, said[1], cut=len(text) - said.end() > _WEIGHED) else '"', 1.0
    best: tuple[float, str, str] = (0.0, "", '"')
    sample = text[:_WEIGHED]
    cut = len(sample) < len(text)
    for delimiter in (*DELIMITERS, " "):
        if delimiter != " " and delimiter not in sample:
            continue
        stray = _stray(sample, delimiter, cut=cut)
        for quote in ('"', ""):
            rows = [row for row in _records(sample, delimiter, quote, cut=cut) if any(row)]
            score = _evenness(rows, quote, stray)
            closed = quote == '"' and not stray
            if delimiter == "," and _is_decimal_comma(sample):
                score *= 0.5
            if delimiter == " ":
                score *= 0.5 if best[1] == "" else 0.2
            if score > best[0] + 1e-9:
                best = (score, delimiter, quote)
            if closed:
                break  # marks that all open and close are quoting, however even the rows are without
    if best[0] < 0.2:
        return "", '"', 0.6
    return best[1], best[2], min(1.0, best[0])


def _is_decimal_comma(text: str) -> bool:
    """Tell whether nearly every comma stands between figures, as in 2,50, and another mark is there to part cells."""
    between = len(re.findall("[0-9],(?=[0-9])", text))
    return between > 0.9 * text.count(",") and any(text.count(mark) >= between for mark in ";\t|")


def _evenness(rows: list[list[str]], quote: str, stray: int) -> float:
    """Return how much `rows` look like a table: most have the same number of cells, and many."""
    if not rows:
        return 0.0
    widths = Counter(len(row) for row in rows)
    width, alike = max(widths.items(), key=lambda item: (item[1] * min(item[0], 4), item[0]))
    if width < 2:
        return 0.0
    score = alike / len(rows) * (1 - 0.5 / width)
    cells = [cell for row in rows for cell in row]
    if quote:
        score -= 2 * stray / max(len(rows), 1)
    elif any(len(cell) > 1 and cell[0] == cell[-1] == '"' for cell in cells[: 20 * width]):
        score -= 0.3  # marks around whole cells are quoting
    return score


def _stray(text: str, delimiter: str, *, cut: bool) -> int:
    """Count the quotation marks at the beginning of a cell that do not enclose it, or enclose many lines.

    Where `text` is cut off, or its file is, a mark may close behind its end.
    """
    between = "[ \t]" if delimiter == " " else re.escape(delimiter) if delimiter else "\x1f"
    odd = 0

    def enclosed(found: re.Match[str]) -> str:
        nonlocal odd
        odd += 4 * (found[0].count("\n") > 20)
        return found[1]

    rest = re.sub(
        rf'(^|\n|{between})[ ]*"(?:[^"]|"")*"[ ]*(?={between}|\r|\n|$)', enclosed, text.removeprefix("\ufeff")
    )
    strays = list(re.finditer(rf'(?:^|\n|{between})[ ]*"', rest))
    below = rest.count("\n", strays[-1].end()) if strays else 0
    still_open = strays and (below <= 20 if cut else below == 0 and not text.endswith("\n"))
    return odd + len(strays) - bool(still_open)


def _records(text: str, delimiter: str, quote: str, *, cut: bool) -> list[list[str]]:
    """Return the first records of `text`, the last left out where it may be cut off."""
    text = text.removeprefix("\ufeff")
    limit = _ROWS + HEADER_WITHIN
    if delimiter == " ":
        lines = text.splitlines()[:limit]
        return [line.split() for line in (lines[:-1] if cut and len(lines) > 1 else lines)]
    source = io.StringIO(text, newline="")
    reader = csv.reader(
        source,
        delimiter=delimiter or "\x1f",
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
    )
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) >= limit:
                return rows
    except csv.Error:
        return rows
    return rows[:-1] if cut and len(rows) > 1 else rows


def _width(rows: Sequence[Sequence[str]]) -> int:
    """Return the usual number of cells, and at least those of the first row that are not empty."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return 1
    first = len(filled[0])
    usual = Counter(len(row) for row in filled[1:]).most_common(1)
    return max(first, usual[0][0] if usual else 0, 1)
