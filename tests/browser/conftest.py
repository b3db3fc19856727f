"""The browser's suite: only `make test-browser` names a browser, and without one there is nothing to collect."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

collect_ignore_glob = [] if os.environ.get("TRACKWRIGHT_CHROMIUM") else ["test_*.py"]

if os.environ.get("TRACKWRIGHT_CHROMIUM"):
    from audit_pages import hostile_page, shop_page
    from playwright.sync_api import Browser

    from browser import chromium

    @pytest.fixture(scope="session")
    def browser() -> Iterator[Browser]:
        """One Chromium for all tests."""
        with chromium() as found:
            yield found

    @pytest.fixture(scope="session")
    def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
        """The page of the example shop."""
        return shop_page(tmp_path_factory.mktemp("shop"))

    @pytest.fixture(scope="session")
    def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
        """A page whose names are as long and as wicked as they can be."""
        return hostile_page(tmp_path_factory.mktemp("hostile"))
