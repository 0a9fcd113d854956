"""Studies: supporters (and researchers, who have tests of their own) run them; people of firms see what is released."""

from __future__ import annotations

from typing import Any

from tests.web.conftest import NOW
from tests.web.table import IN, READ, Row, of_firm, of_network

from fondaco.evidence.study import template
from fondaco.web.data.models import JobState
from fondaco.web.evidence.studies import actions
from fondaco.web.evidence.studies.models import Run, Source
from fondaco.workflows.study import invented

#: People of the network's firms, and its supporters.
SEEN = (*READ[:5], 200)
RUNS = (IN, 404, 403, 403, 403, 200)
DOES = (IN, 404, 403, 403, 403, 302)
#: What is not released is not there for people of firms.
HIDDEN = (IN, 404, 404, 404, 404, 200)

DEFINITION: dict[str, object] = {
    "title": "Small", "question": "Does a go with b?", "kind": "regression", "model": "y ~ a", "low": "1", "high": "7",
    "minimum": "30", "smallest_effect": "0.3",
}  # fmt: skip


def prepare(town: Any) -> dict[str, Any]:
    """Make a study with a frozen model, answers and a result that is not released."""
    study = actions.make_study(town.network, template("readiness"), by=town.sven, now=NOW, fictional=True)
    version = actions.freeze(study, by=town.sven, now=NOW)
    kept = actions.keep_frame(study, invented(template("readiness")), Source.FICTIONAL, by=town.sven, now=NOW)
    spare = actions.keep_frame(
        study, invented(template("readiness")), Source.FICTIONAL, by=town.sven, now=NOW
    )
    report = {
        "kind": "regression", "n": 240, "resamples": 0, "seed": 1, "numbers": {}, "tables": [],
        "diagram": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9" height="9"></svg>',
        "sections": [{"heading": "What was asked", "paragraphs": ["Little."]}],
    }  # fmt: skip
    run = Run.objects.create(
        study=study, version=version, answers=kept, resamples=100, by=town.sven, made=NOW, finished=NOW,
        state=JobState.DONE, report=report,
    )  # fmt: skip
    return {"study": study, "answers": kept, "spare": spare, "run": run}


def of_study(made: Any) -> dict[str, object]:
    return {**of_network(made), "study_id": made.more["studies"]["study"].pk}


def of_run(made: Any) -> dict[str, object]:
    return {**of_study(made), "run_id": made.more["studies"]["run"].pk}


def of_answers(made: Any) -> dict[str, object]:
    return {**of_study(made), "answers_id": made.more["studies"]["spare"].pk}


def of_consent(made: Any) -> dict[str, object]:
    return {**of_study(made), "firm_slug": of_firm(made)["slug"]}


ROWS = (
    Row("studies", SEEN, of_network),
    Row("study_new", RUNS, of_network),
    Row("study_new", DOES, of_network, DEFINITION),
    Row("study_new", (IN, 404, 403, 403, 403, 400), of_network, {"title": "x"}, note="400: nothing was filled in"),
    Row("study_try", (IN, 404, 403, 403, 403, 409), of_network, {"template": "readiness"}, note="409: the network is no demonstration"),
    Row("study_diagram", RUNS, of_network, {"kind": "pls", "model": "X =~ a; Y =~ b; Y ~ X"}),
    Row("study_researchers", DOES, of_network, {"email": "charlie@example.org", "given": "on"}),
    Row("study_researchers", (IN, 404, 403, 403, 403, 400), of_network, {"email": "nobody@example.org", "given": "on"}, note="400: nobody has the address"),
    Row("study", SEEN, of_study),
    Row("study_edit", RUNS, of_study),
    Row("study_edit", DOES, of_study, DEFINITION),
    Row("study_freeze", (IN, 404, 403, 403, 403, 409), of_study, {}, note="409: nothing has changed"),
    Row("study_consent", (IN, 404, 404, 404, 200, 404), of_consent, note="the firm's owner alone"),
    Row("study_consent", (IN, 404, 404, 404, 302, 404), of_consent, {"given": "yes"}),
    Row("study_data", RUNS, of_study),
    Row("study_data", (IN, 404, 403, 403, 403, 400), of_study, {}, note="400: no file was sent"),
    Row("study_answers_remove", DOES, of_answers, {}),
    Row("study_start", (IN, 404, 403, 403, 403, 409), of_study, {}, note="409: no answers were named"),
    Row("study_questionnaires", (IN, 404, 403, 403, 403, 400), of_study, {}, note="400: nobody takes part yet"),
    Row("study_run", (IN, 404, 403, 403, 403, 302), of_run, note="leads to the result"),
    Row("study_result", HIDDEN, of_run),
    Row("study_xlsx", HIDDEN, of_run),
    Row("study_pdf", HIDDEN, of_run),
    Row("study_zip", RUNS, of_run),
    Row("study_release", DOES, of_run, {"released": "yes"}),
)  # fmt: skip
