"""Commands that messages suggest; `where` are the options that name the folders."""

from local_runtime.printable import shell_word


def rejected_command(name: str, where: str) -> str:
    """The command that shows what was left out of a file or a release."""
    return f"./lakehouse rejected {shell_word(name)}{where}"


def rules_command(quarantine: str, where: str) -> str:
    """The command that shows which rules the rows in a quarantine fail."""
    query = f"SELECT failed_rules, count(*) AS rows FROM {quarantine} GROUP BY ALL ORDER BY rows DESC"
    return f'./lakehouse sql "{query}"{where}'
