"""How does a model look before it is fitted? Its diagram, as one writes it."""

from __future__ import annotations

from fondaco.evidence.study.definition import Study
from fondaco.kernel import InputError
from fondaco.pls import Model, ModelError, parse
from fondaco.pls.diagram import Arrow, Item, Node, draw

#: Beyond as many constructs or indicators a picture shows nothing.
MOST = 150


def model_diagram(study: Study) -> str:
    """Return the diagram of a study's model as SVG, without numbers.

    Raises
    ------
    InputError
        For a model with more constructs than a picture can show.

    Examples
    --------
    >>> held = Study("T", "Q", "pls", "X =~ x1 + x2; Y =~ y1; Y ~ X")
    >>> model_diagram(held).startswith("<svg")
    True
    """
    if study.kind == "regression":
        outcome, *terms = study.names
        names = [Node(name, None, ()) for name in (*terms, outcome)]
        return draw(names, [Arrow(name, outcome, None) for name in terms], title="The model")
    model = parse(study.model)
    if len(model.names) + len(model.indicators) > MOST:
        raise InputError(f"The model has more than {MOST} names: it can be run, and is not drawn.")
    return draw(_nodes(model), _arrows(model), title="The model")


def words(study: Study) -> str:
    """Return the model in a sentence, for readers who do not see the picture; a fault of the model as `ModelError`."""
    if study.kind == "regression":
        outcome, *terms = study.names
        return f"{outcome} is explained by {', '.join(terms)}."
    model = parse(study.model)
    if not model.paths:
        raise ModelError("The model has no path: add one, as Y ~ X.")
    return "; ".join(f"{start} to {end}" for start, end in model.paths) + "."


def _nodes(model: Model) -> list[Node]:
    known = {one.name for one in model.constructs}
    products = {name for path in model.paths for name in path} - known
    held = [
        Node(one.name, None, tuple(Item(item, None, one.mode == "B") for item in one.indicators))
        for one in model.constructs
    ]
    return [*held, *(Node(name, None, ()) for name in sorted(products))]


def _arrows(model: Model) -> list[Arrow]:
    found = [Arrow(start, end, None) for start, end in model.paths]
    for one in model.higher_order:
        formed = one.kind == "composite"
        found += [Arrow(part, one.name, None) if formed else Arrow(one.name, part, None) for part in one.of]
    return found
