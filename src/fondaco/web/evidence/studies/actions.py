"""What people do with studies: make, freeze, consent, bring answers, run, release."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fondaco.evidence import study as core
from fondaco.evidence.study.running import RESAMPLES
from fondaco.evidence.surveys import Survey
from fondaco.kernel.errors import FondacoError, InputError, Refused
from fondaco.web.accounts.access import workspace
from fondaco.web.accounts.models import Firm, Network, User
from fondaco.web.data.actions import close_task, heartbeat, progress_of
from fondaco.web.data.models import JobState
from fondaco.web.data.uploads import shown_name
from fondaco.web.desk import audit
from fondaco.web.evidence.studies.models import (
    Answers,
    Researcher,
    Run,
    Source,
    Study,
    StudyConsent,
    Version,
)
from fondaco.workflows import study as workflow

log = logging.getLogger("fondaco.web.studies")

#: The largest file of answers, and what may be its ending on disk.
MOST_BYTES = 50 * 1024 * 1024
_ENDINGS = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".sav", ".zsav", ".por", ".dta"})
MOST_RESAMPLES = 20_000


# --- a study and its versions


@transaction.atomic
def make_study(
    network: Network, definition: core.Study, *, by: User, now: datetime, fictional: bool = False
) -> Study:
    """Keep a new study as a draft."""
    study = Study.objects.create(
        network=network, title=definition.title[:200], draft=definition.to_toml(), by=by, made=now,
        fictional=fictional,
    )  # fmt: skip
    audit.record("study.made", by=by, now=now, network=network, study=study.pk)
    return study


@transaction.atomic
def change_study(study: Study, definition: core.Study, *, by: User, now: datetime) -> None:
    """Change the draft; frozen versions stay as they are."""
    held = Study.objects.select_for_update().get(pk=study.pk)
    held.title, held.draft = definition.title[:200], definition.to_toml()
    held.save(update_fields=["title", "draft"])
    audit.record("study.changed", by=by, now=now, network=held.network, study=held.pk)


@transaction.atomic
def freeze(study: Study, *, by: User, now: datetime) -> Version:
    """Freeze the draft as a version, exploratory where answers were opened before.

    Raises
    ------
    Refused
        Where the newest version says the same.
    """
    held = Study.objects.select_for_update().select_related("network").get(pk=study.pk)
    newest = held.newest
    definition = held.definition
    if newest is not None and newest.fingerprint == definition.fingerprint:
        raise Refused(
            _("Nothing has changed since version %(number)s was frozen.") % {"number": newest.number}
        )
    said = core.register(definition, number=newest.number + 1 if newest else 1, now=now, opened=held.opened)
    version = Version.objects.create(
        study=held, number=said.number, text=held.draft, fingerprint=said.fingerprint,
        exploratory=said.exploratory, by=by, at=now,
    )  # fmt: skip
    audit.record(
        "study.frozen", by=by, now=now, network=held.network, study=held.pk, number=said.number,
        fingerprint=said.fingerprint, exploratory=said.exploratory,
    )  # fmt: skip
    return version


# --- people and firms


@transaction.atomic
def set_researcher(network: Network, email: str, given: bool, *, by: User, now: datetime) -> None:
    """Let a person run studies of a network, or no more.

    Raises
    ------
    InputError
        Where nobody here has the address.
    """
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise InputError(_("Nobody here has this address: invite them first, to a firm or to the network."))
    if given:
        Researcher.objects.get_or_create(network=network, user=user, defaults={"by": by, "since": now})
    else:
        Researcher.objects.filter(network=network, user=user).delete()
    audit.record("study.researcher", by=by, now=now, network=network, who=user.pk, given=given)


@transaction.atomic
def set_consent(study: Study, firm: Firm, given: bool, *, by: User, now: datetime) -> None:
    """Give or withdraw a firm's consent; what was run with it stays, no later run uses it."""
    if given:
        StudyConsent.objects.get_or_create(study=study, firm=firm, defaults={"by": by, "at": now})
    else:
        StudyConsent.objects.filter(study=study, firm=firm).delete()
    audit.record(
        "study.consent", by=by, now=now, firm=firm, network=study.network, study=study.pk, given=given
    )


def consenting(study: Study) -> list[Firm]:
    """Return the member firms that take part."""
    return list(
        Firm.objects.filter(
            study_consents__study=study, network_memberships__network=study.network
        ).distinct()
    )


# --- answers


