"""Money: an exact decimal amount with its currency.

Amounts are never floats and never lose a digit: sums and products are exact, and only `quantize`
rounds, where the caller says so.  `split` shares an amount out so that the parts add up to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation, Overflow
from fractions import Fraction

from fondaco.kernel.errors import InputError

#: The currencies whose amounts do not have two decimal places, by how many they have (ISO 4217;
#: the units that the euro and the new lira replaced as they were traded).
_OTHER_PLACES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF BEF BYR ESP GRD ITL LUF PTE TRL",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_PLACES = {code: digits for digits, codes in _OTHER_PLACES.items() for code in codes.split()}

#: Amounts have at most so many digits before and after the point: no sum of trade comes near.
_MOST_DIGITS = 40

_CODE = re.compile("[A-Z]{3}")

#: Wide enough for any sum of trade; an operation that would have to round raises instead.
_EXACT = Context(prec=200, traps=[Inexact, InvalidOperation, Overflow])
_ROUNDING = Context(prec=200)


def places(currency: str) -> int:
    """Return how many decimal places amounts in a currency have.

    >>> places("EUR"), places("JPY"), places("KWD")
    (2, 0, 3)
    """
    return _PLACES.get(currency, 2)


@dataclass(frozen=True)
class Money:
    """An exact amount in a currency.

    Attributes
    ----------
    amount
        Decimal, in units of the currency (not in cents); a whole number is taken too.
    currency
        ISO 4217 code, three capital letters.

    Examples
    --------
    >>> print(Money(Decimal("19.99"), "EUR") * 3)
    59.97 EUR
    >>> [str(part) for part in Money(Decimal("10.00"), "EUR").split([1, 1, 1])]
    ['3.34 EUR', '3.33 EUR', '3.33 EUR']
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        amount: object = self.amount
        if isinstance(amount, int) and not isinstance(amount, bool):
            amount = Decimal(amount)
            object.__setattr__(self, "amount", amount)
        if not isinstance(amount, Decimal) or not amount.is_finite():
            raise InputError(f"An amount of money must be a finite decimal number, not {amount!r}.")
        if max(abs(amount.adjusted()), -int(amount.as_tuple().exponent)) > _MOST_DIGITS:
            raise InputError(f"{amount} is beyond any amount of money; state at most {_MOST_DIGITS} digits.")
        if not _CODE.fullmatch(self.currency):
            raise InputError(f"A currency is three capital letters such as EUR, not {self.currency!r}.")

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read what `format` writes: ``"1234.50 EUR"``."""
        parts = text.split()
        if len(parts) != 2:
            raise InputError(f'Money is written as an amount and a currency, "12.50 EUR", not "{text}".')
        try:
            return cls(Decimal(parts[0]), parts[1])
        except InvalidOperation as fault:
            raise InputError(
                f'"{parts[0]}" is not an amount; write it as 1234.50, without separators.'
            ) from fault

    def __add__(self, other: Money) -> Money:
        """Add money of the same currency."""
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other, "added")
        return Money(_EXACT.add(self.amount, other.amount), self.currency)

    def __sub__(self, other: Money) -> Money:
        """Subtract money of the same currency."""
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other, "subtracted")
        return Money(_EXACT.subtract(self.amount, other.amount), self.currency)

    def __neg__(self) -> Money:
        """Return the same amount owed the other way."""
        return Money(self.amount.copy_negate() if self.amount else self.amount, self.currency)

    def __mul__(self, factor: int | Decimal) -> Money:
        """Multiply by a whole or decimal number; floats are refused, since they are not exact."""
        if isinstance(factor, bool) or not isinstance(factor, int | Decimal):
            return NotImplemented
        if isinstance(factor, Decimal) and not factor.is_finite():
            raise InputError(f"Money cannot be multiplied by {factor}.")
        return Money(_EXACT.multiply(self.amount, Decimal(factor)), self.currency)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.amount)

    def __str__(self) -> str:
        """Return the amount and the currency."""
        return self.format()

    def quantize(self, rounding: str = ROUND_HALF_UP) -> Money:
        """Round to the currency's smallest unit; halves go away from zero unless `rounding` differs.

        >>> print(Money(Decimal("2.345"), "EUR").quantize(), Money(Decimal("2.5"), "JPY").quantize())
        2.35 EUR 3 JPY
        """
        unit = Decimal(1).scaleb(-places(self.currency))
        return Money(self.amount.quantize(unit, rounding=rounding, context=_ROUNDING), self.currency)

    def format(self) -> str:
        """Return ``"1234.50 EUR"``: no separators, never an exponent, at least the currency's places.

        >>> Money(Decimal("1234.5"), "EUR").format()
        '1234.50 EUR'
        """
        return f"{self.amount:.{self._digits()}f} {self.currency}"

    def split(self, weights: Sequence[int | Decimal]) -> tuple[Money, ...]:
        """Share the amount out by weight; the parts add up to it exactly.

        Parts are whole cents (or finer, where the amount itself is).  What is left over after
        rounding down goes, a cent each, to the parts that lost most by it, the first of equals first.

        Raises
        ------
        InputError
            Where there are no weights, one is negative, or all are zero.
        """
        shares = [Fraction(weight) for weight in weights]
        total = sum(shares)
        if not shares or total <= 0 or min(shares) < 0:
            raise InputError(
                "An amount is split by weights that are zero or more, at least one of them above zero."
            )
        digits = self._digits()
        units = int(Fraction(abs(self.amount)) * 10**digits)
        exact = [units * share / total for share in shares]
        parts = [int(part) for part in exact]
        by_loss = sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])
        for place in by_loss[: units - sum(parts)]:
            parts[place] += 1
        sign = -1 if self.amount < 0 else 1
        return tuple(Money(Decimal(sign * part).scaleb(-digits, _EXACT), self.currency) for part in parts)

    def _digits(self) -> int:
        """The decimal places that show all of the amount, and at least the currency's."""
        return max(places(self.currency), -int(self.amount.as_tuple().exponent))

    def _same(self, other: Money, done: str) -> None:
        if self.currency != other.currency:
            raise InputError(
                f"{self.currency} and {other.currency} cannot be {done}; convert one of them by a rate first."
            )
