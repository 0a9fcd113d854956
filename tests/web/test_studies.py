"""A network's studies on the site: drafts, registration, consent, answers, runs, results."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.web.conftest import NOW, Town

from fondaco import pls
from fondaco.evidence.study import fictional_answers, template
from fondaco.ledger import Workspace
from fondaco.pls.told import told
from fondaco.readiness import Answers as Said
from fondaco.web.accounts.actions import ensure_firm_row
from fondaco.web.accounts.models import Firm, NetworkMembership
from fondaco.web.data.models import JobState
from fondaco.web.desk.models import AuditLine
from fondaco.web.evidence.studies import actions
from fondaco.web.evidence.studies.forms import initial_of
from fondaco.web.evidence.studies.models import Answers, Researcher, Run, Study, StudyConsent
from fondaco.workflows.readiness_answers import keep_answers
from fondaco.workflows.study import invented


def at(name: str, **more: object) -> str:
    return reverse(name, kwargs={"slug": "seven-quays", **more})


@pytest.fixture
def sven(town: Town) -> Client:
    return town.as_(town.sven)


@pytest.fixture
def study(town: Town) -> Study:
    return actions.make_study(town.network, template("data-driven"), by=town.sven, now=NOW)


def file_of(frame: pl.DataFrame, name: str = "answers.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, frame.write_csv().encode(), content_type="text/csv")


def report_of(run: Run) -> dict[str, Any]:
    assert run.report is not None, run.sentence
    return dict(run.report)


def bring(client: Client, study: Study, frame: pl.DataFrame) -> Answers:
    answer = client.post(at("study_data", study_id=study.pk), {"file": file_of(frame), "agreed": "on"})
    assert answer.status_code == 302, answer.content.decode()
    return study.answers.first()  # type: ignore[return-value]


def answers_without_firms() -> pl.DataFrame:
    return fictional_answers(template("data-driven")).drop("firm", "fictional")


def start(client: Client, study: Study, answers: Answers, resamples: int = 200) -> Any:
    return client.post(at("study_start", study_id=study.pk), {"answers": answers.pk, "resamples": resamples})


# --- from end to end


@pytest.mark.requirement("R12")
def test_a_study_from_end_to_end_with_the_numbers_of_the_core(sven: Client, study: Study) -> None:
    frame = answers_without_firms()
    sven.post(at("study_freeze", study_id=study.pk))
    answers = bring(sven, study, frame)
    led = start(sven, study, answers)
    run = study.runs.get()
    assert led["Location"] == at("study_run", study_id=study.pk, run_id=run.pk)
    assert (run.state, run.sentence) == (JobState.DONE, "")
    assert sven.get(led["Location"])["Location"] == at("study_result", study_id=study.pk, run_id=run.pk)

    columns = frame.select(template("data-driven").columns).to_dict(as_series=False)
    fit = pls.fit(template("data-driven").model, columns)
    wanted = told(fit, pls.bootstrap(fit, 200))
    for name, value in json.loads(json.dumps(wanted)).items():
        assert report_of(run)["numbers"][name] == value, name

    page = sven.get(at("study_result", study_id=study.pk, run_id=run.pk)).content.decode()
    path = next(each for each in wanted["paths"] if each["to"] == "Knowledge")
    assert f"{path['estimate']:.3f}".removeprefix("0") in page
    assert "full mediation" in page
    assert "before any answer was opened" in page
    assert "<script" not in page.split("<main")[1].split("</main")[0]

    book = openpyxl.load_workbook(
        io.BytesIO(sven.get(at("study_xlsx", study_id=study.pk, run_id=run.pk)).content)
    )
    rows = {row[0]: row[1] for row in book["Structural model"].iter_rows(values_only=True)}
    assert rows["Exploration → Knowledge"] == path["estimate"]
    assert sven.get(at("study_pdf", study_id=study.pk, run_id=run.pk)).content[:5] == b"%PDF-"


@pytest.mark.requirement("R27", "R28", "R11")
def test_data_for_others_hold_no_firm_and_are_for_those_who_run(
    town: Town, sven: Client, study: Study
) -> None:
    frame = fictional_answers(template("data-driven"), 80).with_columns(
        pl.Series("firm", ["anchor-teas"] * 75 + ["borealis"] * 5)
    )
    NetworkMembership.objects.create(network=town.network, firm=town.borealis)
    for firm, who in ((town.anchor, town.alice), (town.borealis, town.charlie)):
        actions.set_consent(study, firm, True, by=who, now=NOW)
    sven.post(at("study_freeze", study_id=study.pk))
    start(sven, study, bring(sven, study, frame))
    run = study.runs.get()
    assert run.state == JobState.DONE
    # two firms only: nothing goes out
    assert sven.get(at("study_zip", study_id=study.pk, run_id=run.pk)).status_code == 409

    other = actions.make_study(town.network, template("data-driven"), by=town.sven, now=NOW)
    actions.freeze(other, by=town.sven, now=NOW)
    start(sven, other, bring(sven, other, answers_without_firms()))
    answer = sven.get(at("study_zip", study_id=other.pk, run_id=other.runs.get().pk))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert "fictional-001" not in archive.read("data.csv").decode()
        assert b"keyed hash" in archive.read("codebook.csv")


@pytest.mark.requirement("R12", "R13")
@pytest.mark.parametrize("name", ["data-driven", "readiness"])
def test_a_template_runs_in_one_click_on_the_demonstration_alone(
    town: Town, sven: Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(actions, "RESAMPLES", 200)
    page = sven.get(at("studies")).content.decode()
    assert "Run it on invented answers" not in page
    assert sven.post(at("study_try"), {"template": name}).status_code == 409
    assert not Study.objects.exists()
    town.network.fictional = True
    town.network.save()
    assert "Run it on invented answers" in sven.get(at("studies")).content.decode()
    led = sven.post(at("study_try"), {"template": name})
    run = Run.objects.get()
    assert led.status_code == 302
    assert run.state == JobState.DONE
    page = sven.get(at("study_result", study_id=run.study_id, run_id=run.pk)).content.decode()
    assert "invented" in page
    assert "fictional" in page
    assert sven.post(at("study_try"), {"template": "luck"}).status_code == 404


# --- registration


def test_answers_are_not_opened_before_the_model_is_frozen(sven: Client, study: Study) -> None:
    answers = bring(sven, study, answers_without_firms())
    refused = start(sven, study, answers)
    assert refused.status_code == 409
    assert b"Freeze the model first" in refused.content
    study.refresh_from_db()
    assert study.opened is None


def test_a_change_after_answers_were_opened_is_exploratory(town: Town, sven: Client, study: Study) -> None:
    sven.post(at("study_freeze", study_id=study.pk))
    answers = bring(sven, study, answers_without_firms())
    start(sven, study, answers)
    changed = {**initial_of(template("data-driven")), "hypotheses": "Another one."}
    assert sven.post(at("study_edit", study_id=study.pk), changed).status_code == 302
    refused = start(sven, study, answers)
    assert b"The draft has changed since version 1" in refused.content
    sven.post(at("study_freeze", study_id=study.pk))
    assert [each.exploratory for each in study.versions.all()] == [True, False]
    assert sven.post(at("study_freeze", study_id=study.pk)).status_code == 409
    start(sven, study, answers)
    page = sven.get(at("study_result", study_id=study.pk, run_id=study.runs.first().pk)).content.decode()  # type: ignore[union-attr]
    assert "exploratory, not a test" in page
    lines = AuditLine.objects.filter(what="study.frozen")
    assert {line.data["exploratory"] for line in lines} == {True, False}


# --- consent


@pytest.mark.requirement("R11", "R28")
def test_a_firm_that_withdraws_is_left_out_of_the_next_run(town: Town, sven: Client, study: Study) -> None:
    alice = town.as_(town.alice)
    frame = fictional_answers(template("data-driven"), 70).with_columns(pl.lit("anchor-teas").alias("firm"))
    sven.post(at("study_freeze", study_id=study.pk))
    answers = bring(sven, study, frame)
    refused = start(sven, study, answers)
    assert refused.status_code == 409
    assert b"0 answers came" in refused.content
    consent = at("study_consent", study_id=study.pk, firm_slug="anchor-teas")
    assert b"22 questions" in alice.get(consent).content
    alice.post(consent, {"given": "yes"})
    assert start(sven, study, answers).status_code == 302
    assert report_of(study.runs.get())["n"] == 70
    alice.post(consent, {"given": "no"})
    assert not StudyConsent.objects.exists()
    assert start(sven, study, answers).status_code == 409
    assert b"of firms that do not take part" in sven.get(at("study_data", study_id=study.pk)).content


def test_a_firm_of_another_network_is_out_of_reach(town: Town, study: Study) -> None:
    charlie = town.as_(town.charlie)
    assert charlie.get(at("study_consent", study_id=study.pk, firm_slug="borealis")).status_code == 404
    NetworkMembership.objects.create(network=town.network, firm=town.borealis)
    assert charlie.get(at("study_consent", study_id=study.pk, firm_slug="borealis")).status_code == 200
    assert charlie.get(at("study_consent", study_id=study.pk, firm_slug="anchor-teas")).status_code == 404


def test_a_consent_ends_when_the_firm_leaves_the_network(town: Town, study: Study) -> None:
    actions.set_consent(study, town.anchor, True, by=town.alice, now=NOW)
    assert actions.consenting(study) == [town.anchor]
    NetworkMembership.objects.filter(firm=town.anchor).delete()
    assert actions.consenting(study) == []


# --- answers


@pytest.mark.requirement("R28")
def test_counts_are_shown_and_no_value(sven: Client, study: Study) -> None:
    frame = answers_without_firms().with_columns(
        pl.when(pl.int_range(pl.len()) < 7).then(None).otherwise(pl.col("perform_1")).alias("perform_1"),
        pl.lit("a very secret remark").alias("remark"),
    )
    bring(sven, study, frame)
    page = sven.get(at("study_data", study_id=study.pk)).content.decode()
    assert "secret" not in page
    assert "<code>perform_1</code>: 7" in page


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", b"", b"empty"),
        ("picture.sav", b"\x89PNG nothing", b"cannot be read"),
        ("twice.csv", b"a,a\n1,2\n", b"more than once"),
    ],
)
def test_a_file_that_is_none_is_refused_and_not_kept(
    sven: Client, study: Study, name: str, content: bytes, words: bytes
) -> None:
    answer = sven.post(
        at("study_data", study_id=study.pk), {"file": SimpleUploadedFile(name, content), "agreed": "on"}
    )
    assert answer.status_code == 400
    assert words in answer.content
    assert not Answers.objects.exists()
    assert not study.folder.exists() or not any(study.folder.iterdir())


def test_a_file_comes_with_a_word_on_consent(sven: Client, study: Study) -> None:
    answer = sven.post(at("study_data", study_id=study.pk), {"file": file_of(answers_without_firms())})
    assert answer.status_code == 400
    assert not Answers.objects.exists()


@pytest.mark.requirement("R28")
def test_a_study_with_twelve_answers_is_refused_in_words(sven: Client, study: Study) -> None:
    sven.post(at("study_freeze", study_id=study.pk))
    answers = bring(sven, study, answers_without_firms().head(12))
    refused = start(sven, study, answers)
    assert refused.status_code == 409
    assert b"12 answers came, 12 of them complete" in refused.content
    study.refresh_from_db()
    assert study.opened is None
    assert not study.runs.exists()


def test_answers_can_be_deleted_and_then_are_gone(sven: Client, study: Study) -> None:
    answers = bring(sven, study, answers_without_firms())
    path = answers.path
    assert path.exists()
    sven.post(at("study_answers_remove", study_id=study.pk, answers_id=answers.pk))
    assert not path.exists()
    assert sven.post(at("study_answers_remove", study_id=study.pk, answers_id=answers.pk)).status_code == 404


# --- the form and its diagram


def test_the_diagram_says_what_is_wrong_at_its_line(sven: Client) -> None:
    wrong = sven.post(
        at("study_diagram"), {"kind": "pls", "model": "Use =~ a\nKnow =~ b\nKnow ~ \n"}
    ).content.decode()
    assert "Line 3" in wrong
    assert "<code>Know ~ </code>" in wrong
    right = sven.post(
        at("study_diagram"), {"kind": "pls", "model": "Use =~ a; Know =~ b; Know ~ Use"}
    ).content.decode()
    assert 'src="data:image/svg+xml;base64,' in right
    assert "Use to Know." in right
    for model in ("", "<script>", "y ~ a + ", "~", "\x00", "A =~ B; B =~ A; A ~ B", "x" * 30_000):
        for kind in ("pls", "regression", "nonsense"):
            answer = sven.post(at("study_diagram"), {"kind": kind, "model": model})
            assert answer.status_code == 200, (kind, model[:20])
            assert b"<script>" not in answer.content


def test_a_wrong_definition_is_said_at_its_field(sven: Client) -> None:
    fields = {**initial_of(template("readiness")), "model": "readiness"}
    page = sven.post(at("study_new"), fields)
    assert page.status_code == 400
    assert b"write it as y ~ a + b" in page.content
    fields = {**initial_of(template("readiness")), "items": "no colon here"}
    assert "line 1" in sven.post(at("study_new"), fields).content.decode()
    assert not Study.objects.exists()


def test_a_study_begun_from_a_template_is_that_template(sven: Client) -> None:
    page = sven.get(at("study_new") + "?template=readiness")
    assert page.status_code == 200
    fields = {**initial_of(template("readiness")), "template": "readiness"}
    assert sven.post(at("study_new"), fields).status_code == 302
    assert Study.objects.get().definition.fingerprint == template("readiness").fingerprint
    assert sven.get(at("study_new") + "?template=luck").status_code == 404


# --- who sees what


def test_a_researcher_runs_studies_and_sees_nothing_else(town: Town, sven: Client, study: Study) -> None:
    charlie = town.as_(town.charlie)
    assert charlie.get(at("studies")).status_code == 404
    sven.post(at("study_researchers"), {"email": "Charlie@example.org", "given": "on"})
    assert Researcher.objects.get().user == town.charlie
    assert charlie.get(at("study", study_id=study.pk)).status_code == 200
    assert charlie.get(at("study_data", study_id=study.pk)).status_code == 200
    assert charlie.get(reverse("network", kwargs={"slug": "seven-quays"})).status_code == 404
    assert (
        charlie.post(at("study_researchers"), {"email": "bob@example.org", "given": "on"}).status_code == 409
    )
    assert b"Seven Quays" in charlie.get(reverse("evidence")).content
    sven.post(at("study_researchers"), {"email": "charlie@example.org"})
    assert charlie.get(at("studies")).status_code == 404


def test_firms_see_a_result_once_it_is_released(town: Town, sven: Client, study: Study) -> None:
    vera = town.as_(town.vera)
    sven.post(at("study_freeze", study_id=study.pk))
    start(sven, study, bring(sven, study, answers_without_firms()))
    run = study.runs.get()
    result = at("study_result", study_id=study.pk, run_id=run.pk)
    assert vera.get(result).status_code == 404
    sven.post(at("study_release", study_id=study.pk, run_id=run.pk), {"released": "yes"})
    assert vera.get(result).status_code == 200
    assert vera.get(at("study_zip", study_id=study.pk, run_id=run.pk)).status_code == 403
    assert result in vera.get(at("studies")).content.decode()
    sven.post(at("study_release", study_id=study.pk, run_id=run.pk), {"released": "no"})
    assert vera.get(result).status_code == 404


# --- the worker


def test_a_run_whose_worker_died_is_taken_up_again_and_given_up_in_words(
    town: Town, study: Study, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = actions.freeze(study, by=town.sven, now=NOW)
    answers = actions.keep_frame(study, invented(template("data-driven")), "fictional", by=town.sven, now=NOW)  # type: ignore[arg-type]
    run = Run.objects.create(
        study=study, version=version, answers=answers, resamples=100, made=NOW, state=JobState.RUNNING, attempts=1,
        beat=NOW - timedelta(hours=1),
    )  # fmt: skip
    assert actions.recover(now=NOW) == 1
    run.refresh_from_db()
    assert (run.state, run.attempts) == (JobState.DONE, 2)
    Run.objects.filter(pk=run.pk).update(
        state=JobState.RUNNING, attempts=settings.JOB_ATTEMPTS, beat=NOW, task_id=""
    )
    assert actions.recover(now=NOW) == 0
    assert actions.recover(now=NOW, alone=True) == 1
    run.refresh_from_db()
    assert run.state == JobState.FAILED
    assert "fewer resamples" in run.sentence


def test_a_run_that_cannot_be_done_says_why(town: Town, sven: Client, study: Study) -> None:
    version = actions.freeze(study, by=town.sven, now=NOW)
    answers = actions.keep_frame(study, invented(template("data-driven")), "fictional", by=town.sven, now=NOW)  # type: ignore[arg-type]
    answers.path.write_text("explore_1\n3\n")
    run = Run.objects.create(study=study, version=version, answers=answers, resamples=100, made=NOW)
    actions.do_run(str(run.pk))
    run.refresh_from_db()
    assert run.state == JobState.FAILED
    page = sven.get(at("study_run", study_id=study.pk, run_id=run.pk)).content.decode()
    assert "no column" in page
    assert sven.get(at("study_result", study_id=study.pk, run_id=run.pk)).status_code == 404


@pytest.mark.requirement("R13", "R28")
def test_the_readiness_regression_runs_on_the_networks_own_answers_in_one_click(
    town: Town, sven: Client, home: Path
) -> None:
    """Members with 90 people who answered the readiness questions; one member does not take part, one answer is an older one."""
    workspace = Workspace(home)
    study = actions.make_study(town.network, template("readiness"), by=town.sven, now=NOW)
    items = list(template("readiness").items)
    given = fictional_answers(template("readiness"), 91).select(items).to_dicts()
    firms = [town.anchor, *(member(workspace, town, f"member-{n}") for n in range(1, 9))]
    for n, values in enumerate(given[:90]):
        answer(workspace, firms[n % 9], f"person {n}", values, NOW)
    answer(workspace, firms[0], "person 0", dict.fromkeys(given[0], 1.0), NOW - timedelta(days=40))
    answer(workspace, member(workspace, town, "silent"), "somebody", given[90], NOW)
    for firm in firms:
        actions.set_consent(study, firm, True, by=town.alice, now=NOW)
    led = sven.post(at("study_questionnaires", study_id=study.pk))
    assert led.status_code == 302
    run = study.runs.get()
    assert (run.state, report_of(run)["n"]) == (JobState.DONE, 90), run.sentence
    assert not run.version.exploratory
    terms = {each["name"]: each for each in report_of(run)["numbers"]["terms"]}
    assert set(terms) == {"customer_knowledge", "market_knowledge", "economic_knowledge", "perceived_risk"}
    # RI4 is turned; scores are means of their questions: ordinary least squares on standardised scores, worked out here
    frame = pl.DataFrame(given[:90]).with_columns(RI4=8 - pl.col("RI4"))
    scores = {
        name: frame.select(held).to_numpy().mean(axis=1)
        for name, held in template("readiness").scores.items()
    }
    z = {name: (each - each.mean()) / each.std(ddof=1) for name, each in scores.items()}
    beta = np.linalg.lstsq(np.column_stack([z[name] for name in terms]), z["readiness"], rcond=None)[0]
    assert [each["beta"] for each in terms.values()] == pytest.approx(list(beta), abs=1e-6)
    assert sven.get(at("study_result", study_id=study.pk, run_id=run.pk)).status_code == 200


def member(workspace: Workspace, town: Town, slug: str) -> Firm:
    workspace.create_firm(slug, name=slug.title(), home="ITA", currency="EUR")
    firm = ensure_firm_row(workspace.firm(slug))
    NetworkMembership.objects.create(network=town.network, firm=firm)
    return firm


def answer(workspace: Workspace, firm: Firm, who: str, values: dict[str, float], at: datetime) -> None:
    keep_answers(workspace, firm.slug, [Said(f"{who} {at.date()}", firm.slug, who, "sales", at, values)])


@pytest.mark.requirement("R28")
def test_the_readiness_regression_refuses_a_network_of_few_answers(
    town: Town, sven: Client, home: Path
) -> None:
    study = actions.make_study(town.network, template("readiness"), by=town.sven, now=NOW)
    actions.set_consent(study, town.anchor, True, by=town.alice, now=NOW)
    asked = at("study_questionnaires", study_id=study.pk)
    assert "has answered the readiness questionnaire" in sven.post(asked).content.decode()
    for n, values in enumerate(
        fictional_answers(template("readiness"), 12).select(list(template("readiness").items)).to_dicts()
    ):
        answer(Workspace(home), town.anchor, f"person {n}", values, NOW)
    told = sven.post(asked, follow=True)
    assert "12" in told.content.decode()
    assert not study.runs.filter(state=JobState.DONE).exists()
