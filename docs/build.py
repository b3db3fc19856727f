"""Build the documentation's site: python docs/build.py [FOLDER]. Warnings are errors.

What can be listed by itself is: the decisions, and pages of a section that the navigation does not name.
"""

import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SECTIONS = {
    "how-to": "How-to",
    "explanation": "Explanation",
    "reference": "Reference",
    "contributing": "Contributing",
}
DECISIONS = "# Decisions\n\nWhat was decided, why, what it costs, and what would undo it.\n\n"


def prepare(folder: Path) -> None:
    """Copy the pages and the settings into a folder, with the lists that are made."""
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    (folder / "runtime").symlink_to(ROOT / "runtime")
    decisions = sorted((folder / "docs/adr").glob("*.md"))
    lines = [f"- [{_title(path)}](../adr/{path.name})\n" for path in decisions]
    (folder / "docs/contributing/decisions.md").write_text(DECISIONS + "".join(lines))
    settings = (ROOT / "zensical.toml").read_text(encoding="utf-8")
    (folder / "zensical.toml").write_text(_with_all_pages(settings, folder / "docs"))


def _title(page: Path) -> str:
    return page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


def _with_all_pages(settings: str, docs: Path) -> str:
    named = set(_leaves(tomllib.loads(settings)["project"]["nav"]))
    for folder, section in SECTIONS.items():
        pages = (path.relative_to(docs).as_posix() for path in sorted((docs / folder).rglob("*.md")))
        more = "".join(f'    "{page}",\n' for page in pages if page not in named)
        head, opening, rest = settings.partition(f'{{ "{section}" = [\n')
        own, closing, tail = rest.partition("  ] },\n")
        settings = f"{head}{opening}{own}{more}{closing}{tail}"
    return settings


def _leaves(nav: Any) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    return [leaf for one in (nav.values() if isinstance(nav, dict) else nav) for leaf in _leaves(one)]


def build(site: Path) -> int:
    """Build the site into a folder; the builder's exit status."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        prepare(folder)
        # The folder is new, so the builder's cache is empty: an old page hides no warning.
        command = [sys.executable, "-m", "zensical", "build", "--strict"]
        status = subprocess.run(command, cwd=folder, check=False).returncode  # noqa: S603 -- fixed arguments
        if status == 0:
            shutil.rmtree(site, ignore_errors=True)
            shutil.move(folder / "site", site)
    return status


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "site"))
