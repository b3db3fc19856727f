"""The depot's tasks, each with retries by hand of another kind, and the endpoints that send them."""

TASKS = {
    "app/tasks/__init__.py": "",
    "app/suppliers.py": '''
        """What suppliers answer; a file stands for each of them."""

        import json
        import os
        from decimal import Decimal
        from pathlib import Path


        class SupplierDown(Exception):
            """Nobody answers; later perhaps."""


        def called(what):
            """Note a question; some of the first are not heard."""
            with (folder() / "questions").open("a") as questions:
                questions.write(f"{what}\\n")
            down = folder() / f"{what}.down"
            left = int(down.read_text()) if down.exists() else 0
            if left:
                down.write_text(str(left - 1))
                raise SupplierDown(f"no answer about {what}")


        def folder():
            return Path(os.environ["SUPPLIERS"])


        def quote(sku):
            """The price of a product."""
            called(sku)
            return Decimal((folder() / f"{sku}.price").read_text())


        def order_lines(filename):
            """The orders in a file."""
            called(filename)
            return json.loads((folder() / filename).read_text())
    ''',
    "app/tasks/prices.py": '''
        """Prices come from suppliers."""

        import logging
        from datetime import datetime

        from celery.exceptions import MaxRetriesExceededError

        from app.db.session import SessionLocal
        from app.models.shop import Product
        from app.models.status import TaskStatus
        from app.suppliers import quote
        from app.worker import celery_app

        logger = logging.getLogger(__name__)


        def rounded(price):
            return round(price, 2)


        @celery_app.task(bind=True, max_retries=2, soft_time_limit=60)
        def refresh_price(self, status_id: int, sku: str):
            """Fetch the price of one product."""
            db = SessionLocal()
            try:
                row = db.query(TaskStatus).filter(TaskStatus.id == status_id).first()
                if row is None:
                    logger.error("no status %s", status_id)
                    return
                row.status = "running"
                db.commit()
                # A supplier is asked once per attempt.
                price = quote(sku)
                product = db.get(Product, sku)
                product.price = rounded(price)  # two places
                row.status = "success"
                row.completed_at = datetime.utcnow()
                db.commit()
            except Exception as exc:
                db.rollback()
                logger.warning("price of %s: %s", sku, exc)
                row.status = "error"
                row.error = str(exc)
                db.commit()
                try:
                    raise self.retry(exc=exc, countdown=60 * 2 ** self.request.retries)
                except MaxRetriesExceededError:
                    logger.error("gave up on %s", sku)
            finally:
                db.close()
    ''',
    "app/tasks/orders.py": '''
        """Orders come in as files and go out as invoices."""

        from app.db.session import SessionLocal
        from app.models.shop import Order, Product
        from app.models.status import TaskStatus
        from app.suppliers import SupplierDown, order_lines
        from app.worker import celery_app

        INVOICE = "invoice"
        MAX_IMPORTS = 3


        @celery_app.task(bind=True, max_retries=3, default_retry_delay=30)
        def render_invoice(self, order_id: int):
            with SessionLocal() as db:
                status = TaskStatus(task_type=INVOICE, status="running", resource_id=str(order_id))
                db.add(status)
                db.commit()
                try:
                    order = db.get(Order, order_id)
                    product = db.get(Product, order.sku)
                    if product.price is None:
                        raise ValueError(f"{order.sku} has no price")
                    order.invoice = f"{order.quantity} x {order.sku} = {order.quantity * product.price}"
                    status.status = "success"
                    db.commit()
                    return order.invoice
                except ValueError as error:
                    db.rollback()
                    status.status = "error"
                    status.error = str(error)
                    db.commit()
                except Exception as error:
                    db.rollback()
                    if self.request.retries < self.max_retries:
                        status.status = "pending"
                        status.retry_count += 1
                        db.commit()
                        raise self.retry(exc=error)
                    status.status = "error"
                    status.error = str(error)
                    db.commit()
                    raise


        @celery_app.task
        def import_orders(status_id: int, filename: str, source: str = "upload"):
            """Read orders from a file; those that were read before a failure stay."""
            db = SessionLocal()
            task = db.get(TaskStatus, status_id)
            try:
                task.status = "running"
                db.commit()
                done = db.query(Order).filter(Order.source == f"{source}:{filename}").count()
                for line in order_lines(filename)[done:]:
                    if line["quantity"] < 0:
                        raise SupplierDown(f"{line['sku']} is not counted yet")
                    db.add(Order(sku=line["sku"], quantity=line["quantity"], source=f"{source}:{filename}"))
                    db.commit()  # line by line: what is there stays there
                task.status = "success"
                db.commit()
            except Exception as error:
                db.rollback()
                task.error = f"{type(error).__name__}: {error}"
                task.retry_count += 1
                if task.retry_count < MAX_IMPORTS:
                    task.status = "pending"
                    db.commit()
                    import_orders.apply_async(args=[status_id, filename, source], countdown=10 * 2 ** task.retry_count)
                else:
                    task.status = "error"
                    db.commit()
            finally:
                db.close()
    ''',
    "app/tasks/stock.py": '''
        """Stock is counted by hand and corrected here."""

        from app.db.session import SessionLocal
        from app.models.shop import Product
        from app.models.status import StockUpdate
        from app.worker import celery_app


        @celery_app.task(bind=True, max_retries=1)
        def update_stock(self, update_id: int):
            db = SessionLocal()
            try:
                update = db.get(StockUpdate, update_id)
                update.status = "running"
                db.commit()
                product = db.get(Product, update.sku)
                if product is None:
                    update.status = "error"
                    update.error = f"no product {update.sku}"
                    db.commit()
                    return
                product.stock += update.change
                update.status = "success"
                db.commit()
            except Exception as exc:
                db.rollback()
                update.status = "error"
                update.error = str(exc)
                db.commit()
                self.retry(exc=exc, countdown=5)
            finally:
                db.close()
    ''',
    "app/schemas.py": '''
        """What clients receive."""

        from datetime import datetime

        from pydantic import BaseModel, ConfigDict


        class TaskStatusOut(BaseModel):
            model_config = ConfigDict(from_attributes=True)

            id: int
            task_type: str
            status: str
            resource_id: str | None
            error: str | None
            created_at: datetime


        class StockUpdateOut(BaseModel):
            model_config = ConfigDict(from_attributes=True)

            id: int
            sku: str
            change: int
            status: str
            error: str | None
    ''',
    "app/main.py": '''
        """The API."""

        from fastapi import Depends, FastAPI, HTTPException
        from sqlalchemy.orm import Session

        from app.db.session import get_db
        from app.models.shop import Order, Product
        from app.models.status import StockUpdate, TaskStatus
        from app.schemas import StockUpdateOut, TaskStatusOut
        from app.tasks.orders import import_orders, render_invoice
        from app.tasks.prices import refresh_price
        from app.tasks.stock import update_stock

        app = FastAPI()


        @app.get("/products/{sku}")
        def product(sku: str, db: Session = Depends(get_db)):
            found = db.get(Product, sku)
            if found is None:
                raise HTTPException(404)
            return {"sku": found.sku, "price": found.price, "stock": found.stock}


        @app.get("/orders/{order_id}")
        def order(order_id: int, db: Session = Depends(get_db)):
            return {"invoice": db.get(Order, order_id).invoice}


        @app.post("/products/{sku}/price", response_model=TaskStatusOut)
        def refresh(sku: str, db: Session = Depends(get_db)):
            if db.get(Product, sku) is None:
                raise HTTPException(404)
            row = TaskStatus(task_type="price_refresh", status="pending", resource_id=sku)
            db.add(row)
            db.commit()
            db.refresh(row)
            refresh_price.delay(row.id, sku)
            return row


        @app.get("/products/{sku}/price/{status_id}", response_model=TaskStatusOut)
        def refreshing(sku: str, status_id: int, db: Session = Depends(get_db)):
            row = (
                db.query(TaskStatus)
                .filter(TaskStatus.task_type == "price_refresh", TaskStatus.id == status_id)
                .first()
            )
            if row is None:
                raise HTTPException(404)
            return row


        @app.post("/orders/{order_id}/invoice", status_code=202)
        def invoice(order_id: int):
            render_invoice.delay(order_id)  # it makes its own row
            return {"accepted": True}


        @app.post("/imports/{filename}", status_code=202)
        def start_import(filename: str, db: Session = Depends(get_db)):
            row = TaskStatus(
                task_type="order_import",
                status="pending",
                resource_id=filename,
                task_metadata={"source": "api"},
            )
            db.add(row)
            db.commit()
            import_orders.delay(row.id, filename, source="api")
            return {"id": row.id}


        @app.get("/imports/{status_id}", response_model=TaskStatusOut)
        def importing(status_id: int, db: Session = Depends(get_db)):
            row = db.query(TaskStatus).filter_by(id=status_id, task_type="order_import").one_or_none()
            if row is None:
                raise HTTPException(404)
            return row


        @app.post("/products/{sku}/stock", response_model=StockUpdateOut)
        def correct_stock(sku: str, change: int, db: Session = Depends(get_db)):
            update = StockUpdate(sku=sku, change=change, status="pending")
            db.add(update)
            db.commit()
            db.refresh(update)
            update_stock.delay(update.id)
            return update


        @app.get("/stock/{update_id}", response_model=StockUpdateOut)
        def stock_update(update_id: int, db: Session = Depends(get_db)):
            update = db.get(StockUpdate, update_id)
            if update is None:
                raise HTTPException(404)
            return update
    ''',
}
