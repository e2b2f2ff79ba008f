"""`./lakehouse check`: whether the bundle can be deployed, before the Databricks CLI is asked to."""

from argparse import Namespace

from local_runtime.errors import LakehouseError, UsageError
from local_runtime.root import ROOT


def check_bundle(arguments: Namespace) -> int:
    """Prints what is wrong with the bundle, or with one of its targets; 1 where something is."""
    from deployment.checks import VALUES_TO_SET, find
    from deployment.findings import Finding
    from deployment.identity import CLI_VARIABLE, command_line, deployer, logged_in
    from deployment.targets import targets_of
    from local_runtime.pipelines.bundle_config import read_bundle

    bundle = read_bundle(ROOT).config
    targets = {target.name: target for target in targets_of(bundle)}
    if arguments.target and arguments.target not in targets:
        raise UsageError(f"There is no target {arguments.target}. There are: {', '.join(targets)}.")
    chosen = [targets[arguments.target]] if arguments.target else list(targets.values())
    findings = find(bundle, chosen, VALUES_TO_SET)
    if arguments.target and chosen[0].is_shared:
        cli = command_line()
        if cli is None:
            print(f"Who deploys was not checked: the Databricks CLI is neither on PATH nor named by {CLI_VARIABLE}.")
        else:
            try:
                findings += deployer(chosen[0], logged_in(cli, ROOT, chosen[0]))
            except LakehouseError as error:
                findings.append(Finding("Who deploys", f"is not known: {error}", "log in as the service principal"))
    for finding in findings:
        print(finding)
    names = ", ".join(target.name for target in chosen)
    if not findings:
        print(
            f"Nothing is wrong in the bundle's files: {names}. Whether its catalog and groups exist was not looked up."
        )
    else:
        print(f"Findings: {len(findings)}.")
    return 1 if findings else 0
