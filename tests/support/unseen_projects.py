"""Projects that trackwright has never seen, each in another common shape, as trees of files."""

ENV_PY = """
    from logging.config import fileConfig

    from alembic import context
    from sqlalchemy import engine_from_config, pool

    {imports}

    config = context.config
    target_metadata = {metadata}


    def run_migrations_online():
        connectable = engine_from_config(
            config.get_section(config.config_ini_section), prefix="sqlalchemy.", poolclass=pool.NullPool
        )
        with connectable.connect() as connection:
            context.configure(connection=connection, target_metadata=target_metadata)
            with context.begin_transaction():
                context.run_migrations()


    run_migrations_online()
"""
MAKO = '''
    """${message}"""
    from alembic import op
    import sqlalchemy as sa
    ${imports if imports else ""}

    revision = ${repr(up_revision)}
    down_revision = ${repr(down_revision)}
    branch_labels = ${repr(branch_labels)}
    depends_on = ${repr(depends_on)}


    def upgrade():
        ${upgrades if upgrades else "pass"}


    def downgrade():
        ${downgrades if downgrades else "pass"}
'''


def env_py(imports: str, metadata: str) -> str:
    """An env.py that imports the project's metadata in one way."""
    return ENV_PY.format(imports=imports, metadata=metadata)


def revision(own: str, parent: str | None, *, body: str = "pass") -> str:
    """A revision file."""
    return f'''
    """{own}"""
    from alembic import op
    import sqlalchemy as sa

    revision = {own!r}
    down_revision = {parent!r}
    branch_labels = None
    depends_on = None


    def upgrade():
        {body}


    def downgrade():
        pass
    '''


LAYERED = {
    "alembic.ini": """
        [alembic]
        script_location = alembic
        prepend_sys_path = .
        sqlalchemy.url = postgresql+psycopg2://app:app@db/app
    """,
    "alembic/env.py": env_py("from app.db.base import Base  # noqa", "Base.metadata"),
    "alembic/script.py.mako": MAKO,
    "alembic/versions/0001_start.py": revision("0001", None),
    "alembic/versions/0002_etfs.py": revision("0002", "0001"),
    "app/__init__.py": "",
    "app/core/__init__.py": "",
    "app/core/config.py": """
        import os

        DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql+psycopg2://app:app@db/app")
    """,
    "app/core/celery_app.py": """
        from celery import Celery

        celery_app = Celery("worker", broker="memory://", include=["app.tasks.mail"])

        celery_app.conf.task_routes = {"app.tasks.*": "main-queue"}
    """,
    "app/db/__init__.py": "",
    "app/db/base_class.py": """
        from sqlalchemy.ext.declarative import declarative_base

        Base = declarative_base()
    """,
    "app/db/base.py": """
        # Import all the models, so that Base has them before being
        # imported by Alembic
        from app.db.base_class import Base  # noqa
        from app.models.etf import Etf  # noqa
        from app.models.user import User  # noqa
    """,
    "app/db/session.py": """
        from sqlalchemy import create_engine
        from sqlalchemy.orm import sessionmaker

        from app.core.config import DATABASE_URL

        engine = create_engine(DATABASE_URL, pool_pre_ping=True)
        SessionLocal = sessionmaker(autocommit=False, autoflush=False, bind=engine)
    """,
    "app/models/__init__.py": "",
    "app/models/etf.py": """
        from sqlalchemy import Column, Date, ForeignKey, Integer, String

        from app.db.base_class import Base


        class Etf(Base):
            __tablename__ = "etfs"

            id = Column(String(12), primary_key=True)
            owner_id = Column(ForeignKey("users.id"))
            since = Column("listed_since", Date)
    """,
    "app/models/user.py": """
        import sqlalchemy as sa

        from app.db.base_class import Base


        class User(Base):
            __tablename__ = "users"

            id = sa.Column(sa.Integer, primary_key=True)
            email = sa.Column(sa.String(length=255), nullable=False)
    """,
    "app/crud/__init__.py": "",
    "app/schemas/__init__.py": "",
    "app/tasks/__init__.py": "",
    "app/tasks/mail.py": """
        from app.core.celery_app import celery_app


        @celery_app.task
        def send_mail(address):
            return address
    """,
    "tests/conftest.py": """
        import pytest
        from celery import Celery
        from sqlalchemy.orm import sessionmaker

        TestingSession = sessionmaker()
        test_app = Celery("tests")
    """,
}
"""Layered folders, sync sessions, an old declarative_base(), no pyproject.toml, metadata collected in one module."""

