"""What a check finds wrong, and what kinds of checks there are."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from deployment.targets import Target
from local_runtime.pipelines.bundle_config import Config


@dataclass(frozen=True)
class Finding:
    """Something wrong with the bundle: where, what, and what to do about it."""

    place: str
    problem: str
    remedy: str
    line: str = ""
    """The file and line that have it (resources/medallion.job.yml:42); empty where they aren't known."""
    targets: tuple[str, ...] = ()
    """The targets that have it, where others that were looked at don't."""
    may_be_new: bool = False
    """Whether it is a word that isn't in the lists here, which the vendor may have added since they were copied."""

    def __str__(self) -> str:
        targets = f" (in {', '.join(self.targets)})" if self.targets else ""
        line = f"{self.line}: " if self.line else ""
        return f"{line}{self.place}{targets} {self.problem}; {self.remedy}."


BundleCheck: TypeAlias = Callable[[Config], Iterable[Finding]]
"""Looks at what all targets share."""
TargetCheck: TypeAlias = Callable[[Target], Iterable[Finding]]
"""Looks at one target."""
