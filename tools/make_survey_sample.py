"""Make the survey of docs/pls/tutorial.md: 110 fictional exporters, answers from 1 to 7.

python tools/make_survey_sample.py

The population is one in which using platform data brings foreign market knowledge, and knowledge export
performance; nothing passes directly.  A seed makes the same file each time.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

SAMPLES = Path(__file__).resolve().parent.parent / "docs" / "samples"
FIRMS, SEED = 110, 2026
USE_TO_KNOWLEDGE, KNOWLEDGE_TO_PERFORMANCE = 0.65, 0.55
#: Question, construct, how strongly it shows the construct, mean and spread on the scale of 1 to 7.
QUESTIONS = (
    ("explore_1", "use", 0.86, 4.6, 1.4),
    ("explore_2", "use", 0.82, 4.2, 1.5),
    ("explore_3", "use", 0.78, 4.9, 1.3),
    ("know_customers", "knowledge", 0.84, 4.8, 1.3),
    ("know_competitors", "knowledge", 0.80, 4.1, 1.5),
    ("know_conditions", "knowledge", 0.82, 4.3, 1.4),
    ("know_rules", "knowledge", 0.72, 3.7, 1.6),
    ("perf_sales", "performance", 0.85, 4.4, 1.4),
    ("perf_growth", "performance", 0.83, 4.2, 1.5),
    ("perf_goals", "performance", 0.80, 4.6, 1.3),
)
UNANSWERED = ((17, "know_rules"), (58, "perf_growth"), (58, "perf_goals"), (91, "explore_2"))


def answers() -> dict[str, list[int | None]]:
    """Return the answers to each question, None where there is none."""
    rng = np.random.default_rng(SEED)
    use = rng.normal(size=FIRMS)
    knowledge = USE_TO_KNOWLEDGE * use + np.sqrt(1 - USE_TO_KNOWLEDGE**2) * rng.normal(size=FIRMS)
    performance = KNOWLEDGE_TO_PERFORMANCE * knowledge + np.sqrt(
        1 - KNOWLEDGE_TO_PERFORMANCE**2
    ) * rng.normal(size=FIRMS)
    constructs = {"use": use, "knowledge": knowledge, "performance": performance}
    found: dict[str, list[int | None]] = {}
    for question, construct, loading, mean, spread in QUESTIONS:
        shown = loading * constructs[construct] + np.sqrt(1 - loading**2) * rng.normal(size=FIRMS)
        found[question] = [int(answer) for answer in np.clip(np.rint(mean + spread * shown), 1, 7)]
    for firm, question in UNANSWERED:
        found[question][firm] = None
    return found


def main() -> None:
    """Write the file."""
    found = answers()
    employees = np.random.default_rng(SEED + 1).choice([3, 6, 9, 14, 22, 35, 48], size=FIRMS)
    with (SAMPLES / "export-survey.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["firm", "employees", *found])
        for i in range(FIRMS):
            cells = ("" if column[i] is None else column[i] for column in found.values())
            writer.writerow([f"F{i + 1:03d}", employees[i], *cells])


if __name__ == "__main__":
    main()
