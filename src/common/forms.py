"""The forms by which members with several spellings are compared: plans, devices and genders (docs/data-model.md)."""

from pyspark.sql import Column
from pyspark.sql import functions as F

# Other words for a gender, by its form and their language.
GENDERS_BY_LANGUAGE = {"English": {"male": ("m", "man"), "female": ("f", "woman")}}


def member_form(text: Column) -> Column:
    """STRING: the letters, digits, + and & of a text, in lower case; the whole text where it has none of them."""
    form = F.regexp_replace(F.lower(text), r"[^\p{L}\p{M}\p{N}+&]+", "")
    return F.when(form != "", form).otherwise(F.lower(text))


def gender_form(text: Column) -> Column:
    """STRING: the form of a gender, which is one for all words for it (M, Man, male)."""
    form = member_form(text)
    known = form
    for genders in GENDERS_BY_LANGUAGE.values():
        for gender, words in genders.items():
            known = F.when(form.isin(*words), gender).otherwise(known)
    return known
