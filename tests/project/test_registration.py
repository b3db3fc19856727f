"""Registered models are what real Alembic sees, registered tasks what real Celery imports; files keep their form."""

import subprocess
import sys
from pathlib import Path

import pytest
import unseen_projects as unseen
from file_tree import write_tree

from trackwright_gen.config import Settings
from trackwright_gen.errors import ToolError
from trackwright_gen.project.deregistration import deregistrations
from trackwright_gen.project.detect import detect_project
from trackwright_gen.project.env_filter import filter_edit
from trackwright_gen.project.file_edit import FileEdit
from trackwright_gen.project.model import ObjectName, Project
from trackwright_gen.project.registration import registrations
from trackwright_gen.project.source_tree import SourceTree
from trackwright_gen.project.tracking_base import missing_tracking_base

MODEL = """
    from sqlalchemy.orm import Mapped, mapped_column

    from {base_module} import {base}


    class {name}({base}):
        __tablename__ = "{domain}_task_tracking"
        id: Mapped[int] = mapped_column(primary_key=True)
"""
TASK = """
    from {module} import {app}


    @{app}.task(name="{domain}")
    def run():
        pass
"""
SEES_TABLES = """
import contextlib, io, sys
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
import alembic.context

ini, toml = (sys.argv[1], None) if sys.argv[1].endswith("ini") else (None, sys.argv[1])
config = Config(toml_file=toml) if toml else Config(ini)
config.set_main_option("sqlalchemy.url", "sqlite://")
script = ScriptDirectory.from_config(config)
seen = []


def look(revision, context):
    seen.extend(context.opts["target_metadata"].tables)
    return []


with EnvironmentContext(config, script, fn=look):
    script.run_env()
print(" ".join(sorted(seen)))
"""
SEES_TASKS = """
import importlib, sys
module, name = sys.argv[1].split(":")
app = getattr(importlib.import_module(module), name)
app.loader.import_default_modules()
app.finalize(auto=True)
print(" ".join(sorted(task for task in app.tasks if not task.startswith("celery."))))
"""


@pytest.mark.parametrize("shape", ["LAYERED", "ASYNC", "SRC", "TOML_CONFIGURED"])
def test_alembic_and_celery_see_what_is_registered(tmp_path: Path, shape: str) -> None:
    root = write_tree(tmp_path, getattr(unseen, shape))
    project = detect_project(root, Settings())
    models, tasks = _write_domains(project, ["etf_price", "booking"])
    edits = registrations(project, models=models, task_modules=tasks)
    assert {edit.path: edit.old_text for edit in edits} == {
        edit.path: edit.path.read_text() for edit in edits
    }
    assert len({edit.path for edit in edits}) == len(edits)
    assert not {"booking_task_tracking", "etf_price_task_tracking"} & _tables(project)
    assert not {"booking", "etf_price"} & _tasks(project)
    for edit in edits:
        edit.path.write_text(edit.new_text)
    assert _tables(project) >= {"booking_task_tracking", "etf_price_task_tracking"}
    assert _tasks(project) >= {"booking", "etf_price"}
    assert registrations(project, models=models, task_modules=tasks) == ()
    _check_models_import_first(project, models)


@pytest.mark.parametrize("keeps_originals", [True, False])
@pytest.mark.parametrize("shape", ["LAYERED", "ASYNC", "SRC", "TOML_CONFIGURED"])
def test_registrations_go_without_a_trace(tmp_path: Path, shape: str, *, keeps_originals: bool) -> None:
    project = detect_project(write_tree(tmp_path, getattr(unseen, shape)), Settings())
    before = _texts(project)
    models, tasks = _write_domains(project, ["etf_price", "booking"])
    edits = registrations(project, models=models, task_modules=tasks)
    originals = {edit.path: edit.old_text for edit in edits} if keeps_originals else {}
    for edit in edits:
        edit.path.write_text(edit.new_text)
    assert {edit.path for edit in _taken_out(project, models[:1], tasks[:1], originals)} <= {
        edit.path for edit in edits
    }
    if keeps_originals:
        assert {"booking_task_tracking", "etf_price_task_tracking"} & _tables(project) == {
            "booking_task_tracking"
        }
        assert {"booking", "etf_price"} & _tasks(project) == {"booking"}
    _taken_out(project, models[1:], tasks[1:], originals)
    assert {path: _texts(project)[path] for path in before} == before
    assert _taken_out(project, models, tasks, originals) == ()


