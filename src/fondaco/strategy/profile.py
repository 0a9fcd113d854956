"""What the firm states of itself for its plan: people, means, papers, channels, distributors, aims.

It stands beside the firm's settings, in ``firms/SLUG.profile.toml``, as TOML to be read and edited; all of it may
be left out, and what is left out is not known, never guessed::

    employees = 6
    no_distributors = false           # true: nobody sells for the firm, in any market; else see [[distributor]]

    [people]
    export_hours_per_week = 10
    languages = ["it", "en"]
    ecommerce_manager = "Anna"
    ecommerce_skill = "some"          # none | some | high
    marketing_skill = "none"
    trade_experience = "some"

    [means]
    monthly_budget = "600"            # for promotion, in the firm's currency
    website = "https://example.com"
    website_languages = ["it", "en"]

    [registrations]                   # what the firm holds, by market
    KOR = ["business", "e-commerce"]

    [aims]
    markets = ["GBR", "USA"]
    text = "Two lasting importers in two years"
    buyers = "business"               # or consumers, or both
    strategy = "brand"                # a niche brand, or cost: well made at a low price
    wants_own_site = true

    [price]
    margin = "0.25"                   # share of the price at the works that must be left
    confidence = "0.95"               # with which a price must hold it through exchange rates
    valid_days = 30                   # how long a quotation holds
    room = "0.10"                     # what buyers are expected to bargain off

    [[channel]]
    platform = "alibaba"              # an id of the catalogue of platforms, or any name
    since = 2021-03-01
    ends = 2027-02-28                 # of the subscription
    yearly_fee = "4000"
    buyers = "business"               # or consumers
    markets = ["GBR", "USA"]          # all where it is left out

    [[distributor]]
    name = "Smith & Co"
    markets = ["GBR"]
    tags = ["wine"]                   # all goods where it is left out
    exclusive = true
    until = 2027-12-31

    [[season]]
    months = [9, 10]
    what = "harvest"                  # when production leaves no hands for anything else

    [attention]                       # hours a month on social networks and forums
    posting_hours = 6
    listening_hours = 2               # reading what buyers say there, answering them

    [[tool]]                          # of a platform: what the firm makes of it
    name = "RFQ market"
    platform = "alibaba"
    free = true
    use = "never"                     # never | tried | regular

    [[campaign]]                      # what was done, or is booked, to be seen
    name = "Spring live show"
    kind = "live"                     # keyword | exclusive | search | social | live | tour | sample | coupon | content | fair
    since = 2026-04-10
    markets = ["GBR"]
    cost = "300"
    leads = 7
    alone = true                      # done without help from outside
    rank_before = 14                  # place in the platform's search
    rank_after = 6

    [[training]]
    what = "Search advertising"
    day = 2026-02-03
    by = "supporter"                  # supporter | firm | partner

    [supporter]                       # the consortium or agency that stands behind the firm
    name = "Consorzio Collina"
    does = ["training", "collective-delivery", "quality-mark", "translation"]

    [margins.GBR]                     # what stands between landed cost and shelf; shares of each one's own price
    importer = "0.25"
    retailer = "0.35"

    [thresholds]                      # in place of the numbers that rules come with
    "price/cost-share.max_cost_share" = "0.4"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tomli_w
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from fondaco.kernel import InputError
from fondaco.ledger.unit import no_flag
from fondaco.reference import countries

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Skill = Literal["none", "some", "high"]
#: Ways of being seen: ads for keywords, ads that hold a keyword alone, and so on.
Kind = Literal[
    "keyword", "exclusive", "search", "social", "live", "tour", "sample", "coupon", "content", "fair",
]  # fmt: skip
#: What a supporting organisation can do for its firms.
Support = Literal[
    "training", "collective-delivery", "collective-brand", "quality-mark", "translation", "market-studies",
    "platform-partnership", "joint-promotion", "needs-assessment",
]  # fmt: skip


def _country(said: str) -> str:
    try:
        return countries.from_code(said)
    except InputError as error:
        raise ValueError(str(error)) from None


Market = Annotated[str, AfterValidator(_country)]
Amount = Annotated[Decimal, BeforeValidator(no_flag), Field(ge=0, le=Decimal(10) ** 12, allow_inf_nan=False)]
Share = Annotated[Decimal, BeforeValidator(no_flag), Field(ge=0, lt=1, allow_inf_nan=False)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Stated(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class People(_Stated):
    """Who there is: hours for export, languages (ISO 639-1), and what they can do; None is not known."""

    export_hours_per_week: Annotated[Decimal, Field(ge=0, le=400)] | None = None
    languages: tuple[Language, ...] = ()
    ecommerce_manager: str = Field(default="", max_length=200)
    ecommerce_skill: Skill | None = None
    marketing_skill: Skill | None = None
    trade_experience: Skill | None = None


class Means(_Stated):
    """Money for promotion each month, in the firm's currency, and the firm's website."""

    monthly_budget: Amount | None = None
    website: str = Field(default="", max_length=300)
    website_languages: tuple[Language, ...] = ()


class Aims(_Stated):
    """Why the firm sells abroad, in its own words, where and to whom it wants to, and by price or as a brand."""

    markets: tuple[Market, ...] = ()
    text: str = Field(default="", max_length=2000)
    buyers: Literal["business", "consumers", "both"] | None = None
    strategy: Literal["cost", "brand"] | None = None
    wants_own_site: bool = False


class Pricing(_Stated):
    """What a price must hold: `margin` and `room` are shares of the price, `confidence` a probability."""

    margin: Share | None = None
    confidence: Annotated[Decimal, BeforeValidator(no_flag), Field(gt=0, lt=1)] = Decimal("0.95")
    valid_days: Annotated[int, Field(ge=1, le=730)] = 30
    room: Share | None = None


class Channel(_Stated):
    """Where the firm sells: a platform, a shop of its own, an importer."""

    platform: Name
    since: date | None = None
    ends: date | None = None
    yearly_fee: Amount | None = None
    commission: Share | None = None
    buyers: Literal["business", "consumers"] | None = None
    markets: tuple[Market, ...] = ()

    def reaches(self, market: str) -> bool:
        """Whether it sells to a market; everywhere where none are stated."""
        return not self.markets or market in self.markets


class Distributor(_Stated):
    """Who sells for the firm where; `tags` are the goods, all of them where there are none."""

    name: Name
    markets: Annotated[tuple[Market, ...], Field(min_length=1)]
    tags: tuple[str, ...] = ()
    exclusive: bool = False
    until: date | None = None

    def holds(self, today: date) -> bool:
        """Whether the agreement is still good on a day."""
        return self.until is None or today <= self.until


class Season(_Stated):
    """Months of the year in which production takes all hands."""

    months: Annotated[tuple[Annotated[int, Field(ge=1, le=12)], ...], Field(min_length=1)]
    what: Name


class Attention(_Stated):
    """Hours a month on social networks and forums: telling, and listening to buyers there."""

    posting_hours: Annotated[Decimal, BeforeValidator(no_flag), Field(ge=0, le=744)] | None = None
    listening_hours: Annotated[Decimal, BeforeValidator(no_flag), Field(ge=0, le=744)] | None = None


class Tool(_Stated):
    """A tool that a platform offers, and what the firm makes of it; None is not known."""

    name: Name
    platform: str = Field(default="", max_length=200)
    free: bool | None = None
    use: Literal["never", "tried", "regular"] | None = None


class Campaign(_Stated):
    """Something done, or booked, to be seen: `rank_before` and `rank_after` are places in a platform's search."""

    name: Name
    kind: Kind
    since: date
    until: date | None = None
    markets: tuple[Market, ...] = ()
    cost: Amount | None = None
    leads: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    alone: bool | None = None
    rank_before: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    rank_after: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class Training(_Stated):
    """What somebody of the firm was taught, when, and by whom."""

    what: Name
    day: date
    by: Literal["supporter", "firm", "partner"] = "supporter"


