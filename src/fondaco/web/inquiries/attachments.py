"""Files of a case: bounded in size and number, of few kinds told by their content, kept under names that say nothing.

They are handed out as downloads that no browser shows or runs; a file that is none of the kinds is refused.
"""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from hashlib import sha256
from pathlib import PurePath
from typing import BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from fondaco.kernel.errors import InputError, Refused, UnreadableFile
from fondaco.kernel.packed import unpacking
from fondaco.web.data.uploads import shown_name
from fondaco.web.desk import audit
from fondaco.web.inquiries.actions import Who
from fondaco.web.inquiries.models import Case, CaseAttachment, CaseEvent

#: Bytes of a file, and files of a case.
LARGEST, MOST = 10 * 1024 * 1024, 20
#: How each kind begins, and the endings that its name may have, the first being given to a name that has none of them.
_BEGINS: tuple[tuple[bytes, str, tuple[str, ...]], ...] = (
    (b"%PDF-", "pdf", (".pdf",)),
    (b"\x89PNG\r\n\x1a\n", "png", (".png",)),
    (b"\xff\xd8\xff", "jpeg", (".jpg", ".jpeg")),
    (b"GIF87a", "gif", (".gif",)),
    (b"GIF89a", "gif", (".gif",)),
)
#: What no text holds, and programs and packed files do.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_OFFICE = {"word/": ("docx", (".docx",)), "xl/": ("xlsx", (".xlsx",)), "ppt/": ("pptx", (".pptx",))}


def kind_of(file: BinaryIO, size: int) -> tuple[str, tuple[str, ...]]:
    """Return what a file is by its content, with the endings of its name; raises `InputError` where it is none of the kinds."""
    file.seek(0)
    begin = file.read(4096)
    for mark, kind, endings in _BEGINS:
        if begin.startswith(mark):
            return kind, endings
    if begin[:4] == b"RIFF" and begin[8:12] == b"WEBP":
        return "webp", (".webp",)
    if begin.startswith(b"PK\x03\x04") and (found := _office(file)):
        return found
    if _is_text(file, size):
        return "text", (".txt", ".csv", ".md", ".eml")
    raise InputError(
        _("This is no PDF, picture (PNG, JPEG, GIF, WebP), Word, Excel or PowerPoint file without macros, nor plain text.")
    )  # fmt: skip


def _office(file: BinaryIO) -> tuple[str, tuple[str, ...]] | None:
    try:
        with unpacking("It is broken"), zipfile.ZipFile(file) as packed:
            names = packed.namelist()
    except UnreadableFile:
        return None
    if "[Content_Types].xml" not in names or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next(
        (found for folder, found in _OFFICE.items() if any(n.startswith(folder) for n in names)), None
    )


def _is_text(file: BinaryIO, size: int) -> bool:
    file.seek(0)
    try:
        text = file.read(size).decode("utf-8")
    except UnicodeDecodeError:
        return False
    # What begins like a page, a drawing or a program is none, whatever its name.
    return not _CONTROL.search(text) and not text.lstrip("\ufeff \t\r\n").startswith(("<", "#!", "MZ"))


def attach(case: Case, file: UploadedFile[bytes], *, who: Who, now: datetime) -> CaseAttachment:
    """Keep a file for a case.

    Raises
    ------
    InputError
        Where it is empty, too large, or none of the kinds.
    Refused
        Where the case holds as many as it may.
    """
    name, size = shown_name(file), file.size or 0
    if not size:
        raise InputError(_("%(name)s is empty.") % {"name": name})
    if size > LARGEST:
        raise InputError(_("%(name)s is larger than 10 MB.") % {"name": name})
    sort, endings = kind_of(cast(BinaryIO, file), size)
    if PurePath(name.lower()).suffix not in endings:
        name = f"{name[:240]}{endings[0]}"
    file.seek(0)
    content = file.read()
    with transaction.atomic():
        held = Case.objects.select_for_update(of=("self",)).select_related("firm").get(pk=case.pk)
        if held.attachments.filter(withdrawn=None).count() >= MOST:
            raise Refused(_("A case holds at most %(most)s files: withdraw one first.") % {"most": MOST})
        kept = CaseAttachment(
            case=held, name=name, sort=sort, size=size, sha256=sha256(content).hexdigest(), by=who.user,
            who=who.name, at=now,
        )  # fmt: skip
        kept.save(force_insert=True)
        CaseEvent.objects.create(
            case=held, at=now, by=who.user, who=who.name, what="file added", after={"file": kept.pk.hex, "size": size}
        )  # fmt: skip
        audit.record("case.file.added", by=who.user, now=now, firm=held.firm, case=held.pk, size=size)
        kept.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept.path.write_bytes(content)
        kept.path.chmod(0o600)
    return kept


@transaction.atomic
def withdraw(attachment: CaseAttachment, *, who: Who, now: datetime) -> None:
    """Withdraw a file: it is handed out no more, and stays in the record."""
    if CaseAttachment.objects.filter(pk=attachment.pk, withdrawn=None).update(withdrawn=now):
        case = attachment.case
        CaseEvent.objects.create(
            case=case, at=now, by=who.user, who=who.name, what="file withdrawn", before={"file": attachment.pk.hex}
        )  # fmt: skip
        audit.record("case.file.withdrawn", by=who.user, now=now, firm=case.firm, case=case.pk)