def _texts(project: Project) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in project.root.rglob("*.py")}


def _taken_out(
    project: Project, models: list[ObjectName], tasks: list[str], originals: dict[Path, str]
) -> tuple[FileEdit, ...]:
    tree = SourceTree(project.root, project.source_root)
    edits = deregistrations(tree, project, {*tasks, *(model.module for model in models)}, originals)
    for edit in edits:
        edit.path.write_text(edit.new_text)
    return edits


def _write_domains(project: Project, domains: list[str]) -> tuple[list[ObjectName], list[str]]:
    models: list[ObjectName] = []
    tasks: list[str] = []
    for domain in domains:
        name = f"{domain.title().replace('_', '')}Tracking"
        layered = project.layout == "layered"
        model, task = (
            (f"{project.package}.models.{domain}", f"{project.package}.tasks.{domain}")
            if layered
            else (f"{project.package}.tracking.{domain}.model", f"{project.package}.tracking.{domain}.tasks")
        )
        base, app = project.base, project.celery
        files = {
            model: MODEL.format(base_module=base.module, base=base.name, name=name, domain=domain),
            task: TASK.format(module=app.module, app=app.name, domain=domain),
        }
        write_tree(
            project.source_root, {module.replace(".", "/") + ".py": text for module, text in files.items()}
        )
        models.append(ObjectName(model, name))
        tasks.append(task)
    return models, tasks


def _tables(project: Project) -> set[str]:
    return _seen(project, SEES_TABLES, str(project.alembic.config), folder=project.alembic.config.parent)


def _tasks(project: Project) -> set[str]:
    return _seen(project, SEES_TASKS, str(project.celery), folder=project.source_root)


def _check_models_import_first(project: Project, models: list[ObjectName]) -> None:
    """A model can be imported before anything else is: registration has made no circle."""
    for model in models:
        _seen(project, f"from {model.module} import {model.name}", folder=project.source_root)


