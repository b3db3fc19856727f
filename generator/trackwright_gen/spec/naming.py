"""Every name derived from a spec: classes, modules, attributes, constraints, indexes."""

import builtins
import hashlib
import keyword
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import BaseModel

from trackwright_gen.spec.field_type import FieldUse
from trackwright_gen.spec.generated_names import CLASSES, CREATE_METHODS, FUNCTIONS, LOOKUPS
from trackwright_gen.spec.model import DomainSpec, FieldSpec

LONGEST_IDENTIFIER = 63
"""Bytes that PostgreSQL keeps of a name."""
_HASH_DIGITS = 8

_TEMPLATE_NAMES = frozenset(
    {
        *("conv", "dt", "field", "func", "mapped_column", "relationship", "text"),
        # Parameters of the methods that take a domain's fields by name.
        *("cls", "commit", "db", "run", "self", "task"),
        # What those methods use.
        *("has_status", "select", "statement"),
    }
)
_BASE_MODULES = frozenset({"base", "base_task_tracking"})
"""Where BaseTaskTracking lies, in either layout."""
KINDS = ("Tracking", "Service", "CRUD", "Create", "Update", "InDB", "Filter")
_BUILTINS = frozenset(name for name in dir(builtins) if name.islower())
_PYDANTIC_NAMES = frozenset(name for name in (*dir(BaseModel), *dir(type(BaseModel))) if name[0] != "_")
ALIASED = _BUILTINS | _PYDANTIC_NAMES | _TEMPLATE_NAMES
"""Field names that would shadow something a generated class body uses: their attribute ends in `_`."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a domain in code and database."""

    domain: str
    class_prefix: str
    model: str
    service: str
    crud: str
    create_schema: str
    update_schema: str
    in_db_schema: str
    filter_schema: str
    table: str
    task: str
    """The task as Celery and the spec call it."""
    task_function: str
    """The task's function: the same, unless that shadows a builtin."""
    create_method: str
    """The service's method that makes a row."""
    module: str
    """The generated modules' name: the domain, unless that shadows a module of the standard library."""

    @classmethod
    def of(cls, spec: DomainSpec) -> "Names":
        """Derive all names of a domain."""
        prefix = spec.names.class_ or _prefix(spec.domain)
        task = spec.task.name or f"run_{spec.domain}"
        create = f"create_{spec.domain}"
        return cls(
            domain=spec.domain,
            class_prefix=prefix,
            model=f"{prefix}Tracking",
            service=f"{prefix}Service",
            crud=f"{prefix}CRUD",
            create_schema=f"{prefix}Create",
            update_schema=f"{prefix}Update",
            in_db_schema=f"{prefix}InDB",
            filter_schema=f"{prefix}Filter",
            table=f"{spec.domain}_task_tracking",
            task=task,
            task_function=_function(task, spec),
            create_method=f"{create}_row" if create in CREATE_METHODS else create,
            module=module_name(spec.domain),
        )

    def use(self, name: str, field: FieldSpec) -> FieldUse:
        """A field with the names that code and database know it by."""
        return FieldUse(
            name=name,
            attribute=attribute_name(name),
            column=column_name(name, field),
            class_name=self._enum_class(name),
            spec=field,
        )

    def _enum_class(self, name: str) -> str:
        own = f"{self.class_prefix}{class_name(name)}"
        return f"{own}Choice" if own in CLASSES | {*_classes_of(self.class_prefix)} else own


def class_name(name: str) -> str:
    """`etf_price_update` -> `EtfPriceUpdate`; never guessed back."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def _classes_of(prefix: str) -> tuple[str, ...]:
    return tuple(f"{prefix}{kind}" for kind in KINDS)


def _prefix(domain: str) -> str:
    """What the domain's classes begin with: its own name, unless generated modules have such a class already."""
    prefix = class_name(domain)
    return prefix if CLASSES.isdisjoint(_classes_of(prefix)) else f"{prefix}Domain"


def _function(task: str, spec: DomainSpec) -> str:
    """The task's function: its name, unless that means something else in the modules where it stands."""
    errors = (*spec.task.retry.retry_on, *spec.task.retry.give_up_on)
    imported = {name.partition(".")[0] for name in errors if "." in name}
    taken = task in _BUILTINS | FUNCTIONS | imported or keyword.issoftkeyword(task)
    return f"{task}_task" if taken else task


def lookup_name(fields: Iterable[str], *, active: bool) -> str:
    """The CRUD method that finds a row by a unique rule."""
    found = f"get_{'active_' if active else ''}by_{'_and_'.join(fields)}"
    return f"{found}_value" if found in LOOKUPS else found


def module_name(domain: str) -> str:
    """The domain, unless a module of that name would shadow one of Python's, or the one of BaseTaskTracking."""
    shadows = domain in sys.stdlib_module_names or keyword.iskeyword(domain) or domain in _BASE_MODULES
    return f"{domain}_tracking" if shadows else domain


def attribute_name(name: str) -> str:
    """The field's name in Python."""
    return f"{name}_" if name in ALIASED else name


def column_name(name: str, field: FieldSpec) -> str:
    """The field's name in the database."""
    return field.column or name


def fitted(name: str, detail: str = "") -> str:
    """A name cut to what PostgreSQL keeps, with a hash of all of it where something is cut."""
    if len(name.encode()) <= LONGEST_IDENTIFIER:
        return name
    return hashed(name, detail or name)


def hashed(name: str, detail: str) -> str:
    """A name told apart by a hash of what it stands for."""
    digest = hashlib.sha256(detail.encode()).hexdigest()[:_HASH_DIGITS]
    kept = name.encode()[: LONGEST_IDENTIFIER - _HASH_DIGITS - 1].decode(errors="ignore")
    return f"{kept}_{digest}"


class DerivedNames:
    """Hands out constraint and index names of one domain, each once.

    The first keeps the plain name; a later one that would be the same gets a hash of its detail.
    """

    def __init__(self, domain: str, taken: Iterable[str] = ()) -> None:
        self._domain = domain
        self._taken = set(taken)

    def unique(self, fields: Iterable[str], *, active: bool = False) -> str:
        """`uq_{d}_task_{fields}`, `..._active` where only active rows count."""
        return self._derived("uq", (*fields, "active") if active else tuple(fields), "")

    def index(self, fields: Iterable[str], where: str = "") -> str:
        """`idx_{d}_task_{fields}`."""
        return self._derived("idx", tuple(fields), where)

    def check(self, name: str) -> str:
        """`ck_{d}_task_{name}`."""
        return self._derived("ck", (name,), "")

    def foreign_key(self, field: str) -> str:
        """`fk_{d}_task_{field}`."""
        return self._derived("fk", (field,), "")

    def _derived(self, kind: str, parts: tuple[str, ...], where: str) -> str:
        plain = f"{kind}_{self._domain}_task_{'_'.join(parts)}"
        detail = f"{plain}|{','.join(parts)}|{where}"
        name = fitted(plain)
        if name in self._taken:
            name = hashed(plain, detail)
        self._taken.add(name)
        return name
