"""Commands about markets' laws and regulations, and about what a firm's products are."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, cast, get_args

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.importing import FirmOption
from fondaco.cli.output import DONE, LOOK, day, emit, leave, moment, say, table
from fondaco.kernel import InputError
from fondaco.kernel.exports import SafeWriter
from fondaco.ledger import Proof, Workspace, entry_of
from fondaco.reference import countries
from fondaco.reference.hs import hs_code
from fondaco.reference.regulations import (
    KINDS,
    PLATFORMS,
    TOPICS,
    MarketRules,
    Platform,
    Product,
    Rule,
    RuleBook,
    rules_for,
    turning,
)
from fondaco.workflows.home import home_folder

NOT_ADVICE = "Statements with their sources, no legal advice: ask the office named before you rely on one."

NowOption = typer.Option(None, "--now", help="The moment to judge ages from; the clock when left out.")
MaybeFirm = typer.Option(None, "--firm", help="The firm's short name: its products, and its own rules too.")
MarketOption = typer.Option(None, "--market", help="The market: KR, KOR or Korea.")
TagOption = typer.Option(None, "--tag", help="A product tag, such as wine; may be given again.")
HsOption = typer.Option(None, "--hs", help="An HS code of 2 to 10 digits; never padded.")

rules = typer.Typer(help="What is known of markets' laws for products, with source and age.")
app.add_typer(rules, name="rules", invoke_without_command=True)


def _one_of(said: str | None, allowed: tuple[str, ...], option: str) -> str | None:
    if said is not None and said not in allowed:
        raise InputError(f"{option} {said!r} is not known: say {', '.join(allowed)}.")
    return said


@rules.callback()
def show_rules(
    ctx: typer.Context,
    market: str | None = MarketOption,
    tag: list[str] | None = TagOption,
    hs: str | None = HsOption,
    origin: str | None = typer.Option(
        None, "--origin", help="Where the goods come from; rules may depend on it."
    ),
    firm: str | None = MaybeFirm,
    platform: str | None = typer.Option(None, "--platform", help=f"Way of selling: {', '.join(PLATFORMS)}."),
    kind: str | None = typer.Option(None, "--kind", help=f"Only one kind: {', '.join(KINDS)}."),
    csv: Path | None = typer.Option(None, "--csv", help="Write the rules listed to a new CSV file as well."),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Say what is known of a market's law for products, kind by kind, and what is not."""
    if ctx.invoked_subcommand:
        return
    from fondaco import workflows

    workspace, today = Workspace(home_folder()), moment(now).date()
    way = cast("Platform | None", _one_of(platform, get_args(Platform), "--platform"))
    _one_of(kind, KINDS, "--kind")
    book = workflows.book_of(workspace, firm)
    if market is None:
        _list_all(book, tag, hs, kind, today, csv, as_json)
        return
    known = workflows.known_tags(workspace)
    goods = _goods(known, tag, hs, origin)
    if goods is None and firm is not None:
        found = workflows.rules_of(workspace, firm, market, today, platform=way)
    else:
        asked = (
            [goods]
            if goods
            else [Product(label, (name,)) for name, label in _kinds_of_goods(known) if name in _told_of(book)]
        )
        found = rules_for(
            countries.from_code(market), asked, rules=book, today=today, platform=way, known=known
        )
    proofs = workflows.proofs_of(workspace, firm, market, today) if firm else ()
    data = {**found.to_json(), "proofs": [proof.to_json() for proof in proofs], **_told(book)}
    if csv is not None:
        _write(csv, found.rules, today)
    emit(data, as_json, lambda: _show_market(found, kind, book))


def _goods(known: Any, tag: list[str] | None, hs: str | None, origin: str | None) -> Product | None:
    if not tag and hs is None:
        return None
    names = tuple(known.tag(one).name for one in tag or ())
    code = hs_code(hs) if hs is not None else None
    called = ", ".join([*names, *([f"HS {code}"] if code else [])])
    return Product(called, names, code, countries.from_code(origin) if origin else None)


def _told_of(book: RuleBook) -> set[str]:
    return {tag for rule in book for tag in rule.tags}


def _kinds_of_goods(known: Any) -> list[tuple[str, str]]:
    return [(name, tag.label) for name, tag in sorted(known.by_name.items()) if tag.hs]


def _told(book: RuleBook) -> dict[str, Any]:
    return {
        "replaced": [replaced.to_json() for replaced in book.replaced],
        "problems": [vars(problem) for problem in book.problems],
        "note": NOT_ADVICE,
    }


