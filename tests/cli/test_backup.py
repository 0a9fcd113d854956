"""A backup says what it does not hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import fondaco.cli.main  # noqa: F401  (adds the commands)
from fondaco.cli.app import app


@pytest.mark.parametrize(("url", "said"), [("", 0), ("postgres://desk@127.0.0.1/desk", 1)])
def test_accounts_in_postgresql_are_named_as_left_out(url: str, said: int, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    settings = {"FONDACO_HOME": str(home), "DATABASE_URL": url}
    ran = CliRunner().invoke(app, ["backup", str(tmp_path / "all.tar"), "--json"], env=settings)
    assert len(json.loads(ran.stdout)["left_out"]) == said
