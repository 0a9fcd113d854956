"""A review project: its people, protocol, records, votes, and what was drawn out of the studies.

Change these through `fondaco.web.evidence.reviews.actions`, which locks, checks, saves and writes the audit line.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fondaco.web.evidence.projects import LEAD, Project, Seat

USER = settings.AUTH_USER_MODEL


class Review(Project):
    """A systematic review that several people carry on."""

    KIND = "review"

    question = models.TextField(_("question"), max_length=2000)
    blind = models.BooleanField(_("reviewers do not see each other's decisions"), default=True)
    tail_from = models.DateTimeField(_("the rest is drawn at random since"), null=True, blank=True)
    tail_rest = models.PositiveIntegerField(_("records left then"), default=0)
    tail_before = models.PositiveIntegerField(_("found before"), default=0)


class Part(models.TextChoices):
    """What a person may do in a review."""

    LEAD = LEAD, _("Lead")
    REVIEWER = "reviewer", _("Reviewer")


class Member(Seat):
    """A person in a review."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="members")
    part = models.CharField(_("part"), max_length=10, choices=Part.choices, default=Part.REVIEWER)

    class Meta(Seat.Meta):
        constraints = [
            models.UniqueConstraint(fields=["review", "user"], name="one_part_per_person_and_review")
        ]


class Protocol(models.Model):
    """A dated version of what is asked, searched and included; never changed, only followed by a later one."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="protocols")
    number = models.PositiveIntegerField(_("version"))
    include = models.TextField(_("included is what"), max_length=4000)
    exclude = models.TextField(_("excluded is what"), max_length=4000, blank=True)
    databases = models.CharField(_("databases"), max_length=300)
    search = models.TextField(_("search string"), max_length=8000)
    why = models.CharField(_("what changed, and why"), max_length=500, blank=True)
    made = models.DateTimeField(_("made"))
    by = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["review", "number"], name="one_protocol_per_number")]

    def __str__(self) -> str:
        return f"{self.review} · {self.number}"


class Batch(models.Model):
    """A file that was brought in, with what of it could not be read."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="batches")
    name = models.CharField(_("file"), max_length=200)
    source = models.CharField(_("kind"), max_length=20)
    read = models.PositiveIntegerField(_("records"))
    kept = models.JSONField(_("kept apart"), default=list)
    problems = models.JSONField(_("problems"), default=list)
    other = models.BooleanField(_("found by other methods"), default=False)
    made = models.DateTimeField(_("brought"))
    by = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-made", "-pk"]

    def __str__(self) -> str:
        return self.name


class State(models.TextChoices):
    """What decisions on a record come to."""

    OPEN = "open", _("Open")
    CONFLICT = "conflict", _("Conflict")
    IN = "in", _("Included")
    OUT = "out", _("Excluded")


class Entry(models.Model):
    """A record of a review; `same_as` names the one that it is a copy of."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="entries")
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="entries")
    title = models.TextField(_("title"))
    abstract = models.TextField(_("abstract"), blank=True)
    authors = models.JSONField(_("authors"), default=list)
    year = models.IntegerField(_("year"), null=True, blank=True)
    journal = models.TextField(_("journal"), blank=True)
    doi = models.CharField(_("DOI"), max_length=300, blank=True)
    more = models.JSONField(_("other fields, and the text in the file"), default=dict)
    same_as = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="copies"
    )
    abstract_state = models.CharField(
        _("by title and abstract"), max_length=8, choices=State.choices, default="open"
    )
    full_state = models.CharField(_("by full text"), max_length=8, choices=State.choices, default="open")
    in_tail = models.BooleanField(_("was left when the rest was drawn at random"), default=False)
    score = models.FloatField(_("how likely it is included, for the order"), default=0.0)
    study = models.CharField(_("study that it reports"), max_length=60, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["review", "-score", "id"], name="review_order")]

    def __str__(self) -> str:
        return self.title[:80]

    @property
    def told(self) -> str:
        """The abstract: its own, or else that of a copy."""
        return str(self.abstract) or next(
            (str(copy.abstract) for copy in self.copies.all() if copy.abstract), ""
        )


class Likeness(models.Model):
    """Two records that may be one, why, and what was decided; a decision can be taken back."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="likenesses")
    a = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    b = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    grade = models.CharField(_("grade"), max_length=6)
    reasons = models.JSONField(_("why"), default=list)
    same = models.BooleanField(_("one"), null=True, blank=True)
    by = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["a", "b"], name="two_records_are_compared_once")]

    def __str__(self) -> str:
        return f"{self.a_id} = {self.b_id}? {self.same}"


class Stage(models.TextChoices):
    """What is read of a record."""

    ABSTRACT = "abstract", _("Title and abstract")
    FULL = "full", _("Full text")


class Verdict(models.TextChoices):
    """What a person decides of a record."""

    INCLUDE = "include", _("Include")
    EXCLUDE = "exclude", _("Exclude")
    MAYBE = "maybe", _("Maybe")


class Vote(models.Model):
    """A person's decision on a record at a stage; `final` settles what two others disagree on."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="votes")
    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    stage = models.CharField(_("stage"), max_length=8, choices=Stage.choices)
    verdict = models.CharField(_("decision"), max_length=7, choices=Verdict.choices)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    final = models.BooleanField(_("settles a conflict"), default=False)
    at = models.DateTimeField(_("decided"))

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "user", "stage"], name="one_vote_per_person_and_stage")
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} · {self.stage} · {self.verdict}"


class Extract(models.Model):
    """What was drawn out of a study, in the columns of the literature base, with source and coder."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="extract")
    values = models.JSONField(_("values"), default=dict)
    source = models.CharField(_("where it stands"), max_length=200)
    by = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("coded"))
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.entry_id}"
