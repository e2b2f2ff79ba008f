"""What is to be known of a lake and is no problem, in sentences for a person."""

from local_runtime.inspection.releases import note_on_mixed_order, notes_on_order
from local_runtime.inspection.status import LakeState
from local_runtime.printable import on_one_line


def notices_of(state: LakeState) -> list[str]:
    """What needs no hand and is to be known, in sentences."""
    notices = [
        f"{on_one_line(release)} is {pending.decision.done}, which takes effect with the next run: {pending.command}"
        for release, pending in state.pending.items()
    ]
    for name, releases in state.releases.items():
        notices += [note for one in releases if not one["is_superseded"] for note in notes_on_order(one)]
        notices += note_on_mixed_order(name, releases)
    notices += ["The data in this lake are invented: it is a sample."] if state.invented else []
    return notices + _undefined_tables(state)


def _undefined_tables(state: LakeState) -> list[str]:
    if not state.undefined:
        return []
    undefined = {*state.undefined}
    readers = [table.name for table in state.tables if table.name not in undefined and {*table.reads} & undefined]
    read = f" {', '.join(readers)} read from them, and get nothing new." if readers else ""
    return [
        f"Defined by no pipeline: {', '.join(state.undefined)}. They were renamed or removed in the code, or another "
        f"program wrote them; nothing here updates them.{read} Delete their folders if they aren't needed any more.",
    ]
