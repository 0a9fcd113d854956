"""The endpoint at which other programs, such as a web shop's form, send inquiries: JSON in, JSON out.

A token belongs to one firm and can do nothing else.  The sender's own ``id`` makes the case's number, so that sending
twice does no harm.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Annotated, Any, Literal

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
)

from fondaco.desk.cases import MOST_UNITS
from fondaco.kernel.errors import FondacoError
from fondaco.web.desk.middleware import status_of
from fondaco.web.desk.names import market_code
from fondaco.web.inquiries import actions, limits
from fondaco.web.inquiries.actions import Who
from fondaco.web.inquiries.models import ApiToken, Case, Source
from fondaco.web.inquiries.syncing import want

#: Bytes of a body.
LARGEST = 128 * 1024
PREFIX = "fdk_"

_Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
_Id = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class Sent(BaseModel):
    """What a program may send of an inquiry, or with ``case`` of a further message."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: _Id
    case: Annotated[str, StringConstraints(min_length=3, max_length=300)] | None = None
    kind: Literal["inquiry", "chat", "rfq"] = "inquiry"
    received: Annotated[AwareDatetime, Field(strict=False)] | None = None
    buyer: _Short = ""
    name: _Short = ""
    company: _Short = ""
    country: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    product: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""
    quantity: Annotated[Decimal, Field(strict=False, gt=0, le=MOST_UNITS, decimal_places=4)] | None = None
    message: Annotated[str, StringConstraints(max_length=20_000)] = ""

    @field_validator("id", "case", "buyer", "name", "company", "country", "product", "message")
    @classmethod
    def _no_nul(cls, said: str | None) -> str | None:
        if said is None:
            return None
        if "\0" in said or any("\ud800" <= char <= "\udfff" for char in said):
            raise ValueError("holds characters that are no text")
        return said


def new_token() -> tuple[str, str]:
    """Return a token, which is shown once, and its hash, which is kept."""
    token = PREFIX + secrets.token_urlsafe(32)
    return token, hash_of(token)


def hash_of(token: str) -> str:
    """Return what is kept of a token; a long random one needs no salt."""
    return sha256(token.encode()).hexdigest()


@csrf_exempt
def inquiries(request: HttpRequest) -> JsonResponse:
    """Open a case, or keep a further message of one; 201 where something new was kept, 200 where it was there."""
    now = timezone.now()
    if wait := limits.too_often(f"address {_address(request)}", limits.OF_ADDRESS, now=now):
        return _later(wait)
    if request.method != "POST":
        return _refuse(405, "Send inquiries by POST.", headers={"Allow": "POST"})
    token = _token(request)
    if token is None:
        return _refuse(401, "No valid token: send the header Authorization: Bearer with one of the firm's.", headers={"WWW-Authenticate": "Bearer"})  # fmt: skip
    if wait := limits.too_often(f"token {token.pk}", limits.OF_TOKEN, now=now):
        return _later(wait)
    body = _body(request)
    if isinstance(body, JsonResponse):
        return body
    ApiToken.objects.filter(pk=token.pk).update(used=now)
    try:
        sent = Sent.model_validate(body)
        return _keep(token, sent, now)
    except ValidationError as error:
        return _refuse(400, "Some of it cannot be read.", fields=_faults(error))
    except FondacoError as error:
        return _refuse(status_of(error), str(error))


def _address(request: HttpRequest) -> str:
    return str(get_adapter(request).get_client_ip(request))


def _token(request: HttpRequest) -> ApiToken | None:
    scheme, _, said = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not said.startswith(PREFIX) or len(said) > 200:
        return None
    return ApiToken.objects.select_related("firm").filter(token_hash=hash_of(said.strip()), revoked=None).first()  # fmt: skip


