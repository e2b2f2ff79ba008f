"""What is generated from the registry and committed, by the names that `./lakehouse generate` takes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dashboards.ai_bi import checks as ai_bi_checks
from dashboards.ai_bi import dashboard
from dashboards.equivalents.document import equivalents
from dashboards.looker import checks as looker_checks
from dashboards.looker import project as looker
from dashboards.power_bi.checks import problems
from dashboards.power_bi.project import FOLDER as POWER_BI
from dashboards.power_bi.project import project_files
from dashboards.tableau import checks as tableau_checks
from dashboards.tableau import workbook as tableau
from metrics.documents import VIEWS, documents
from metrics.registry import Registry

DESKTOP = ".pbi"
"""The folder in which Power BI Desktop keeps a reader's own settings beside a project that it has opened."""


@dataclass(frozen=True)
class Surface:
    """Files that are made from the registry.

    `files` gives their texts by their paths below the project's folder. `owned` are patterns of paths, all of whose
    files are the surface's: those that it no longer makes are removed. `problems` says what is wrong with
    such files.
    """

    name: str
    what: str
    files: Callable[[Registry], Mapping[str, str]]
    owned: tuple[str, ...] = ()
    problems: Callable[[Registry, Mapping[str, str]], list[str]] | None = None

    def leftovers(self, made: Iterable[str], root: Path) -> list[Path]:
        """The files that the surface owns and that aren't among those that it makes, by their paths in `files`."""
        current = {root / path for path in made}
        found = {path for pattern in self.owned for path in root.glob(pattern) if path.is_file()}
        return sorted(path for path in found - current if DESKTOP not in path.parts)


SURFACES = (
    Surface(
        name="metrics",
        what="docs/metrics.md, the definitions' JSON Schema, and Databricks' metric views",
        files=documents,
        owned=(f"{VIEWS}/*.sql",),
    ),
    Surface(
        name="databricks",
        what="the dashboard of Databricks AI/BI, which the bundle deploys",
        files=dashboard.files,
        owned=("generated/databricks/*",),
        problems=ai_bi_checks.problems,
    ),
    Surface(
        name="looker",
        what="the LookML project: views, explores, data tests and dashboards for Looker",
        files=looker.files,
        owned=("generated/looker/**/*",),
        problems=looker_checks.problems,
    ),
    Surface(
        name="tableau",
        what="the Tableau workbook and its data sources",
        files=tableau.files,
        owned=("generated/tableau/*",),
        problems=tableau_checks.problems,
    ),
    Surface(
        name="power_bi",
        what="a Power BI project: two semantic models and a report",
        files=project_files,
        owned=(f"{POWER_BI}/**/*",),
        problems=problems,
    ),
    Surface(
        name="equivalents",
        what="docs/equivalents.md: each metric in each language, and why they mean the same",
        files=equivalents,
    ),
)
