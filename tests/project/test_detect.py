"""Projects never seen before are read as they are; what is missing or doubtful is said all at once."""

from pathlib import Path

import pytest
import unseen_projects as unseen
from file_tree import write_tree

from trackwright_gen.config import Settings
from trackwright_gen.errors import ToolErrors
from trackwright_gen.project.detect import detect_project
from trackwright_gen.project.model import AlembicHome, ObjectName, Paths, Project, Session


def test_a_layered_project_with_old_declarative_base(tmp_path: Path) -> None:
    root = write_tree(tmp_path, unseen.LAYERED)
    assert detect_project(root, Settings()) == Project(
        root=root,
        layout="layered",
        package="app",
        source_root=root,
        base=ObjectName("app.db.base_class", "Base"),
        tracking_base=ObjectName("app.models.base_task_tracking", "BaseTaskTracking"),
        session=Session(ObjectName("app.db.session", "SessionLocal"), is_async=False),
        celery=ObjectName("app.core.celery_app", "celery_app"),
        alembic=AlembicHome(
            root / "alembic.ini", root / "alembic", (root / "alembic/versions",), heads=("0002",)
        ),
        paths=Paths(
            models="app/models",
            schemas="app/schemas",
            crud="app/crud",
            services="app/services",
            tasks="app/tasks",
            tests="tests",
            docs="docs/tracking",
        ),
        specs=root / "tracking",
        dialect="postgresql",
        tables={
            "etfs": {"id": "String(12)", "owner_id": "sa.Integer", "listed_since": "Date"},
            "users": {"id": "sa.Integer", "email": "sa.String(length=255)"},
        },
    )


def test_an_async_project_whose_app_a_factory_makes(tmp_path: Path) -> None:
    root = write_tree(tmp_path, unseen.ASYNC)
    project = detect_project(root, Settings())
    assert project.base == ObjectName("orders.database", "Base")
    assert project.session == Session(ObjectName("orders.database", "async_session"), is_async=True)
    assert project.celery == ObjectName("orders.worker", "app")
    assert project.layout == "package"
    assert project.tracking_base == ObjectName("orders.tracking.base", "BaseTaskTracking")
    assert project.paths.tasks == project.paths.models == "orders/tracking/{domain}"
    assert project.alembic.heads == ()
    assert project.alembic.version_locations == (root / "migrations/versions",)
    assert project.dialect == "postgresql"
    assert project.tables == {
        "customer": {"id": "Integer", "name": "String(80)"},
        "sales.orders": {
            "id": "Integer",
            "customer_id": "Integer",
            "token": "Uuid",
            "placed": "DateTime",
            "total": "Numeric(20, 2)",
        },
    }


def test_a_src_layout_with_alembic_in_a_subfolder(tmp_path: Path) -> None:
    root = write_tree(tmp_path, unseen.SRC)
    project = detect_project(root, Settings())
    assert (project.package, project.source_root) == ("shop", root / "src")
    assert project.base == ObjectName("shop.db.base", "Base")
    assert project.session == Session(ObjectName("shop.db.factory", "session_maker"), is_async=False)
    assert project.celery == ObjectName("shop.celery", "app")
    assert project.paths.models == "src/shop/tracking/{domain}"
    assert project.tracking_base == ObjectName("shop.tracking.base", "BaseTaskTracking")
    assert project.alembic.config == root / "backend/alembic.ini"
    assert project.alembic.version_locations == (
        root / "backend/migrations/core",
        root / "backend/migrations/extra",
    )
    assert project.alembic.heads == ("b2",)
    assert project.tables["products"] == {"id": "BigInteger"}
    assert project.tables["tags"] == {"id": "BigInteger"}


def test_alembic_settings_in_pyproject_and_two_bases(tmp_path: Path) -> None:
    root = write_tree(tmp_path, unseen.TOML_CONFIGURED)
    project = detect_project(root, Settings())
    assert project.base == ObjectName("tiny.db", "Base")
    assert project.celery == ObjectName("tiny.queue", "app")
    assert project.alembic.config == root / "pyproject.toml"
    assert project.alembic.script_location == root / "db/migrations"
    assert project.alembic.heads == ("x1",)


def test_scripts_beside_the_package_are_not_the_project(tmp_path: Path) -> None:
    project = detect_project(write_tree(tmp_path, unseen.LAYERED | BESIDE), Settings())
    assert project.session.factory == ObjectName("app.db.session", "SessionLocal")
    assert project.celery == ObjectName("app.core.celery_app", "celery_app")


def test_settings_go_before_what_is_found(tmp_path: Path) -> None:
    root = write_tree(tmp_path, unseen.SRC)
    settings = Settings.model_validate(
        {
            "base": "shop.db:Base",
            "session": "shop.db.factory:get_db",
            "celery": "shop.celery:app",
            "alembic": "backend",
            "layout": "layered",
            "specs": "specs",
            "paths": {"models": "src/shop/tables/"},
        }
    )
    project = detect_project(root, settings)
    assert project.base == ObjectName("shop.db", "Base")
    assert project.session == Session(ObjectName("shop.db.factory", "session_maker"), is_async=False)
    assert project.paths.models == "src/shop/tables"
    assert project.paths.crud == "src/shop/crud"
    assert project.tracking_base == ObjectName("shop.tables.base_task_tracking", "BaseTaskTracking")
    assert project.specs == root / "specs"


