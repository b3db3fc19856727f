"""Derived names: what a spec's domain, task and fields are called in code."""

import builtins
import keyword

import pytest
from pydantic import BaseModel

from trackwright import TaskTrackingInDB, TaskTrackingMixin
from trackwright_gen.spec.core import CORE_ATTRIBUTES
from trackwright_gen.spec.enum_members import member_names
from trackwright_gen.spec.model import DomainSpec, FieldSpec, NamesSpec, TaskSpec
from trackwright_gen.spec.naming import ALIASED, Names, attribute_name


def test_the_principles_first_domain() -> None:
    spec = DomainSpec(domain="etf_price_update", task=TaskSpec(name="update_etf_price"))
    names = Names.of(spec)
    assert (names.model, names.service, names.crud) == (
        "EtfPriceUpdateTracking",
        "EtfPriceUpdateService",
        "EtfPriceUpdateCRUD",
    )
    assert (names.create_schema, names.update_schema, names.in_db_schema, names.filter_schema) == (
        "EtfPriceUpdateCreate",
        "EtfPriceUpdateUpdate",
        "EtfPriceUpdateInDB",
        "EtfPriceUpdateFilter",
    )
    assert (names.table, names.task, names.task_function, names.module) == (
        "etf_price_update_task_tracking",
        "update_etf_price",
        "update_etf_price",
        "etf_price_update",
    )


def test_an_acronym_is_taken_as_it_is_given() -> None:
    spec = DomainSpec(domain="etf_price_update", names=NamesSpec.model_validate({"class": "ETFPriceUpdate"}))
    assert Names.of(spec).model == "ETFPriceUpdateTracking"


@pytest.mark.parametrize(
    "domain", ["queue", "select", "types", "json", "class", "import", "base", "base_task_tracking"]
)
def test_a_domain_named_like_a_module_or_keyword_gets_modules_of_another_name(domain: str) -> None:
    names = Names.of(DomainSpec(domain=domain))
    assert names.module == f"{domain}_tracking"
    assert names.table == f"{domain}_task_tracking"
    assert not keyword.iskeyword(names.task_function)


@pytest.mark.parametrize(
    ("task", "function"), [("print", "print_task"), ("match", "match_task"), ("select", "select_task")]
)
def test_a_task_that_would_shadow_a_builtin_keeps_its_name_for_celery(task: str, function: str) -> None:
    names = Names.of(DomainSpec(domain="d", task=TaskSpec(name=task)))
    assert (names.task, names.task_function) == (task, function)


@pytest.mark.parametrize(
    "name", ["json", "schema", "copy", "print", "type", "text", "validate", "bytes", "dt"]
)
def test_a_field_that_would_shadow_something_gets_an_attribute_of_another_name(name: str) -> None:
    use = Names.of(DomainSpec(domain="d")).use(name, FieldSpec(type="string"))
    assert (use.attribute, use.column) == (f"{name}_", name)


@pytest.mark.parametrize("name", ["date", "datetime", "order", "user", "group", "limit", "id_", "source"])
def test_other_names_stay(name: str) -> None:
    assert attribute_name(name) == name


def test_an_enum_never_gets_the_name_of_another_class() -> None:
    names = Names.of(DomainSpec(domain="d"))
    assert names.use("state", FieldSpec(type="enum")).class_name == "DState"
    assert names.use("create", FieldSpec(type="enum")).class_name == "DCreateChoice"


def test_what_pydantic_and_python_lend_meaning_to_is_aliased() -> None:
    public = {name for name in dir(BaseModel) if not name.startswith(("_", "model_"))}
    assert public <= ALIASED
    assert {name for name in dir(builtins) if name.islower() and name[0] != "_"} <= ALIASED


def test_what_the_runtimes_bases_have_is_aliased_or_refused() -> None:
    lent = {name for base in (TaskTrackingMixin, TaskTrackingInDB) for name in dir(base) if name[0] != "_"}
    refused = {*CORE_ATTRIBUTES, *CORE_ATTRIBUTES.values(), "metadata", "registry"}
    assert {name for name in lent if not name.startswith("model_")} - refused <= ALIASED


def test_members_of_enums() -> None:
    values = ["1st", "in-progress", "None", "mro", "it's", "", "é", "日本", "open", "a  b"]
    assert list(member_names(values).values()) == [
        "VALUE_1ST",
        "IN_PROGRESS",
        "NONE",
        "MRO",
        "IT_S",
        "EMPTY",
        "E",
        "VALUE_65E5_672C",
        "OPEN",
        "A_B",
    ]
