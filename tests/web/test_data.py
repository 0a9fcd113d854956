"""Files come in, are looked at, answered for, taken in, and taken back."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from tests.web.conftest import ORDERS, Town

from fondaco.ledger import Workspace, to_toml
from fondaco.web.data import actions
from fondaco.web.data.models import Job, JobState, Upload, UploadState
from fondaco.web.desk.models import AuditLine

MORE = """\
Order,Date,SKU,Product,Quantity,Unit price,Customer,Country
2001,2025-09-10,T-1,Green tea,2,4.50,c-1,Italy
2002,2025-10-11,T-1,Green tea,4,4.50,c-2,Germany
"""


def bring(town: Town, text: str, name: str = "orders march.csv") -> Upload:
    client = town.as_(town.bob)
    file = SimpleUploadedFile(name, text.encode())
    answer = client.post(reverse("upload", kwargs={"slug": "anchor-teas"}), {"files": file})
    upload = Upload.objects.latest("at")
    assert answer.status_code == 302
    assert answer["Location"] == reverse(
        "upload_preview", kwargs={"slug": "anchor-teas", "upload_id": upload.pk}
    )
    return upload


def preview_address(upload: Upload) -> str:
    return reverse("upload_preview", kwargs={"slug": "anchor-teas", "upload_id": upload.pk})


@pytest.mark.requirement("F29")
def test_a_file_is_shown_answered_for_and_taken_in(town: Town, home: Path) -> None:
    upload = bring(town, MORE)
    client = town.as_(town.bob)
    page = client.get(preview_address(upload))
    assert "orders march.csv" in page.content.decode()
    assert list(page.context["answers"].fields) == ["currency"]

    columns = {
        f"column-{place}": field
        for place, field in enumerate(
            ["order", "at", "sku", "product", "quantity", "unit_price", "buyer", "country"]
        )
    }
    posted = {**columns, "currency": "GBP", "mapping": page.context["text"]["mapping"].value(), "do": "take"}
    answer = client.post(preview_address(upload), posted)
    job = Job.objects.get(upload=upload)
    assert answer["Location"] == reverse("job", kwargs={"slug": "anchor-teas", "job_id": job.pk})
    assert (job.state, job.sentence) == (JobState.DONE, "")
    report = job.report or {}
    assert (report["rows_read"], report["net_total"]) == (2, "27.00")
    upload.refresh_from_db()
    assert upload.state == UploadState.TAKEN
    assert not upload.path.exists()

    done = client.get(answer["Location"], follow=True)
    assert done.redirect_chain[-1][0] == reverse(
        "import", kwargs={"slug": "anchor-teas", "import_id": job.import_id}
    )
    assert "orders march.csv" in done.content.decode()
    assert len(Workspace(home).ledger("anchor-teas").imports()) == 2
    assert {"file.uploaded", "import.started", "import.finished"} <= set(
        AuditLine.objects.values_list("what", flat=True)
    )


def test_two_columns_cannot_mean_the_same(town: Town) -> None:
    upload = bring(town, MORE)
    client = town.as_(town.bob)
    page = client.get(preview_address(upload))
    posted = {
        "currency": "GBP",
        "mapping": page.context["text"]["mapping"].value(),
        "do": "take",
        "column-0": "order",
        "column-1": "order",
    }
    answer = client.post(preview_address(upload), posted)
    assert answer.status_code == 400
    assert "is that already" in answer.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00" * 20, b"%PDF-1.7 nothing"]
)
def test_a_file_that_is_no_table_is_refused_in_words(town: Town, content: bytes) -> None:
    client = town.as_(town.bob)
    client.post(
        reverse("upload", kwargs={"slug": "anchor-teas"}), {"files": SimpleUploadedFile("x.csv", content)}
    )
    page = client.get(preview_address(Upload.objects.get()))
    assert page.status_code == 200
    assert page.context["sentence"]
    assert "Take in" not in page.content.decode()


def test_an_empty_file_is_not_kept(town: Town, home: Path) -> None:
    answer = town.as_(town.bob).post(
        reverse("upload", kwargs={"slug": "anchor-teas"}),
        {"files": SimpleUploadedFile("nothing.csv", b"")},
        follow=True,
    )
    assert "nothing.csv is empty" in answer.content.decode()
    assert not Upload.objects.exists()


def test_a_hostile_name_stays_a_name(town: Town, home: Path) -> None:
    upload = bring(town, ORDERS, name="../../<b>evil</b>.csv")
    assert upload.path.resolve().is_relative_to(home / "uploads" / "anchor-teas")
    assert upload.path.name == upload.stored_as
    assert len(upload.stored_as) == 36
    page = town.as_(town.bob).get(reverse("data", kwargs={"slug": "anchor-teas"})).content.decode()
    assert "<b>evil" not in page


def test_more_than_the_limit_is_not_kept(town: Town, settings: object) -> None:
    settings.UPLOAD_LIMIT = 1000  # type: ignore[attr-defined]
    answer = town.as_(town.bob).post(
        reverse("upload", kwargs={"slug": "anchor-teas"}),
        {"files": SimpleUploadedFile("big.csv", b"x" * 200_000)},
    )
    assert answer.status_code == 413
    assert not Upload.objects.exists()
    assert not [p for p in (Path(settings.FONDACO_HOME) / "uploads").rglob("*") if p.is_file()]  # type: ignore[attr-defined]


def test_several_files_wait_for_a_look_each(town: Town) -> None:
    files = [SimpleUploadedFile("a.csv", MORE.encode()), SimpleUploadedFile("b.csv", ORDERS.encode())]
    answer = town.as_(town.bob).post(
        reverse("upload", kwargs={"slug": "anchor-teas"}), {"files": files}, follow=True
    )
    assert [upload.name for upload in answer.context["waiting"]] == ["b.csv", "a.csv"]


def test_a_removed_file_is_gone(town: Town) -> None:
    upload = bring(town, MORE)
    town.as_(town.bob).post(preview_address(upload), {"do": "remove"})
    upload.refresh_from_db()
    assert upload.state == UploadState.REMOVED
    assert not upload.path.exists()


@pytest.mark.requirement("F29")
def test_the_five_classes_add_up(town: Town) -> None:
    page = town.as_(town.vera).get(
        reverse("import", kwargs={"slug": "anchor-teas", "import_id": town.import_id})
    )
    counts = {each["key"]: each["count"] for each in page.context["classes"]}
    assert counts == {"fact": 7, "adjustment": 0, "charge": 0, "duplicate": 0, "quarantined": 1}
    assert sum(counts.values()) == page.context["report"].rows_read == 8


@pytest.mark.parametrize(("fate", "rows"), [("fact", 7), ("quarantined", 1), ("duplicate", 0), ("", 8)])
def test_rows_can_be_narrowed_to_one_fate(town: Town, fate: str, rows: int) -> None:
    address = reverse("import", kwargs={"slug": "anchor-teas", "import_id": town.import_id})
    assert len(town.as_(town.vera).get(address, {"fate": fate}).context["fates"]) == rows


def test_quarantine_says_why_and_what_would_cure_it(town: Town) -> None:
    page = town.as_(town.vera).get(reverse("quarantine", kwargs={"slug": "anchor-teas"}))
    (row,) = page.context["rows"]
    assert row["row"].row == 8
    assert "Ruritania" in row["row"].reason
    assert row["row"].cure[1:] in page.content.decode().replace("&quot;", '"').replace("&#x27;", "'")


def test_exported_quarantine_is_safe_to_open(town: Town) -> None:
    answer = town.as_(town.vera).get(reverse("quarantine_csv", kwargs={"slug": "anchor-teas"}))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 2
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_quarantined_rows_come_in_once_the_mapping_says_what_they_are(town: Town, home: Path) -> None:
    import dataclasses

    ledger = Workspace(home).ledger("anchor-teas")
    mapping = ledger.mapping_of(town.import_id)
    corrected = to_toml(dataclasses.replace(mapping, countries={**mapping.countries, "Ruritania": "ROU"}))
    address = reverse("replay", kwargs={"slug": "anchor-teas", "import_id": town.import_id})
    town.as_(town.bob).post(address, {"mapping": corrected})
    job = Job.objects.get()
    assert (job.state, job.sentence) == (JobState.DONE, "")
    assert (job.report or {})["added"] == 1
    assert ledger.quarantine() == []


def test_a_wrong_mapping_is_refused_line_by_line(town: Town) -> None:
    address = reverse("replay", kwargs={"slug": "anchor-teas", "import_id": town.import_id})
    answer = town.as_(town.bob).post(
        address, {"mapping": '[columns]\norde = "Order"\n[styles]\nnothing = "x"\n'}
    )
    assert answer.status_code == 400
    assert len(answer.context["form"].errors["mapping"]) == 2
    assert not Job.objects.exists()


def test_withdrawing_asks_first(town: Town, home: Path) -> None:
    address = reverse("undo", kwargs={"slug": "anchor-teas", "import_id": town.import_id})
    client = town.as_(town.bob)
    assert "Withdraw this import?" in client.get(address).content.decode()
    assert Workspace(home).ledger("anchor-teas").imports()[0].undone is None
    client.post(address)
    assert Workspace(home).ledger("anchor-teas").imports()[0].undone is not None
    assert client.post(address).status_code == 409


def test_taking_in_an_unsure_proposal_says_that_one_agrees(town: Town) -> None:
    notes = """\