def _seen(project: Project, program: str, *arguments: str, folder: Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(project.source_root), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


FORMS = [
    pytest.param(
        {},
        {
            "app/db/base.py": """
                # Import all the models, so that Base has them before being
                # imported by Alembic
                from app.db.base_class import Base  # noqa
                from app.models.booking import BookingTracking  # noqa
                from app.models.etf import Etf  # noqa
                from app.models.user import User  # noqa
            """,
            "app/core/celery_app.py": """
                from celery import Celery

                celery_app = Celery("worker", broker="memory://", include=["app.tasks.booking", "app.tasks.mail"])

                celery_app.conf.task_routes = {"app.tasks.*": "main-queue"}
            """,
        },
        id="a collecting module and an include list",
    ),
    pytest.param(
        {
            "alembic/env.py": unseen.env_py("from app.models import Base", "Base.metadata"),
            "app/models/__init__.py": """
                from ..db.base_class import Base
                from .user import User
                from .etf import Etf

                __all__ = [
                    "Base",
                    "Etf",  # first
                    "User",
                ]
            """,
            "app/core/celery_app.py": """
                from celery import Celery

                app = celery_app = Celery(
                    "worker",
                    broker="memory://",  # no server
                )

                from app.tasks import mail  # noqa: E402, F401
            """,
        },
        {
            "app/models/__init__.py": """
                from ..db.base_class import Base
                from .user import User
                from .etf import Etf
                from .booking import BookingTracking

                __all__ = [
                    "Base",
                    "BookingTracking",
                    "Etf",  # first
                    "User",
                ]
            """,
            "app/core/celery_app.py": """
                from celery import Celery

                app = celery_app = Celery(
                    "worker",
                    broker="memory://",  # no server
                )

                from app.tasks import booking  # noqa: E402, F401
                from app.tasks import mail  # noqa: E402, F401
            """,
        },
        id="a package that exports, relative imports, tasks imported behind the app",
    ),
    pytest.param(
        {
            "alembic/env.py": unseen.env_py("from app.db.base_class import Base", "Base.metadata"),
            "app/core/celery_app.py": """
                from celery import Celery

                celery_app = Celery(
                    "worker",
                    broker="memory://",  # no server
                )
            """,
        },
        {
            "alembic/env.py": unseen.env_py(
                "from app.db.base_class import Base\n    from app.models import booking  # noqa: F401",
                "Base.metadata",
            ),
            "app/core/celery_app.py": """
                from celery import Celery

                celery_app = Celery(
                    "worker",
                    broker="memory://",  # no server
                    include=["app.tasks.booking"],
                )
            """,
        },
        id="nothing collects models, nothing names tasks",
    ),
    pytest.param(
        {
            "app/core/celery_app.py": """
                from celery import Celery

                from app.core import config

                celery_app = Celery("worker")
                celery_app.conf.update(
                    broker_url="memory://",
                    imports=config.TASKS,
                )
            """,
            "app/core/config.py": """
                DATABASE_URL = "sqlite://"
                TASKS = 'app.tasks.mail',
            """,
        },
        {
            "app/core/config.py": "DATABASE_URL = \"sqlite://\"\nTASKS = 'app.tasks.booking', 'app.tasks.mail',\n"
        },
        id="a list in another module, as a tuple without brackets",
    ),
    pytest.param(
        {
            "app/core/celery_app.py": """
                from celery import Celery

                celery_app = Celery("worker", broker="memory://")
                celery_app.autodiscover_tasks(
                    lambda: [
                        "app.tasks.mail"  # letters
                    ],
                    related_name=None,
                )
            """,
        },
        {
            "app/core/celery_app.py": """
                from celery import Celery

                celery_app = Celery("worker", broker="memory://")
                celery_app.autodiscover_tasks(
                    lambda: [
                        "app.tasks.booking",
                        "app.tasks.mail"  # letters
                    ],
                    related_name=None,
                )
            """,
        },
        id="autodiscovery with a lambda over several rows without a last comma",
    ),
    pytest.param(
        {
            "alembic/env.py": unseen.env_py(
                "from app.db.base_class import Base\n    import app.models", "Base.metadata"
            ),
            "app/models/__init__.py": '"""The models."""\n',
            "app/core/celery_app.py": """
                from celery import Celery

                celery_app = Celery("worker", broker="memory://")
                celery_app.conf.imports = [
                    "app.core.config",
                    "app.core"  # the last one
                ]
            """,
        },
        {
            "app/models/__init__.py": (
                '"""The models."""\n\nfrom app.models.booking import BookingTracking  # noqa: F401\n'
            ),
            "app/core/celery_app.py": """
                from celery import Celery

                celery_app = Celery("worker", broker="memory://")
                celery_app.conf.imports = [
                    "app.core.config",
                    "app.core",  # the last one
                    "app.tasks.booking"
                ]
            """,
        },
        id="a package with a docstring alone, a list without a last comma",
    ),
    pytest.param(
        {
            "alembic/env.py": unseen.env_py(
                "from app.db.base_class import Base\n    import app.models", "Base.metadata"
            ),
            "app/models/__init__.py": 'KIND = "models"\n',
            "app/core/celery_app.py": """
                from celery import Celery

                from app.core import queues

                celery_app = Celery()
                celery_app.config_from_object(queues)
            """,
            "app/core/queues.py": 'broker_url = "memory://"\nimports: list[str] = ["app.tasks.mail"]\n',
        },
        {
            "app/models/__init__.py": (
                'from app.models.booking import BookingTracking  # noqa: F401\nKIND = "models"\n'
            ),
            "app/core/queues.py": (
                'broker_url = "memory://"\nimports: list[str] = ["app.tasks.booking", "app.tasks.mail"]\n'
            ),
        },
        id="a package without imports, a settings module that is imported",
    ),
    pytest.param(
        {
            "app/core/celery_app.py": """
                from celery import Celery

                from app.core.config import Queues

                celery_app = Celery()
                celery_app.config_from_object(Queues)
            """,
            "app/core/config.py": """
                DATABASE_URL = "sqlite://"
                MAIL = "app.tasks.mail"


                class Queues:
                    broker_url = "memory://"
                    imports = [MAIL]
            """,
        },
        {
            "app/core/config.py": """
                DATABASE_URL = "sqlite://"
                MAIL = "app.tasks.mail"


                class Queues:
                    broker_url = "memory://"
                    imports = [MAIL, "app.tasks.booking"]
            """,
        },
        id="a class of settings, whose list has no text in it",
    ),
    pytest.param(
        {
            "app/core/celery_app.py": """
                import os
                from celery import Celery

                options = {"of": dict}["of"](include=())
                celery_app = Celery()
                celery_app.config_from_object({"broker_url": "memory://"})
                celery_app.config_from_object("celeryconfig", silent=True)
                celery_app.conf.include = os.environ.get("MORE", "app.tasks").split(",")
                celery_app.conf.update({"broker_url": "memory://", "imports": []})
            """,
        },
        {
            "app/core/celery_app.py": """
                import os
                from celery import Celery

                options = {"of": dict}["of"](include=())
                celery_app = Celery()
                celery_app.config_from_object({"broker_url": "memory://"})
                celery_app.config_from_object("celeryconfig", silent=True)
                celery_app.conf.include = os.environ.get("MORE", "app.tasks").split(",")
                celery_app.conf.update({"broker_url": "memory://", "imports": [
                    "app.tasks.booking",
                ]})
            """,
        },
        id="settings in dictionaries, a module that is missing, a list that is computed",
    ),
    pytest.param(
        {
            "app/core/celery_app.py": """
                from celery import Celery

                celery_app = Celery()
                celery_app.conf.broker_url = "memory://"
            """,
        },
        {
            "app/core/celery_app.py": """
                from celery import Celery

                celery_app = Celery(include=["app.tasks.booking"])
                celery_app.conf.broker_url = "memory://"
            """,
        },
        id="an app that is made without arguments",
    ),
    pytest.param(
        {
            "app/core/celery_app.py": """
                from celery import Celery

                celery_app = Celery(broker="memory://")
                celery_app.autodiscover_tasks(["app.tasks"], related_name="mail")
            """,
        },
        {
            "app/core/celery_app.py": """
                from celery import Celery

                celery_app = Celery(broker="memory://")
                celery_app.autodiscover_tasks(["app.tasks", "app.tasks.booking"], related_name="mail")
            """,
        },
        id="autodiscovery of another name",
    ),
    pytest.param(
        {
            "app/core/celery_app.py": """
                from celery import Celery

                celery_app = Celery(broker="memory://")
                celery_app.autodiscover_tasks(["app"], related_name="tasks.mail")
            """,
        },
        {
            "app/core/celery_app.py": """
                from celery import Celery

                celery_app = Celery(broker="memory://", include=["app.tasks.booking"])
                celery_app.autodiscover_tasks(["app"], related_name="tasks.mail")
            """,
        },
        id="autodiscovery of a dotted name, which is there in one package alone",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), FORMS)
def test_edits_keep_the_form_of_the_file(
    tmp_path: Path, changes: dict[str, str], expected: dict[str, str]
) -> None:
    root = write_tree(tmp_path / "project", unseen.LAYERED | changes)
    project = detect_project(root, Settings())
    models, tasks = _write_domains(project, ["booking"])
    for edit in registrations(project, models=models, task_modules=tasks):
        edit.path.write_text(edit.new_text)
    wanted = write_tree(tmp_path / "wanted", expected)
    for name in expected:
        assert (root / name).read_text() == (wanted / name).read_text()
    assert "booking_task_tracking" in _tables(project)
    assert "booking" in _tasks(project)
    assert registrations(project, models=models, task_modules=tasks) == ()


@pytest.mark.parametrize("keeps_originals", [True, False])
@pytest.mark.parametrize(("changes", "expected"), FORMS)
def test_every_form_is_brought_back(
    tmp_path: Path, changes: dict[str, str], expected: dict[str, str], *, keeps_originals: bool
) -> None:
    project = detect_project(write_tree(tmp_path, unseen.LAYERED | changes), Settings())
    before = _texts(project)
    models, tasks = _write_domains(project, ["booking"])
    edits = registrations(project, models=models, task_modules=tasks)
    for edit in edits:
        edit.path.write_text(edit.new_text)
    originals = {edit.path: edit.old_text for edit in edits} if keeps_originals else {}
    assert len(_taken_out(project, models, tasks, originals)) == len(edits) >= len(expected)
    assert {path: _texts(project)[path] for path in before} == before


GONE = [
    pytest.param(
        "from app.tasks import booking, mail  # noqa\n",
        "from app.tasks import mail  # noqa\n",
        id="one of two names",
    ),
    pytest.param(
        "import app.tasks.booking; import sys\n", "pass; import sys\n", id="a statement that shares its row"
    ),
    pytest.param(
        'celery_app.conf.imports = ("app.tasks.booking", "app.tasks.mail")\n',
        'celery_app.conf.imports = ("app.tasks.mail",)\n',
        id="a tuple of one that is left gets its comma",
    ),
    pytest.param(
        'celery_app.conf.imports = [\n    ("app.tasks.mail"),\n    "app.tasks.booking"\n]\n',
        'celery_app.conf.imports = [\n    ("app.tasks.mail"),\n]\n',
        id="an item in brackets keeps its comma",
    ),
]


@pytest.mark.parametrize(("before", "after"), GONE)
def test_what_is_gone_leaves_the_rest_as_it_was_written(tmp_path: Path, before: str, after: str) -> None:
    made = 'from celery import Celery\n\ncelery_app = Celery("worker")\n'
    files = unseen.LAYERED | {"app/core/celery_app.py": made + before}
    project = detect_project(write_tree(tmp_path, files), Settings())
    (edit,) = _taken_out(project, [], ["app.tasks.booking"], {})
    assert edit.new_text == made + after


def test_a_file_that_does_not_end_its_last_row_gets_another_row(tmp_path: Path) -> None:
    root = write_tree(tmp_path, unseen.LAYERED)
    base = root / "app/db/base.py"
    base.write_text(base.read_text().rstrip())
    project = detect_project(root, Settings())
    (edit,) = registrations(project, models=[ObjectName("app.models.zoo", "ZooTracking")], task_modules=[])
    assert edit.new_text.endswith("import User  # noqa\nfrom app.models.zoo import ZooTracking  # noqa\n")


def test_the_filter_of_adopted_names_is_asked_by_the_env_that_registering_leaves(tmp_path: Path) -> None:
    changes = {"alembic/env.py": unseen.env_py("from app.db.base_class import Base", "Base.metadata")}
    project = detect_project(write_tree(tmp_path, unseen.LAYERED | changes), Settings())
    edits = registrations(project, models=[ObjectName("app.models.zoo", "ZooTracking")], task_modules=[])
    edit = filter_edit(project.alembic, edits)
    assert edit is not None
    assert "from app.models import zoo" in edit.new_text
    assert "target_metadata=target_metadata, include_object=include_object)" in edit.new_text


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(
            {
                "alembic/env.py": unseen.env_py(
                    "from importlib import import_module\n"
                    "    from app.db.base_class import Base\n"
                    "    import_module('app.models.booking')",
                    "Base.metadata",
                )
            },
            id="an env.py that imports the model by its name",
        ),
        pytest.param(
            {
                "alembic/env.py": unseen.env_py("from app.models import Base", "Base.metadata"),
                "app/models/__init__.py": """
                    import importlib
                    import pkgutil

                    from app.db.base_class import Base

                    for module in pkgutil.iter_modules(__path__):
                        importlib.import_module(f"{__name__}.{module.name}")
                """,
            },
            id="a package that imports all its modules",
        ),
        pytest.param(
            {
                "alembic/env.py": unseen.env_py(
                    "import importlib, pkgutil\n"
                    "    import app.models\n"
                    "    from app.db.base_class import Base\n"
                    "    here = [*map(str, (lambda: importlib)().__path__)]\n"
                    "    for found in pkgutil.walk_packages(app.models.__path__, 'app.models.'):\n"
                    "        importlib.import_module(found.name)",
                    "Base.metadata",
                )
            },
            id="an env.py that walks over the models",
        ),
    ],
)
def test_models_that_are_walked_over_need_no_edit(tmp_path: Path, changes: dict[str, str]) -> None:
    project = detect_project(write_tree(tmp_path, unseen.LAYERED | changes), Settings())
    models, _ = _write_domains(project, ["booking"])
    assert registrations(project, models=models, task_modules=[]) == ()
    assert "booking_task_tracking" in _tables(project)


