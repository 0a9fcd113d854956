"""Coding projects as files: transcripts taken in, agreement, pictures and tables, and what other programs read.

A project is a .qdpx file (REFI-QDA), so that it opens elsewhere too.  Names are never written into it.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fondaco.evidence import coding
from fondaco.evidence.coding.project import Project, Source, View
from fondaco.evidence.coding.refi import guid
from fondaco.evidence.coding.transcripts import LARGEST
from fondaco.kernel import InputError, Refused, UnreadableFile
from fondaco.kernel.exports import SafeWriter
from fondaco.kernel.writing import write_atomically

#: Bytes of a packed project.
LARGEST_PROJECT = 64 << 20
#: What each kind of paper may be written as.
FIGURES, TABLES, EXPORTS = (
    (".svg", ".docx", ".tex"),
    (".docx", ".tex", ".csv"),
    (".qdpx", ".qdc", ".csv", ".json"),
)


@dataclass(frozen=True)
class About:
    """What is known of interviews that are taken in."""

    case: str = ""
    wave: int = 0
    day: date | None = None
    informant: str = ""
    view: View = ""
    encoding: str = ""


@dataclass(frozen=True)
class Taken:
    """A project after something was taken in, and what a person should look at."""

    project: Project
    added: tuple[Source, ...]
    told: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {
            "title": self.project.title,
            "added": [
                {"name": source.name, "letters": len(source.text), "sha256": source.sha256, "case": source.case, "wave": source.wave,
                 "speakers": list(dict.fromkeys(turn.speaker for turn in coding.turns(source.text) if turn.speaker))}
                for source in self.added
            ],
            "sources": len(self.project.sources), "codes": len(self.project.book.living), "codings": len(self.project.codings),
            "told": list(self.told),
        }  # fmt: skip


def opened(file: Path | None, *, now: datetime) -> tuple[Project, tuple[str, ...]]:
    """Return the project of a file, with what of it could not be taken over; the example that ships without one."""
    if file is None:
        return coding.example(), ()
    found = coding.read_project(_bytes(file, LARGEST_PROJECT), file.name, now=now)
    return found.project, found.told


def take_in(
    files: Sequence[Path], to: Path, *, names: Path | None, about: About, title: str, now: datetime
) -> Taken:
    """Take transcripts, a codebook (.qdc) or another program's project (.qdpx) into the project at `to`.

    Raises
    ------
    InputError
        For a file that cannot be read, a transcript that the project holds already, and a project that would be overwritten.
    """
    if to.suffix != ".qdpx":
        raise InputError(f"--to {to}: a project is a .qdpx file.")
    held, told = opened(to, now=now) if to.exists() else (Project(title or to.stem), ())
    table = coding.read_names(_text(names), names.name) if names else {}
    added: list[Source] = []
    said = list(told)
    for file in files:
        if file.suffix.casefold() == ".qdpx":
            held, more = _other_project(held, file, now)
            added += held.sources
        elif file.suffix.casefold() == ".qdc":
            held, more = _other_codebook(held, file, now)
        else:
            source, more = _transcript(file, table, about)
            if any(source.sha256 == each.sha256 for each in held.sources):
                raise InputError(f"{file.name} is in the project already, letter by letter.")
            held = replace(held, sources=(*held.sources, source))
            added.append(source)
        said += more
    held = coding.checked(held)
    write_atomically(to, coding.write_project(held, now=now))
    return Taken(held, tuple(added), tuple(said))


def _transcript(file: Path, names: Mapping[str, str], about: About) -> tuple[Source, tuple[str, ...]]:
    found = coding.read_transcript(_bytes(file, LARGEST), file.name, names, about.encoding)
    # A file is often named after whom it holds.
    name = coding.replace_names(file.stem.replace("_", " "), names).text
    source = Source(
        guid("source", name, found.text),
        name,
        found.text,
        about.case,
        about.wave,
        about.day,
        about.informant,
        about.view,
    )
    return source, found.told


def _other_project(held: Project, file: Path, now: datetime) -> tuple[Project, tuple[str, ...]]:
    if held.sources or held.book.codes:
        raise Refused(f"{file.name} is a whole project: take it into a new one (--to another file).")
    return opened(file, now=now)


def _other_codebook(held: Project, file: Path, now: datetime) -> tuple[Project, tuple[str, ...]]:
    if held.book.codes:
        raise Refused(f"The project has a codebook: {file.name} is taken into one that has none.")
    book, told = coding.read_codebook(_bytes(file, LARGEST_PROJECT), file.name, now=now)
    return replace(held, book=book), told


def compare(project: Project) -> dict[str, Any]:
    """Return rounds, cases, views, standings and links side by side, as JSON values."""
    columns, rows = coding.case_table(project)
    return {
        "waves": [
            {"case": line.case, "code": line.code, "rounds": {str(wave): n for wave, n in line.counts.items()}, "says": line.says}
            for line in coding.waves(project)
        ],
        "out_of_time": [
            {"source": each.source.name, "quote": project.quote(each.coding), "why": each.why} for each in coding.out_of_time(project)
        ],
        "cases": [{"case": name, **dict(zip(columns, values, strict=True))} for name, values in rows],
        "views": coding.views(project),
        "standings": [{"code": code, "passages": counts, "firms": firms} for code, counts, firms in coding.standings(project)],
        "links": [
            {
                "link": line.link.id, "from": line.link.start, "to": line.link.end, "sign": line.link.sign, "says": line.says,
                "supports": {case: [project.quote(c) for c in held] for case, held in line.supports.items()},
                "contradicts": {case: [project.quote(c) for c in held] for case, held in line.contradicts.items()},
            }
            for line in coding.link_table(project)
        ],
    }  # fmt: skip


def figure(project: Project, kind: str, *, now: datetime) -> bytes:
    """Return the data structure as .svg, .docx or .tex."""
    if kind == ".svg":
        return coding.draw(project.book, project.title).encode()
    if kind == ".docx":
        return coding.structure_word(project.book, project.title, now=now)
    if kind == ".tex":
        return coding.structure_latex(project.book, project.title).encode()
    raise InputError(f"A data structure is written as {', '.join(FIGURES)}; found {kind!r}.")


def quote_table(project: Project, kind: str, *, each: int, now: datetime) -> bytes:
    """Return the table of quotations as .docx, .tex or .csv."""
    held = coding.quotes(project, each=each)
    if kind == ".docx":
        return coding.quotes_word(held, project.title, now=now)
    if kind == ".tex":
        return coding.quotes_latex(held, project.title).encode()
    if kind == ".csv":
        head = (
            "dimension",
            "theme",
            "code",
            "text",
            "case",
            "informant",
            "wave",
            "view",
            "standing",
            "flag",
            "coder",
        )
        return _csv(head, [[quote.to_json()[name] for name in head] for quote in held])
    raise InputError(f"Quotations are written as {', '.join(TABLES)}; found {kind!r}.")


def export(project: Project, kind: str, *, now: datetime) -> bytes:
    """Return the project as .qdpx, its codebook as .qdc, its codings as .csv, or all as .json."""
    if kind == ".qdpx":
        return coding.write_project(project, now=now)
    if kind == ".qdc":
        return coding.write_codebook(project.book)
    if kind == ".csv":
        return _codings(project)
    if kind == ".json":
        return json.dumps(as_json(project), ensure_ascii=False, indent=1, default=str).encode()
    raise InputError(f"A project is written as {', '.join(EXPORTS)}; found {kind!r}.")


def as_json(project: Project) -> dict[str, Any]:
    """Return all of a project as JSON values; the codebook with its history."""
    return {
        "title": project.title, "description": project.description, "coders": [vars(each) for each in project.coders],
        "sources": [{**vars(each), "sha256": each.sha256} for each in project.sources],
        "codebook": [{**vars(code), "into": list(code.into)} for code in project.book.codes.values()],
        "history": [change.to_json() for change in project.book.changes], "codings": [vars(each) for each in project.codings],
        "memos": [vars(each) for each in project.memos], "cases": [{"id": c.id, "name": c.name, "values": dict(c.values)} for c in project.cases],
        "links": [vars(each) for each in project.links], "backing": [vars(each) for each in project.backing],
    }  # fmt: skip


def _codings(project: Project) -> bytes:
    by_id = {source.id: source for source in project.sources}
    head = (
        "source",
        "case",
        "round",
        "start",
        "end",
        "passage",
        "code",
        "code then",
        "theme",
        "dimension",
        "coder",
        "at",
        "kind",
    )
    rows = []
    for each in project.codings:
        source, now = by_id[each.source], project.book.now(each.code)
        path = {node.level: node.name for node in project.book.path(now.id)}
        then = project.book.on(each.at).codes.get(each.code, project.book.codes[each.code])
        rows.append([
            source.name, source.case, source.wave or "", each.start, each.end, project.quote(each), now.name, then.name, path.get(2, ""),
            path.get(3, ""), project.coder(each.coder), each.at.isoformat(), each.standing,
        ])  # fmt: skip
    return _csv(head, rows)


def _csv(head: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    out = io.StringIO()
    writer = SafeWriter(out)
    writer.writerow(head)
    for row in rows:
        writer.writerow(row)
    return out.getvalue().encode()


def _bytes(file: Path, largest: int) -> bytes:
    try:
        if file.stat().st_size > largest:
            raise UnreadableFile(
                f"{file.name} is larger than {largest >> 20} MB: a project of texts is smaller."
            )
        return file.read_bytes()
    except FileNotFoundError:
        raise UnreadableFile(f"{file} is not there; check the path.") from None
    except OSError as error:
        raise UnreadableFile(f"{file} cannot be read ({error.strerror}).") from None


def _text(file: Path) -> str:
    try:
        return _bytes(file, 1 << 20).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFile(
            f"{file.name} is no text in UTF-8: save the table of names as CSV UTF-8."
        ) from None
