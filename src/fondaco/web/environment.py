"""What the environment says, read strictly: a wrong value stops the start with a sentence."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from fondaco.kernel.errors import InputError


def envbool(name: str, default: bool, env: Mapping[str, str] = os.environ) -> bool:
    """Return the environment's `name`, which must be ``True`` or ``False`` and nothing else.

    >>> envbool("DEBUG", False, {"DEBUG": "True"})
    True
    """
    said = env.get(name, str(default))
    if said not in ("True", "False"):
        raise InputError(f"{name} is {said!r}: set it to True or False, or leave it out.")
    return said == "True"


def envint(name: str, default: int, env: Mapping[str, str] = os.environ) -> int:
    """Return the environment's `name` as a whole number above zero.

    >>> envint("PORT", 8000, {})
    8000
    """
    said = env.get(name, str(default))
    if not said.isascii() or not said.isdigit() or int(said) == 0:
        raise InputError(f"{name} is {said!r}: set it to a whole number above zero, or leave it out.")
    return int(said)


def envlist(name: str, default: str, env: Mapping[str, str] = os.environ) -> list[str]:
    """Return the environment's `name` split at commas, without empty parts.

    >>> envlist("ALLOWED_HOSTS", "localhost", {"ALLOWED_HOSTS": "a.example, b.example,"})
    ['a.example', 'b.example']
    """
    return [part.strip() for part in env.get(name, default).split(",") if part.strip()]


def database(url: str) -> dict[str, Any]:
    """Return Django's settings for the database that `url` names.

    ``sqlite:////path/to/file`` or ``postgres://user:password@host:port/name?option=value``.

    >>> database("postgres://ada:s%40il@db.example:5433/desk")["PASSWORD"]
    's@il'
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path)[1:]
        if not path:
            raise InputError("DATABASE_URL names no file: write sqlite:////the/path/desk.sqlite3.")
        return sqlite(Path(path))
    if parts.scheme not in ("postgres", "postgresql"):
        raise InputError(
            f"DATABASE_URL starts with {parts.scheme!r}: Fondaco knows sqlite:// and postgres://."
        )
    name = unquote(parts.path)[1:]
    if not name:
        raise InputError("DATABASE_URL names no database: write postgres://user@host/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def sqlite(path: Path) -> dict[str, Any]:
    """Return Django's settings for SQLite at `path`: server and worker write side by side."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "timeout": 20,
            # Take the write lock at the start: a transaction that reads first and writes later
            # would otherwise fail at once where the other process has written in between.
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
        },
    }


def secret_key(home: Path) -> str:
    """Return the key in ``home/secret_key``, made on first use, readable by its owner only.

    Two processes that start at once agree on one key: it is written whole under another name and
    linked into place, which fails for the second.
    """
    path = home / "secret_key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=home, prefix=".secret_key-")  # mode 600 by itself
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(50))
            with contextlib.suppress(FileExistsError):
                os.link(name, path)
        finally:
            os.unlink(name)
    key = path.read_text(encoding="ascii").strip()
    if len(key) < 32:
        raise InputError(f"{path} holds no key: delete the file, a new key is made at the next start.")
    return key
