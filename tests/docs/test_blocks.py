"""Every fenced block of the documentation runs, or is checked as far as its kind allows."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import doc_checks
import psycopg
import pytest
from depot_copy import depot_in
from doc_blocks import ROOT, Block, Page, read_page
from doc_project import BIN, PageRun, matches
from target_projects import target_project

from trackwright.status import transitions

DOCS = ROOT / "docs"
GENERATED = ("docs/reference",)
"""Pages that a command writes and another test compares with what it writes today."""
CHECKED_ELSEWHERE = {
    "README.md": "tests/docs/test_readme.py",
    "docs/rest.md": "tests/docs/test_rest.py",
    "docs/testing.md": "tests/docs/test_testing_page.py",
}
SPEC = """\
domain: price_update
description: Fetches the price of one product.
fields:
  product: {type: string, length: 40, required: true}
  price: {type: decimal, precision: 12, scale: 2}
task:
  name: update_price
  timeout: {soft: 5m, hard: 6m}
  retry: {max_attempts: 3, base: 2s, cap: 1m}
"""
BODY = """\
    if run.tracking.product == "coffee":
        message = "the supplier does not answer"
        raise TimeoutError(message)
    run.logger.info("priced %s", run.tracking.product)
"""


def pages() -> list[Page]:
    """Every page that people read, without those that are generated."""
    found = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
    kept = [path for path in found if not any(path.is_relative_to(ROOT / folder) for folder in GENERATED)]
    return [read_page(path) for path in sorted(kept)]


PAGES = [page for page in pages() if page.blocks]
RUN_HERE = [page for page in PAGES if page.name not in CHECKED_ELSEWHERE]


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project that most pages are about: a new one with the domain price_update."""
    folder = tmp_path_factory.mktemp("docs")
    _run(folder, "trackwright", "init", "--starter", "shop")
    shop = folder / "shop"
    (shop / "tracking" / "price_update.yaml").write_text(SPEC)
    _run(shop, "trackwright", "generate")
    _give_a_body(shop / "app/tasks/price_update.py")
    _run(shop, "alembic", "upgrade", "head")
    return shop


def _run(folder: Path, *command: str, **variables: str) -> None:
    subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=folder,
        env={**os.environ, **variables},
        check=True,
        capture_output=True,
    )


def _give_a_body(path: Path) -> None:
    """Replace the lines that say where the work goes."""
    before, _, _ = path.read_text().partition("    # Your work goes here")
    path.write_text(before + BODY)


def _existing(folder: Path) -> Path:
    """A service that knows nothing of trackwright."""
    root = target_project(folder, layout="layered", is_async=False)
    shutil.rmtree(root / "tracking")
    (root / "trackwright.toml").unlink()
    return root


@pytest.fixture
def page_run(page: Page, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[PageRun]:
    """The page's folder and its processes."""
    variables = {}
    if "postgresql" in page.notes:
        url: str = request.getfixturevalue("postgres_url")
        variables["DATABASE_URL"] = url
    folder = tmp_path / "work"
    folder.mkdir()
    if "project existing" in page.notes:
        folder = _existing(folder / "app")
    elif "project legacy" in page.notes:
        folder = depot_in(folder / "depot").root
        _run(folder, "python", "-m", "alembic.config", "upgrade", "head", **variables)
        variables["PYTHONPATH"] = str(folder)
    elif "project none" not in page.notes:
        folder = Path(shutil.copytree(request.getfixturevalue("example"), folder / "shop"))
        (folder / "app.db").unlink(missing_ok=True)
        _run(folder, "alembic", "upgrade", "head", **variables)
    run = PageRun(folder, variables)
    yield run
    run.close()


@pytest.mark.parametrize("page", RUN_HERE, ids=lambda page: page.name)
def test_every_block_of_a_page_does_what_it_shows(page: Page, page_run: PageRun, tmp_path: Path) -> None:
    printed: str | None = None
    for block in page.blocks:
        try:
            if block.language == "text":
                assert printed is not None, "a text block is what the Python block above it prints"
                assert matches(block.text, printed), f"printed:\n{printed}\nnot:\n{block.text}"
            else:
                printed = _check(page, block, page_run, tmp_path)
        except Exception as error:
            error.add_note(f"{page.name}:{block.line}")
            raise


def _check(page: Page, block: Block, run: PageRun, scratch: Path) -> str | None:
    """Run or check one block; what it printed where that is for the page to show."""
    if "excerpt" in block.notes:
        assert block.title is not None
        assert _words(block.text) in _words((run.folder / block.title).read_text())
        return None
    if block.language in doc_checks.FILES:
        doc_checks.FILES[block.language](block, scratch)
    elif block.title is None:
        return _run_block(page, block, run)
    if block.title is not None and "shown" not in block.notes:
        run.write(block)
    return None


def _run_block(page: Page, block: Block, run: PageRun) -> str | None:
    match block.language:
        case "console" if "shown" in block.notes:
            doc_checks.check_commands(block)
        case "console" if "background" in block.notes:
            run.background(block)
        case "console":
            run.console(block)
        case "python":
            return run.python(block, page.name)
        case "sql":
            _execute(block, run)
        case "mermaid":
            _check_diagram(block)
        case _:
            message = f"nothing checks this block of {block.language or 'no language'}: give it a title, or one that is"
            raise AssertionError(message)
    return None


def _words(text: str) -> str:
    return " ".join(text.split())


def _execute(block: Block, run: PageRun) -> None:
    url = run.environment["DATABASE_URL"].replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in block.text.split(";"):
            if statement.strip():
                connection.execute(statement.encode())


def _check_diagram(block: Block) -> None:
    edges = re.findall(r"^\s*([A-Z]+) --> ([A-Z]+)$", block.text, re.MULTILINE)
    if any(name == "PENDING" for name, _ in edges):
        assert set(edges) == {(source.value, target.value) for source, target in transitions()}


def test_no_name_in_a_pages_python_is_undefined(tmp_path: Path) -> None:
    for page in RUN_HERE:
        kept = [block.text for block in page.blocks if block.language == "python" and block.title is None]
        (tmp_path / f"{page.name.replace('/', '_')}.py").write_text("\n".join(kept))
    ruff = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--no-cache",
        "--select",
        "F821,F822",
        "--ignore",
    ]
    result = subprocess.run([*ruff, "F704", str(tmp_path)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_pages_that_other_tests_hold_are_held_by_them() -> None:
    for page, test in CHECKED_ELSEWHERE.items():
        assert Path(page).name in (ROOT / test).read_text(), (page, test)
