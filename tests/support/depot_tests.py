"""The depot's own tests: over HTTP and a worker in a thread, so that they say nothing of how a status is kept."""

TESTS = {
    "tests/conftest.py": '''
        import time

        import pytest
        from celery.contrib.testing.worker import start_worker
        from fastapi.testclient import TestClient

        from app.main import app
        from app.worker import celery_app


        @pytest.fixture(scope="session")
        def worker():
            celery_app.set_current()
            with start_worker(celery_app, pool="solo", perform_ping_check=False):
                yield


        @pytest.fixture
        def suppliers(tmp_path, monkeypatch):
            monkeypatch.setenv("SUPPLIERS", str(tmp_path))
            return tmp_path


        @pytest.fixture
        def client(worker, suppliers):
            with TestClient(app) as opened:
                yield opened


        @pytest.fixture
        def until(client):
            """Ask again and again, until an answer pleases."""

            def ask(path, pleases):
                deadline = time.monotonic() + 60
                while not pleases(answer := client.get(path).json()):
                    assert time.monotonic() < deadline, answer
                    time.sleep(0.05)
                return answer

            return ask
    ''',
    "tests/test_depot.py": """
        import json


        def test_a_price_is_refreshed(client, suppliers, until):
            (suppliers / "tea.price").write_text("4.256")
            made = client.post("/products/tea/price").json()
            assert made["task_type"] == "price_refresh"
            assert made["status"] in {"pending", "running", "success"}
            assert (made["resource_id"], made["error"]) == ("tea", None)
            done = until(f"/products/tea/price/{made['id']}", lambda row: row["status"] == "success")
            assert (done["id"], done["resource_id"]) == (made["id"], "tea")
            assert client.get("/products/tea").json()["price"] == 4.26


        def test_an_unknown_product_has_no_price(client):
            assert client.post("/products/nothing/price").status_code == 404
            assert client.get("/products/tea/price/999999").status_code == 404


        def test_an_invoice_is_rendered(client, until):
            assert client.post("/orders/1/invoice").status_code == 202
            assert until("/orders/1", lambda row: row["invoice"])["invoice"].startswith("2 x tea")


        def test_orders_are_imported(client, suppliers, until):
            (suppliers / "monday.json").write_text(json.dumps([{"sku": "tea", "quantity": 3}] * 2))
            made = client.post("/imports/monday.json").json()
            done = until(f"/imports/{made['id']}", lambda row: row["status"] == "success")
            assert done["resource_id"] == "monday.json"


        def test_stock_is_corrected(client, until):
            before = client.get("/products/tea").json()["stock"]
            made = client.post("/products/tea/stock", params={"change": 5}).json()
            assert (made["sku"], made["change"]) == ("tea", 5)
            until(f"/stock/{made['id']}", lambda row: row["status"] == "success")
            assert client.get("/products/tea").json()["stock"] == before + 5


        def test_stock_of_what_does_not_exist_cannot_be_corrected(client, until):
            made = client.post("/products/nothing/stock", params={"change": 5}).json()
            failed = until(f"/stock/{made['id']}", lambda row: row["status"] == "error")
            assert "no product nothing" in failed["error"]
    """,
}
