"""`apbridge`, with the demo company's Business Objects behind real COM instead of in the same process."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from app.cli import main
from app.sandbox import stand_ins
from tests.windows.inside.com_server import dispatch_here
from tests.windows.inside.wine_odbc import use_drivers_of_linux

if "WITHOUT_COM" not in os.environ:
    stand_ins.dispatch_sandbox = lambda location: dispatch_here
use_drivers_of_linux()
sys.exit(main())
