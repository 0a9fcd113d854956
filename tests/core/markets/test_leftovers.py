"""Groups of texts that are alike, in several scripts, with telling labels."""

from __future__ import annotations

from fondaco.markets.signals.leftovers import alike

ENGRAVED = [
    "Where is the tracking number of parcel 12?",
    "Please send me the tracking number of my parcel.",
    "tracking number for the parcel please!!",
]
SPARE = [
    "Do you sell spare lids for the teapot?",
    "Is a spare lid for this teapot sold separately",
    "We broke the lid, are spare lids for the teapot sold?",
]
KOREAN = ["예비 뚜껑만 따로 파나요?", "예비 뚜껑만 살 수 있나요", "뚜껑만 예비로 따로 파시나요"]


def test_what_is_alike_is_put_together() -> None:
    texts = [text for three in zip(ENGRAVED, SPARE, KOREAN, strict=True) for text in three]
    groups = alike(texts)
    held = [{texts[place] for place in group.members} for group in groups]
    assert set(ENGRAVED) in held
    assert set(SPARE) in held
    assert any(set(KOREAN) & group and not group - set(KOREAN) for group in held)


def test_a_label_tells() -> None:
    (first, *_) = alike([*ENGRAVED, "Good morning", "Thank you very much"])
    assert {"tracking", "parcel"} <= set(first.label)


def test_texts_that_differ_in_figures_are_one_text() -> None:
    groups = alike([f"Please quote {n} pcs, delivered." for n in (3, 40, 1_000, 7)])
    assert [len(group.members) for group in groups] == [4]


def test_few_or_no_texts_make_no_group() -> None:
    assert alike([]) == ()
    assert alike(["", "  "]) == ()
    assert alike(["one thing", "quite another matter", "wholly different words"]) == ()
