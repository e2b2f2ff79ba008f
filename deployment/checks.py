"""All checks of the bundle, and what they find in it."""

from collections.abc import Iterable

from deployment import access, apps, grants, jobs, landing, releases, required_values, structure
from deployment.findings import BundleCheck, Finding, TargetCheck
from deployment.job_graph.checks import in_all, job_graphs
from deployment.job_graph.columns import alert_columns
from deployment.targets import Target
from local_runtime.pipelines.bundle_config import Config

BUNDLE_CHECKS: tuple[BundleCheck, ...] = (
    structure.target_modes,
    structure.top_level_permissions,
    structure.command_line_version,
    structure.shared_values,
)
TARGET_CHECKS: tuple[TargetCheck, ...] = (
    structure.variables,
    structure.resource_names,
    structure.protection,
    structure.root_paths,
    structure.pinned_settings,
    structure.uploads,
    jobs.limits,
    jobs.retries,
    jobs.recipients,
    jobs.starts,
    landing.folders_are_made,
    releases.decisions,
    apps.names,
    apps.starts,
    apps.environment,
    apps.keeps_its_warehouse,
    jobs.tags,
    jobs.budget_policies,
    access.given,
)
PLACED_CHECKS: tuple[TargetCheck, ...] = (job_graphs, alert_columns)
"""They name file and line, so what several targets have is one finding."""
ACCESS_CHECKS: tuple[TargetCheck, ...] = (
    access.one_identity,
    access.created_after_grants,
    access.runs_can_create,
    access.runs_can_start,
    access.groups_can_work,
    grants.no_more_than_needed,
    access.raw_ids_stay_in_bronze,
    access.event_logs_apart,
    grants.open_to_nobody,
    grants.visible,
    grants.one_run_as,
)
"""What is asked of a target that grants something to somebody."""
VALUES_TO_SET: tuple[TargetCheck, ...] = (
    required_values.service_principal,
    required_values.failure_emails,
    required_values.placeholders,
)
"""What the shipped bundle, or one that includes an optional file as it is, fails: a deployment's own values."""


def find(bundle: Config, targets: Iterable[Target], more: Iterable[TargetCheck] = ()) -> list[Finding]:
    """What all checks, and `more` ones, find in these targets of a bundle, and in what all of its targets share."""
    more = tuple(more)
    targets = tuple(targets)
    found = [finding for check in BUNDLE_CHECKS for finding in check(bundle)]
    found += [finding for check in PLACED_CHECKS for finding in in_all(targets, check)]
    for target in targets:
        checks = (*TARGET_CHECKS, *(ACCESS_CHECKS if access.is_given(target) else ()), *more)
        found += [finding for check in checks for finding in check(target)]
    return found
