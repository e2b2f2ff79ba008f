"""Auto Loader (`cloudFiles`) on local files: found once, read by column name, nothing lost, nothing silent."""

from local_runtime.auto_loader.loader import Increment, columns_now, load

__all__ = ["Increment", "columns_now", "load"]
