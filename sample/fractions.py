"""Fractions as the truth files have them."""

from decimal import ROUND_HALF_UP, Context, Decimal


def fraction(part: int, whole: int) -> str:
    """`part` divided by `whole`, rounded half up to a millionth."""
    exact = Context(prec=60)
    return str(exact.divide(Decimal(part), Decimal(whole)).quantize(Decimal("0.000001"), ROUND_HALF_UP))