Order,When,Thing,Count,Value,Currency,Person,Place
1001,2025-01-10,Green tea,2,4.50,GBP,c-1,Germany
1002,2025-02-11,Tea pot,1,24.00,GBP,c-2,France
1003,2025-02-12,Tea pot,3,24.00,GBP,c-2,France
"""
    upload = bring(town, notes, name="notebook.csv")
    client = town.as_(town.bob)
    page = client.get(preview_address(upload))
    assert page.context["unsure"]
    assert "Fondaco is not sure" in page.content.decode()
    assert upload.stored_as[:32] not in page.content.decode()
    (table,) = page.context["tables"]
    proposed = {each["choice"].html_name: each["field"] or "" for each in table["columns"]}
    text = {"mapping": page.context["text"]["mapping"].value()}
    client.post(preview_address(upload), {**proposed, **text, "do": "take"})
    job = Job.objects.get()
    assert (job.state, job.sentence) == (JobState.DONE, "")
    assert Workspace(upload.path.parents[2]).ledger("anchor-teas").imports()[-1].files == ("notebook.csv",)


def test_a_column_answers_the_question_that_it_was_chosen_for(town: Town) -> None:
    upload = bring(town, "Order,Date,Product,Amount,Customer,x9\n1,2025-03-01,Tea,2.00,c-1,Italy\n")
    client = town.as_(town.bob)
    page = client.get(preview_address(upload))
    assert {"country", "currency"} <= set(page.context["answers"].fields)
    fields = ["order", "at", "product", "amount", "buyer", "country"]
    posted = {f"column-{place}": field for place, field in enumerate(fields)}
    text = {"mapping": page.context["text"]["mapping"].value()}
    client.post(preview_address(upload), {**posted, **text, "currency": "EUR", "do": "take"})
    assert Job.objects.get().state == JobState.DONE


@pytest.mark.requirement("X06")
def test_an_import_is_read_again_after_a_look_at_the_difference(town: Town, home: Path) -> None:
    client = town.as_(town.bob)
    names = {"slug": "anchor-teas", "import_id": town.import_id}
    address = reverse("reread", kwargs=names)
    assert "See what would change" in client.get(address).content.decode()
    page = client.post(
        address, {"do": "look"}, follow=True
    ).content.decode()  # the worker looks; nothing counts
    assert "Let the new reading count" in page
    assert "Rows changed" in page
    assert Workspace(home).ledger("anchor-teas").imports()[0].reread_as is None
    answer = client.post(address, {"do": "count"}, follow=True)
    assert "stands in the place of" in answer.content.decode()
    assert "Read again since" in client.get(reverse("import", kwargs=names)).content.decode()
    assert AuditLine.objects.filter(what="import.reread").count() == 1
    assert [job.kind for job in Job.objects.order_by("made")] == ["look", "reread"]
    assert "See what would change" in client.get(address).content.decode()  # the ledger is another one now


def test_a_rereading_whose_worker_was_killed_after_it_counted_is_done(town: Town, home: Path) -> None:
    client = town.as_(town.bob)
    names = {"slug": "anchor-teas", "import_id": town.import_id}
    client.post(reverse("reread", kwargs=names), {"do": "count"})
    job = Job.objects.get()
    again = job.import_id
    Job.objects.update(state=JobState.RUNNING, import_id=town.import_id, report=None, beat=None, task_id="")
    assert actions.recover(now=timezone.now(), alone=True) == 1
    job.refresh_from_db()
    assert (job.state, job.import_id, job.attempts) == (JobState.DONE, again, 2)
    assert len(Workspace(home).ledger("anchor-teas").imports()) == 2


@pytest.mark.requirement("X06")
def test_a_person_is_forgotten_everywhere_and_the_trail_does_not_say_who(town: Town, home: Path) -> None:
    secret = "mara.lund@example.org"
    text = MORE.replace("c-1", secret)
    upload = bring(town, text, f"orders of {secret}.csv")
    client = town.as_(town.alice)
    address = reverse("forget", kwargs={"slug": "anchor-teas"})
    page = client.post(address, {"who": secret, "do": "look"})
    assert page.context["found"].files == (f"uploads/anchor-teas/{upload.stored_as}",)
    answer = client.post(address, {"who": secret, "do": "erase"}, follow=True)
    assert "Erased" in answer.content.decode()
    upload.refresh_from_db()
    assert secret not in upload.name
    assert upload.state == UploadState.REMOVED
    said = str(list(AuditLine.objects.values_list("what", "data")))
    assert "person.forgotten" in said
    assert secret not in said
    assert not any(secret.encode() in path.read_bytes() for path in home.rglob("*") if path.is_file())
    empty = client.post(address, {"who": "?"})
    assert empty.status_code == 400


@pytest.mark.slow
def test_the_command_erases_a_person_from_the_database_file_too(tmp_path: Path) -> None:
    secret, home = "mara.lund@example.org", tmp_path / "home"
    (tmp_path / "a.csv").write_text(ORDERS.replace("c-1", secret), encoding="utf-8")
    made = f"""
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.utils import timezone
from fondaco.web.accounts.models import Firm
from fondaco.web.data.models import Upload
from fondaco.web.desk import audit
firm = Firm.objects.create(slug="shop", name="Shop")
Upload.objects.create(firm=firm, at=timezone.now(), name="orders of {secret}.csv", stored_as="x.csv", size=1)
audit.record("file.uploaded", by=None, now=timezone.now(), firm=firm, name="orders of {secret}.csv")
"""
    env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    env |= {"FONDACO_HOME": str(home), "DJANGO_SETTINGS_MODULE": "fondaco.web.settings"}
    command = "from fondaco.cli import main; main()"

    def run(code: str, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code, *words],
            env=env,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout

    run(command, "import", "a.csv", "--firm", "shop", "--home", "GB", "--currency", "GBP")
    run(made)
    assert secret.encode() in (home / "desk.sqlite3").read_bytes()
    done = json.loads(run(command, "forget", secret, "--firm", "shop", "--yes", "--json"))
    assert {place["table"] for place in done["places"]} >= {"orders", "raw", "database"}
    assert not any(secret.encode() in path.read_bytes() for path in home.rglob("*") if path.is_file())
