"""Numbers and amounts of money in the forms in which sources write them."""

from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.keys import SEPARATOR

# The decimal sign in the numbers of a column.
POINT, COMMA, BOTH = "point", "comma", "both"
# In every snapshot, numbers with a sign fail this rule if their column proves both.
AMBIGUOUS_DECIMAL_SIGN = "ambiguous_decimal_sign"

EXPONENT = "[eE][+-]?[0-9]{1,2}"
DIGITS = f"^-?[0-9]{{1,15}}(?:{EXPONENT})?$"
GROUPED = "[1-9][0-9]{0,2}(?:<thousands>[0-9]{3}){1,5}"
# What can be read with a decimal sign: 1299.5, 1,299.50, 1.599E+01.
READABLE = f"^-?(?:(?:[0-9]{{1,15}}|{GROUPED})(?:<decimal>[0-9]*)?|[0-9]{{1,15}}(?:<decimal>[0-9]*)?{EXPONENT})$"
# What proves one: both signs, of which the last is decimal; one that three digits don't follow; an exponent after it.
PROOF = (
    f"^-?(?:{GROUPED}<decimal>[0-9]*|[0-9]{{1,15}}<decimal>(?:[0-9]{{0,2}}|[0-9]{{4,}})"
    f"|[0-9]{{1,15}}<decimal>[0-9]*{EXPONENT})$"
)
SIGNS = {POINT: ("[.]", ","), COMMA: (",", "[.]")}

# Signs and codes of currencies, as they are named; sources write them in any case, with or without a point at the end.
CURRENCY_SIGNS = (
    *("$", "US$", "CA$", "C$", "AU$", "A$", "NZ$", "HK$", "S$", "NT$", "MX$", "R$", "€", "£", "¥", "₹", "₽", "₩", "₺"),
    *("₫", "₱", "₪", "฿", "₦", "₴", "₸", "₡", "₲", "₵", "₾", "₼"),
    *("kr", "Fr", "SFr", "zł", "Kč", "Ft", "lei", "TL"),  # Europe
    *("Rs", "Rp", "RM", "Tk", "Dh", "R", "S/"),  # Asia, Africa, South America
)
# ISO 4217.
CURRENCY_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP
CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR
IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR
MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD
XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = f" {' '.join((*CURRENCY_SIGNS, *CURRENCY_CODES.split()))} "
CURRENCY = "[^0-9 .,+-]{0,4}|[A-Za-z]{1,3}[.]"
AMOUNT = f"^({CURRENCY}) ?(-?[0-9][0-9.,]*(?:{EXPONENT})?) ?({CURRENCY})$"


def _with_signs(form: str, decimal_sign: str) -> str:
    decimal, thousands = SIGNS[decimal_sign]
    return form.replace("<decimal>", decimal).replace("<thousands>", thousands)


def amount(text: Column) -> Column:
    """STRUCT: the text of the `number` in a folded text of money, and its `currency`, null for none.

    Both are null for a text that is not an amount, or in a currency that isn't one of CURRENCIES.
    """
    parts = F.split(F.regexp_replace(text, AMOUNT, f"$2{SEPARATOR}$1$3"), SEPARATOR)
    number, sign = F.get(parts, F.lit(0)), F.get(parts, F.lit(1))
    name = F.when(sign != "", currency_named(sign))
    return F.struct(
        F.when((sign == "") | name.isNotNull(), number).alias("number"),
        name.alias("currency"),
    )


def currency_named(sign: Column) -> Column:
    """STRING: a sign or code of a currency as CURRENCIES spells it; null for another text."""
    plain = F.regexp_replace(sign, "[.]$", "")
    place = F.position(F.concat(F.lit(" "), F.lower(plain), F.lit(" ")), F.lit(CURRENCIES.lower()))
    return F.when(place > 0, F.substring(F.lit(CURRENCIES), place + 1, F.length(plain)))


def decimal_sign(number: Column, within: Sequence[str]) -> Column:
    """The decimal sign in a column of numbers: POINT, COMMA or BOTH, decided for all rows that are equal in `within`.

    1,299 alone says nothing. Without proof the point is decimal; proof of both signs gives BOTH.
    """

    def is_proven(sign: str) -> Column:
        proof = F.when(number.rlike(_with_signs(PROOF, sign)), 1).otherwise(0)
        return F.max(proof).over(Window.partitionBy(*within)) == 1

    return F.when(is_proven(COMMA), F.when(is_proven(POINT), BOTH).otherwise(COMMA)).otherwise(POINT)


def has_ambiguous_sign(number: Column, sign: Column) -> Column:
    """Whether a number can't be read because its column proves both decimal signs."""
    return F.coalesce((sign == BOTH) & number.rlike("[0-9][.,]"), F.lit(False))


def number_in(number: Column, sign: Column, decimal_type: str = "decimal(24,6)") -> Column:
    """DECIMAL, rounded, that a text means with the decimal sign of its column; null for other texts."""
    point, comma = (number.rlike(_with_signs(READABLE, name)) for name in (POINT, COMMA))
    plain = (
        F.when(number.rlike(DIGITS), number)
        .when((sign == POINT) & point, F.translate(number, ",", ""))
        .when((sign == COMMA) & comma, F.translate(number, ",.", "."))
    )
    # Not every engine casts a text with an exponent to a decimal.
    scaled = plain.try_cast("double").try_cast("decimal(24,6)")
    return F.when(plain.rlike("[eE]"), scaled.try_cast(decimal_type)).otherwise(plain.try_cast(decimal_type))


def whole_number(number: Column, sign: Column) -> Column:
    """INT of a text such as 34, 34.0 or 34,00; null for anything that is not a whole number."""
    value = number_in(number, sign)
    return F.when(value == F.floor(value), value).try_cast("int")
