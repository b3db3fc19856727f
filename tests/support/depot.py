"""A depot's application of old: FastAPI, sync sessions, TaskStatus for most tasks and a table of its own for one."""

from depot_tasks import TASKS
from depot_tests import TESTS
from unseen_projects import MAKO, env_py

ROWS = 200
"""Rows of old that its history inserts: 40 of each kind of task, and 40 of a kind that no code knows."""

_FIRST = '''
    """start"""

    import sqlalchemy as sa
    from alembic import op

    revision = "0001"
    down_revision = None
    branch_labels = None
    depends_on = None


    def upgrade():
        op.create_table(
            "products",
            sa.Column("sku", sa.String(20), primary_key=True),
            sa.Column("price", sa.Numeric(12, 2)),
            sa.Column("stock", sa.Integer(), nullable=False, server_default="0"),
        )
        op.create_table(
            "orders",
            sa.Column("id", sa.Integer(), primary_key=True),
            sa.Column("sku", sa.String(20), sa.ForeignKey("products.sku"), nullable=False),
            sa.Column("quantity", sa.Integer(), nullable=False),
            sa.Column("source", sa.String(50)),
            sa.Column("invoice", sa.Text()),
        )
        op.create_table(
            "task_status",
            sa.Column("id", sa.Integer(), primary_key=True),
            sa.Column("task_type", sa.String(50), nullable=False),
            sa.Column("status", sa.String(20), nullable=False),
            sa.Column("resource_id", sa.String(50)),
            sa.Column("error", sa.Text()),
            sa.Column("retry_count", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("task_metadata", sa.JSON()),
            sa.Column("created_at", sa.DateTime(), nullable=False),
            sa.Column("completed_at", sa.DateTime()),
        )


    def downgrade():
        op.drop_table("task_status")
        op.drop_table("orders")
        op.drop_table("products")
'''
_SECOND = '''
    """stock updates"""

    import sqlalchemy as sa
    from alembic import op

    revision = "0002"
    down_revision = "0001"
    branch_labels = None
    depends_on = None


    def upgrade():
        op.create_table(
            "stock_updates",
            sa.Column("id", sa.Integer(), primary_key=True),
            sa.Column("sku", sa.String(20), nullable=False),
            sa.Column("change", sa.Integer(), nullable=False),
            sa.Column("status", sa.String(20), nullable=False),
            sa.Column("error", sa.Text()),
            sa.Column("created_at", sa.DateTime(), nullable=False),
        )
        op.execute("INSERT INTO products (sku, price, stock) VALUES ('tea', 3.50, 10), ('salt', NULL, 0)")
        op.execute("INSERT INTO orders (id, sku, quantity) VALUES (1, 'tea', 2), (2, 'salt', 5)")
        op.execute("SELECT setval('orders_id_seq', 2)")
        op.execute(
            """
            INSERT INTO task_status (task_type, status, resource_id, error, retry_count, task_metadata, created_at,
                                     completed_at)
            SELECT (ARRAY['price_refresh', 'invoice', 'order_import', 'stock_take'])[1 + n % 4],
                   (ARRAY['success', 'error', 'success', 'success', 'success'])[1 + n % 5],
                   CASE n % 4 WHEN 0 THEN 'tea' WHEN 1 THEN (1 + n % 2)::text WHEN 2 THEN 'orders-' || n || '.csv' END,
                   CASE n % 5 WHEN 1 THEN 'ValueError: no luck' END, n % 3,
                   CASE n % 4 WHEN 2 THEN json_build_object('source', 'mail', 'lines', n) END,
                   timestamp '2026-01-01' + n * interval '1 hour', timestamp '2026-01-01' + n * interval '61 minutes'
            FROM generate_series(1, 160) AS n
            """
        )
        op.execute(
            """
            INSERT INTO stock_updates (sku, change, status, error, created_at)
            SELECT 'tea', n, CASE WHEN n % 8 = 0 THEN 'error' ELSE 'success' END,
                   CASE WHEN n % 8 = 0 THEN 'no such shelf' END, timestamp '2026-01-01' + n * interval '1 day'
            FROM generate_series(1, 40) AS n
            """
        )


    def downgrade():
        op.drop_table("stock_updates")
'''

