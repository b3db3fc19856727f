"""Draw the README's picture out of real commands: python docs/picture.py [FILE].

It makes a new project, runs a worker on it, and keeps what the commands print, colours and all.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from workers import wait_until, worker  # noqa: E402 -- found by the line above

BIN = Path(sys.executable).parent
WIDTH = 140
SPEC = """\
domain: price_update
description: Fetches the price of one product.
fields:
  product: {type: string, length: 40, required: true}
task:
  name: update_price
  retry: {max_attempts: 2, base: 1s, cap: 1s}
"""
BODY = """\
    if run.tracking.product == "coffee":
        message = "the supplier does not answer"
        raise TimeoutError(message)
"""
SEND = """\
from app.db.session import SessionLocal
from app.services.price_update import PriceUpdateService
from app.tasks.price_update import update_price

with SessionLocal() as session:
    rows = [{"product": f"tea {n}"} for n in range(99)] + [{"product": "coffee"}]
    PriceUpdateService(session).enqueue_many(update_price, rows, commit=True)
"""
UNTRACKED = '''
@celery_app.task
def send_newsletter(month: str) -> None:
    """Send it to everybody."""
'''
SHOWN = ("trackwright generate", "trackwright stats", "trackwright lint --output-format concise")


def main() -> None:
    """Write the picture."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "picture.svg"
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 -- nothing is shown
    with tempfile.TemporaryDirectory() as made:
        for command, printed in _session(Path(made)):
            console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
            console.print(Text.from_ansi(printed), "")
    target.write_text(
        console.export_svg(title="trackwright", theme=MONOKAI, unique_id="trackwright") + "\n",
        encoding="utf-8",
    )


def _session(folder: Path) -> list[tuple[str, str]]:
    """The commands, each with what it printed."""
    _run(folder, "trackwright init --starter shop")
    shop = folder / "shop"
    (shop / "tracking" / "price_update.yaml").write_text(SPEC)
    shown = [(SHOWN[0], _run(shop, SHOWN[0]))]
    task = shop / "app/tasks/price_update.py"
    task.write_text(task.read_text().partition("    # Your work goes here")[0] + BODY)
    _run(shop, "alembic upgrade head")
    _run(shop, f"python -c '{SEND}'")
    with worker("app.worker", {}, shop, "--pool", "solo") as running:
        wait_until("every row's end", lambda: _all_ended(shop), running.log)
    shown.append((SHOWN[1], _run(shop, SHOWN[1])))
    (shop / "app/worker.py").write_text((shop / "app/worker.py").read_text() + UNTRACKED)
    shown.append((SHOWN[2], _run(shop, SHOWN[2], code=1)))
    return shown


def _all_ended(shop: Path) -> bool:
    (figures,) = json.loads(_run(shop, "trackwright stats --output-format json"))
    return figures["counts"]["PENDING"] == figures["counts"]["PROCESSING"] == 0


def _run(folder: Path, command: str, *, code: int = 0) -> str:
    result = subprocess.run(  # noqa: S603 -- the commands above
        ["bash", "-c", command],  # noqa: S607 -- the same
        cwd=folder,
        env={
            **os.environ,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "COLUMNS": str(WIDTH),
            "FORCE_COLOR": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != code:
        raise RuntimeError(command + "\n" + result.stdout + result.stderr)
    return result.stdout


if __name__ == "__main__":
    main()
