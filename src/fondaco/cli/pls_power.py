"""The command that simulates studies: how many cases are needed, and whether intervals can be trusted."""

from __future__ import annotations

import re

import typer

from fondaco.cli.app import JsonFlag
from fondaco.cli.output import emit, progress_bar
from fondaco.cli.pls import ConsistentFlag, SchemeOption, SeedOption, counter, model_text, pls
from fondaco.cli.pls_beyond import show_frame
from fondaco.kernel import InputError


@pls.command("power")
def power_command(
    model: str = typer.Argument(
        ...,
        metavar="MODEL",
        help="A file or text with values: 'X =~ 0.8*x1 + 0.7*x2; Y =~ 0.8*y1 + 0.8*y2; Y ~ 0.3*X'.",
    ),
    sizes: str = typer.Option("50,100,150,200,300,500", "--sizes", help="Numbers of cases to try."),
    repetitions: int = typer.Option(200, "--repetitions", min=2, help="Simulated studies of each size."),
    resamples: int = typer.Option(500, "--bootstrap", min=2, help="Resamples in each."),
    level: float = typer.Option(0.95, "--level", help="Probability of the intervals."),
    scheme: str = SchemeOption,
    consistent: bool = ConsistentFlag,
    seed: int = SeedOption,
    as_json: bool = JsonFlag,
) -> None:
    """Simulate studies of a model whose effects are known: power, coverage, kinds of mediation.

    JSON: `effects`: list of `{"n", "kind", "start", "via", "end", "value", "limit", "mean", "spread", "power", "coverage",
    "coverage_of_limit"}`; `mediation`: list of `{"n", "start", "via", "end", "full", "complementary", "competitive",
    "direct_only", "none"}`; `sizes`, `usable`, `repetitions`, `resamples`, `level`, `consistent`, `seed`, `thresholds`,
    `monte_carlo_error`: the standard error of a power of 0.8.
    """
    from typing import Any, cast

    from fondaco.pls.power import power
    from fondaco.pls.told import plain

    text, wanted = model_text(model), read_sizes(sizes)
    with progress_bar() as step:
        found = power(
            text, wanted, repetitions=repetitions, resamples=resamples, seed=seed, level=level,
            scheme=cast(Any, scheme), consistent=consistent, progress=counter(step, "simulating studies"),
        )  # fmt: skip
    error = (0.8 * 0.2 / repetitions) ** 0.5

    def show() -> None:
        frame = found.to_frame()
        show_frame("Effects", frame.filter(frame["kind"] != "total"))
        if found.mediation:
            show_frame("How often each kind of mediation is found", found.mediation_frame())
        print(found.thresholds)
        print(
            f"{repetitions} studies of each size (seed {seed}): a power of 80% is known to about {100 * error:.1f} points. `value` is "
            "the population's, `limit` what the method gives in the whole population."
        )

    emit(plain(found) | {"monte_carlo_error": error}, as_json, show)


def read_sizes(text: str) -> list[int]:
    """Read numbers of cases.

    >>> read_sizes("50, 100")
    [50, 100]
    """
    parts = [part for part in re.split(r"[,;\s]+", text.strip()) if part]
    if not parts or not all(part.isdecimal() for part in parts):
        raise InputError(f"--sizes says {text!r}: write numbers of cases, as 50,100,200.")
    return [int(part) for part in parts]
