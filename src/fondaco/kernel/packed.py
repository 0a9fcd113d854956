"""What a broken archive, gzip stream or XML part may raise, told in one way."""

from __future__ import annotations

import errno
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree.ElementTree import ParseError

from fondaco.kernel.errors import UnreadableFile

#: `NotImplementedError` is an unknown way of packing, `RuntimeError` a password, `ValueError` a name or number that is none.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError, ParseError,
)  # fmt: skip
#: Of an `OSError` that is about the bytes and not about the disk: bzip2 and gzip tell no number, a seek before the begin EINVAL.
_OF_BYTES = (None, errno.EINVAL)


@contextmanager
def unpacking(says: str, cure: str = "download it again.") -> Iterator[None]:
    """Raise `UnreadableFile` where what is unpacked or parsed within turns out to be broken; a full disk stays one.

    Parameters
    ----------
    says
        What is broken: ``orders.gz is a damaged gzip file``; what exactly follows in brackets.
    cure
        What to do about it.

    Raises
    ------
    UnreadableFile
        In these words.

    Examples
    --------
    >>> import gzip
    >>> with unpacking("orders.gz is a damaged gzip file"):
    ...     gzip.decompress(b"no gzip")
    Traceback (most recent call last):
        ...
    fondaco.kernel.errors.UnreadableFile: orders.gz is a damaged gzip file (Not a gzipped file (b'no')): download it again.
    """
    try:
        yield
    except _BROKEN as error:
        raise UnreadableFile(f"{says} ({error}): {cure}") from None
    except OSError as error:
        if error.errno not in _OF_BYTES:
            raise
        raise UnreadableFile(f"{says} ({error}): {cure}") from None
