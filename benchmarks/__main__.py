"""`python -m benchmarks`: everything from one run on one machine. `--quick` is a smoke test, not a measurement."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import NoReturn

from app.settings import PREFIX, ROOT
from benchmarks import report
from benchmarks.contestants import BARE
from benchmarks.options import FULL, QUICK
from benchmarks.run import measure
from benchmarks.servers import BenchmarkFailed


def main() -> int:
    """Measure, print the tables and write the JSON file. 1 when something did not run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small counts: does it run at all?")
    options = QUICK if parser.parse_args().quick else FULL
    # The product is measured as it comes, whatever this shell has set.
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]
    # Servers are stopped on the way out, so a request to end must unwind.
    signal.signal(signal.SIGTERM, _leave)
    with tempfile.TemporaryDirectory(prefix="tongda-bench-") as folder:
        try:
            found = measure(options, Path(folder))
        except BenchmarkFailed as error:
            print(error, file=sys.stderr)
            return 1
    file = ROOT / "var" / "bench" / time.strftime("%Y%m%d-%H%M%S.json")
    report.save(found, file)
    print(report.as_text(found, bare=BARE))
    print(f"\nWritten to {file.relative_to(ROOT)}")
    return 0


def _leave(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