def test_line_ends_and_byte_order_mark_stay(tmp_path: Path) -> None:
    root = write_tree(tmp_path, unseen.LAYERED)
    base = root / "app/db/base.py"
    old = "\ufeff" + base.read_text().replace("\n", "\r\n")
    base.write_bytes(old.encode())
    project = detect_project(root, Settings())
    (edit,) = registrations(project, models=[ObjectName("app.models.zoo", "ZooTracking")], task_modules=[])
    assert edit.new_text == f"{old}from app.models.zoo import ZooTracking  # noqa\r\n"


@pytest.mark.parametrize(
    "text",
    [
        "import other\n\ncelery_app = other.application(include=other.TASKS)\n",
        "import celery\n\n\ndef make() -> celery.Celery:\n    return made[0]\n\n\ncelery_app = make()\n",
    ],
)
def test_an_app_that_cannot_be_read_is_said_with_what_to_do(tmp_path: Path, text: str) -> None:
    files = unseen.LAYERED | {"app/core/celery_app.py": text}
    root = write_tree(tmp_path, files)
    project = detect_project(root, Settings(celery="app.core.celery_app:celery_app"))
    with pytest.raises(ToolError, match=r"cannot be read, so \"app.tasks.x\" cannot be added") as caught:
        registrations(project, models=[], task_modules=["app.tasks.x"])
    row = len(text.splitlines())
    assert f"app/core/celery_app.py:{row}:14: " in str(caught.value)
    advice = "celery_app.conf.imports = []"
    assert str(caught.value).endswith(f"in the lines after that: {advice}")
    app = root / "app" / "core" / "celery_app.py"
    app.write_text(f"{app.read_text()}{advice}\n")
    (edit,) = registrations(project, models=[], task_modules=["app.tasks.x"])
    assert 'celery_app.conf.imports = [\n    "app.tasks.x",\n]\n' in edit.new_text


