"""The names that specs must keep clear of are those that generated modules and the runtime really have."""

import ast
import builtins
from collections.abc import Iterator
from pathlib import Path

import pytest

import trackwright
from trackwright import (
    BaseTaskTrackingCRUD,
    BaseTaskTrackingService,
    SyncTaskTrackingCRUD,
    SyncTaskTrackingService,
)
from trackwright_gen.spec.field_types import field_types
from trackwright_gen.spec.generated_names import CLASSES, CREATE_METHODS, FUNCTIONS, LOOKUPS
from trackwright_gen.spec.model import DomainSpec
from trackwright_gen.spec.naming import KINDS, Names, lookup_name

GOLDEN = Path(__file__).parents[1] / "golden"
OWN = (
    "etf",
    "contribution",
    "pension",
    "price",
    "source",
    "amount",
    "currency",
    "test_",
    "clean_up_",
    "Etf",
    "Contribution",
)
"""How what is called after the example domains begins."""


def names_in(path: Path) -> Iterator[str]:
    """Every name that a module binds or uses."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.alias(name=name, asname=other):
                yield other or name.partition(".")[0]


def generated(*kinds: str) -> set[str]:
    """All names of the golden trees' modules of these kinds that are not the domains' own."""
    files = [path for path in GOLDEN.rglob("*.py") if any(kind in path.as_posix() for kind in kinds)]
    assert files
    found = {name for path in files for name in names_in(path)}
    return {name for name in found if not name.startswith((*OWN, "_")) and name not in dir(builtins)}


def test_functions_of_the_modules_where_a_task_stands_are_listed() -> None:
    own = {"update_etf_price", "process_contribution", "date", "celery_app"}
    lower = {name for name in generated("/tasks", "/test_") if name.islower()}
    assert lower - own <= FUNCTIONS


def test_classes_of_generated_modules_are_listed() -> None:
    classes = {
        name
        for name in generated("/models", "/model", "/schemas", "/crud", "/service", "/tasks", "/test_")
        if not name.islower()
    }
    assert classes - {"ACTIVE", "Base", "Etf", "PensionEtf", "TaskTrackingMixin"} <= CLASSES


def test_column_types_are_listed() -> None:
    assert {"Enum", "String", "Numeric", "UtcDateTime"} <= CLASSES
    assert len(field_types()) > 10


@pytest.mark.parametrize("service", [BaseTaskTrackingService, SyncTaskTrackingService])
def test_methods_of_services_that_make_rows_are_listed(service: type) -> None:
    assert {name for name in dir(service) if name.startswith("create_")} <= CREATE_METHODS


@pytest.mark.parametrize("crud", [BaseTaskTrackingCRUD, SyncTaskTrackingCRUD])
def test_lookups_of_crud_classes_are_listed(crud: type) -> None:
    assert {name for name in dir(crud) if name.startswith(("get_by_", "get_active_by_"))} <= LOOKUPS


def test_public_classes_are_never_shadowed() -> None:
    public = {name for name in trackwright.__all__ if any(name.endswith(kind) for kind in KINDS)}
    assert public <= CLASSES | {"TaskTrackingCRUD"}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"domain": "base_task"}, ("BaseTaskDomainTracking", "create_base_task", "run_base_task")),
        ({"domain": "tracking"}, ("TrackingTracking", "create_tracking_row", "run_tracking")),
        ({"domain": "d", "task": {"name": "row"}}, ("DTracking", "create_d", "row_task")),
        ({"domain": "d", "task": {"name": "print"}}, ("DTracking", "create_d", "print_task")),
        (
            {"domain": "d", "task": {"name": "json", "retry": {"retry_on": ["json.JSONDecodeError"]}}},
            ("DTracking", "create_d", "json_task"),
        ),
        ({"domain": "d", "task": {"name": "json"}}, ("DTracking", "create_d", "json")),
    ],
)
def test_names_keep_clear(spec: dict[str, object], expected: tuple[str, str, str]) -> None:
    names = Names.of(DomainSpec.model_validate(spec))
    assert (names.model, names.create_method, names.task_function) == expected


def test_a_lookup_keeps_clear_of_the_inherited_ones() -> None:
    assert lookup_name(["legacy_id"], active=False) == "get_by_legacy_id_value"
    assert lookup_name(["etf_id", "date"], active=True) == "get_active_by_etf_id_and_date"
