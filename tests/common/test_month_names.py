"""Names of months, in the languages of the contract."""

import pytest
from pyspark.sql import functions as F

from common.month_names import month_named, months_by_spelling
from tests.helpers.frames import assert_column

# As dates are written in each language, January to December; abbreviations after the bar.
MONTHS = {
    "English": "January February March April May June July August September October November December"
    " | Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "German": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
    " | Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    "French": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    " | janv févr mars avr mai juin juil août sept oct nov déc",
    "Spanish": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
    " | ene feb mar abr may jun jul ago sept oct nov dic",
    "Portuguese": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"
    " | jan fev mar abr mai jun jul ago set out nov dez",
    "Italian": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
    " | gen feb mar apr mag giu lug ago set ott nov dic",
    "Dutch": "januari februari maart april mei juni juli augustus september oktober november december"
    " | jan feb mrt apr mei jun jul aug sep okt nov dec",
    "Swedish": "januari februari mars april maj juni juli augusti september oktober november december"
    " | jan feb mars apr maj juni juli aug sep okt nov dec",
    "Danish": "januar februar marts april maj juni juli august september oktober november december"
    " | jan feb mar apr maj jun jul aug sep okt nov dec",
    "Norwegian": "januar februar mars april mai juni juli august september oktober november desember"
    " | jan feb mars apr mai juni juli aug sep okt nov des",
    "Polish": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"
    " | sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "Turkish": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık"
    " | Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara",
}
# As they are spelled in capitals, without marks, or with marks of their own.
OTHER_SPELLINGS = {
    "MÄRZ": 3,
    "FEVRIER": 2,
    "DE\u0301CEMBRE": 12,
    "Aou\u0302t": 8,
    "WRZESNIA": 9,
    "NİSAN": 4,
    "EKİM": 10,
    "KASIM": 11,
    "ARALIK": 12,
}
NO_MONTHS = ("jui", "ja", "janx", "tember", "octember", "|", "||||", "märz april", "", "9")


def test_months_are_named_in_each_language_in_any_case(spark):
    rows = [
        (spelling, month)
        for names in MONTHS.values()
        for part in names.split(" | ")
        for month, name in enumerate(part.split(), start=1)
        for spelling in (name, name.lower(), name.title())
    ]
    assert len(rows) == 12 * 12 * 2 * 3
    others = [*OTHER_SPELLINGS.items(), *[(text, 0) for text in NO_MONTHS], (None, None)]
    words = spark.createDataFrame([*rows, *others], "word STRING, expected INT")
    assert_column(words, month_named(F.lower("word")))


@pytest.mark.parametrize(("spelling", "month"), [("jui", None), ("mar", 3), ("maj", 5), ("mai", 5), ("lis", 11)])
def test_a_name_that_stands_for_two_months_stands_for_none(spelling, month):
    assert months_by_spelling().get(spelling) == month
