"""Whether somebody is on an official sanctions list that the firm has brought in."""

from fondaco.desk.sanctions.screening import Hit, Screen, Screened

__all__ = ["Hit", "Screen", "Screened"]
