"""Bases, sessions, apps, histories and tables that are written in rarer forms are found all the same."""

from collections.abc import Callable
from pathlib import Path

import pytest
import unseen_projects as unseen
from file_tree import write_tree

from trackwright_gen.config import Settings
from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.project.detect import detect_project, survey_project
from trackwright_gen.project.model import ObjectName, Project, Session

Read = Callable[[Project], object]
SHARED = ObjectName("app.db.base_class", "Base")
APP = ObjectName("app.core.celery_app", "celery_app")
LOCAL = ObjectName("app.db.session", "SessionLocal")


def base(project: Project) -> object:
    """The base class that was found."""
    return project.base


def app(project: Project) -> object:
    """The Celery app that was found."""
    return project.celery


def session(project: Project) -> object:
    """The session factory that was found."""
    return project.session


def heads(project: Project) -> object:
    """The migration history's heads."""
    return project.alembic.heads


def dialect(project: Project) -> object:
    """The database that the project's files show."""
    return project.dialect


def tables(project: Project) -> object:
    """The tables that the models show, without those of the unchanged project."""
    return {name: columns for name, columns in project.tables.items() if name not in {"etfs", "users"}}


FORMS = [
    pytest.param(
        {
            "app/db/base_class.py": """
                from sqlalchemy.ext.declarative import as_declarative


                @as_declarative()
                class Base:
                    pass
            """
        },
        base,
        SHARED,
        id="a class decorated as a base",
    ),
    pytest.param(
        {
            "app/db/base_class.py": """
                from sqlalchemy.orm import DeclarativeMeta, registry

                mapper_registry = registry()


                class Base(metaclass=DeclarativeMeta):
                    registry = mapper_registry
                    metadata = mapper_registry.metadata
            """
        },
        base,
        SHARED,
        id="a base by its metaclass",
    ),
    pytest.param(
        {
            "alembic/env.py": unseen.env_py("from app.db.base import Base", "[Base.metadata]"),
            "app/db/other.py": "from sqlalchemy.orm import declarative_base\n\nOther = declarative_base()\n",
        },
        base,
        SHARED,
        id="one of two bases, in env.py's list",
    ),
    pytest.param(
        {
            "alembic/env.py": unseen.env_py("from app.db.base import Base", "find(Base)"),
        },
        base,
        SHARED,
        id="an env.py that computes its metadata, with one base to choose",
    ),
    pytest.param(
        {
            "app/db/compat.py": """
                try:
                    from sqlalchemy.orm import declarative_base
                except ImportError:
                    from sqlalchemy.ext.declarative import declarative_base
                else:
                    HAS_ORM = True
                finally:
                    TRIED = True
            """,
            "app/db/base_class.py": "from app.db.compat import *\n\nBase = declarative_base()\n",
        },
        base,
        SHARED,
        id="a maker that try imports, and a star passes on",
    ),
    pytest.param(
        {
            "app/core/celery_app.py": """
                from typing import TYPE_CHECKING

                if TYPE_CHECKING:
                    from nowhere import Celery
                else:
                    from celery import Celery

                celery_app: "Celery"
                celery_app = Celery("worker", include=["app.tasks.mail"])
            """
        },
        app,
        APP,
        id="a class that type checkers see elsewhere, a name that is annotated first",
    ),
    pytest.param(
        {
            "app/core/celery_app.py": """
                from celery import Celery


                class Queue(Celery):
                    pass


                celery_app = Queue("worker")
            """
        },
        app,
        APP,
        id="an app of the project's own class",
    ),
    pytest.param(
        {
            "app/core/celery_app.py": """
                def make() -> "celery.Celery":
                    from celery import Celery

                    return configured(Celery("worker"))


                celery_app = make()
            """
        },
        app,
        APP,
        id="a factory whose annotation is a text",
    ),
    pytest.param(
        {
            "app/core/celery_app.py": """
                def make():
                    from celery import Celery

                    made: Celery = Celery("worker")
                    if made is None:
                        return
                    return made


                celery_app = make()
            """
        },
        app,
        APP,
        id="a factory that imports inside and says no type",
    ),
    pytest.param(
        {
            "app/core/access.py": """
                from celery import Celery

                from app.core.celery_app import celery_app


                def current() -> Celery:
                    return celery_app


                queue = current()
            """
        },
        app,
        APP,
        id="a function that hands out the app makes none",
    ),
    pytest.param(
        {
            "app/db/session.py": """
                from sqlalchemy.orm import scoped_session, sessionmaker

                SessionLocal = scoped_session(sessionmaker())
            """
        },
        session,
        Session(LOCAL, is_async=False),
        id="a scoped session around a maker",
    ),
    pytest.param(
        {
            "app/db/session.py": """
                from sqlalchemy.orm import scoped_session, sessionmaker

                later = None
                Lazy = scoped_session(later)
                SessionLocal = sessionmaker()
            """
        },
        session,
        Session(LOCAL, is_async=False),
        id="a scoped session around what is not known yet",
    ),
    pytest.param(
        {
            "app/db/session.py": """
                from sqlalchemy.orm import sessionmaker

                Maker = sessionmaker
                SessionLocal = Maker()
                one = other
                other = one
                made = one()
            """
        },
        session,
        Session(LOCAL, is_async=False),
        id="a maker under another name, and names that stand for each other",
    ),
    pytest.param(
        {
            "alembic/versions/0002_other.py": unseen.revision("0002b", "0001"),
            "alembic/versions/0003.py": "revision = '0003'\ndown_revision = ('0002', '0002b')\n",
        },
        heads,
        ("0003",),
        id="a revision that merges two",
    ),
    pytest.param(
        {
            "alembic.ini": "[alembic]\nscript_location = app:migrations\nprepend_sys_path = .\n",
            "app/migrations/env.py": unseen.env_py("from app.db.base import Base", "Base.metadata"),
            "app/migrations/versions/1.py": unseen.revision("inside", None),
        },
        heads,
        ("inside",),
        id="migrations inside a package",
    ),
    pytest.param(
        {
            "alembic.ini": "[alembic]\nscript_location = alembic\n",
            "app/core/config.py": "import os\n\nDATABASE_URL = os.environ['DATABASE_URL']\n",
            ".env.example": "# where\nSECRET=x\nDATABASE_URL='postgresql+psycopg://app@db/app'\n",
        },
        dialect,
        "postgresql",
        id="a database that an example of .env names",
    ),
    pytest.param(
        {
            "app/models/more.py": """
                import sqlalchemy as sa
                from sqlalchemy.orm import Mapped, mapped_column

                from app.db.base_class import Base

                PREFIX = "x_"


                class Kept(Base):
                    __abstract__: bool = True
                    key: Mapped[int] = mapped_column(primary_key=True)


                class Note(Kept):
                    __tablename__: str = "notes"
                    text: "Mapped[str]"
                    broken: "Mapped["
                    owner = sa.Column(sa.ForeignKey(Kept.key))
                    limit: int = 3
                    size: int


                class Computed(Kept):
                    __tablename__ = PREFIX + "computed"


                class Plain:
                    pass


                links = sa.Table(
                    "links",
                    Base.metadata,
                    sa.Column("note", sa.ForeignKey("notes.key")),
                    sa.UniqueConstraint("note"),
                    *PREFIX,
                )
                lost = sa.Table(PREFIX, Base.metadata)
            """
        },
        tables,
        {
            "links": {"note": "Integer"},
            "notes": {"key": "Integer", "text": "String", "owner": ""},
        },
        id="abstract classes, computed names, texts as annotations, core tables",
    ),
    pytest.param(
        {
            "app/models/more.py": """
                from sqlalchemy.orm import Mapped, declared_attr, mapped_column

                from app.db.base_class import Base


                class Marked:
                    mark: Mapped[bool]


                class Lowered:
                    @declared_attr
                    def __tablename__(cls):
                        return cls.__name__.lower()


                class Keyed(Marked, Lowered):
                    id: Mapped[int] = mapped_column(primary_key=True)


                class Parcel(Keyed, Base):
                    pass
            """
        },
        tables,
        {"keyed": {"mark": "Boolean", "id": "Integer"}, "parcel": {"mark": "Boolean", "id": "Integer"}},
        id="a name that the second base of a base derives",
    ),
]


