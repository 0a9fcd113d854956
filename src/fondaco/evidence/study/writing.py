"""The results section in words, made from the numbers: what was asked, found, and cannot be said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fondaco.evidence.study.definition import Study
from fondaco.evidence.study.regression_tables import alphas
from fondaco.evidence.surveys import Survey
from fondaco.evidence.words import listed, p_value, short

if TYPE_CHECKING:
    from fondaco.evidence.regression import Regression
    from fondaco.pls import Predictions

Sections = tuple[tuple[str, tuple[str, ...]], ...]


def path_model(
    study: Study,
    cases: Survey,
    numbers: Mapping[str, Any],
    *,
    registered: str,
    prediction: Predictions | None,
    why: str,
    groups: str,
) -> Sections:
    """Return the results of a path model; `why` and `groups` say how prediction and groups were come by, or why not."""
    return (
        _asked(study, cases, numbers["n"], registered),
        ("Measurement", tuple(_measurement(numbers))),
        ("Structure", tuple(_structure(numbers))),
        ("Mediation", tuple(_mediation(numbers))),
        ("Prediction", tuple(_prediction(prediction, why))),
        *([("Groups", tuple(_groups(study, numbers, groups)))] if study.groups else []),
        ("What this cannot say", tuple(_limits(study))),
    )


def regression(
    study: Study, cases: Survey, found: Regression, robust: Regression, *, registered: str
) -> Sections:
    """Return the results of a regression."""
    return (
        _asked(study, cases, found.n, registered),
        ("Scores", tuple(_reliability(study, cases))),
        ("Coefficients", tuple(_coefficients(found, robust))),
        ("Diagnostics", found.notes[:-1]),
        ("What this cannot say", (*_limits(study), found.notes[-1])),
    )


def _asked(study: Study, cases: Survey, n: int, registered: str) -> tuple[str, tuple[str, ...]]:
    said = [study.question]
    if study.who:
        said.append(f"Asked were: {study.who}. {n} of {len(cases)} answers are used.")
    else:
        said.append(f"{n} of {len(cases)} answers are used.")
    said += (
        [registered]
        if registered
        else ["The model was not registered before the data were opened: read what it finds as exploratory."]
    )
    said += [study.rests_on] if study.rests_on else []
    said += list(cases.notes)
    return "What was asked", tuple(said)


def _limits(study: Study) -> list[str]:
    said = [
        "The answers are of one time: which comes first, and whether one causes the other, they do not show.",
    ]
    if study.items:
        said.append(
            "Most of it is what one informant of each firm says of it: agreement among answers may come from the informant "
            "(common method), and reports of success are no accounts."
        )
    if study.behaviour:
        said.append(
            "Behaviour is told by the ledger, so only as far as the firm brought its files; firms without them are left out or counted as not known."
        )
    said.append(
        "Those who answered are no random sample: what holds among them is no general rate. A period has its own conditions (the pandemic was one)."
    )
    return said


# --- path models


def _measurement(numbers: Mapping[str, Any]) -> list[str]:
    rows = numbers["reliability"]
    held = [row for row in rows if row["ave"] is not None and row["rho_c"] is not None and row["rho_c"] < 1]
    if not held:
        return ["Every construct has a single item: its reliability cannot be told."]
    said = [
        (
            f"Composite reliability (rho_C) lies between {_range(held, 'rho_c')}, Cronbach's alpha between "
            f"{_range(held, 'alpha')}, average variance extracted (AVE) between {_range(held, 'ave')}."
        )
    ]
    low = [row["construct"] for row in held if row["ave"] < 0.5 or row["rho_c"] < 0.7]
    said.append(
        f"Below the usual limits (rho_C .70, AVE .50) {'is' if len(low) == 1 else 'are'} {listed(low)}: read what follows with that in mind."
        if low
        else "All meet the usual limits (rho_C .70, AVE .50; Hair et al. 2019)."
    )
    pairs = [row for row in numbers["htmt"] if row["estimate"] is not None]
    if pairs:
        most = max(pairs, key=lambda row: row["estimate"])
        verdict = "below" if most["estimate"] < 0.9 else "not below"
        said.append(
            f"The largest heterotrait-monotrait ratio is {short(most['estimate'], 2)} ({most['a']} and {most['b']}), {verdict} .90 "
            "(Henseler, Ringle and Sarstedt 2015)."
        )
    return said


def _range(rows: list[Mapping[str, Any]], name: str) -> str:
    values = [row[name] for row in rows if row[name] is not None]
    return f"{short(min(values), 2)} and {short(max(values), 2)}"


def _structure(numbers: Mapping[str, Any]) -> list[str]:
    tested = {(one["from"], one["to"]): one for one in _intervals(numbers, "path")}
    sizes = {(one["from"], one["to"]): one["estimate"] for one in numbers["f2"]}
    said = []
    for path in numbers["paths"]:
        way = (path["from"], path["to"])
        said.append(_path(way, path["estimate"], tested.get(way), sizes.get(way)))
    said += [
        f"{name}: R² = {short(value, 3)}, adjusted {short(numbers['r2_adjusted'][name], 3)}."
        for name, value in numbers["r2"].items()
    ]
    return said


def _path(way: tuple[str, str], estimate: float, one: Mapping[str, Any] | None, f2: float | None) -> str:
    head = f"{way[0]} → {way[1]}: {short(estimate, 3)}"
    if one is None or one["low"] is None:
        return f"{head} (not tested)."
    shows = "differs from 0" if one["low"] > 0 or one["high"] < 0 else "cannot be told from 0"
    size = "" if f2 is None else f", f² = {short(f2, 3)} ({_size(f2)})"
    return f"{head}, 95% interval {short(one['low'], 3)} to {short(one['high'], 3)}, p {p_value(one['p'])}{size}: {shows}."


def _size(f2: float) -> str:
    """Return the size of an effect in the words of Cohen (1988)."""
    return "large" if f2 >= 0.35 else "medium" if f2 >= 0.15 else "small" if f2 >= 0.02 else "next to none"


def _intervals(numbers: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    return [one for one in numbers.get("bootstrap", {}).get("intervals", []) if one["kind"] == kind]


def _mediation(numbers: Mapping[str, Any]) -> list[str]:
    tested = {tuple(one["path"]): one for one in _intervals(numbers, "indirect") if "path" in one}
    said = []
    for one in numbers["mediation"]:
        route = (one["from"], *one["via"], one["to"])
        held = tested.get(route)
        ends = (
            f" (indirect effect {short(held['estimate'], 3)}, 95% interval {short(held['low'], 3)} to {short(held['high'], 3)}, p {p_value(held['p'])})"
            if held and held["low"] is not None
            else ""
        )
        said.append(f"{one['words'].rstrip('.')}{ends}.")
    return said or ["The model has no route by way of another construct."]


def _prediction(found: Predictions | None, why: str) -> list[str]:
    if found is None:
        return [why]
    said = [why] if why else []
    for one in found.constructs:
        above = sum(each.q2_predict > 0 for each in found.indicators if each.construct == one.construct)
        of = sum(each.construct == one.construct for each in found.indicators)
        power = one.power or "not to be told"
        said.append(
            f"{one.construct}: {above} of {of} items are predicted better than by their mean (Q²_predict above 0); predictive power {power}."
        )
    said.append(
        "Predicted are cases left out in turn (Shmueli et al. 2019), not firms of another year or place."
    )
    return said


def _groups(study: Study, numbers: Mapping[str, Any], why: str) -> list[str]:
    held = numbers.get("groups")
    if held is None:
        return [why]
    said = [why] if why else []
    differ = [one for one in held if one["permutation_p"] is not None and one["permutation_p"] < 0.05]
    said += [
        f"{one['start']} → {one['end']} differs between {one['first']} and {one['second']} by {short(one['difference'], 3)} (p {p_value(one['permutation_p'])})."
        for one in differ
    ]
    if not differ:
        said.append(
            f"No path is shown to differ by {study.groups}; with groups of this size only large differences would show."
        )
    return said


# --- regressions


def _reliability(study: Study, cases: Survey) -> list[str]:
    held = {name: value for name, value in alphas(study, cases).items() if value is not None}
    if not held:
        return ["No score has several items: their reliability cannot be told."]
    low = [name for name, value in held.items() if value < 0.7]
    said = [f"Cronbach's alpha: {', '.join(f'{name} {short(value, 2)}' for name, value in held.items())}."]
    if low:
        said.append(f"{listed(low)}: below .70, so noise in the score draws its coefficient towards 0.")
    return said


def _coefficients(found: Regression, robust: Regression) -> list[str]:
    firm = {term.name: term for term in robust.terms}
    said = []
    tests = len(found.terms)
    for term in found.terms:
        size = "" if term.beta is None else f", standardised {short(term.beta, 3)}"
        holm = f"; corrected for {tests} tests (Holm) p {p_value(found.holm[term.name])}" if tests > 1 else ""
        said.append(
            f"{term.name}: b = {short(term.b, 3)}{size}, 95% interval {short(term.low, 3)} to {short(term.high, 3)}, p {p_value(term.p)}"
            f"{holm}; with errors robust to unequal variances (HC3) p {p_value(firm[term.name].p)}."
        )
    said.append(
        f"Together they explain {found.r2:.1%} of the variance (adjusted {found.r2_adjusted:.1%}; F({found.f_df[0]:g}, {found.f_df[1]:g}) = {found.f:.2f}, p {p_value(found.f_p)})."
    )
    return said
