"""Odd values of columns: white space, digits and cases of all scripts, control characters, dates of any form."""

WHITE_SPACE = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2003\u200b\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
BLANK = ("", " ", WHITE_SPACE, "\x1c", "\x1e", "\x1f", "a\x1fb", "\x7f", "\u180e", "\u061c", "\ufffd")
SURROUNDED = tuple(f"{mark}x{mark}y{mark}" for mark in WHITE_SPACE)
NO_VALUE = ("null", "NULL", "None", "NaN", "nan", "N/A", "\\N", "not given", "NOT\u00a0GIVEN", "Unknown", "-1", "true")
NUMBERS = (
    *("0", "00", "1", "-0", "+1", "1.0", "1.5", "1e3", "1_000", "1,000", "0x1F", "Infinity", "9" * 30),
    *("١٢٣", "\uff11\uff12", "²"),
)
CASES = (
    *("İ", "I\u0307", "\u0131", "ß", "ẞ", "ǅ", "ﬁ", "ΑΣ", "Σ", "\u212a", "\u13a0", "ꭰ", "𐐀", "Ⅷ"),
    *("é", "e\u0301", "E\u0301\u0323"),
)
SCRIPTS = (
    *("ẹ\u0301", "\u304b\u3099", "\u1112\u1161\u11ab", "\u0301", "👩\u200d👩\u200d👧", "🇫🇷", "مرحبا"),
    *("\u202eabc", "日本"),
)
PUNCTUATION = (
    *('"', "'", '""', "a,b", ",", ",,", ", ,", "a,a", "a, A", ":", "a:b", "\\", "\\\\", "\\n", "$1", "${x}"),
    *("^.*$", "[", "(?i)"),
)
SYNTAX = ("{}", '{"a": 1}', "%20", "a/b", "_", "=1+1", "<b>", "--", ";", "|")
LONG = ("x" * 20_000, "a," * 10_001, "é" * 300)
ANY_COLUMN = (*BLANK, *SURROUNDED, *NO_VALUE, *NUMBERS, *CASES, *SCRIPTS, *PUNCTUATION, *SYNTAX, *LONG)
# IMDb's files have no quotes: no cell holds a tab or the end of a line.
UNQUOTED = tuple(value for value in ANY_COLUMN if not {*value} & {*"\t\r\n"})

IMPOSSIBLE_DATES = (
    *("31/31/2021", "30/2/2021", "0/0/0", "2021-02-30", "2021-13-01", "31-Sep-21", "Sep 31, 2021", "32-Sep-21"),
    "2021-09-05T25:61:00",
)
UNREADABLE_DATES = (
    *("one fine day", "2021", "20210925", "2021/09/25", "25 9 2021", "25-Sept-21", "25-Sep", "Sep 2021", "12:00"),
    *("٢٠٢١-٠٩-٢٥", "Septembre 5, 2021", "2021-09-05 and more", "Sep  25,2021", "september25, 2021"),
    "SEP 25 2021 12:00",
)
NO_DATES = (*IMPOSSIBLE_DATES, *UNREADABLE_DATES)
DATES = (
    *("Sep 25, 2021", "Sept. 25, 2021", "sep. 5 2021", "MAY 1, 2020", "25-Sep-21", "5 september 2021"),
    *("2021-9-5", "21-9-5", "2021-09-05 00:00:00", "2021-09-05T00:00:00.000Z", "5.9.2021", "5/9/21", "05-09-2021"),
    *("29-Feb-20", "5/5/2021", "September 25, 0021", "January 1, 0001", "0000-01-01", "9999-12-31", "1/1/9999"),
    *("25-Sep-99", "2201-01-01", "5-Sep-05", "2007-01-15", "2007-01-16", "2021-10-01", "2021-10-02", "2100-12-31"),
    *("İ 5, 2021", "\u00a0September\u00a05, 2021\u200b"),
)
DURATIONS = (
    *("1 min", "0 min", "51420 min", "51421 min", "100000 min", "2147483647 min", "2147483648 min", "99999999999 min"),
    *("-5 min", "1.5 min", "90", "90min", "90  mins", "90 Minutes", "٩٠ min", "1 h"),
    *(
        "2 Seasons",
        "1 Season",
        "100 seasons",
        "2.0",
        "1h 30m",
        "1 h 30 min",
        "01:30:00",
        "PT90M",
        "1,440 min",
        "90.0 min",
    ),
)
