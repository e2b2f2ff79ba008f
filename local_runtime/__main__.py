"""`python -m local_runtime`: the launcher's entry."""

import sys

from local_runtime.cli import main

sys.exit(main())
