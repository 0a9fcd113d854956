"""Lists that are brought in take the place of earlier ones, and what is odd about that is said."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from fondaco.ledger import Workspace
from fondaco.workflows.sanctions import add_lists, check_name, folder_of

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def un(folder: Path, day: str, *names: str) -> Path:
    path = folder / f"un-{day}.xml"
    entries = "".join(
        f"<ENTITY><REFERENCE_NUMBER>X.{n}</REFERENCE_NUMBER><FIRST_NAME>{name}</FIRST_NAME></ENTITY>"
        for n, name in enumerate(names)
    )
    path.write_text(f'<CONSOLIDATED_LIST dateGenerated="{day}">{entries}</CONSOLIDATED_LIST>', "utf-8")
    return path


def test_a_part_of_a_list_that_takes_the_place_of_the_whole_is_told(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "home")
    whole = un(tmp_path, "2026-11-20", "Invented Trading", "Made Up Shipping", "Nowhere Bank")
    assert add_lists(workspace, [whole], NOW)[0].problems == ()
    part = un(tmp_path, "2026-11-21", "Nowhere Bank")
    (found,) = add_lists(workspace, [part], NOW)
    assert "1 entries take the place of 3" in found.problems[-1]


def test_an_older_list_that_takes_the_place_of_a_newer_one_is_told(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "home")
    add_lists(workspace, [un(tmp_path, "2026-11-20", "Invented Trading")], NOW)
    (found,) = add_lists(workspace, [un(tmp_path, "2026-11-02", "Invented Trading")], NOW)
    assert "the list of 2026-11-02 takes the place of the newer one of 2026-11-20" in found.problems[-1]


def test_a_list_takes_the_place_of_one_that_cannot_be_read_any_more(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "home")
    list_file = un(tmp_path, "2026-11-20", "Invented Trading")
    add_lists(workspace, [list_file], NOW)
    (folder_of(workspace) / "UN.json").write_text("{", "utf-8")
    add_lists(workspace, [list_file], NOW)
    assert check_name(workspace, "Invented Trading", NOW.date()).level == "red"