class Supporter(_Stated):
    """The organisation behind the firm, and what it does for it."""

    name: Name
    does: tuple[Support, ...] = ()


class Margins(_Stated):
    """What stands between landed cost and shelf in a market: shares of each one's own selling price."""

    importer: Share | None = None
    retailer: Share | None = None


class Profile(_Stated):
    """All that a firm states of itself; see the module for the file."""

    employees: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    people: People = People()
    means: Means = Means()
    registrations: dict[Market, tuple[str, ...]] = {}
    aims: Aims = Aims()
    price: Pricing = Pricing()
    channel: tuple[Channel, ...] = ()
    distributor: tuple[Distributor, ...] = ()
    no_distributors: bool = False
    season: tuple[Season, ...] = ()
    attention: Attention = Attention()
    tool: tuple[Tool, ...] = ()
    campaign: tuple[Campaign, ...] = ()
    training: tuple[Training, ...] = ()
    supporter: Supporter | None = None
    margins: dict[Market, Margins] = {}
    thresholds: dict[str, Annotated[Decimal, BeforeValidator(no_flag)]] = {}

    @model_validator(mode="after")
    def _either(self) -> Profile:
        if self.no_distributors and self.distributor:
            named = self.distributor[0].name
            raise ValueError(f"no_distributors is stated, and {named} as a distributor: only one can hold")
        return self

    @property
    def distributors(self) -> tuple[Distributor, ...] | None:
        """Who sells for the firm; None where it states neither anybody nor that there is nobody."""
        return self.distributor if self.distributor or self.no_distributors else None

    def holds(self, market: str) -> frozenset[str]:
        """Return the registrations held in a market."""
        return frozenset(self.registrations.get(market, ()))

    def doer(self, task: str) -> Literal["firm", "supporter"]:
        """Return who does a task that a supporting organisation can do: the one behind the firm, or the firm.

        >>> Profile(supporter=Supporter(name="C", does=("training",))).doer("training"), Profile().doer("training")
        ('supporter', 'firm')
        """
        return "supporter" if self.supporter is not None and task in self.supporter.does else "firm"