def keep_answers(study: Study, file: UploadedFile[bytes], *, by: User, now: datetime) -> Answers:
    """Keep a file of answers that can be read as one.

    Raises
    ------
    InputError
        For an empty file, one that is too large, and one that is no table.
    """
    name = shown_name(file)
    if not file.size:
        raise InputError(_("%(name)s is empty: export the answers again.") % {"name": name})
    if file.size > MOST_BYTES:
        raise InputError(
            _("%(name)s is larger than %(most)s MB: bring only the columns that the study asks for.")
            % {"name": name, "most": MOST_BYTES // 1024 // 1024}
        )
    ending = PurePath(name).suffix.lower()
    answers = Answers(
        study=study, source=Source.FILE, name=name, size=file.size, by=by, at=now,
        stored_as=uuid.uuid4().hex + (ending if ending in _ENDINGS else ".csv"),
    )  # fmt: skip
    _prepare(study)
    with answers.path.open("wb") as out:
        for chunk in file.chunks():
            out.write(chunk)
    return _kept(answers, by=by, now=now)


def keep_frame(study: Study, survey: Survey, source: Source, *, by: User, now: datetime) -> Answers:
    """Keep answers that are held as a frame."""
    answers = Answers(
        study=study, source=source, name=f"{survey.name}.csv", size=0, by=by, at=now, stored_as=uuid.uuid4().hex + ".csv"
    )  # fmt: skip
    _prepare(study)
    survey.frame.write_csv(answers.path)
    answers.size = answers.path.stat().st_size
    return _kept(answers, by=by, now=now)


def _prepare(study: Study) -> None:
    study.folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _kept(answers: Answers, *, by: User, now: datetime) -> Answers:
    answers.path.chmod(0o600)
    try:
        survey_of(answers)
    except FondacoError:
        answers.path.unlink(missing_ok=True)
        raise
    with transaction.atomic():
        answers.save()
        audit.record(
            "study.answers", by=by, now=now, network=answers.study.network, study=answers.study.pk, answers=answers.pk,
            source=answers.source,
        )  # fmt: skip
    return answers


@transaction.atomic
def remove_answers(answers: Answers, *, by: User, now: datetime) -> None:
    """Delete a file of answers; results of runs stay.

    Raises
    ------
    Refused
        While a run reads it.
    """
    if answers.runs.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).exists():
        raise Refused(_("A run is reading these answers: wait until it is over."))
    Answers.objects.filter(pk=answers.pk).update(removed=now)
    answers.path.unlink(missing_ok=True)
    audit.record(
        "study.answers_removed", by=by, now=now, network=answers.study.network, study=answers.study.pk, answers=answers.pk
    )  # fmt: skip


def survey_of(answers: Answers) -> Survey:
    """Return all answers of a file, under its own name."""
    try:
        survey = workflow.read_answers(answers.path)
    except InputError as error:
        raise type(error)(str(error).replace(answers.stored_as, answers.name)) from None
    return replace(survey, name=answers.name)


def usable(answers: Answers, definition: core.Study, firms: Iterable[Firm]) -> tuple[Survey, int]:
    """Return the answers of the firms that take part, with the figures of their ledgers, and how many were left out."""
    survey = survey_of(answers)
    if answers.source == Source.FICTIONAL:
        return survey, 0
    held = list(firms)
    survey, left = workflow.of_firms(survey, [name for firm in held for name in (firm.slug, firm.name)])
    if definition.behaviour:
        today = answers.at.date()
        figures: dict[str, Any] = {}
        for firm in held:
            figures[firm.slug] = figures[firm.name] = workflow.behaviour_of(workspace(), firm.slug, today)
        survey = workflow.with_behaviour(definition, survey, figures)
    return survey, left


# --- runs


@transaction.atomic
def start_run(study: Study, answers: Answers, resamples: int, *, by: User, now: datetime) -> Run:
    """Queue a run of the newest version; from here on the answers count as opened.

    Raises
    ------
    Refused
        Where nothing is frozen, the draft has changed since, a run is under way, or the answers are gone.
    """
    held = Study.objects.select_for_update().select_related("network").get(pk=study.pk)
    version = held.newest
    if version is None:
        raise Refused(_("Freeze the model first: it is dated before the answers are opened."))
    if version.fingerprint != held.definition.fingerprint:
        raise Refused(
            _("The draft has changed since version %(number)s: freeze it first.") % {"number": version.number}
        )
    if answers.removed is not None or answers.study_id != held.pk:
        raise Refused(_("These answers are gone: bring them again."))
    if held.runs.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).exists():
        raise Refused(_("A run of this study is under way: wait until it is over."))
    survey, _left = usable(answers, version.definition, consenting(held))
    survey.require(version.definition.columns)
    found = core.counts(version.definition, survey)
    if found.complete < version.definition.minimum:
        core.opened(version.definition, survey)  # refuses, in words
    run = Run.objects.create(
        study=held, version=version, answers=answers, resamples=min(max(resamples, 100), MOST_RESAMPLES), by=by, made=now
    )  # fmt: skip
    if held.opened is None:
        Study.objects.filter(pk=held.pk).update(opened=now)
    audit.record(
        "study.run",
        by=by,
        now=now,
        network=held.network,
        study=held.pk,
        run=str(run.pk),
        number=version.number,
    )
    _enqueue(run)
    return run


