"""Money is exact: sums do not depend on order, and parts add up to the whole."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.kernel import InputError
from fondaco.kernel.money import Money, places

amounts = st.decimals(min_value=-(10**15), max_value=10**15, allow_nan=False, places=4)
currencies = st.sampled_from(["EUR", "JPY", "KWD", "USD"])
euros = amounts.map(lambda amount: Money(amount, "EUR"))
weights = st.lists(st.integers(0, 1000) | st.decimals(0, 10, places=2), min_size=1, max_size=12).filter(any)


def money(text: str) -> Money:
    return Money.parse(text)


@pytest.mark.requirement("X05")
def test_money_of_two_currencies_is_never_added():
    with pytest.raises(InputError, match="EUR and USD cannot be added"):
        money("1 EUR") + money("1 USD")
    with pytest.raises(InputError, match="cannot be subtracted"):
        money("1 EUR") - money("1 USD")


@given(euros, euros, euros)
def test_addition_does_not_depend_on_order(a, b, c):
    assert (a + b) + c == a + (b + c)
    assert a + b == b + a
    assert a + b - b == a
    assert a - a == a + -a == Money(Decimal(0), "EUR")


@given(euros, euros, st.integers(-1000, 1000), amounts)
def test_multiplication_distributes(a, b, count, factor):
    assert (a + b) * count == a * count + b * count
    assert (a + b) * factor == a * factor + b * factor
    assert a * count == count * a


@given(amounts, currencies)
def test_what_is_written_is_read_back(amount, currency):
    assert Money.parse(str(Money(amount, currency))) == Money(amount, currency)


@given(amounts, currencies, weights)
def test_parts_add_up_to_the_whole(amount, currency, shares):
    whole = Money(amount, currency)
    for given_whole in (whole, whole.quantize()):
        parts = given_whole.split(shares)
        assert len(parts) == len(shares)
        assert sum(parts[1:], parts[0]) == given_whole


@given(amounts, weights)
def test_no_part_is_a_cent_or_more_from_its_share(amount, shares):
    whole = Money(amount, "EUR").quantize()
    total = sum(Decimal(share) for share in shares)
    for share, part in zip(shares, whole.split(shares), strict=True):
        assert abs(part.amount - whole.amount * share / total) < Decimal("0.0100001")
        assert share or not part


@pytest.mark.parametrize(
    ("whole", "shares", "parts"),
    [
        ("10.00 EUR", [1, 1, 1], ["3.34 EUR", "3.33 EUR", "3.33 EUR"]),
        ("-10.00 EUR", [1, 1, 1], ["-3.34 EUR", "-3.33 EUR", "-3.33 EUR"]),
        ("100 JPY", [1, 2], ["33 JPY", "67 JPY"]),
        ("1.000 KWD", [1, 1, 1], ["0.334 KWD", "0.333 KWD", "0.333 KWD"]),
        ("0.01 EUR", [0, 1], ["0.00 EUR", "0.01 EUR"]),
        ("0.05 EUR", [Decimal("0.3"), Decimal("0.7")], ["0.02 EUR", "0.03 EUR"]),
    ],
)
def test_splitting_by_hand(whole, shares, parts):
    assert [str(part) for part in money(whole).split(shares)] == parts


@pytest.mark.parametrize("shares", [[], [0, 0], [2, -1]])
def test_splitting_needs_weights(shares):
    with pytest.raises(InputError, match="weights"):
        money("1 EUR").split(shares)


@pytest.mark.parametrize(
    ("said", "rounded"),
    [
        ("2.345 EUR", "2.35 EUR"),
        ("-2.345 EUR", "-2.35 EUR"),
        ("2.5 JPY", "3 JPY"),
        ("1.2345 BHD", "1.235 BHD"),
    ],
)
def test_rounding_to_the_smallest_unit(said, rounded):
    assert str(money(said).quantize()) == rounded


def test_rounding_can_be_the_bankers():
    assert str(money("2.345 EUR").quantize(ROUND_HALF_EVEN)) == "2.34 EUR"


def test_places_of_currencies():
    assert [places(code) for code in ("EUR", "HUF", "KRW", "ISK", "TND", "CLF")] == [2, 2, 0, 0, 3, 4]


def test_it_is_written_without_exponent():
    assert str(Money(Decimal("1E+5"), "JPY")) == "100000 JPY"
    assert str(Money(Decimal("0.0001"), "EUR")) == "0.0001 EUR"
    assert str(Money(3, "EUR")) == "3.00 EUR"


@pytest.mark.parametrize("amount", [1.5, "1", True, None, Decimal("NaN"), Decimal("Infinity")])
def test_only_finite_decimals_are_amounts(amount):
    with pytest.raises(InputError, match="decimal"):
        Money(amount, "EUR")


@pytest.mark.parametrize("code", ["eur", "EURO", "€", "", "E1R"])
def test_only_codes_are_currencies(code):
    with pytest.raises(InputError, match="three capital letters"):
        Money(Decimal(1), code)


@pytest.mark.parametrize("text", ["", "12.50", "1,234.50 EUR", "EUR 12", "1 2 EUR"])
def test_unreadable_money_is_refused(text):
    with pytest.raises(InputError):
        Money.parse(text)


@pytest.mark.parametrize("text", ["1E+999999 EUR", "1E-999999 EUR", "0E-999999 EUR"])
def test_no_amount_is_astronomical(text):
    with pytest.raises(InputError, match="beyond any amount"):
        Money.parse(text)


def test_floats_do_not_multiply_money():
    with pytest.raises(TypeError):
        money("1 EUR") * 1.1
    with pytest.raises(InputError):
        money("1 EUR") * Decimal("NaN")
