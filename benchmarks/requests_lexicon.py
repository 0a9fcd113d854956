"""How often the lexicon of requests is right, by language, on the labelled texts; a table in Markdown.

python benchmarks/requests_lexicon.py
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from fondaco.markets.signals.requests import lexicon
from fondaco.numerics import share

LABELLED = Path(__file__).resolve().parents[1] / "tests" / "core" / "markets" / "labelled"
SETS = ("held_out", "unseen")


def counted(names: tuple[str, ...]) -> dict[str, Counter[str]]:
    """Count texts and kinds right, missed and wrong, by language and in all."""
    held: dict[str, Counter[str]] = {}
    for name in names:
        with (LABELLED / f"requests_{name}.csv").open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                wanted = set(filter(None, row["kinds"].split(";")))
                found = {request.kind for request in lexicon().find(row["text"])}
                for language in (row["language"], "all"):
                    count = held.setdefault(language, Counter())
                    count.update(
                        texts=1,
                        right=len(wanted & found),
                        missed=len(wanted - found),
                        wrong=len(found - wanted),
                    )
    return held


def cell(good: int, of: int) -> str:
    """Write a share with its 90 % interval."""
    found = share(good, of)
    return "–" if found.estimate is None else f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})"


def main() -> None:
    print("| language | texts | requests | precision (90 %) | recall (90 %) |\n|---|---:|---:|---|---|")
    held = counted(SETS)
    for language in sorted(held, key=lambda name: (name == "all", name)):
        count = held[language]
        right = count["right"]
        print(
            f"| {language} | {count['texts']} | {right + count['missed']} | {cell(right, right + count['wrong'])} | "
            f"{cell(right, right + count['missed'])} |"
        )


if __name__ == "__main__":
    main()
