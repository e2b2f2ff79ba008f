import pytest

from local_runtime.auto_loader.formats.csv_records import read_records
from local_runtime.auto_loader.formats.records import Malformed


def records(text, width=3):
    header = ",".join(f"h{place}" for place in range(width)) + "\n"
    found = read_records(iter((header + text).splitlines(keepends=True)), ",").records
    return [record.text if isinstance(record, Malformed) else record for record in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b,c\n", [["a", "b", "c"]]),
        ('a,"b ""x"", y",c\n', [["a", 'b "x", y', "c"]]),
        ('a,"two\nlines",c\nd,e,f\n', [["a", "two\nlines", "c"], ["d", "e", "f"]]),
        ("a,,\n\n,,\n", [["a", "", ""], ["", "", ""]]),
        ("a,b,c", [["a", "b", "c"]]),
        ("", []),
    ],
)
def test_good_records(text, expected):
    assert records(text) == expected


@pytest.mark.parametrize(
    "broken",
    [
        "too,few",
        "one,too,many,cells",
        's9,"never closed,x',
        's9,x,"never closed',
        's9,"closed "wrongly", too, many',
        '"',
    ],
)
def test_a_broken_line_takes_no_neighbour_with_it(broken):
    text = f'a,b,c\n{broken}\nd,"e, ""f""",g\nh,"two\nlines",j\n'
    assert records(text) == [["a", "b", "c"], broken, ["d", 'e, "f"', "g"], ["h", "two\nlines", "j"]]


def test_an_unclosed_quote_does_not_merge_with_a_later_one_into_a_record_of_the_right_width():
    # A lenient reader gives one good-looking record here: s1, "Lost,\ns2,Found", c.
    assert records('s1,"Lost,\ns2,"Found",c\n') == ['s1,"Lost,', ["s2", "Found", "c"]]


def test_an_undoubled_quote_inside_a_cell_is_taken_as_it_stands_where_the_width_is_right():
    assert records('a,"the "real" one",c\n') == [["a", 'the real" one"', "c"]]


def test_an_unclosed_quote_at_the_end_loses_one_line():
    assert records('a,b,c\nd,"e,f\ng,h,i\n') == [["a", "b", "c"], 'd,"e,f', ["g", "h", "i"]]


def test_header_skips_blank_lines():
    assert read_records(iter(["\n", "a,b\n"]), ",").names == ["a", "b"]
    assert read_records(iter([]), ",").names == []