@pytest.mark.parametrize(("changes", "read", "expected"), FORMS)
def test_rarer_forms_are_read(tmp_path: Path, changes: dict[str, str], read: Read, expected: object) -> None:
    assert read(detect_project(write_tree(tmp_path, unseen.LAYERED | changes), Settings())) == expected


NAMED = [
    pytest.param(
        """
        from sqlalchemy.orm import Session


        def get_db() -> Session:
            return Session(bind=engine())
        """,
        Session(ObjectName("app.db.session", "get_db"), is_async=False),
        id="a function that makes a session itself",
    ),
    pytest.param(
        """
        from sqlalchemy.ext.asyncio import AsyncSession


        def get_db() -> AsyncSession:
            return AsyncSession(engine)
        """,
        Session(ObjectName("app.db.session", "get_db"), is_async=True),
        id="a function that makes an async session",
    ),
    pytest.param(
        """
        from sqlalchemy.orm import sessionmaker

        SessionLocal = sessionmaker()


        def get_db():
            log("opened")
            with SessionLocal() as session:
                yield session
        """,
        Session(LOCAL, is_async=False),
        id="a generator that uses a maker, after other calls",
    ),
]


@pytest.mark.parametrize(("text", "expected"), NAMED)
def test_a_session_that_settings_name(tmp_path: Path, text: str, expected: Session) -> None:
    root = write_tree(tmp_path, unseen.LAYERED | {"app/db/session.py": text})
    assert detect_project(root, Settings(session="app.db.session:get_db")).session == expected