def _enqueue(run: Run) -> None:
    from fondaco.web.evidence.studies.tasks import run_study

    result = run_study.enqueue(str(run.pk))
    Run.objects.filter(pk=run.pk).update(task_id=str(result.id))


def do_run(run_id: str) -> None:
    """Do a run that waits its turn; the worker's side."""
    now = timezone.now()
    with transaction.atomic():
        run = (
            Run.objects.select_for_update(of=("self",))
            .select_related("study__network", "version", "answers")
            .get(pk=run_id)
        )
        if run.state != JobState.QUEUED:
            return
        run.state, run.beat, run.attempts = JobState.RUNNING, now, run.attempts + 1
        run.save(update_fields=["state", "beat", "attempts"])
    try:
        with heartbeat(run):
            definition = run.version.definition
            survey, _left = usable(run.answers, definition, consenting(run.study))
            found = core.run(
                definition, survey, resamples=run.resamples, seed=run.seed,
                registered=run.version.registration.says, progress=progress_of(run),
            )  # fmt: skip
            report = found.to_json()
    except FondacoError as error:
        _stop(run, str(error))
    except Exception:
        log.exception("run failed", extra={"run": str(run.pk)})
        _stop(run, _("Something failed on our side; it is written in the log. Try again."))
    else:
        Run.objects.filter(pk=run.pk).update(
            state=JobState.DONE, finished=timezone.now(), progress=1.0, report=report
        )


def _stop(run: Run, sentence: str) -> None:
    Run.objects.filter(pk=run.pk).update(state=JobState.FAILED, finished=timezone.now(), sentence=sentence)


def recover(*, now: datetime, alone: bool = False) -> int:
    """Queue again the runs whose worker is gone, as `fondaco.web.data.actions.recover` does for imports."""
    dead = now - timedelta(seconds=10 * (settings.JOB_HEARTBEAT or 3.0))
    lost = 0
    with transaction.atomic():
        for run in Run.objects.select_for_update(of=("self",)).filter(state=JobState.RUNNING):
            if not alone and run.beat is not None and run.beat > dead:
                continue
            lost += 1
            close_task(run.task_id)
            if run.attempts >= settings.JOB_ATTEMPTS:
                _stop(
                    run,
                    _("The worker was stopped several times while it ran this: try with fewer resamples."),
                )
                continue
            Run.objects.filter(pk=run.pk).update(state=JobState.QUEUED)
            _enqueue(run)
    return lost


@transaction.atomic
def release_run(run: Run, released: bool, *, by: User, now: datetime) -> None:
    """Let the people of the network's firms see a result, or no more.

    Raises
    ------
    Refused
        Where there is no result.
    """
    if run.state != JobState.DONE:
        raise Refused(_("There is no result to release."))
    Run.objects.filter(pk=run.pk).update(released=now if released else None)
    audit.record(
        "study.released", by=by, now=now, network=run.study.network, study=run.study.pk, run=str(run.pk), released=released
    )  # fmt: skip


# --- in one click


def try_template(network: Network, name: str, *, by: User, now: datetime) -> Run:
    """Make a study of a template, freeze it, invent its answers and run it.

    Raises
    ------
    Refused
        In a network of real firms.
    """
    if not network.fictional:
        raise Refused(
            _(
                "Invented answers are for the demonstration: begin from the template, and bring your own answers."
            )
        )
    definition = core.template(name)
    with transaction.atomic():
        study = make_study(network, definition, by=by, now=now, fictional=True)
        freeze(study, by=by, now=now)
        answers = keep_frame(study, workflow.invented(definition), Source.FICTIONAL, by=by, now=now)
        return start_run(study, answers, RESAMPLES, by=by, now=now)


def run_questionnaires(study: Study, *, by: User, now: datetime) -> Run:
    """Take what the firms that take part answered to the readiness questionnaires, freeze the draft if need be, and run.

    Raises
    ------
    InputError
        Where nobody has answered.
    Refused
        Where too few have.
    """
    firms = [firm.slug for firm in consenting(study)]
    survey = workflow.from_questionnaires(workspace(), firms)
    with transaction.atomic():
        newest = study.newest
        if newest is None or newest.fingerprint != study.definition.fingerprint:
            freeze(study, by=by, now=now)
        answers = keep_frame(study, survey, Source.QUESTIONNAIRES, by=by, now=now)
        return start_run(study, answers, RESAMPLES, by=by, now=now)
