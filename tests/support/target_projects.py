"""Projects to generate into, complete enough to migrate, check and test: layered and sync, or package and async."""

import shutil
from pathlib import Path

from file_tree import write_tree

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
ALEMBIC = {
    "alembic.ini": """
        [alembic]
        script_location = %(here)s/migrations
        prepend_sys_path = .
    """,
    "migrations/script.py.mako": '''
        """${message}"""

        import sqlalchemy as sa
        from alembic import op
        ${imports if imports else ""}

        revision = ${repr(up_revision)}
        down_revision = ${repr(down_revision)}
        branch_labels = ${repr(branch_labels)}
        depends_on = ${repr(depends_on)}


        def upgrade() -> None:
            ${upgrades if upgrades else "pass"}


        def downgrade() -> None:
            ${downgrades if downgrades else "pass"}
    ''',
    "migrations/env.py": """
        import os

        from alembic import context
        from sqlalchemy import create_engine, pool

        from app.models import Base

        url = os.environ.get("DATABASE_URL", "sqlite:///app.db").replace("+aiosqlite", "")
        with create_engine(url, poolclass=pool.NullPool).connect() as connection:
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                compare_server_default=True,
                render_as_batch=connection.dialect.name == "sqlite",
                transaction_per_migration=True,
            )
            with context.begin_transaction():
                context.run_migrations()
    """,
    "migrations/versions/0001_start.py": '''
        """start"""

        import sqlalchemy as sa
        from alembic import op

        revision = "0001"
        down_revision = None
        branch_labels = None
        depends_on = None


        def upgrade() -> None:
            op.create_table("etfs", sa.Column("id", sa.String(12), primary_key=True))
            op.create_table("pension_etfs", sa.Column("id", sa.Integer(), primary_key=True))


        def downgrade() -> None:
            op.drop_table("pension_etfs")
            op.drop_table("etfs")
    ''',
}
COMMON = {
    **ALEMBIC,
    "pyproject.toml": """
        [project]
        name = "app"
        version = "0"

        [tool.mypy]
        strict = true
        explicit_package_bases = true

        [tool.pytest]
        asyncio_default_fixture_loop_scope = "function"
    """,
    "app/__init__.py": '''
        """The application."""
    ''',
    "app/worker.py": '''
        """The Celery app."""

        from celery import Celery

        celery_app = Celery("app", broker="memory://", include=[])
    ''',
    "app/models/__init__.py": '''
        """All models, so that Alembic sees them."""

        from app.database import Base
        from app.models.etf import Etf, PensionEtf

        __all__ = ["Base", "Etf", "PensionEtf"]
    ''',
    "app/models/etf.py": '''
        """What is tracked elsewhere."""

        from sqlalchemy import String
        from sqlalchemy.orm import Mapped, mapped_column

        from app.database import Base


        class Etf(Base):
            """A fund."""

            __tablename__ = "etfs"

            id: Mapped[str] = mapped_column(String(12), primary_key=True)


        class PensionEtf(Base):
            """A fund in a pension."""

            __tablename__ = "pension_etfs"

            id: Mapped[int] = mapped_column(primary_key=True)
    ''',
}
SYNC_DATABASE = '''
    """Engine, sessions, base class."""

    import os

    from sqlalchemy import create_engine
    from sqlalchemy.orm import DeclarativeBase, sessionmaker

    engine = create_engine(os.environ.get("DATABASE_URL", "sqlite:///app.db"))
    SessionLocal = sessionmaker(engine, expire_on_commit=False)


    class Base(DeclarativeBase):
        """All models' base."""
'''
ASYNC_DATABASE = '''
    """Engine, sessions, base class."""

    import os

    from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
    from sqlalchemy.orm import DeclarativeBase

    url = os.environ.get("DATABASE_URL", "sqlite+aiosqlite:///app.db")
    engine = create_async_engine(url)
    SessionLocal = async_sessionmaker(engine, expire_on_commit=False)


    class Base(DeclarativeBase):
        """All models' base."""
'''


def target_project(root: Path, *, layout: str, is_async: bool) -> Path:
    """Write a project with the example specs and give its root."""
    files = dict(COMMON)
    files["app/database.py"] = ASYNC_DATABASE if is_async else SYNC_DATABASE
    files["trackwright.toml"] = f'layout = "{layout}"\n'
    write_tree(root, files)
    shutil.copytree(EXAMPLES, root / "tracking")
    return root
