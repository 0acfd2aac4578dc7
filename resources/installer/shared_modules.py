"""Runs first in each program for Windows: most of their modules are in one file for both."""

import sys

sys.path.append(f"{sys._MEIPASS}/modules.zip")
