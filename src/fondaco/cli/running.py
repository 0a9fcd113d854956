"""Commands that run the desk, show it with a made-up network, and keep it safe."""

from __future__ import annotations

import json
import os
from pathlib import Path

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.importing import NowOption
from fondaco.cli.output import emit, moment, progress_bar, say, table
from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.workflows.home import home_folder


@app.command()
def serve(
    host: str = typer.Option("127.0.0.1", "--host", help="The address to listen on."),
    port: int = typer.Option(8000, "--port", min=1, max=65535, help="The port to listen on."),
) -> None:
    """Run the desk in the browser: pages and background work in one command."""
    try:
        from fondaco.web.serve import serve as run
    except ModuleNotFoundError as error:
        raise InputError(
            f"The web desk needs the extra 'web' ({error.name} is missing): pip install 'fondaco[web]'."
        ) from None
    run(home_folder(), host, port)


@app.command()
def demo(
    seed: int = typer.Option(7, "--seed", help="Another seed makes another network."),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Make a fictional consortium of six firms from platform files, and accounts to look around with."""
    from fondaco.workflows.demo import make

    workspace = Workspace(home_folder())
    with progress_bar() as progress:
        result = make(workspace, seed=seed, now=moment(now), progress=progress)
    accounts = _accounts(workspace, result)
    data = {
        "firms": [vars(firm) for firm in result.firms],
        "files": len(result.files),
        "rows_read": sum(report.rows_read for report in result.reports),
        "accounts": [
            {"email": email, "password": password, "role": role} for email, password, role in accounts
        ],
    }

    def show() -> None:
        print(
            f"{len(result.firms)} fictional firms, {data['rows_read']:,} rows from {data['files']} files, in {workspace.home}"
        )
        if accounts:
            table("Sign in with", ["e-mail", "password", "who"], accounts)

    emit(data, as_json, show)


def _accounts(workspace: Workspace, result: object) -> list[tuple[str, str, str]]:
    try:
        from fondaco.web.demo import seed
    except ModuleNotFoundError:
        say("The extra 'web' is not installed: no accounts were made.")
        return []
    made = list(seed(workspace, result.firms, result.network))  # type: ignore[attr-defined]
    return _with_passwords(made, workspace.home / "demo" / "accounts.json")


def _with_passwords(accounts: list[tuple[str, str, str]], kept: Path) -> list[tuple[str, str, str]]:
    """Keep the made-up accounts' passwords beside the made-up files, so that a second run can show them again."""
    known = dict(json.loads(kept.read_text("utf-8"))) if kept.is_file() else {}
    known |= {email: password for email, password, _ in accounts if password}
    kept.touch(mode=0o600)
    kept.write_text(json.dumps(known), "utf-8")
    return [(email, known.get(email, ""), role) for email, _, role in accounts]


@app.command()
def backup(
    target: Path = typer.Argument(..., help="The archive to write, or a folder to put it in."),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Write everything into one archive, also while imports run."""
    from fondaco.workflows import backup as write_backup

    archive = write_backup(Workspace(home_folder()), target, now=moment(now))
    left_out = []
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        left_out.append(
            "The desk's accounts are in PostgreSQL and not in this archive: back them up with pg_dump."
        )
    data = {"backup": str(archive), "left_out": left_out}
    emit(data, as_json, lambda: print("\n".join([f"Backed up to {archive}.", *left_out])))


@app.command()
def restore(
    archive: Path = typer.Argument(..., help="An archive made by fondaco backup."),
    as_json: bool = JsonFlag,
) -> None:
    """Unpack a backup into the (empty) workspace folder and check every file of it."""
    from fondaco.workflows import restore as read_backup

    workspace = read_backup(archive, home_folder())
    firms = [firm.slug for firm in workspace.firms()]
    emit(
        {"home": str(workspace.home), "firms": firms},
        as_json,
        lambda: print(f"Restored {len(firms)} firms to {workspace.home}."),
    )
