"""The application of docs/rest.md runs, and does what the page says."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import rest_app
from fastapi.testclient import TestClient

from trackwright.dispatch import Message, publisher

PAGE = (Path(__file__).parents[2] / "docs" / "rest.md").read_text(encoding="utf-8")
ADA = {"authorization": "Bearer secret"}
BOB = {"authorization": "Bearer other"}


@pytest.fixture
def client(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The page's application; its project's own modules are the tests' example."""
    messages: list[Message] = []
    monkeypatch.setattr(publisher, "publish", messages.append)
    with rest_app.example(sqlite_url, is_async=False) as made:
        shop: Any = ModuleType("shop")
        shop.PriceUpdateTracking = rest_app.QuoteTracking
        shop.PriceUpdateCreate = rest_app.QuoteCreate
        shop.PriceUpdateInDB = rest_app.QuoteInDB
        shop.SessionLocal, shop.update_price = made.sessions, made.task
        monkeypatch.setitem(sys.modules, "shop", shop)
        (code,) = re.findall(r"<!-- app.py -->\n```python\n(.*?)```", PAGE, re.DOTALL)
        page: dict[str, Any] = {}
        exec(compile(code, "docs/rest.md", "exec"), page)  # noqa: S102 -- the page's own code
        yield TestClient(page["app"])


def test_the_application_of_the_page(client: TestClient) -> None:
    assert client.get("/tasks/quote").status_code == 403
    assert client.post("/tasks/quote", json={"isin": "x"}, headers=BOB).status_code == 403
    made = client.post("/tasks/quote", json={"isin": "x"}, headers=ADA)
    assert made.status_code == 201
    assert client.get(made.headers["location"], headers=BOB).json() == made.json()
    cancelled = client.post(f"{made.headers['location']}/cancel", json={"reason": "x"}, headers=ADA)
    assert cancelled.json()["metadata"]["cancel"]["by"] == "ada"


def test_the_page_names_every_endpoint(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    served = {
        f"{method.upper()} {path}".replace("quote", "{domain}").replace("{tracking_id}", "{id}")
        for path, methods in paths.items()
        for method in methods
    }
    assert served == set(re.findall(r"\| `((?:GET|POST) [^`]+)` \|", PAGE))
