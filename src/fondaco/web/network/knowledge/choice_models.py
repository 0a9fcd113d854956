"""Choosing with members which goods to offer together: the question, its candidates, and each member's scores."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from fondaco.network.programmes.choosing import HIGHEST, LOWEST
from fondaco.web.accounts.models import Network, NetworkMembership

_ON_SCALE = (MinValueValidator(LOWEST), MaxValueValidator(HIGHEST))
_WEIGHT = (MaxValueValidator(10),)


class GoodsChoice(models.Model):
    """A question to the members: which of some goods; with what each criterion counts, stated before anybody scores."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("what is to be chosen"), max_length=120)
    origin = models.PositiveSmallIntegerField(
        _("weight of what the origin adds"), default=1, validators=_WEIGHT
    )
    rules = models.PositiveSmallIntegerField(_("weight of rules abroad"), default=1, validators=_WEIGHT)
    rivals = models.PositiveSmallIntegerField(_("weight of rivals"), default=1, validators=_WEIGHT)
    price = models.PositiveSmallIntegerField(_("weight of the price level"), default=1, validators=_WEIGHT)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))

    class Meta:
        ordering = ["-made", "-pk"]

    def __str__(self) -> str:
        return f"{self.network} · {self.name}"


class Candidate(models.Model):
    """Goods that could be chosen."""

    choice = models.ForeignKey(GoodsChoice, on_delete=models.CASCADE, related_name="candidates")
    name = models.CharField(_("goods"), max_length=120)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["choice", "name"], name="a_candidate_is_named_once")]

    def __str__(self) -> str:
        return self.name


class CandidateScore(models.Model):
    """A member's scores of a candidate; they go when the firm leaves the network."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="scores")
    membership = models.ForeignKey(NetworkMembership, on_delete=models.CASCADE, related_name="+")
    origin = models.PositiveSmallIntegerField(_("The origin adds what buyers pay for"), validators=_ON_SCALE)
    rules = models.PositiveSmallIntegerField(_("Rules abroad can be met"), validators=_ON_SCALE)
    rivals = models.PositiveSmallIntegerField(_("Rivals leave room"), validators=_ON_SCALE)
    price = models.PositiveSmallIntegerField(_("Prices abroad carry our costs"), validators=_ON_SCALE)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))

    class Meta:
        ordering = ["candidate", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "membership"], name="a_member_scores_a_candidate_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.candidate} · {self.membership_id}"
