"""Why a file that was read before isn't loaded again."""

CHANGED_AFTER_LOAD = "changed_after_load"
CHANGED_AFTER_REJECTION = "changed_after_rejection"
