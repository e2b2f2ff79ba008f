"""docs/equivalents.md: the closed forms in each language, then each measure in each language."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from dashboards.equivalents.kinds import KINDS, kind_of
from dashboards.equivalents.languages import LANGUAGES
from metrics.registry import Registry, parts_of

PATH = "docs/equivalents.md"  # below the repository's root
PROSE = Path(__file__).parent / "prose"


def equivalents(registry: Registry) -> Mapping[str, str]:
    """The page's text, by its path below the repository's root."""
    introduction, differences = (
        (PROSE / name).read_text(encoding="utf-8").rstrip() for name in ("introduction.md", "differences.md")
    )
    lines = [introduction, "", "## The forms", "", *_forms(), differences, "", "## Measure by measure", ""]
    formulas = {language.name: language.formulas(registry) for language in LANGUAGES}
    for name in registry.measures:
        lines += _measure(registry, name, formulas)
    return {PATH: "\n".join(lines).rstrip() + "\n"}


def _forms() -> Iterator[str]:
    for kind, why in KINDS.items():
        yield f"### {kind.replace('_', ' ').capitalize()}"
        yield ""
        yield why
        yield ""
        for language in LANGUAGES:
            form = language.forms.get(kind)
            text = f"`{form}`" if form else language.why_not
            yield f"- {language.name}: {text}"
        yield ""


def _measure(registry: Registry, name: str, formulas: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    measure = registry.measures[name]
    yield f"### {measure.label}"
    yield ""
    hidden = ", only a part of others" if measure.hidden else ""
    of = f"of `{measure.of}`" if measure.of else f"of {' and '.join(f'`{part}`' for part in parts_of(measure))}"
    bridge = f"; over bridges: {measure.over_bridge}" if measure.over_bridge else ""
    yield f"`{name}`{hidden}: {kind_of(registry, name).replace('_', ' ')} {of}{bridge}. In words: {measure.definition}."
    yield ""
    for language in LANGUAGES:
        text = formulas[language.name].get(name)
        yield f"{language.name}:" if text else f"{language.name}: {language.why_not}"
        yield ""
        if text:
            yield from [f"```{language.code}", text, "```", ""]
