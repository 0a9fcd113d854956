"""The commands' order and headings in `fondaco --help`: along the walk from files to studies."""

from __future__ import annotations

from typing import Any

import typer.core

#: Each heading with its commands; a command without a heading would stand under "More".
SECTIONS: dict[str, tuple[str, ...]] = {
    "Files": ("import", "inspect", "imports", "quarantine", "replay", "mapping", "firms", "export", "forget"),
    "Facts about the world": ("rates", "trade", "tariffs", "freight", "rules", "sanctions"),
    "Markets": ("markets", "market", "signals", "explore", "change", "potential", "gravity"),
    "Readiness": ("readiness", "expect", "staffing", "renewal"),
    "The plan": (
        "profile", "products", "plan", "platforms", "screen", "price", "landed-cost", "floor", "offer", "delivery", "keywords",
    ),
    "The desk": ("inquiries", "quote", "quotations", "reply"),
    "Buyers": ("buyers", "buyer", "funnel", "forecast", "match"),
    "Networks": ("network", "ship"),
    "Evidence and studies": ("evidence", "review", "coding", "agree", "study", "pls", "regress"),
    "This desk": ("serve", "demo", "backup", "restore", "version"),
}  # fmt: skip


class Sections(typer.core.TyperGroup):
    """A group whose help lists its commands under the headings of `SECTIONS`, each with its whole first sentence."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the commands' names in the order of the headings."""
        placed = [name for names in SECTIONS.values() for name in names if name in self.commands]
        return [*placed, *(name for name in self.commands if name not in placed)]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the headings and what stands under each."""
        placed = {name for names in SECTIONS.values() for name in names}
        more = tuple(name for name in self.commands if name not in placed)
        for heading, names in {**SECTIONS, "More": more}.items():
            rows = [(name, self._says(name)) for name in names if name in self.commands]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)

    def _says(self, name: str) -> str:
        return " ".join((self.commands[name].help or "").partition("\n\n")[0].split())
