"""Product tags: HS codes that are never padded, and words that tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.kernel import InputError, UnknownName
from fondaco.reference.hs import hs_code
from fondaco.reference.products import LANGUAGES, parse_tags, tags, tags_of

#: One name for each of the six kinds of goods in each of the eight languages.
NAMES = {
    "wine": ("Red wine 2019", "Vino rosso", "Rotwein trocken", "Vin rouge", "Vino tinto", "레드 와인", "红葡萄酒", "赤ワイン"),
    "olive-oil": (
        "Extra virgin olive oil", "Olio extravergine di oliva", "Olivenöl nativ", "Huile d'olive", "Aceite de oliva",
        "올리브유", "特级初榨橄榄油", "オリーブオイル",
    ),
    "ham": ("Cured ham", "Prosciutto crudo", "Schinken", "Jambon cru", "Jamón ibérico", "프로슈토", "意大利火腿", "生ハム"),
    "cheese": ("Goat cheese", "Formaggio di capra", "Käse am Stück", "Fromage de chèvre", "Queso de cabra", "염소 치즈", "山羊奶酪", "チーズ"),
    "cashmere": (
        "Cashmere scarf", "Sciarpa in cachemire", "Kaschmirschal", "Pull en cachemire", "Jersey de cachemir",
        "캐시미어 머플러", "羊绒围巾", "カシミヤ マフラー",
    ),
    "leather-bag": (
        "Brown leather tote", "Borsa in pelle", "Ledertasche", "Sac à main en cuir", "Bolso de piel", "가죽 핸드백",
        "真皮手提包", "本革トートバッグ",
    ),
}  # fmt: skip


@pytest.mark.requirement("F67")
@pytest.mark.parametrize("tag", NAMES)
def test_a_name_tells_its_tag_in_eight_languages(tag: str) -> None:
    assert len(NAMES[tag]) == len(LANGUAGES)
    for name in NAMES[tag]:
        assert tag in [suggestion.tag for suggestion in tags().suggest(name)], name


@pytest.mark.parametrize(
    "name",
    [
        "Wine glass", "Weinglas", "와인잔", "Tea pot", "HAMMOCK", "hamper", "Cheese board", "Honeymoon set", "Aceto",
        "Vegan leather bag", "Portrait", "Steel wool", "", "   ", "Green tea towel", "Ginger beer",
    ],
)  # fmt: skip
def test_what_only_sounds_like_it_tells_nothing_of_it(name: str) -> None:
    told = {suggestion.tag for suggestion in tags().suggest(name)}
    assert told & {*NAMES, "honey", "wool", "tea", "beer", "leather"} == set()


def test_the_word_that_told_is_shown() -> None:
    (suggestion,) = tags().suggest("SCIARPA IN CASHMERE")
    assert (suggestion.tag, suggestion.word, suggestion.language) == ("cashmere", "cashmere", "en")
    assert [s.tag for s in tags().suggest("Ham and cheese")] == ["cheese", "ham"]


def test_wider_tags_go_with_the_narrow_one() -> None:
    assert tags().closure(["cashmere"]) == {"cashmere", "wool", "textile"}
    assert tags().closure(["unknown"]) == frozenset()
    assert tags().of_hs("420221") == ("leather-bag",)
    assert tags().of_hs("9999") == ()
    with pytest.raises(UnknownName, match="did you mean wine"):
        tags().tag("vine")


@given(st.integers(0, 10**10))
def test_a_code_is_taken_as_it_stands_or_refused(number: int) -> None:
    digits = str(number)
    try:
        code = hs_code(digits)
    except InputError:
        assert len(digits) % 2 or digits.startswith("00") or len(digits) > 10
    else:
        assert code == digits


@pytest.mark.parametrize("said", [2204, None, "", "22O4", "220", "2204211234567", "0012", "２２０４"])
def test_what_is_no_code_is_refused_in_words(said: object) -> None:
    with pytest.raises(InputError, match="HS code"):
        hs_code(said)


def test_shipped_tags_are_whole() -> None:
    for tag in tags().by_name.values():
        assert all(hs_code(code) == code for code in tag.hs)
        assert set(tag.words) <= set(LANGUAGES)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[Wine]\nlabel = 'x'", r"\[Wine\] is no tag"),
        ("[wine]\nhs = ['220']", r"p\.toml, \[wine\], hs"),
        ("[wine]\nlabel = 3", r"\[wine\], label"),
        ("[wine]\nlabel = 'w'\nwords = {fi = ['viini']}", "fi is none of"),
        ("[wine", "no TOML"),
    ],
)
def test_what_is_wrong_with_a_tag_is_named(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        parse_tags(text, "p.toml")


def test_a_workspace_adds_tags_and_replaces_words(tmp_path: Path) -> None:
    (tmp_path / "products.toml").write_text(
        '[wine]\nlabel = "wine"\nwithin = ["alcohol"]\n[wine.words]\nen = ["plonk"]\n'
    )
    known = tags_of(tmp_path)
    assert [s.tag for s in known.suggest("cheap plonk")] == ["wine"]
    assert known.suggest("red wine") == ()
    (tmp_path / "products.toml").write_text('[x]\nlabel = "x"\nwithin = ["nothing"]\n')
    with pytest.raises(InputError, match="no tag 'nothing'"):
        tags_of(tmp_path)


def test_the_prefixes_of_shipped_tags_are_in_the_harmonized_system(shared: Path) -> None:
    import csv

    with (shared / "data" / "hs_codes" / "harmonized-system.csv").open(encoding="utf-8") as stream:
        known = {row["hscode"] for row in csv.DictReader(stream)}
    # Beyond six digits codes are a country's own.
    prefixes = {code[:6] for tag in tags().by_name.values() for code in tag.hs}
    assert {code for code in prefixes if code not in known} == set()