def _list_all(
    book: RuleBook, tag: list[str] | None, hs: str | None, kind: str | None, today: date, csv: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    code = hs_code(hs) if hs is not None else None
    listed = [
        rule
        for rule in book
        if (kind is None or rule.kind == kind)
        and (not tag or set(tag) & set(rule.tags))
        and (code is None or any(code.startswith(p) or p.startswith(code) for p in rule.hs))
    ]
    counts = {m: sum(m in rule.markets for rule in listed) for m in book.markets()}
    data = {
        "today": today.isoformat(),
        "rules": [rule.to_json(today) for rule in listed],
        "markets": {market: count for market, count in counts.items() if count},
        "overdue": [rule.id for rule in listed if rule.overdue(today)],
        **_told(book),
    }
    if csv is not None:
        _write(csv, listed, today)

    def show() -> None:
        table("", ["rule", "markets", "kind", "says", "stated", ""], [_line(r, today) for r in listed])
        _say_told(book)

    emit(data, as_json, show)


def _line(rule: Rule, today: date) -> list[str]:
    markets = " ".join(rule.markets[:5]) + (f" +{len(rule.markets) - 5}" if len(rule.markets) > 5 else "")
    marks = [rule.basis, "overdue" if rule.overdue(today) else "", "yours" if rule.origin == "user" else ""]
    return [
        rule.id,
        markets,
        rule.kind,
        _says(rule),
        rule.stated.isoformat(),
        ", ".join(m for m in marks if m),
    ]


def _says(rule: Rule) -> str:
    parts = ["Nothing asked: " if not rule.applies else "", rule.says]
    parts += [f" Except: {rule.exceptions}"] if rule.exceptions else []
    parts += [f" Only: {rule.region}"] if rule.region else []
    return "".join(parts)


def _show_market(found: MarketRules, kind: str | None, book: RuleBook) -> None:
    share = (
        ""
        if found.coverage is None
        else f": {found.stated} of {found.cells} kinds stated, {found.settled} settled"
    )
    print(f"{countries.name(found.market)} ({found.market}) on {found.today}{share}")
    for flag in found.flags:
        if kind in (None, "prohibited"):
            print(f"{flag.level.upper()} {flag.product}: {_says(flag.rule)} [{flag.rule.source}]"
                  f"{' (overdue)' if flag.overdue else ''}")  # fmt: skip
    table(
        "",
        ["product", *KINDS],
        [
            [each.product.name, *(_mark(cell.level, cell.overdue) for cell in each.cells)]
            for each in found.products
        ],
    )
    for topic in TOPICS:
        held = [r for r in found.by_topic()[topic] if kind in (None, r.kind)]
        if held:
            table(topic, ["rule", "kind", "says", "source", "stated", ""], [
                [r.id, r.kind, _says(r), r.source, r.stated.isoformat(),
                 ", ".join([r.basis, *(["overdue"] if r.overdue(found.today) else [])])] for r in held
            ])  # fmt: skip
        else:
            print(f"{topic}: nothing stated")
    for spot in found.blind_spots():
        print(f"- {spot}")
    for rule in found.coming:
        print(f"* {_when(rule, found.today)}: {rule.says} [{rule.source}]")
    _say_told(book)


def _mark(level: str, overdue: bool) -> str:
    return f"{level}{' (overdue)' if overdue else ''}"


def _when(rule: Rule, today: date) -> str:
    turn = turning(rule, today)
    word = "since" if turn is not None and turn <= today else "from"
    if turn is not None and turn == rule.valid_to:
        word = "until"
    return f"{rule.id} {word} {turn}"


def _say_told(book: RuleBook) -> None:
    for replaced in book.replaced:
        print(f"- {replaced.id}: {replaced.by} stands in the place of {replaced.before.file}.")
    for problem in book.problems:
        say(f"{problem.reason} {problem.cure}")
    print(NOT_ADVICE)


def _write(path: Path, listed: Any, today: date) -> None:
    """Write rules as CSV that a spreadsheet shows and does not run."""
    from fondaco.workflows.regulations import table_of

    try:
        stream = path.open("x", encoding="utf-8-sig", newline="")
    except FileExistsError:
        raise InputError(f"{path} exists already: name another file.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}).") from None
    with stream:
        writer = SafeWriter(stream)
        for row in table_of(listed, today):
            writer.writerow(row)


@rules.command("changes")
def show_changes(
    market: list[str] | None = typer.Option(None, "--market", help="A market; may be given again."),
    firm: str | None = typer.Option(
        None, "--firm", help="The firm's short name: its home market takes part."
    ),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """List rules that came into force or ended in the last year, or will in the next two, here and abroad."""
    from fondaco import workflows

    workspace, today = Workspace(home_folder()), moment(now).date()
    found = workflows.changes_of(workspace, firm, today, market or ())
    rows = [
        {**rule.to_json(today), "day": turning(rule, today), "change": _when(rule, today).split()[1]}
        for rule in found
    ]

    def show() -> None:
        table("", ["day", "markets", "kind", "says", "source"], [
            [_when(r, today).split(maxsplit=1)[1], " ".join(r.markets[:4]), r.kind, _says(r), r.source] for r in found
        ])  # fmt: skip
        if not found:
            print("No rule that is known begins or ends about now. That is no proof that none does.")

    emit({"today": today.isoformat(), "changes": rows}, as_json, show)


@rules.command("add")
def add_rule(
    market: list[str] = typer.Option(
        ..., "--market", help="A market, or EU for its members; may be given again."
    ),
    kind: str = typer.Option(..., "--kind", help=f"{', '.join(KINDS)}."),
    says: str = typer.Option(..., "--says", help="The rule in your own words."),
    source: str = typer.Option(..., "--source", help="Who says so: office, law, article."),
    url: str = typer.Option("", "--url", help="Where it can be read."),
    tag: list[str] | None = TagOption,
    hs: list[str] | None = typer.Option(None, "--hs", help="An HS prefix; may be given again."),
    identity: str | None = typer.Option(None, "--id", help="Its name; that of a known rule replaces it."),
    nothing: bool = typer.Option(False, "--nothing", help="Looked up: nothing of this kind is asked."),
    official: bool = typer.Option(False, "--official", help="The source is a law or an office."),
    recalled: bool = typer.Option(False, "--recalled", help="Written down without looking the source up."),
    topic: str | None = typer.Option(None, "--topic", help=f"{', '.join(TOPICS)}."),
    region: str = typer.Option("", "--region", help="The part of the market in which alone it holds."),
    exceptions: str = typer.Option("", "--exceptions", help="What it leaves out."),
    proof: str = typer.Option("", "--proof", help="The quality proof that it is about, such as pdo."),
    voluntary: bool = typer.Option(False, "--voluntary", help="The proof counts, but need not be had."),
    platform: list[str] | None = typer.Option(
        None, "--platform", help="A way of selling; may be given again."
    ),
    valid_from: str | None = typer.Option(None, "--from", help="First day in force."),
    valid_to: str | None = typer.Option(None, "--to", help="Last day in force."),
    review_by: str | None = typer.Option(
        None, "--review-by", help="Look again by this day; a year from now."
    ),
    firm: str | None = typer.Option(
        None, "--firm", help="Whose own rule it is; the whole workspace's if left out."
    ),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Add a rule of your own, or put one in the place of a shipped rule by its id."""
    from fondaco import workflows

    today = moment(now).date()
    told = {
        "id": identity, "market": market, "kind": kind, "says": says, "source": source, "url": url,
        "strength": "official" if official else "user", "tags": tag or [], "hs": hs or [], "topic": topic,
        "region": region, "exceptions": exceptions, "proof": proof, "platforms": platform or [],
        "valid_from": day(valid_from, "--from"), "valid_to": day(valid_to, "--to"),
        "review_by": day(review_by, "--review-by"), ("recalled" if recalled else "checked"): today,
        **({"applies": False} if nothing else {}), **({"voluntary": True} if voluntary else {}),
    }  # fmt: skip
    workspace = Workspace(home_folder())
    rule = workflows.add_rule(workspace, told, firm=firm)
    book = workflows.book_of(workspace, firm)
    emit(
        {"rule": rule.to_json(today), **_told(book)},
        as_json,
        lambda: print(f"{rule.id} is kept in {rule.file}; look again by {rule.review_by}."),
    )


@rules.command("check")
def check(
    firm: str | None = MaybeFirm,
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Read the workspace's own rules, say what is wrong with them, and list what wants another look."""
    from fondaco import workflows

    workspace, today = Workspace(home_folder()), moment(now).date()
    book = workflows.book_of(workspace, firm)
    late = [rule for rule in book if rule.overdue(today)]
    own = [rule for rule in book if rule.origin == "user"]
    data = {
        "rules": len(book),
        "own": [rule.to_json(today) for rule in own],
        "overdue": [rule.to_json(today) for rule in late],
        **_told(book),
    }

    def show() -> None:
        print(f"{len(book):,} rules, {len(own):,} of them yours; {len(late):,} overdue.")
        for rule in late:
            print(f"- {rule.id}: look again since {rule.review_by} ({rule.source} {rule.url})")
        _say_told(book)

    emit(data, as_json, show)
    leave(LOOK if book.problems or late else DONE)


# --- products ------------------------------------------------------------------------------------------

products = typer.Typer(help="What the firm's products are: tags, HS codes, origins, quality proofs.")
app.add_typer(products, name="products", invoke_without_command=True)


@products.callback()
def list_products(
    ctx: typer.Context,
    firm: str | None = typer.Option(None, "--firm", help="The firm's short name."),
    as_json: bool = JsonFlag,
) -> None:
    """List the firm's products with what is stated of them, and what their names suggest."""
    ctx.obj = firm
    if ctx.invoked_subcommand:
        return
    if firm is None:
        raise InputError("Say whose products: --firm NAME.")
    from fondaco import workflows

    workspace = Workspace(home_folder())
    found = workflows.products_of(workspace, firm)
    proofs = workspace.ledger(firm).catalogue.proofs
    data = {
        "firm": firm,
        "products": [product.to_json() for product in found],
        "stated": sum(product.stated for product in found),
        "proofs": [proof.to_json() for proof in proofs],
    }

    def show() -> None:
        table("", ["sku", "product", "orders", "tags", "HS", "origin", "its name suggests"], [
            [p.sku, p.name, f"{p.orders:,}", ", ".join(p.tags), p.hs, p.origin,
             ", ".join(f"{s.tag} ({s.word})" for s in p.suggestions)] for p in found[:200]
        ], right=(2,))  # fmt: skip
        if len(found) > 200:
            print(f"... and {len(found) - 200:,} more: --json lists all.")
        for proof in proofs:
            print(f"- {proof.proof}: {proof.says} ({', '.join(proof.tags) or 'all goods'})")

    emit(data, as_json, show)


@products.command("set")
def set_product(
    firm: str = FirmOption,
    sku: str = typer.Option("", "--sku", help="Article number; * stands for anything, as in W-*."),
    name: str = typer.Option("", "--name", help="Or the product's name, as in *chianti*."),
    tag: list[str] | None = TagOption,
    hs: str | None = HsOption,
    origin: str | None = typer.Option(None, "--origin", help="Country of origin."),
    as_json: bool = JsonFlag,
) -> None:
    """State what a product, or all that fit a pattern, are."""
    from fondaco import workflows

    workspace = Workspace(home_folder())
    ledger = workspace.ledger(firm)
    entry = entry_of(
        sku=sku, name=name, tags=tag or (), hs=hs, origin=origin, known=workflows.known_tags(workspace)
    )
    ledger.change_catalogue(lambda held: held.with_entry(entry))
    fitting = sum(
        p.stated and entry.fits(p.sku, p.name) for p in workflows.products_of(workspace, firm) if p.orders
    )
    emit(
        {"firm": firm, "entry": entry.to_json(), "products": fitting},
        as_json,
        lambda: print(f"Kept; {fitting:,} product{'' if fitting == 1 else 's'} of the ledger fit."),
    )


@products.command("proof")
def set_proof(
    firm: str = FirmOption,
    proof: str = typer.Option(
        ..., "--proof", help="Its short name: pdo, haccp, organic, halal, iso-22000 ..."
    ),
    tag: list[str] | None = TagOption,
    says: str = typer.Option("", "--says", help="What it certifies, its number, who gave it."),
    valid_to: str | None = typer.Option(None, "--to", help="Last day on which it holds."),
    as_json: bool = JsonFlag,
) -> None:
    """Record a quality proof that the firm holds; fondaco rules --market CC says where it counts."""
    from fondaco import workflows
    from fondaco.ledger.catalogue import Catalogue, catalogue_text, parse_catalogue

    workspace = Workspace(home_folder())
    ledger = workspace.ledger(firm)
    said = Catalogue(proofs=(Proof(proof, tuple(tag or ()), says, day(valid_to, "--to")),))
    kept = parse_catalogue(catalogue_text(said), "what was said", workflows.known_tags(workspace)).proofs[0]
    ledger.change_catalogue(lambda held: held.with_proof(kept))
    emit({"firm": firm, "proof": kept.to_json()}, as_json, lambda: print(f"Kept: {kept.proof}."))
