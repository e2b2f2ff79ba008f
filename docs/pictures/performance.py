"""Puts what a benchmark measured into docs/performance.md: `.venv/bin/python -m docs.pictures.performance`.

The picture (of the largest size) and the tables between the marks are made of `performance.json`, which
`benchmarks/playback.py` wrote.
"""

import json
import re
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from docs.pictures.draw import FONT, THEMES

FOLDER = Path(__file__).parent
MEASURED, PICTURE, DOCUMENT = FOLDER / "performance.json", FOLDER / "performance.svg", FOLDER.parent / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
WIDTH, LABEL, BAR, STEP, HEAD = 720, 270, 18, 30, 40
OURS, OTHER = "#2f81f7", "#8f9baa"

Measured = Mapping[str, Any]
"""What the benchmark wrote of one size of events."""


def sizes() -> list[Measured]:
    """What was measured, the smallest size first."""
    found = json.loads(MEASURED.read_text(encoding="utf-8"))
    return sorted((found[name] for name in found if name.startswith("playback ")), key=lambda one: one["bytes"])


def median(measured: Measured, what: str, of: str) -> float:
    """The median of a cost."""
    return float(statistics.median(cost[of] for cost in measured["costs"][what]))


def picture(measured: Measured) -> str:
    """Bars of CPU seconds: the pipelines and the scripts from nothing, then the pipelines' updates."""
    rows = [(what, median(measured, what, "cpu_seconds")) for what in measured["costs"] if not what.endswith(" alone")]
    longest, height = max(value for _, value in rows), HEAD + STEP * len(rows) + 8
    title = f"CPU seconds for {measured['bytes'] / 1e9:.2f} GB of playback events, user and system, on two cores"
    bars = "\n".join(_bar(what, value, longest, HEAD + STEP * number) for number, (what, value) in enumerate(rows))
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img">
<title>{escape(title)}</title>
<style>
  text {{ font: 14px {FONT}; fill: {THEMES["light"]["text"]} }} .title {{ font-weight: 600 }}
  @media (prefers-color-scheme: dark) {{ text {{ fill: {THEMES["dark"]["text"]} }} }}
</style>
<text class="title" x="0" y="20">{escape(title)}</text>
{bars}
</svg>
"""


def _bar(what: str, value: float, longest: float, y: int) -> str:
    length = max(1, round((WIDTH - LABEL - 70) * value / longest))
    colour = OTHER if "script" in what else OURS
    return (
        f'<text x="{LABEL - 10}" y="{y + 14}" text-anchor="end">{escape(what)}</text>'
        f'<rect x="{LABEL}" y="{y}" width="{length}" height="{BAR}" rx="3" fill="{colour}"/>'
        f'<text x="{LABEL + length + 8}" y="{y + 14}">{value:.1f}</text>'
    )


def tables(measured: Sequence[Measured]) -> str:
    """For each size a table of costs, and the ratios of the pairs."""
    return "\n\n".join(f"{_costs(one)}\n\n{_ratios(one)}" for one in measured)


def _costs(measured: Measured) -> str:
    about = f"**{measured['bytes'] / 1e9:.2f} GB of events**, commit {measured['commit']}, {measured['day']}."
    head = "| what | CPU s | seconds | peak memory | read | written |\n|---|---|---|---|---|---|"
    lines = []
    for what in measured["costs"]:
        gigabytes = [median(measured, what, of) / 1e9 for of in ("peak_bytes", "read_bytes", "written_bytes")]
        cells = [f"{median(measured, what, of):.1f}" for of in ("cpu_seconds", "seconds")]
        lines.append(f"| {' | '.join([what, *cells, *(f'{it:.2f} GB' for it in gigabytes)])} |")
    answers = "Answers differ!" if measured["differ"] else "All answers are equal."
    return "\n".join([f"{about} {answers}\n", head, *lines])


def _ratios(measured: Measured) -> str:
    lines = ["| pipelines beside | CPU s, median of pairs | from … to | seconds |", "|---|---|---|---|"]
    for script, pairs in measured["ratios"].items():
        cpu, seconds = ([pair[of] for pair in pairs] for of in ("cpu_seconds", "seconds"))
        spread = f"{min(cpu):.2f} … {max(cpu):.2f}"
        lines.append(f"| {script} | {statistics.median(cpu):.2f} | {spread} | {statistics.median(seconds):.2f} |")
    load = median(measured, "pipelines, from nothing", "cpu_seconds")
    updates = [what for what in measured["costs"] if what.startswith("1 % more")]
    shares = [f"{what}: {100 * median(measured, what, 'cpu_seconds') / load:.0f} %" for what in updates]
    layers = [
        f"{layer} read {about['reads_of_a_source_byte']:.1f} times the bytes of the source, while the lake had up to "
        f"{about['peak_of_lake']:.2f} times the size that it has in the end"
        for layer, about in measured["layers"].items()
    ]
    alone = f"\n\nEach layer as a run of its own: {'; '.join(layers)}." if layers else ""
    return "\n".join(lines) + f"\n\nOf the load's CPU seconds: {'; '.join(shares)}.{alone}"


def with_tables(document: str, made: str) -> str:
    """The document with these tables between the marks."""
    return re.sub(f"{BEGIN}.*?{END}", lambda _: f"{BEGIN}\n\n{made}\n\n{END}", document, flags=re.DOTALL)


if __name__ == "__main__":
    PICTURE.write_text(picture(sizes()[-1]), encoding="utf-8")
    document = with_tables(DOCUMENT.read_text(encoding="utf-8"), tables(sizes()))
    DOCUMENT.write_text(document, encoding="utf-8")
    print(f"docs/pictures/{PICTURE.name} and the tables of docs/{DOCUMENT.name} are written.")