def test_an_empty_folder_names_everything_that_is_missing(tmp_path: Path) -> None:
    text = _complaint(tmp_path, {})
    for flag in ("--base", "--session", "--celery", "--alembic"):
        assert flag in text
    for setting in ('base = "app.db.base:Base"', 'celery = "app.worker:celery_app"', 'alembic = "path'):
        assert setting in text


def test_broken_files_are_named_when_something_is_missing(tmp_path: Path) -> None:
    files = unseen.LAYERED | {"app/core/celery_app.py": "celery_app = Celery('x'\n"}
    text = _complaint(tmp_path, files)
    assert "no Celery app in the project's source" in text
    assert "app/core/celery_app.py:1:1: not valid Python: '(' was never closed" in text


CELERY_TWICE = {"app/other.py": "from celery import Celery\nsecond = Celery('second')\n"}
SESSIONS_TWICE = {
    "app/db/session2.py": """
        from sqlalchemy.ext.asyncio import async_sessionmaker

        AsyncSessionLocal = async_sessionmaker()
    """
}
BESIDE = {
    "load.py": """
        from celery import Celery
        from sqlalchemy.orm import sessionmaker

        Session = sessionmaker()
        app = Celery("script")
    """
}
TWO_HEADS = {"alembic/versions/0002_other.py": unseen.revision("0002b", "0001")}


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        pytest.param(
            CELERY_TWICE,
            ["app.core.celery_app:celery_app  (", "app.other:second  (", "app/other.py:2:10", "--celery"],
            id="several celery apps are listed with their places",
        ),
        pytest.param(
            SESSIONS_TWICE,
            ["app.db.session:SessionLocal (sync)", "app.db.session2:AsyncSessionLocal (async)", "--session"],
            id="several session factories are listed with their kind",
        ),
        pytest.param(
            TWO_HEADS,
            ["several heads: 0002 (", "0002b (", "0002_other.py", "alembic merge heads"],
            id="several heads",
        ),
        pytest.param(
            {"alembic/versions/0002_etfs.py": unseen.revision("0002", "lost")},
            ["0002_etfs.py:6:17: the parent revision 'lost' does not exist"],
            id="a missing parent revision",
        ),
        pytest.param(
            {"alembic/versions/0003.py": unseen.revision("0001", None)},
            ["0003.py", "the revision '0001' exists twice, also in 0001_start.py"],
            id="a revision id used twice",
        ),
        pytest.param(
            {"alembic/versions/0003.py": "revision = make_id()\ndown_revision = '0002'\n"},
            ["0003.py:1:12: `revision` is no literal"],
            id="an id that has to be run to be known",
        ),
        pytest.param(
            {"alembic/versions/0001_start.py": "revision = '0001'\ndown_revision = '0002'\n"},
            ["follow each other in a circle"],
            id="a circle",
        ),
        pytest.param(
            {"alembic.ini": "[alembic]\nscript_location = nowhere\n"},
            ["alembic.ini:1:1: script_location 'nowhere' has no env.py"],
            id="a script folder that is not there",
        ),
        pytest.param(
            {"alembic.ini": "[loggers]\nkeys = root\n"},
            ["alembic.ini:1:1: the section [alembic] is missing"],
            id="no alembic section",
        ),
        pytest.param(
            {"alembic.ini": "[alembic]\nscript_location = %(home)s/x\n"},
            ["alembic.ini:1:1: cannot be read", "'home'"],
            id="an interpolation that leads nowhere",
        ),
        pytest.param(
            {
                "app/db/base_class.py": """
                    from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass


                    class Base(MappedAsDataclass, DeclarativeBase):
                        pass
                """
            },
            [
                "app/db/base_class.py:4:1: app.db.base_class:Base makes dataclasses",
                "metadata = Base.metadata",
            ],
            id="a base whose models are dataclasses",
        ),
        pytest.param(
            {
                "app/db/base_class.py": """
                    from sqlalchemy import MetaData
                    from sqlalchemy.orm import registry

                    from app.core.config import settings

                    mapper = registry(metadata=MetaData(settings.schema))
                    Base = mapper.generate_base()
                """
            },
            [
                "app/db/base_class.py:6:37: app.db.base_class:Base puts its tables into the schema, which cannot"
            ],
            id="a registry's base with a schema that settings name",
        ),
        pytest.param(
            {
                "app/db/base_class.py": """
                    from sqlalchemy.orm import DeclarativeBase

                    from app.core.config import SCHEMA


                    class Base(DeclarativeBase):
                        __table_args__ = {"schema": SCHEMA}
                """
            },
            [
                "app/db/base_class.py:7:33: app.db.base_class:Base puts its tables into the schema, which models"
            ],
            id="a base with a schema in what each model has",
        ),
        pytest.param(
            {"alembic/env.py": "target_metadata = (\n"},
            ["alembic/env.py:1:1: not valid Python"],
            id="a broken env.py",
        ),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, changes: dict[str, str], messages: list[str]) -> None:
    text = _complaint(tmp_path, unseen.LAYERED | changes)
    for message in messages:
        assert message in text


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"base": "Base"}, "setting `base` (--base): 'Base' is not written module:name"),
        ({"base": "app.db.base_clas:Base"}, "the project has no module 'app.db.base_clas'"),
        (
            {"base": "app.db.base_class:Bas"},
            "app/db/base_class.py defines no 'Bas'\n  hint: did you mean 'Base'?",
        ),
        ({"session": "app.db.base_class:Base"}, "app.db.base_class:Base is no session factory"),
        ({"alembic": "missing"}, "no Alembic configuration at "),
    ],
)
def test_settings_that_name_nothing(tmp_path: Path, settings: dict[str, str], message: str) -> None:
    root = write_tree(tmp_path, unseen.LAYERED)
    with pytest.raises(ToolErrors) as caught:
        detect_project(root, Settings.model_validate(settings))
    assert message in str(caught.value)


