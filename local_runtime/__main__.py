"""`python -m local_runtime`: the launcher's entry."""

import os
import sys

from local_runtime.cli.arguments import main
from local_runtime.lake.paths import forget_aliases

try:
    code = main()
except SystemExit as usage:
    code = int(usage.code or 0)
finally:
    forget_aliases()
sys.stdout.flush()
sys.stderr.flush()
# Not sys.exit: native threads of the engines and of Arrow now and then abort an interpreter that is being torn down.
os._exit(code)
