"""The `trackwright` command: parse, call one function, print, exit."""

import sys

from trackwright_gen.cli.collection import RUNS_ALONE, end_at_once


def main() -> None:
    """Run the command; explain a missing click without a traceback."""
    try:
        from trackwright_gen.cli.group import trackwright
    except ModuleNotFoundError as missing:
        if missing.name != "click":
            raise
        sys.stderr.write(
            "trackwright: the command needs the package 'click', which is not installed.\n"
            "  hint: install it with: pip install 'trackwright[generator]'  (or [lint], or [celery])\n"
        )
        raise SystemExit(2) from None
    try:
        trackwright(obj=RUNS_ALONE)
    finally:
        end_at_once()
