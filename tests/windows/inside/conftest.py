"""Everything in this folder runs under a Windows Python, on Windows or in Wine."""

import sys

collect_ignore_glob = [] if sys.platform == "win32" else ["test_*.py"]
