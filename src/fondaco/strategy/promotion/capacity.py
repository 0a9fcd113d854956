"""What the firm should learn to do itself, who teaches it, and which tools come first.

Rules ``promotion/learn-it``, ``promotion/low-cost``, ``promotion/free-tools`` and ``promotion/skills-before-ai``.  A skill
that is not stated is not known, and the first step is then to find out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from fondaco.strategy.profile import Profile, Skill

State = Literal["learn", "do", "later", "find out"]
_LEVELS: dict[str, int] = {"none": 0, "some": 1, "high": 2}


@dataclass(frozen=True)
class Task:
    """A task of promotion: the skill that it needs, at least, and what it costs beside time."""

    name: str
    what: str
    skill: Literal["marketing", "e-commerce"]
    needs: Skill
    cost: Literal["time", "little", "more"]
    rule: str


#: In the order in which a firm with little money and time takes them up.
TASKS: tuple[Task, ...] = (
    Task(
        "free-tools",
        "use the platform's free tools every week",
        "e-commerce",
        "none",
        "time",
        "promotion/free-tools",
    ),
    Task(
        "catalogue", "keep the catalogue current", "e-commerce", "none", "time", "promotion/current-catalogue"
    ),
    Task(
        "listening",
        "read and answer buyers on social networks",
        "marketing",
        "none",
        "time",
        "promotion/listening",
    ),
    Task(
        "social",
        "run a business account on a social network",
        "marketing",
        "some",
        "time",
        "promotion/low-cost",
    ),
    Task(
        "search-ads",
        "run search advertising on a small budget",
        "marketing",
        "some",
        "little",
        "promotion/low-cost",
    ),
    Task(
        "keywords",
        "choose and review keywords each month",
        "e-commerce",
        "some",
        "little",
        "promotion/keywords",
    ),
    Task("live", "hold a live show or a virtual tour", "marketing", "some", "little", "promotion/live"),
    Task(
        "exclusive", "book ads that hold a keyword alone", "e-commerce", "high", "more", "promotion/ad-kinds"
    ),
    Task(
        "ai",
        "use AI tools for replies and texts",
        "marketing",
        "some",
        "little",
        "promotion/skills-before-ai",
    ),
)


@dataclass(frozen=True)
class Step:
    """A task with how it stands with this firm.

    Attributes
    ----------
    state
        ``do`` (it can), ``learn`` (its skill is below), ``later`` (others come first), ``find out`` (not known).
    teaches
        Who teaches it; None where nobody has to.
    """

    task: Task
    state: State
    teaches: Literal["supporter", "partner"] | None
    why: str

    def to_json(self) -> dict[str, Any]:
        """Return the step as JSON values."""
        return {
            "task": self.task.name,
            "what": self.task.what,
            "state": self.state,
            "teaches": self.teaches,
            "cost": self.task.cost,
            "why": self.why,
            "rule": self.task.rule,
        }


def capacity_of(profile: Profile) -> tuple[Step, ...]:
    """Return every task with how it stands, in the order in which they are taken up.

    >>> from fondaco.strategy.profile import People
    >>> [s.state for s in capacity_of(Profile(people=People(marketing_skill="none", ecommerce_skill="some")))][:5]
    ['do', 'do', 'do', 'learn', 'learn']
    """
    return tuple(_step(task, profile) for task in TASKS)


def _step(task: Task, profile: Profile) -> Step:
    people = profile.people
    skill = people.marketing_skill if task.skill == "marketing" else people.ecommerce_skill
    teaches: Literal["supporter", "partner"] = (
        "supporter" if profile.doer("training") == "supporter" else "partner"
    )
    if task.name == "ai":
        return _ai(task, profile)
    if task.needs == "none":
        return Step(task, "do", None, "It needs time and no training.")
    if skill is None:
        return Step(task, "find out", None, f"The firm's skill in {task.skill} is not stated in the profile.")
    if _LEVELS[skill] >= _LEVELS[task.needs]:
        return Step(task, "do", None, f"The firm states {skill} skill in {task.skill}.")
    if task.needs == "high":
        return Step(task, "later", None, f"It asks for high skill in {task.skill}; the firm states {skill}.")
    return Step(
        task, "learn", teaches, f"It asks for {task.needs} skill in {task.skill}; the firm states {skill}."
    )


def _ai(task: Task, profile: Profile) -> Step:
    """AI tools come after skills, and after aims: they serve a strategy, they are none."""
    marketing, trade = profile.people.marketing_skill, profile.people.ecommerce_skill
    if marketing is None or trade is None:
        return Step(task, "find out", None, "Skills come first, and they are not stated in the profile.")
    if "none" in (marketing, trade):
        return Step(task, "later", None, "Skills in marketing and e-commerce come first.")
    if not (profile.aims.text or profile.aims.markets):
        return Step(task, "later", None, "Aims come first: none are stated in the profile.")
    return Step(task, "do", None, "Skills and aims are there.")


def untried(profile: Profile) -> tuple[str, ...]:
    """Return the tools that are not used regularly, free ones and untried ones first.

    >>> from fondaco.strategy.profile import Tool
    >>> untried(Profile(tool=(Tool(name="Ads", free=False), Tool(name="RFQ", free=True, use="never"))))
    ('RFQ', 'Ads')
    """
    held = [t for t in profile.tool if t.use != "regular"]
    held.sort(key=lambda t: (t.free is not True, t.use == "tried", t.name))
    return tuple(t.name for t in held)