ASYNC = {
    "pyproject.toml": """
        [project]
        name = "orders"
        version = "0"
    """,
    "alembic.ini": """
        [alembic]
        script_location = %(here)s/migrations
        prepend_sys_path = .
        version_path_separator = os
        sqlalchemy.url = driver://user:pass@localhost/dbname
    """,
    "migrations/env.py": env_py(
        "from orders.database import Base\nimport orders.models", "Base.metadata"
    ).replace("\nimport orders", "\n    import orders"),
    "migrations/script.py.mako": MAKO,
    "orders/__init__.py": "",
    "orders/database.py": """
        from collections.abc import AsyncIterator

        from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
        from sqlalchemy.orm import DeclarativeBase


        class Base(DeclarativeBase):
            pass


        engine = create_async_engine("postgresql+asyncpg://localhost/orders")
        async_session: async_sessionmaker[AsyncSession] = async_sessionmaker(engine, expire_on_commit=False)


        async def get_session() -> AsyncIterator[AsyncSession]:
            async with async_session() as session:
                yield session
    """,
    "orders/models.py": """
        from datetime import datetime
        from typing import Optional
        from uuid import UUID

        from sqlalchemy import ForeignKey, Numeric, String
        from sqlalchemy.orm import Mapped, declared_attr, mapped_column

        from orders.database import Base


        class Named:
            @declared_attr.directive
            def __tablename__(cls) -> str:
                return cls.__name__.lower()

            id: Mapped[int] = mapped_column(primary_key=True)


        class Customer(Named, Base):
            name: Mapped[str] = mapped_column(String(80))


        class Order(Named, Base):
            __table_args__ = {"schema": "sales"}
            __tablename__ = "orders"

            customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
            token: Mapped[UUID]
            placed: Mapped[Optional[datetime]]
            total: Mapped["float | None"] = mapped_column(Numeric(20, 2))
    """,
    "orders/worker.py": """
        from celery import Celery


        def make_celery() -> Celery:
            app = Celery("orders")
            app.config_from_object("orders.celeryconfig")
            return app


        app = make_celery()
    """,
    "orders/celeryconfig.py": """
        broker_url = "memory://"
        imports = (
            "orders.mail",
        )
    """,
    "orders/mail.py": """
        from orders.worker import app


        @app.task
        def send():
            pass
    """,
}
"""An async project: DeclarativeBase, async_sessionmaker, the app made by a factory, its settings in a module."""

SRC = {
    "pyproject.toml": """
        [project]
        name = "shop"
        version = "0"
    """,
    "backend/alembic.ini": """
        [alembic]
        script_location = migrations
        prepend_sys_path = ../src
        sqlalchemy.url = sqlite:///shop.db
        version_locations = %(here)s/migrations/core:%(here)s/migrations/extra
        path_separator = :
    """,
    "backend/migrations/env.py": env_py("from shop.db import metadata", "metadata"),
    "backend/migrations/script.py.mako": MAKO,
    "backend/migrations/core/a1.py": revision("a1", None),
    "backend/migrations/extra/b2.py": revision("b2", "a1"),
    "src/shop/__init__.py": "",
    "src/shop/db/__init__.py": """
        from .base import Base
        from .base import metadata as metadata
        from .factory import Session as Session
        from .. import catalog, customers  # noqa: E402, F401
    """,
    "src/shop/db/base.py": """
        from sqlalchemy import MetaData
        from sqlalchemy.orm import registry

        mapper_registry = registry(metadata=MetaData())
        Base = mapper_registry.generate_base()
        metadata = Base.metadata
    """,
    "src/shop/db/factory.py": """
        from sqlalchemy import create_engine
        from sqlalchemy import orm

        engine = create_engine("sqlite:///shop.db")
        session_maker = orm.sessionmaker(engine)
        Session = orm.scoped_session(session_maker)


        def get_db():
            db = session_maker()
            try:
                yield db
            finally:
                db.close()
    """,
    "src/shop/catalog.py": """
        from sqlalchemy import BigInteger, Column, Table

        from shop.db.base import Base, metadata

        tags = Table("tags", metadata, Column("id", BigInteger, primary_key=True))


        class Product(Base):
            __tablename__ = "products"
            id = Column(BigInteger, primary_key=True)
    """,
    "src/shop/customers.py": """
        from sqlalchemy import Column, Integer

        from shop.db.base import Base


        class Customer(Base):
            __tablename__ = "customers"
            id = Column(Integer, primary_key=True)
    """,
    "src/shop/celery.py": """
        from celery import Celery

        app = Celery("shop", broker="memory://")
        app.autodiscover_tasks(["shop.mailing"])
    """,
    "src/shop/mailing/__init__.py": "",
    "src/shop/mailing/tasks.py": """
        from shop.celery import app


        @app.task
        def send():
            pass
    """,
}
"""A src layout with Alembic in a sub-folder and two version locations, a re-exported base, a scoped session."""

TOML_CONFIGURED = {
    "pyproject.toml": """
        [project]
        name = "tiny"
        version = "0"

        [tool.alembic]
        script_location = "%(here)s/db/migrations"
        prepend_sys_path = ["."]
    """,
    "db/migrations/env.py": env_py("from tiny import db", "db.Base.metadata"),
    "db/migrations/script.py.mako": MAKO,
    "db/migrations/versions/x1.py": revision("x1", None).replace("revision =", "revision: str =", 1),
    "tiny/__init__.py": "",
    "tiny/db.py": """
        from sqlalchemy import create_engine
        from sqlalchemy.orm import DeclarativeBase, sessionmaker


        class Base(DeclarativeBase):
            pass


        class OtherBase(DeclarativeBase):
            pass


        make_session = sessionmaker(create_engine("sqlite://"))
    """,
    "tiny/queue.py": """
        from celery import Celery

        app = celery = Celery("tiny", broker="memory://")
        app.conf.update(task_ignore_result=True)
    """,
}
"""Alembic configured in pyproject.toml; two bases, of which env.py says which one it migrates."""
