"""Where the project is, and when this process began."""

import os
import time
from pathlib import Path

STARTED = time.monotonic()
ROOT = Path(os.environ.get("LAKEHOUSE_ROOT", Path(__file__).resolve().parents[1]))
CACHE = ROOT / ".lakehouse"
"""What commands set up for themselves."""
