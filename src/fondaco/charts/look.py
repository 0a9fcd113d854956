"""Colours of the charts, light and dark.  Steps differ in lightness alone, so grey print keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Look:
    """The colours of one theme; `steps` go from little to much, away from the background."""

    ink: str
    quiet: str
    line: str
    land: str
    home: str
    accent: str
    loss: str
    steps: tuple[str, str, str, str, str]

    def config(self) -> dict[str, Any]:
        """Return Vega-Lite's configuration for texts, axes and legends."""
        return {
            "background": "transparent",
            "font": "system-ui, sans-serif",
            "view": {"stroke": None},
            "axis": {
                "labelColor": self.ink,
                "titleColor": self.quiet,
                "titleFontWeight": "normal",
                "gridColor": self.line,
                "domainColor": self.line,
                "tickColor": self.line,
                "labelFontSize": 12,
            },
            "legend": {
                "labelColor": self.ink,
                "titleColor": self.quiet,
                "titleFontWeight": "normal",
                "labelFontSize": 12,
            },
        }


LIGHT = Look(
    ink="#22272e",
    quiet="#57606a",
    line="#d8dee4",
    land="#eceae4",
    home="#b9b4a6",
    accent="#2a6ea6",
    loss="#9a3b26",
    steps=("#cfe0ee", "#9bc1de", "#5a98c6", "#2a6ea6", "#0b3c6f"),
)
DARK = Look(
    ink="#e6e9ed",
    quiet="#a8b0ba",
    line="#3a414a",
    land="#262b31",
    home="#5c5a52",
    accent="#7db4dd",
    loss="#e09a86",
    steps=("#2f4d68", "#3f7099", "#5f9bc8", "#97c4e4", "#dceefb"),
)


def look(dark: bool) -> Look:
    """Return the colours of the theme."""
    return DARK if dark else LIGHT