@lru_cache(maxsize=64)
def parse_profile(text: str, where: str) -> Profile:
    """Read a profile from TOML; the last ones are kept, as each page asks many times.

    Raises
    ------
    InputError
        Naming the file and each field that is wrong, with what was found.
    """
    try:
        held = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where} is no TOML: {error}.") from None
    return profile_of(held, where)


def profile_of(said: Mapping[str, Any], where: str) -> Profile:
    """Return a profile as stated in plain values; raises `InputError` as `parse_profile`."""
    from fondaco.strategy.rules import rules

    try:
        profile = Profile.model_validate(dict(said))
    except ValidationError as error:
        faults = [_fault(each) for each in error.errors(include_url=False)[:8]]
        raise InputError(f"{where}: {'; '.join(faults)}.") from None
    known = {f"{each.id}.{name}" for each in rules().values() for name in each.thresholds}
    if strange := sorted(profile.thresholds.keys() - known):
        import difflib

        near = difflib.get_close_matches(strange[0], known, n=2) or sorted(known)[:3]
        raise InputError(
            f"{where}, thresholds: no rule has {strange[0]!r}; did you mean {' or '.join(near)}?"
        )
    return profile


def _fault(told: ErrorDetails) -> str:
    says = told["msg"].removeprefix("Value error, ").rstrip(".")
    if not told["loc"]:  # of the profile as a whole
        return says
    if told["type"] == "missing":
        return f"{_place(told['loc'])} must be stated with it"
    return f"{_place(told['loc'])}: {says} (found: {str(told.get('input'))[:60]!r})"


def _place(loc: tuple[int | str, ...]) -> str:
    return " ".join(str(part + 1 if isinstance(part, int) else part) for part in loc)


def profile_text(profile: Profile) -> str:
    """Return a profile as TOML that `parse_profile` reads again; what is not known is left out."""
    return tomli_w.dumps(_kept(profile.model_dump(exclude_defaults=True)))


def _kept(said: Any) -> Any:
    if isinstance(said, dict):
        return {name: _kept(value) for name, value in said.items() if value is not None}
    if isinstance(said, list | tuple):
        return [_kept(value) for value in said]
    return f"{said:f}" if isinstance(said, Decimal) else said
