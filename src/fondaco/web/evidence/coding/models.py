"""A coding project: its people, texts, codebook, passages and memos; who is behind a pseudonym stands apart.

Nothing here is deleted: texts never change, a passage is withdrawn, a code retired.  Change these through
`fondaco.web.evidence.coding.actions`, which locks, checks, saves and writes the audit line.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fondaco.web.evidence.projects import LEAD, Project, Seat

USER = settings.AUTH_USER_MODEL


def new_key() -> str:
    """Return an id that no other project has."""
    return str(uuid.uuid4())


class Study(Project):
    """A study whose interviews several people code; `extra` holds cases, links and their evidence as a file brings them."""

    KIND = "coding"

    question = models.TextField(_("question"), max_length=2000, blank=True)
    extra = models.JSONField(_("cases and links"), default=dict)
    told = models.JSONField(_("what could not be taken over"), default=list)


class Part(models.TextChoices):
    """What a person may do in a study."""

    LEAD = LEAD, _("Lead")
    CODER = "coder", _("Coder")


class Member(Seat):
    """A person in a study."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="members")
    part = models.CharField(_("part"), max_length=10, choices=Part.choices, default=Part.CODER)

    class Meta(Seat.Meta):
        constraints = [
            models.UniqueConstraint(fields=["study", "user"], name="one_part_per_person_and_study")
        ]


class View(models.TextChoices):
    """Whose view an informant gives."""

    UNTOLD = "", _("not told")
    SELLER = "seller", _("seller")
    BUYER = "buyer", _("buyer")
    PLATFORM = "platform", _("platform")
    OTHER = "other", _("other")


class Transcript(models.Model):
    """An interview under pseudonyms; its text never changes."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="transcripts")
    key = models.CharField(max_length=36, default=new_key, editable=False)
    name = models.CharField(_("name"), max_length=200)
    text = models.TextField(_("text"))
    sha256 = models.CharField(_("fingerprint of the text"), max_length=64)
    case = models.CharField(_("case"), max_length=100, blank=True)
    wave = models.PositiveSmallIntegerField(_("round"), default=0)
    day = models.DateField(_("day"), null=True, blank=True)
    informant = models.CharField(_("informant"), max_length=100, blank=True)
    view = models.CharField(_("view"), max_length=10, choices=View.choices, blank=True)
    told = models.JSONField(_("to look at"), default=list)
    made = models.DateTimeField(_("brought"))
    by = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["case", "wave", "pk"]
        constraints = [models.UniqueConstraint(fields=["study", "sha256"], name="one_text_per_study")]

    def __str__(self) -> str:
        return self.name


class Pseudonym(models.Model):
    """Who is behind a pseudonym: for leads alone, apart from every text."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="pseudonyms")
    name = models.CharField(_("name"), max_length=200)
    alias = models.CharField(_("pseudonym"), max_length=100)

    class Meta:
        ordering = ["alias", "name"]
        constraints = [
            models.UniqueConstraint(fields=["study", "name"], name="one_pseudonym_per_name_and_study")
        ]

    def __str__(self) -> str:
        return self.alias


class BookChange(models.Model):
    """A change of the codebook, as the core has it; never changed itself."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="book_changes")
    number = models.PositiveIntegerField(_("version"))
    change = models.JSONField(_("change"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["study", "number"], name="one_change_per_version")]

    def __str__(self) -> str:
        return f"{self.study} · {self.number}"


class Standing(models.TextChoices):
    """What a statement is."""

    UNTOLD = "", _("not told")
    STATED = "stated", _("stated fact")
    INFERRED = "inferred", _("inference")
    EXAMPLE = "example", _("example of one firm")


class Passage(models.Model):
    """A passage that a person gave a code; `coder` names somebody of another program, who has no account."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="passages")
    transcript = models.ForeignKey(Transcript, on_delete=models.CASCADE, related_name="passages")
    key = models.CharField(max_length=36, default=new_key, editable=False)
    start = models.PositiveIntegerField(_("from"))
    end = models.PositiveIntegerField(_("to"))
    code = models.CharField(_("code"), max_length=36)
    user = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, related_name="+")
    coder = models.CharField(_("coder"), max_length=200, blank=True)
    standing = models.CharField(_("kind"), max_length=10, choices=Standing.choices, blank=True)
    speaks_of = models.PositiveSmallIntegerField(_("round that it speaks of"), default=0)
    at = models.DateTimeField(_("coded"))
    withdrawn = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        ordering = ["transcript", "start", "end", "pk"]

    def __str__(self) -> str:
        return f"{self.transcript_id} · {self.start}-{self.end}"


class Done(models.Model):
    """A person is done with a text; from then on others who are done see what they coded."""

    transcript = models.ForeignKey(Transcript, on_delete=models.CASCADE, related_name="done")
    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(_("done"))

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["transcript", "user"], name="one_end_per_person_and_text")
        ]

    def __str__(self) -> str:
        return f"{self.transcript_id} · {self.user_id}"


class Note(models.Model):
    """A memo on the study, or on a code or text whose key is `about`."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="notes")
    key = models.CharField(max_length=36, default=new_key, editable=False)
    about = models.CharField(_("about"), max_length=36, blank=True)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("memo"), max_length=20000)
    user = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("written"))

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.title


class AgreementCheck(models.Model):
    """How far people agreed on a day: kept, so that it can be followed over time."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="checks")
    version = models.PositiveIntegerField(_("version of the codebook"))
    result = models.JSONField(_("result"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.study} · {self.at:%Y-%m-%d}"
