"""The command line: `fondaco ...`. Parse, call a workflow, print a table or JSON."""

from fondaco.cli.app import main

__all__ = ["main"]
