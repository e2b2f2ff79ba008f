"""The forms by which plans, devices and genders are compared."""

from pyspark.sql import functions as F

from common.forms import gender_form, member_form
from tests.helpers.frames import assert_column

# Spellings of one member each.
MEMBERS = {
    "smarttv": ("smart-tv", "Smart TV", "smart_tv", "smarttv", "SMART.TV", " Smart  TV "),
    "premium": ("Premium", "PREMIUM", "premium!", "(Premium)"),
    "premium+": ("Premium+", "premium +", "Premium-+"),
    "tv&movies": ("TV & Movies", "tv&movies"),
    "tvmovies": ("TV / Movies",),
    "básico": ("Básico", "BÁSICO"),
    "プレミアム": ("プレミアム",),
    "4k": ("4K", "4-k"),
    "m": ("M",),
    # Without letters and digits the text is compared.
    "***": ("***",),
}
GENDERS = {
    "male": ("M", "m", "Man", "male", "MALE", "m."),
    "female": ("F", "f", "Woman", "Female"),
    "nonbinary": ("Non-binary", "non binary"),
    "men": ("Men",),
}


def test_member_form_is_one_for_all_spellings_and_keeps_plus_and_ampersand(spark):
    texts = [(text, form) for form, several in MEMBERS.items() for text in several]
    rows = spark.createDataFrame([*texts, (None, None)], "text STRING, expected STRING")
    assert_column(rows, member_form(F.col("text")))


def test_gender_form_is_one_for_all_words_for_a_gender(spark):
    texts = [(text, form) for form, several in GENDERS.items() for text in several]
    rows = spark.createDataFrame([*texts, (None, None)], "text STRING, expected STRING")
    assert_column(rows, gender_form(F.col("text")))
