"""The command that shows and states what a firm says of itself for its plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.importing import FirmOption
from fondaco.cli.output import emit, table
from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:
    from fondaco.strategy.profile import Profile


@app.command()
def profile(
    firm: str = FirmOption,
    settings: list[str] = typer.Option(
        [],
        "--set",
        help="NAME=VALUE, such as people.ecommerce_skill=some; may be given again. Empty: not known.",
    ),
    file: Path | None = typer.Option(None, "--file", help="A TOML file that replaces the whole profile."),
    as_json: bool = JsonFlag,
) -> None:
    """Show what a firm states of itself for its plan, state a field, or replace all of it by a file."""
    from fondaco.strategy.stating import differences, with_field
    from fondaco.workflows.profile import change_profile, profile_of

    workspace = Workspace(home_folder())
    whole = None if file is None else _read(file)
    held = profile_of(workspace, firm)
    if whole is not None or settings:
        before = held

        def stated(now: Profile) -> Profile:
            nonlocal before
            before = now
            changed = now if whole is None else whole
            for setting in settings:
                changed = with_field(changed, setting)
            return changed

        held = change_profile(workspace.ledger(firm), stated)
        changed = list(differences(before, held))
    else:
        changed = []
    data = _data(firm, held, changed)
    emit(data, as_json, lambda: _show(held, data))


def _read(file: Path) -> Profile:
    from fondaco.strategy.profile import parse_profile

    try:
        return parse_profile(file.read_text("utf-8"), file.name)
    except UnicodeDecodeError:
        raise InputError(f"{file.name} is no UTF-8 text: save it as UTF-8.") from None
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from None


def _data(firm: str, held: Profile, changed: list[str]) -> dict[str, Any]:
    from fondaco.strategy.stating import fingerprint, unknown_of

    return {
        "firm": firm,
        "profile": held.model_dump(mode="json", exclude_none=True),
        "unknown": [{"field": name, "used_for": use} for name, use in unknown_of(held).items()],
        "changed": changed,
        "fingerprint": fingerprint(held),
    }


def _show(held: Profile, data: dict[str, Any]) -> None:
    from fondaco.strategy.stating import stated_fields

    for name in data["changed"]:
        print(f"Changed: {name}")
    table("Stated", ["field", "value"], [[name, value] for name, value in stated_fields(held).items()])
    table("Not known", ["field", "would be used for"], [[u["field"], u["used_for"]] for u in data["unknown"]])