def test_revisions_are_read_and_never_run(tmp_path: Path) -> None:
    poisoned = (
        unseen.revision("0003", "0002") + "\n    raise SystemExit('was run')\n    import missing_package\n"
    )
    root = write_tree(tmp_path, unseen.LAYERED | {"alembic/versions/0003.py": poisoned})
    assert detect_project(root, Settings()).alembic.heads == ("0003",)


def test_a_base_with_a_naming_convention_and_no_schema_is_taken(tmp_path: Path) -> None:
    changes = {
        "app/db/base_class.py": """
            from sqlalchemy import MetaData
            from sqlalchemy.orm import DeclarativeBase


            class Base(DeclarativeBase):
                metadata = MetaData(schema=None, naming_convention={"ix": "ix_%(column_0_label)s"})
        """
    }
    project = detect_project(write_tree(tmp_path, unseen.LAYERED | changes), Settings())
    assert project.base == ObjectName("app.db.base_class", "Base")


def test_a_folder_of_flask_migrate_says_nowhere_where_it_is(tmp_path: Path) -> None:
    files = {
        path.replace("alembic/", "app/migrations/"): text
        for path, text in unseen.LAYERED.items()
        if path != "alembic.ini"
    }
    files["app/migrations/alembic.ini"] = "[alembic]\n# file_template = %%(rev)s_%%(slug)s\n"
    project = detect_project(write_tree(tmp_path, files), Settings())
    assert project.alembic.script_location == tmp_path / "app" / "migrations"
    assert project.alembic.version_locations == (tmp_path / "app" / "migrations" / "versions",)


def test_an_app_behind_a_proxy_and_sessions_scoped_under_their_own_name(tmp_path: Path) -> None:
    """What only Python could follow is taken at its word; a name that wraps its former value ends somewhere."""
    changes = {
        "app/worker.py": """
            from celery import Celery
            from lazy_object_proxy import Proxy

            from app.making import make

            celery_app: Celery = Proxy(make)
            other: str = str("no app")
        """,
        "app/making.py": "def make():\n    return None\n",
        "app/db/session.py": """
            from sqlalchemy import create_engine
            from sqlalchemy.orm import scoped_session, sessionmaker

            Session = sessionmaker(create_engine("sqlite://"))
            if not False:
                Session = scoped_session(Session)
        """,
    }
    files = {path: text for path, text in unseen.LAYERED.items() if "elery" not in text}
    project = detect_project(write_tree(tmp_path, files | changes), Settings())
    assert project.celery == ObjectName("app.worker", "celery_app")
    assert project.session == Session(ObjectName("app.db.session", "Session"), is_async=False)


def test_a_layer_that_is_a_module_is_not_hidden_by_a_new_folder(tmp_path: Path) -> None:
    files = {name: text for name, text in unseen.LAYERED.items() if not name.startswith("app/tasks/")}
    root = write_tree(tmp_path, files | {"app/tasks.py": "", "app/services.py": ""})
    paths = detect_project(root, Settings()).paths
    assert (paths.tasks, paths.services) == ("app/tracked_tasks", "app/tracked_services")


def _complaint(root: Path, files: dict[str, str]) -> str:
    with pytest.raises(ToolErrors) as caught:
        detect_project(write_tree(root, files), Settings())
    return str(caught.value)


def test_a_schema_of_the_bases_metadata_is_the_projects(tmp_path: Path) -> None:
    files = {
        "app/db/base_class.py": """
            from sqlalchemy.orm import DeclarativeBase

            from app.db.meta import metadata as tables


            class Base(DeclarativeBase):
                metadata = tables
        """,
        "app/db/meta.py": "from sqlalchemy import MetaData\n\nmetadata = MetaData(schema='app')\n",
    }
    project = detect_project(write_tree(tmp_path, unseen.LAYERED | files), Settings())
    assert project.schema == "app"
