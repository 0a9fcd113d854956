"""The command line: `fondaco ...`. Parse, call a workflow, print a table or JSON."""

from fondaco.cli.main import main

__all__ = ["main"]
