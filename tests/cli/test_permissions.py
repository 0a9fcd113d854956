"""Who may do what on the command line: whoever may read and write the workspace folder.

The web knows people and roles (``tests/web/test_permissions.py``); the command line knows the
operating system's.  So the folder is its owner's alone, and each command says what it does there:
a new command must be put into this table.
"""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

import fondaco.cli.main  # noqa: F401  (adds the commands)
from fondaco.cli.app import app
from fondaco.ledger import Workspace
from fondaco.workflows import take_in

COMMANDS = {
    "version": "nothing",
    "forecast": "reads",
    "readiness": "writes",
    "expect": "reads",
    "staffing": "reads",
    "renewal": "reads",
    "regress": "nothing",
    "agree": "nothing",
    "review": "reads",
    "review import": "nothing",
    "review dedup": "nothing",
    "review screen": "nothing",
    "review prisma": "nothing",
    "review status": "nothing",
    "coding import": "nothing",
    "coding agree": "nothing",
    "coding figure": "nothing",
    "coding quotes": "nothing",
    "coding compare": "nothing",
    "coding export": "nothing",
    "evidence ask": "reads",
    "study list": "nothing",
    "study show": "nothing",
    "study run": "nothing",
    "study export": "nothing",
    "study register": "nothing",
    "evidence counts": "nothing",
    "evidence advice": "reads",
    "evidence map": "reads",
    "evidence questions": "nothing",
    "landed-cost": "nothing",
    "floor": "reads",
    "offer": "reads",
    "network benchmark": "writes",
    "ship": "reads",
    "network knowledge": "reads",
    "match": "nothing",
    "sanctions add": "writes",
    "sanctions list": "reads",
    "sanctions check": "reads",
    "pls fit": "nothing",
    "pls predict": "nothing",
    "pls groups": "nothing",
    "pls ipma": "nothing",
    "pls nca": "nothing",
    "pls cta": "nothing",
    "pls copula": "nothing",
    "pls fimix": "nothing",
    "pls compare": "nothing",
    "pls power": "nothing",
    "pls sample-size": "nothing",
    "potential": "reads",
    "gravity": "reads",
    "trade add": "writes",
    "trade list": "reads",
    "trade remove": "writes",
    "firms": "reads",
    "inspect": "reads",
    "quarantine": "reads",
    "mapping": "reads",
    "markets": "reads",
    "market": "reads",
    "plan": "reads",
    "explore": "reads",
    "platforms": "reads",
    "change": "reads",
    "price": "reads",
    "tariffs": "reads",
    "tariffs add": "writes",
    "rules": "reads",
    "rules changes": "reads",
    "rules check": "reads",
    "rules add": "writes",
    "products": "reads",
    "products set": "writes",
    "products proof": "writes",
    "signals": "reads",
    "inquiries": "reads",
    "quote": "reads",
    "quotations": "reads",
    "reply": "reads",
    "buyers": "reads",
    "buyers merge": "writes",
    "buyers split": "writes",
    "buyers undo": "writes",
    "buyers decisions": "reads",
    "buyers unsure": "reads",
    "buyer": "reads",
    "funnel": "reads",
    "freight": "reads",
    "freight add": "writes",
    "freight remove": "writes",
    "delivery": "reads",
    "screen": "reads",
    "profile": "writes",
    "keywords": "reads",
    "export": "reads",
    "backup": "reads",
    "imports": "reads",
    "imports verify": "reads",
    "imports undo": "writes",
    "imports reread": "writes",
    "forget": "writes",
    "import": "writes",
    "replay": "writes",
    "rates update": "writes",
    "demo": "writes",
    "restore": "writes",
    "serve": "writes",
}


def test_every_command_says_what_it_does_to_the_workspace() -> None:
    group = typer.main.get_command(app)
    found = set()
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", {})
        found |= {f"{name} {sub}" for sub in below}
        if not below or getattr(command, "invoke_without_command", False):
            found.add(name)
    assert found == set(COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        ["firms"],
        ["quarantine", "--firm", "shop"],
        ["mapping", "20260601-00000000"],
        ["markets", "--firm", "shop"],
        ["market", "DE", "--firm", "shop"],
        ["plan", "--firm", "shop"],
        ["explore", "--firm", "shop", "--budget", "500"],
        ["change", "2026-03-01", "--firm", "shop"],
        ["price", "S-1", "--to", "KR", "--firm", "shop"],
        ["tariffs"],
        ["tariffs", "--market", "KR", "--hs", "2204"],
        ["platforms", "--firm", "shop"],
        ["rules"],
        ["rules", "--market", "KR", "--tag", "wine"],
        ["rules", "changes"],
        ["rules", "check"],
        ["products", "--firm", "shop"],
        ["signals", "--firm", "shop"],
        ["inquiries", "--firm", "shop"],
        ["quote", "--firm", "shop", "--to", "DE", "--sku", "S-1", "--quantity", "5"],
        ["quotations", "--firm", "shop"],
        ["reply", "--firm", "shop", "--case", "table:I1"],
        ["buyers", "--firm", "shop"],
        ["funnel", "--firm", "shop"],
        ["floor", "--cost", "10", "--in", "EUR", "--quote", "USD", "--margin", "0.25"],
        ["offer", "S-1", "--to", "DE", "--firm", "shop", "--cost", "5", "--in", "EUR"],
        ["freight"],
        ["screen", "--firm", "shop"],
        ["delivery", "W-1", "--to", "GB", "--units", "6", "--firm", "shop"],
        ["keywords", "--firm", "shop"],
        ["export", "{tmp}/out", "--firm", "shop"],
        ["backup", "{tmp}/out.tar"],
        ["imports"],
        ["imports", "verify"],
        ["trade", "list"],
        ["sanctions", "list"],
        ["sanctions", "check", "Anna Rossi"],
        ["potential", "--exporter", "IT"],
        ["evidence", "social media"],
        ["evidence", "counts"],
        ["evidence", "advice"],
        ["gravity"],
    ],
    ids=" ".join,
)
def test_a_command_that_reads_makes_no_workspace(arguments: list[str], tmp_path: Path) -> None:
    home = tmp_path / "home"
    words = [word.replace("{tmp}", str(tmp_path)) for word in arguments]
    CliRunner().invoke(app, words, env={"FONDACO_HOME": str(home)})
    assert not home.exists()


def test_the_workspace_is_its_owners_alone(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "orders.csv"
    file.write_text("Order,Date,Country,Amount\n1,2026-05-25,DE,10.50\n", "utf-8")
    now = datetime(2026, 6, 1, tzinfo=UTC)
    take_in(Workspace(home), "shop", [file], home="IT", currency="EUR", now=now)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