def test_an_app_of_another_distribution_is_said(tmp_path: Path) -> None:
    files = unseen.LAYERED | {"app/core/celery_app.py": "from vendor.worker import celery_app\n"}
    project = detect_project(write_tree(tmp_path, files), Settings(celery="app.core.celery_app:celery_app"))
    with pytest.raises(
        ToolError, match=r"the Celery app vendor\.worker:celery_app is in no module of the project"
    ):
        registrations(project, models=[], task_modules=["app.tasks.x"])


@pytest.mark.parametrize(
    ("shape", "path", "first_lines"),
    [
        ("LAYERED", "app/models/base_task_tracking.py", "from app.db.base_class import Base"),
        ("ASYNC", "orders/tracking/base.py", "from orders.database import Base"),
    ],
)
def test_the_tracking_base_is_given_once(tmp_path: Path, shape: str, path: str, first_lines: str) -> None:
    project = detect_project(write_tree(tmp_path, getattr(unseen, shape)), Settings())
    new = missing_tracking_base(project)
    assert new is not None
    assert new.path == project.root / path
    assert first_lines in new.text
    write_tree(project.root, {path: new.text})
    again = detect_project(project.root, Settings())
    assert again.tracking_base == project.tracking_base
    assert missing_tracking_base(again) is None
    shown = f"from {again.tracking_base.module} import BaseTaskTracking; print(BaseTaskTracking.__abstract__)"
    assert _seen(again, shown, folder=again.source_root) == {"True"}