DEPOT = {
    "pyproject.toml": """
        [project]
        name = "depot"
        version = "0"
    """,
    "alembic.ini": """
        [alembic]
        script_location = %(here)s/alembic
        prepend_sys_path = .
        path_separator = os
    """,
    "alembic/env.py": env_py(
        "from app.config import DATABASE_URL\n    from app.db.base import Base", "Base.metadata"
    ).replace(
        "config = context.config\n",
        'config = context.config\n    config.set_main_option("sqlalchemy.url", DATABASE_URL.replace("%", "%%"))\n',
    ),
    "alembic/script.py.mako": MAKO,
    "alembic/versions/0001_start.py": _FIRST,
    "alembic/versions/0002_stock_updates.py": _SECOND,
    "app/__init__.py": "",
    "app/config.py": """
        import os

        DATABASE_URL = os.environ["DATABASE_URL"]
        BROKER_URL = os.environ.get("BROKER_URL", "memory://")
    """,
    "app/worker.py": """
        from celery import Celery

        from app.config import BROKER_URL

        celery_app = Celery(
            "depot", broker=BROKER_URL, include=["app.tasks.prices", "app.tasks.orders", "app.tasks.stock"]
        )
    """,
    "app/db/__init__.py": "",
    "app/db/base.py": """
        from app.db.base_class import Base  # noqa
        from app.models.shop import Order, Product  # noqa
        from app.models.status import StockUpdate, TaskStatus  # noqa
    """,
    "app/db/base_class.py": """
        from sqlalchemy.orm import declarative_base

        Base = declarative_base()
    """,
    "app/db/session.py": """
        from sqlalchemy import create_engine
        from sqlalchemy.orm import sessionmaker

        from app.config import DATABASE_URL

        engine = create_engine(DATABASE_URL, pool_pre_ping=True)
        SessionLocal = sessionmaker(autoflush=False, bind=engine)


        def get_db():
            db = SessionLocal()
            try:
                yield db
            finally:
                db.close()
    """,
    "app/models/__init__.py": "",
    "app/models/shop.py": """
        from sqlalchemy import Column, ForeignKey, Integer, Numeric, String, Text

        from app.db.base_class import Base


        class Product(Base):
            __tablename__ = "products"

            sku = Column(String(20), primary_key=True)
            price = Column(Numeric(12, 2))
            stock = Column(Integer, nullable=False, server_default="0")


        class Order(Base):
            __tablename__ = "orders"

            id = Column(Integer, primary_key=True)
            sku = Column(ForeignKey("products.sku"), nullable=False)
            quantity = Column(Integer, nullable=False)
            source = Column(String(50))
            invoice = Column(Text)
    """,
    "app/models/status.py": """
        from datetime import datetime

        from sqlalchemy import JSON, Column, DateTime, Integer, String, Text

        from app.db.base_class import Base


        class TaskStatus(Base):
            __tablename__ = "task_status"

            id = Column(Integer, primary_key=True)
            task_type = Column(String(50), nullable=False)
            status = Column(String(20), nullable=False)
            resource_id = Column(String(50))
            error = Column(Text)
            retry_count = Column(Integer, nullable=False, default=0)
            task_metadata = Column(JSON)
            created_at = Column(DateTime, nullable=False, default=datetime.utcnow)
            completed_at = Column(DateTime)


        class StockUpdate(Base):
            __tablename__ = "stock_updates"

            id = Column(Integer, primary_key=True)
            sku = Column(String(20), nullable=False)
            change = Column(Integer, nullable=False)
            status = Column(String(20), nullable=False)
            error = Column(Text)
            created_at = Column(DateTime, nullable=False, default=datetime.utcnow)
    """,
    **TASKS,
    **TESTS,
}
