"""The documentation's site builds without a warning, leads to every page, and links to what is there."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from doc_blocks import ROOT

DOCS = ROOT / "docs"
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)|<(?P<address>https?://[^>\s]+)>")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built with warnings as errors."""
    folder = tmp_path_factory.mktemp("site") / "site"
    command = [sys.executable, str(DOCS / "build.py"), str(folder)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


def test_the_api_reference_has_the_docstrings(site: Path) -> None:
    reference = (site / "reference/runtime/index.html").read_text()
    assert 'id="trackwright.jobs.tracked_task"' in reference
    assert "errors that deserve another attempt" in reference


def test_the_navigation_leads_to_every_page(site: Path) -> None:
    home = (site / "index.html").read_text()
    navigated = set(re.findall(r'<a href="\./([^"#]+)/" class="md-nav__link"', home))
    pages = {path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md")}
    missing = {page for page in pages - {"index"} if not page.startswith("adr/") and page not in navigated}
    assert not missing


def test_every_decision_is_listed(site: Path) -> None:
    listed = (site / "contributing/decisions/index.html").read_text()
    assert all(f"adr/{path.stem}/" in listed for path in (DOCS / "adr").glob("*.md"))


def test_links_lead_somewhere() -> None:
    """Pages outside of the site have no builder that looks; outside addresses only have to be well-formed."""
    for page in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]:
        for link in LINK.finditer(page.read_text()):
            target = link["target"] or link["address"]
            parts = urlsplit(target)
            if parts.scheme:
                assert parts.scheme in {"https", "http", "mailto"}, (page, target)
                assert parts.netloc or parts.path, (page, target)
            elif parts.path and not parts.path.endswith("decisions.md"):  # written when the site is built
                assert os.path.exists(page.parent / parts.path), (page, target)  # noqa: PTH110 -- joins "../" too