WRONG = [
    pytest.param(
        {
            "app/db/session.py": """
                from sqlalchemy.orm import Session


                def get_db() -> Session:
                    yield Session(engine)
            """
        },
        {"session": "app.db.session:get_db"},
        ["app/db/session.py:4:1: app.db.session:get_db uses no sessionmaker", "let get_db() use one"],
        id="a generator of sessions without a maker",
    ),
    pytest.param(
        {"alembic/versions/0003.py": "down_revision = '0002'\n"},
        {},
        ["0003.py:1:1: the file has no `revision`", "is it a migration at all?"],
        id="a revision file without an id",
    ),
    pytest.param(
        {"alembic.ini": "[alembic]\nprepend_sys_path = .\n"},
        {},
        ["alembic.ini:1:1: [alembic] has no script_location", "add: script_location = migrations"],
        id="a configuration that does not say where",
    ),
    pytest.param(
        {
            "alembic.ini": "[alembic]\nscript_location = app:nowhere\n",
        },
        {},
        ["script_location 'app:nowhere' has no env.py"],
        id="a folder in a package that is not there",
    ),
]


@pytest.mark.parametrize(("changes", "settings", "messages"), WRONG)
def test_what_cannot_be_read_is_said(
    tmp_path: Path, changes: dict[str, str], settings: dict[str, str], messages: list[str]
) -> None:
    root = write_tree(tmp_path, unseen.LAYERED | changes)
    with pytest.raises(ToolErrors) as caught:
        detect_project(root, Settings.model_validate(settings))
    for message in messages:
        assert message in str(caught.value)


def test_several_configurations_below_the_root_are_listed(tmp_path: Path) -> None:
    files = {name: text for name, text in unseen.LAYERED.items() if name != "alembic.ini"}
    files |= {
        "one/alembic.ini": unseen.LAYERED["alembic.ini"],
        "one/x.py": "",
        "two/alembic.ini": unseen.LAYERED["alembic.ini"],
        "two/x.py": "",
    }
    with pytest.raises(
        ToolErrors, match=r"several Alembic configurations: one/alembic\.ini, two/alembic\.ini"
    ):
        detect_project(write_tree(tmp_path, files), Settings())


def test_a_project_that_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="is no folder"):
        survey_project(tmp_path / "nowhere", Settings())


def test_objects_outside_of_packages_need_one_that_is_named(tmp_path: Path) -> None:
    files = {
        "alembic.ini": unseen.LAYERED["alembic.ini"],
        "alembic/env.py": unseen.env_py("from database import Base", "Base.metadata"),
        "database.py": """
            from sqlalchemy import create_engine
            from sqlalchemy.orm import DeclarativeBase, sessionmaker


            class Base(DeclarativeBase):
                pass


            make_session = sessionmaker(create_engine("sqlite://"))
        """,
        "queue_app.py": 'from celery import Celery\n\napp = Celery("x")\n',
        "shop/__init__.py": "",
    }
    root = write_tree(tmp_path, files)
    with pytest.raises(ToolError) as caught:
        detect_project(root, Settings())
    assert "the base class database:Base and the Celery app queue_app:app lie in no package" in str(
        caught.value
    )
    assert 'package = "name"' in str(caught.value)
    project = detect_project(root, Settings(package="shop"))
    assert project.paths.models == "shop/tracking/{domain}"


def test_another_class_with_the_mixin_is_not_the_tracking_base(tmp_path: Path) -> None:
    mixed = """
        from trackwright import TaskTrackingMixin

        from app.db.base_class import Base


        class Job(TaskTrackingMixin, Base):
            __tablename__ = "jobs"
    """
    project = detect_project(write_tree(tmp_path, unseen.LAYERED | {"app/models/job.py": mixed}), Settings())
    assert project.tracking_base == ObjectName("app.models.base_task_tracking", "BaseTaskTracking")
