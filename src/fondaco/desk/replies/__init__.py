"""Replies to buyers: templates in eight languages, filled from the facts of a case, and drafts from past good ones.

Nothing is sent from here: a person copies, looks it through and sends it.
"""

from fondaco.desk.replies.facts import QUESTIONS, facts_of, questions_for
from fondaco.desk.replies.filling import Draft, fill
from fondaco.desk.replies.language import LANGUAGES, Guess, guess_language
from fondaco.desk.replies.past import Past, Suggestion, suggestions
from fondaco.desk.replies.templates import (
    FACTS,
    NAMES,
    Language,
    Template,
    language_of,
    own_templates,
    templates_text,
)

__all__ = [
    "FACTS",
    "LANGUAGES",
    "NAMES",
    "QUESTIONS",
    "Draft",
    "Guess",
    "Language",
    "Past",
    "Suggestion",
    "Template",
    "facts_of",
    "fill",
    "guess_language",
    "language_of",
    "own_templates",
    "questions_for",
    "suggestions",
    "templates_text",
]
