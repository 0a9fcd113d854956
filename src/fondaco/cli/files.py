"""Small text files that calculators take: read whole, and what stands in the way said in words."""

from __future__ import annotations

from pathlib import Path

from fondaco.kernel import InputError


def read_text(file: Path, what: str, largest: int = 1 << 20) -> str:
    """Read a text file.

    Parameters
    ----------
    what
        What it is, for the sentence that refuses one that is too large: ``a customs entry``.
    largest
        In bytes.
    """
    try:
        if file.stat().st_size > largest:
            raise InputError(f"{file} is larger than {largest >> 20} MB; {what} is a page of text.")
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{file} is not there; check the path.") from None
    except IsADirectoryError:
        raise InputError(f"{file} is a folder; name the file in it.") from None
    except OSError as error:
        raise InputError(
            f"{file} cannot be read ({error.strerror}); check the path and its permissions."
        ) from None
    except UnicodeDecodeError:
        raise InputError(
            f"{file} is not text in UTF-8; save it as UTF-8, or check that it is the right file."
        ) from None