def _body(request: HttpRequest) -> Mapping[str, Any] | JsonResponse:
    if request.content_type != "application/json":
        return _refuse(415, "Send JSON, with the header Content-Type: application/json.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > LARGEST:
        return _refuse(413, f"At most {LARGEST // 1024} KiB.")
    try:
        said = json.loads(
            request.read(LARGEST + 1).decode("utf-8"), parse_float=str, parse_constant=_no_number
        )
    except (ValueError, RecursionError):
        return _refuse(400, "The body is no JSON in UTF-8.")
    if not isinstance(said, dict):
        return _refuse(400, "Send one JSON object.")
    return said


def _no_number(said: str) -> Any:
    raise ValueError(f"{said} is no number")


def _faults(error: ValidationError) -> dict[str, str]:
    said = {}
    for each in error.errors(include_url=False, include_input=False, include_context=False)[:20]:
        name = ".".join(map(str, each["loc"]))[:80] or "body"
        said[name] = each["msg"].removeprefix("Value error, ")[:200]
    return said


def _keep(token: ApiToken, sent: Sent, now: datetime) -> JsonResponse:
    who = Who(f"{token.name} (token {token.pk})"[:254])
    if sent.case is not None:
        return _further(token, sent, who, now)
    market = market_code(sent.country) if sent.country else ""
    if market is None:
        return _refuse(400, "Some of it cannot be read.", fields={"country": f"{sent.country!r} is no country that we know: a name or an ISO 3166-1 code."})  # fmt: skip
    said = {
        "kind": sent.kind, "received": sent.received or now, "buyer": sent.buyer, "name": sent.name,
        "company": sent.company, "market": market, "product": sent.product, "quantity": sent.quantity,
        "message": sent.message,
    }  # fmt: skip
    case, new = actions.open_case(
        token.firm, sent.id, said, platform=token.channel, source=Source.PROGRAM, who=who, now=now
    )
    if new:
        want(token.firm, now=now)
    if not new and sent.message.strip() and case.message != sent.message:
        return _another(token, case, sent, who, now)
    return JsonResponse({"case": case.key, "state": case.state, "new": new}, status=201 if new else 200)


def _another(token: ApiToken, case: Case, sent: Sent, who: Who, now: datetime) -> JsonResponse:
    """Keep another text under a known id as a further message: what a buyer wrote is not lost by a sender's slip."""
    new = actions.sent_again(case, sent.id, sent.message, sent.received or now, who=who, now=now)
    if new:
        want(token.firm, now=now)
    case.refresh_from_db(fields=["state"])
    note = "This id is known with another message: this one is kept as a further message of the case."
    told = {"case": case.key, "state": case.state, "new": new, "note": note}
    return JsonResponse(told, status=201 if new else 200)


def _further(token: ApiToken, sent: Sent, who: Who, now: datetime) -> JsonResponse:
    # A token reaches the cases of its own channel only.
    case = Case.objects.filter(firm=token.firm, key=sent.case, platform=token.channel).first()
    if case is None:
        return _refuse(404, f"There is no case {sent.case!r} of the channel {token.channel}.")
    if not sent.message.strip():
        return _refuse(400, "Some of it cannot be read.", fields={"message": "A further message has a text."})  # fmt: skip
    new = actions.buyer_wrote(case, sent.message, sent.received or now, who=who, now=now, sent_as=sent.id)
    if new:
        want(token.firm, now=now)
    case.refresh_from_db(fields=["state"])
    return JsonResponse({"case": case.key, "state": case.state, "new": new}, status=201 if new else 200)


def _later(seconds: int) -> JsonResponse:
    return _refuse(429, f"Too many requests: come back in {seconds} seconds.", headers={"Retry-After": str(seconds)})  # fmt: skip


def _refuse(
    status: int, sentence: str, fields: dict[str, str] | None = None, headers: dict[str, str] | None = None
) -> JsonResponse:
    said: dict[str, Any] = {"error": sentence}
    if fields:
        said["fields"] = fields
    return JsonResponse(said, status=status, headers=headers)
