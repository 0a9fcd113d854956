"""Interviews in, theory out: transcripts, codebook, codings of several people, what they agree on, and what a paper shows.

>>> held = example()
>>> quotes(held, each=1)[0].case
'C'
"""

from fondaco.evidence.coding.agreement import Concord, concord
from fondaco.evidence.coding.codebook import (
    CODE,
    DIMENSION,
    LEVELS,
    THEME,
    Change,
    Code,
    Codebook,
    change_from,
    changed,
    codebook,
)
from fondaco.evidence.coding.comparing import (
    case_table,
    link_table,
    out_of_time,
    quotes,
    standings,
    views,
    waves,
)
from fondaco.evidence.coding.example import example
from fondaco.evidence.coding.figure import draw
from fondaco.evidence.coding.papers import quotes_latex, quotes_word, structure_latex, structure_word
from fondaco.evidence.coding.project import (
    STANDINGS,
    VIEWS,
    Backing,
    Case,
    Coder,
    Coding,
    Link,
    Memo,
    Project,
    Source,
    checked,
    lines_of,
    values_of,
)
from fondaco.evidence.coding.pseudonyms import read_names, replace_names
from fondaco.evidence.coding.refi import write_codebook, write_project
from fondaco.evidence.coding.refi_reading import read_codebook, read_project
from fondaco.evidence.coding.transcripts import read_transcript, sentences, turns

__all__ = [
    "CODE",
    "DIMENSION",
    "LEVELS",
    "STANDINGS",
    "THEME",
    "VIEWS",
    "Backing",
    "Case",
    "Change",
    "Code",
    "Codebook",
    "Coder",
    "Coding",
    "Concord",
    "Link",
    "Memo",
    "Project",
    "Source",
    "case_table",
    "change_from",
    "changed",
    "checked",
    "codebook",
    "concord",
    "draw",
    "example",
    "lines_of",
    "link_table",
    "out_of_time",
    "quotes",
    "quotes_latex",
    "quotes_word",
    "read_codebook",
    "read_names",
    "read_project",
    "read_transcript",
    "replace_names",
    "sentences",
    "standings",
    "structure_latex",
    "structure_word",
    "turns",
    "values_of",
    "views",
    "waves",
    "write_codebook",
    "write_project",
]
