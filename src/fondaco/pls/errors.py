"""What is wrong with a model or its data, as a sentence that says what to do."""

from __future__ import annotations

from fondaco.kernel import InputError


class PlsError(InputError):
    """A model, data or setting that cannot be taken; the message says what to do."""
