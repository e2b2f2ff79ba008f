"""Where the project is."""

import os
from pathlib import Path

ROOT = Path(os.environ.get("LAKEHOUSE_ROOT", Path(__file__).resolve().parents[1]))
CACHE = ROOT / ".lakehouse"
"""What commands set up for themselves."""
