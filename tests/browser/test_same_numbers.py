"""The numbers that pages show are those of the API at the addresses beside them. Operations shows no metrics."""

import random
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

from serving.locales import MINUS, NARROW_SPACE, NOTHING
from tests.helpers.matrix import SEED

PATHS = ("/", "/catalogue", "/growth", "/viewing", "/audience", "/taste")
PAIRS = 20
NUMBERS = """() => [
    ...[...document.querySelectorAll('.card')].map(card => ({
        api: card.querySelector("a[href^='/api/v1/query']"),
        rows: [...card.querySelectorAll('data')].map(data => [data.textContent])})),
    ...[...document.querySelectorAll('.panel')].map(panel => ({
        api: panel.querySelector(".behind a[href^='/api/v1/query']:not([download])"),
        rows: [...panel.querySelectorAll('.behind tbody tr')].map(row => [...row.children].map(it => it.textContent))
    }))
].filter(({api}) => api).map(({api, rows}) => [api.getAttribute('href'), rows])"""


def test_twenty_pairs_of_a_metric_and_its_dimensions_are_the_apis(visit, ask):
    shown = [(path, *found) for path in PATHS for found in visit(path).page.evaluate(NUMBERS)]
    pairs = {pair: one for one in shown for pair in pairs_of(one[1])}
    assert len(pairs) >= PAIRS
    print(f"LAKEHOUSE_SEED={SEED} chooses these pairs:")
    for metric, dimensions in random.Random(SEED).sample(sorted(pairs), PAIRS):
        path, address, rows = pairs[metric, dimensions]
        print(f"{metric} by {', '.join(dimensions) or 'nothing'} at {path}")
        answer = ask(address)
        columns = [column["name"] for column in answer["columns"] if column["kind"] != "key"]
        exact = [row[metric] for row in answer["data"]][: len(rows)]
        texts = [row[columns.index(metric) if dimensions else 0].strip() for row in rows]
        assert len(exact) == len(texts) > 0
        assert [pair for pair in zip(texts, exact, strict=True) if not is_rounded(*pair)] == [], (path, address)


def pairs_of(address):
    """The metrics of an address of the API, each with the dimensions and the grain that it has there."""
    asked = parse_qs(urlsplit(address).query)
    dimensions = [name for key in ("grain", "dimensions") for value in asked.get(key, []) for name in value.split(",")]
    return [(metric, tuple(dimensions)) for metric in asked["metrics"][0].split(",")]


def is_rounded(text, exact):
    """Whether a text is a number in the form that English readers see, rounded to the decimals that it has."""
    if exact is None:
        return text == NOTHING
    digits = text.replace(",", "").replace(MINUS, "-").removesuffix(f"{NARROW_SPACE}%")
    shown, value = Decimal(digits), Decimal(str(exact)) * (100 if text.endswith("%") else 1)
    return abs(shown - value) * 2 <= Decimal(1).scaleb(shown.as_tuple().exponent)
