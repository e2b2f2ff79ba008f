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

    def __str__(self) -> str:
        return f"{self.place} {self.problem}; {self.remedy}."


BundleCheck: TypeAlias = Callable[[Config], Iterable[Finding]]
"""Looks at what all targets share."""
TargetCheck: TypeAlias = Callable[[Target], Iterable[Finding]]
"""Looks at one target."""
