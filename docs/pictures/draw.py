"""Draws the README's diagram and badges: `.venv/bin/python -m docs.pictures.draw`.

The diagram is drawn for GitHub's light and dark themes. What badges say is read from `pyproject.toml` and the launcher.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

FOLDER = Path(__file__).parent
PROJECT = tomllib.loads((FOLDER.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif'
THEMES = {
    "light": {"text": "#1f2328", "quiet": "#59636e", "box": "#f6f8fa", "edge": "#d1d9e0", "arrow": "#818b98"},
    "dark": {"text": "#f0f6fc", "quiet": "#9198a1", "box": "#151b23", "edge": "#3d444d", "arrow": "#7d8590"},
}


class Node(NamedTuple):
    """A box of the diagram: where it is, the colour of its edge, its name, and what it is."""

    x: int
    y: int
    width: int
    colour: str
    name: str
    note: str


WIDTH, HEIGHT, GAP = 720, 78, 32
SOURCES = (
    ("Catalogue", "CSV releases"),
    ("Subscribers", "CSV snapshots"),
    ("Playback", "JSON lines, CSV"),
    ("IMDb", "its TSV files"),
)
STEPS = (
    ("#b87333", "Bronze", "every row unchanged, with its source file"),
    ("#8f9baa", "Silver", "cleansed, with history; rows that fail a rule in quarantine"),
    ("#d4a017", "Gold", "a star schema and KPIs, every table under rules"),
    ("#2f81f7", "Answers", "SQL here or in a warehouse, Power BI"),
)


def nodes() -> list[Node]:
    """The sources side by side, and the steps below them."""
    width = (WIDTH - 3 * 16) // 4
    sources = [Node(n * (width + 16), 0, width, "#57ab5a", *it) for n, it in enumerate(SOURCES)]
    return sources + [Node(0, (n + 1) * (HEIGHT + GAP), WIDTH, *it) for n, it in enumerate(STEPS)]


def diagram(theme: Mapping[str, str]) -> str:
    """The eight nodes from the sources to the answers."""
    height = (len(STEPS) + 1) * HEIGHT + len(STEPS) * GAP
    view = f"-1 -1 {WIDTH + 2} {height + 2}"
    boxes = "\n".join(_box(node) for node in nodes())
    arrows = "\n".join(_arrow(node) for node in nodes()[:-1])
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="{view}" role="img">
<title>Four sources land in bronze, are cleansed into silver, modelled in gold, and answered by SQL and Power BI</title>
<style>
  text {{ font-family: {FONT}; text-anchor: middle }}
  .name {{ font-size: 23px; font-weight: 600; fill: {theme["text"]} }}
  .note {{ font-size: 19px; fill: {theme["quiet"]} }} rect {{ fill: {theme["box"]}; stroke: {theme["edge"]} }}
  path {{ stroke: {theme["arrow"]}; stroke-width: 2; fill: none }}
</style>
{boxes}
{arrows}
</svg>
"""


def pythons() -> str:
    """The versions of Python that the launcher takes."""
    (oldest, newest) = re.findall(r"\(3, (\d+)\)", (FOLDER.parents[1] / "lakehouse").read_text(encoding="utf-8"))
    return f"3.{oldest} to 3.{newest}"


def badges() -> dict[str, str]:
    """A badge for each fact, by the name of its file."""
    groups = {
        name: dict(_pinned(one) for one in group if isinstance(one, str))  # a group may include another one
        for name, group in PROJECT["dependency-groups"].items()
    }
    spark, delta = (groups["spark"][name] for name in ("pyspark[connect]", "delta-spark"))
    facts = {
        "python": ("Python", pythons(), "#3776ab"),
        "spark": ("Apache Spark", spark.rpartition(".")[0], "#c4551a"),
        "delta": ("Delta Lake", delta.rpartition(".")[0], "#00778b"),
        "tests": ("tested on", "Sail and Spark", "#2e7d32"),
        "workspace": ("Databricks", "seen by no workspace yet", "#8a6100"),
        "licence": ("licence", PROJECT["project"]["license"], "#5a4fcf"),
    }
    return {name: _badge(*fact) for name, fact in facts.items()}


def pictures() -> dict[str, str]:
    """Every picture that is drawn, by the name of its file."""
    diagrams = {f"layers-{name}.svg": diagram(theme) for name, theme in THEMES.items()}
    return diagrams | {f"badge-{name}.svg": badge for name, badge in badges().items()}


def _box(node: Node) -> str:
    middle, style = node.x + node.width // 2, f"fill: {node.colour}; stroke: none"
    return (
        f'<rect x="{node.x}" y="{node.y}" width="{node.width}" height="{HEIGHT}" rx="8"/>'
        f'<rect x="{node.x}" y="{node.y}" width="{node.width}" height="6" rx="3" style="{style}"/>'
        f'<text class="name" x="{middle}" y="{node.y + 36}">{node.name}</text>'
        f'<text class="note" x="{middle}" y="{node.y + 62}">{node.note}</text>'
    )


def _arrow(node: Node) -> str:
    x, y = node.x + node.width // 2, node.y + HEIGHT + 4
    return f'<path d="M{x} {y}v{GAP - 10}m-6 -7l6 7l6 -7"/>'


def _badge(label: str, value: str, colour: str) -> str:
    left, right = (round(6.6 * len(text)) + 14 for text in (label, value))
    texts = "".join(
        f'<text x="{x}" y="14" textLength="{length - 14}" lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
        for x, length, text in ((7, left, label), (left + 7, right, value))
    )
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img">
<title>{escape(label)}: {escape(value)}</title>
<style>text {{ font: 11px Verdana, "DejaVu Sans", sans-serif; fill: #ffffff }}</style>
<clipPath id="round"><rect width="{left + right}" height="20" rx="4"/></clipPath>
<g clip-path="url(#round)"><rect width="{left}" height="20" fill="#444c56"/>
<rect x="{left}" width="{right}" height="20" fill="{colour}"/></g>
{texts}
</svg>
"""


def _pinned(requirement: str) -> tuple[str, str]:
    name, _, version = requirement.partition("==")
    return name, version


if __name__ == "__main__":
    for name, text in pictures().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"docs/pictures/{name} is written.")
