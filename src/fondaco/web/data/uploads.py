"""Receiving files: streamed to disk, bounded, only from people who are signed in."""

from __future__ import annotations

import uuid
from pathlib import Path, PurePath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import SkipFile, StopUpload, TemporaryFileUploadHandler

from fondaco.web.accounts.models import Firm

#: Endings that readers go by; any other file is stored without one and told by its content.
KNOWN_ENDINGS = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xls", ".gz", ".zip", ".json", ".tab"})


class BoundedFileUploadHandler(TemporaryFileUploadHandler):
    """Writes a file to disk as it comes in; stops at the limit.

    All the files of one request together are held to the limit.  Nothing is written for somebody who
    is not signed in, whatever address they post to.
    """

    received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            raise SkipFile
        folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take a piece of the file."""
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_LIMIT:
            self.request.upload_too_large = True  # type: ignore[union-attr]
            raise StopUpload(connection_reset=True)
        super().receive_data_chunk(raw_data, start)


def shown_name(file: UploadedFile[bytes]) -> str:
    """Return the file's own name, for people to read: without folders and control characters."""
    name = PurePath((file.name or "").replace("\\", "/")).name
    return "".join(char for char in name if char.isprintable())[-255:] or "file"


def stem(name: str) -> str:
    """Return `name` without the endings that readers know.

    >>> stem("Orders.March.csv.gz"), stem(".csv")
    ('Orders.March', '.csv')
    """
    while True:
        path = PurePath(name)
        if path.suffix.lower() not in KNOWN_ENDINGS or not path.stem:
            return name
        name = path.stem


def stored_name(name: str) -> str:
    """Return a name on disk: a new id, with the endings of `name` that readers know.

    >>> stored_name("../Orders March.csv.gz")[32:]
    '.csv.gz'
    """
    endings: list[str] = []
    for ending in reversed(PurePath(name.lower()).suffixes[-2:]):
        if ending not in KNOWN_ENDINGS:
            break
        endings.insert(0, ending)
    return uuid.uuid4().hex + "".join(endings)


def keep(file: UploadedFile[bytes], firm: Firm) -> str:
    """Move an uploaded file to its place and return its name there."""
    folder = Path(settings.FONDACO_HOME) / "uploads" / firm.slug
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    stored = stored_name(file.name or "")
    target = folder / stored
    if isinstance(file, TemporaryUploadedFile):
        file.close_called = True  # type: ignore[attr-defined]
        Path(file.temporary_file_path()).replace(target)
    else:
        with target.open("wb") as out:
            for chunk in file.chunks():
                out.write(chunk)
    target.chmod(0o600)
    return stored
