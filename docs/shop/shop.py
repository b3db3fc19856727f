"""The small project that the examples of the documentation use: two domains, sync and async, on SQLite."""

import os

from celery import Celery
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

from trackwright import BaseTaskTrackingService, Retention, SyncTaskTrackingService, TaskTrackingMixin
from trackwright.jobs import TaskRun, tracked_task
from trackwright.maintenance import register_maintenance
from trackwright.sqlite import configure_sqlite

URL = os.environ.get("DATABASE_URL", "sqlite:///shop.db")
engine = create_engine(URL)
configure_sqlite(engine)
SessionLocal = sessionmaker(engine, expire_on_commit=False)
async_engine = create_async_engine(URL.replace("sqlite:", "sqlite+aiosqlite:"))
configure_sqlite(async_engine)
AsyncSessionLocal: async_sessionmaker[AsyncSession] = async_sessionmaker(async_engine, expire_on_commit=False)

celery_app = Celery("shop", broker=os.environ.get("CELERY_BROKER_URL", "memory://"))
register_maintenance(celery_app)


class Base(DeclarativeBase):
    """The project's base."""


class OrderTracking(TaskTrackingMixin, Base):
    """The tracking table of the domain `order`."""

    __tablename__ = "order_task_tracking"
    number: Mapped[str] = mapped_column(unique=True)


class InvoiceTracking(TaskTrackingMixin, Base):
    """The tracking table of the domain `invoice`."""

    __tablename__ = "invoice_task_tracking"
    number: Mapped[str]


class Shipment(Base):
    """A table of the shop itself."""

    __tablename__ = "shipments"
    id: Mapped[int] = mapped_column(primary_key=True)
    order: Mapped[str]


class OrderService(SyncTaskTrackingService[OrderTracking]):
    """Orders, over plain sessions."""

    model = OrderTracking


class AsyncOrderService(BaseTaskTrackingService[OrderTracking]):
    """Orders, over AsyncSessions."""

    model = OrderTracking


class InvoiceService(SyncTaskTrackingService[InvoiceTracking]):
    """Invoices, over plain sessions."""

    model = InvoiceTracking


@tracked_task(celery_app, OrderTracking, session_factory=SessionLocal, retention=Retention(completed=30))
def ship_order(run: TaskRun[OrderTracking]) -> None:
    """Ship an order."""
    run.session.add(Shipment(order=run.tracking.number))


@tracked_task(celery_app, InvoiceTracking, session_factory=SessionLocal)
def send_invoice(run: TaskRun[InvoiceTracking]) -> None:
    """Send an invoice."""
    run.checkpoint()
