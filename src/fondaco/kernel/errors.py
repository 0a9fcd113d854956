"""The exceptions of Fondaco: one small tree.

::

    FondacoError
    ├── InputError         the user gave something we cannot take      (CLI exit 2, HTTP 400)
    │   ├── UnreadableFile     not a table, empty, vanished, hostile
    │   ├── NeedsAnswer        something must be stated first
    │   └── UnknownName        no such firm, import, market, column     (HTTP 404)
    ├── Refused            understood, but it must not be done          (CLI exit 2, HTTP 403/409)
    ├── NoRoom             the disk is full or may not be written       (CLI exit 3, HTTP 500)
    └── Damaged            our own store is not as we left it           (CLI exit 3, HTTP 500)

The message of each is a sentence for the person at the keyboard: what was found, and what to do
next.  Only `fondaco.cli` and `fondaco.web` turn them into exit codes and statuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class FondacoError(Exception):
    """The common base of every error that Fondaco raises on purpose."""


class InputError(FondacoError):
    """The user gave something that cannot be taken; the message says what to do."""


class UnreadableFile(InputError):
    """A file that holds no table we can read, or must not be opened."""


class UnknownName(InputError):
    """A name that nothing carries: firm, import, market, column."""


@dataclass(frozen=True)
class Question:
    """Something a file does not say and a person must.

    Attributes
    ----------
    name
        What is asked for: ``currency``, ``period``, ``marketplace``, ``home``, ``country`` or
        ``columns``; also the command-line option that answers it.
    text
        The question as a sentence.
    choices
        Likely answers, best first; may be empty.
    """

    name: str
    text: str
    choices: tuple[str, ...] = ()


class NeedsAnswer(InputError):
    """The import can go on once each of `questions` is answered."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = tuple(questions)
        super().__init__(" ".join(question.text for question in self.questions))


class Refused(FondacoError):
    """Understood, but it must not be done; the message says why."""


class NoRoom(FondacoError):
    """The disk is full, or may not be written: nothing was left half done."""


class Damaged(FondacoError):
    """Our own files are not as we left them; the message says which and how to restore."""
