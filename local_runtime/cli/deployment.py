"""`./lakehouse check`: whether the bundle can be deployed, before the Databricks CLI is asked to."""

from argparse import Namespace

from local_runtime.errors import UsageError
from local_runtime.root import ROOT


def check_bundle(arguments: Namespace) -> int:
    """Prints what is wrong with the bundle, or with one of its targets; 1 where something is."""
    from deployment.checks import TARGET_CHECKS, VALUES_TO_SET, find
    from deployment.identity import VARIABLE, command_line, deployer, logged_in
    from deployment.targets import read_targets

    targets = {target.name: target for target in read_targets(ROOT)}
    if arguments.target and arguments.target not in targets:
        raise UsageError(f"There is no target {arguments.target}. There are: {', '.join(targets)}.")
    chosen = [targets[arguments.target]] if arguments.target else list(targets.values())
    findings = find(chosen, (*TARGET_CHECKS, *VALUES_TO_SET))
    cli = command_line()
    if arguments.target and chosen[0].is_shared:
        name = logged_in(cli, ROOT, chosen[0]) if cli else None
        if name:
            findings += deployer(chosen[0], name)
        else:
            missing = "is not logged in" if cli else f"is neither on PATH nor named by {VARIABLE}"
            print(f"Who deploys was not checked: the Databricks CLI {missing}.")
    for finding in findings:
        print(finding)
    names = ", ".join(target.name for target in chosen)
    print(f"Nothing is wrong: {names}." if not findings else f"Findings: {len(findings)}.")
    return 1 if findings else 0
