"""Legacy models: which class a name really is, told apart from enums and schemas of the same name."""

import ast
import re
from collections.abc import Iterable, Iterator

from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Assigned, Binding, Imported, Module, Scope
from trackwright_gen.source.telling import names_in
from trackwright_gen.source.values import (
    ClassValue,
    External,
    Made,
    Member,
    Missing,
    Unknown,
    Value,
    external_name,
)

_COLUMNS = frozenset({"Column", "mapped_column"})
_MAPPED_BASES = re.compile(
    r"sqlalchemy\.orm\.(?:DeclarativeBase|DeclarativeBaseNoMeta|MappedAsDataclass)|.*\bdb\.Model"
)
_MODEL_FOLDERS = frozenset(
    {
        "model",
        "models",
        "db",
        "database",
        "orm",
        "entities",
        "tables",
        "domain",
        "legacy",
        "schema",
        "persistence",
    }
)


class Models:
    """Knows legacy models by their configured names."""

    def __init__(self, resolver: Resolver, names: tuple[str, ...]) -> None:
        self._resolver = resolver
        self._dotted = frozenset(name.replace(":", ".") for name in names)
        self.names = frozenset(name.rpartition(".")[2] for name in self._dotted)
        self._known_names = set(self.names)

    def learn(self, names: Iterable[str]) -> None:
        """Take in names that were found to lead to legacy models, among others."""
        self._known_names.update(names)

    def is_legacy(self, value: Value, importer: Module) -> bool:
        """True for a legacy model, by its class in the project or by an import that leads nowhere."""
        match value:
            case ClassValue(scope):
                return self._is_named(scope.name, scope.dotted) and self.is_model(scope)
            case Missing(dotted) | External(dotted):
                name = dotted.rpartition(".")[2]
                ours = (
                    isinstance(value, Missing) or dotted in self._dotted or _is_project_like(dotted, importer)
                )
                return ours and self._is_named(name, dotted) and not _is_used_as_enum(name, importer)
            case Made(by, call, scope):
                return call is not None and self._is_table(by, call, scope)
            case _:
                return False

    def may_occur_in(self, module: Module) -> bool:
        """False where no name of the module can lead to a legacy model."""
        return bool(self._known_names & _names_in(module))

    def is_legacy_class(self, class_: Scope) -> bool:
        """True for the definition of a legacy model."""
        return self.is_legacy(ClassValue(class_), class_.module)

    def names_legacy(self, name: str, scope: Scope) -> bool:
        """True if a name stands for a legacy model where it is read."""
        bound = scope.bindings.get(name, ())
        if name not in self._known_names and not any(map(self._may_lead, bound)):
            return False
        return any(self.is_legacy(value, scope.module) for value in self._resolver.lookup(name, scope))

    def legacy_part(self, expression: ast.expr, scope: Scope) -> ast.expr | None:
        """The part of `models.TaskStatus.status` that is the model itself."""
        inner: ast.expr | None = expression
        while inner is not None:
            last = (
                inner.id
                if isinstance(inner, ast.Name)
                else inner.attr
                if isinstance(inner, ast.Attribute)
                else ""
            )
            if last in self._known_names and any(
                self.is_legacy(value, scope.module) for value in self._resolver.evaluate(inner, scope)
            ):
                return inner
            inner = inner.value if isinstance(inner, ast.Attribute) else None
        return None

    def _is_named(self, name: str, dotted: str) -> bool:
        return name in self._dotted or dotted in self._dotted

    def _is_table(self, by: Value, call: ast.Call, scope: Scope) -> bool:
        """True for `TaskStatus = Table("task_status", ...)`."""
        if external_name(by) not in {"sqlalchemy.Table", "sqlalchemy.schema.Table"}:
            return False
        return any(
            isinstance(binding, Assigned) and binding.value is call
            for name in self.names
            for binding in scope.bindings.get(name, ())
        )

    def is_model(self, class_: Scope) -> bool:
        """True for a class that SQLAlchemy maps: it, or a class it inherits from, shows it."""
        return any(_shows_mapping(ancestor) for ancestor in self._resolver.ancestors(class_))

    def leads(self, module: Module) -> Iterator[str]:
        """Names that a module gives to a legacy model beside its own."""
        for name, bindings in module.scope.bindings.items():
            if name in self.names:
                continue
            for binding in bindings:
                values = self._resolver.lookup(name, module.scope) if self._may_lead(binding) else ()
                if any(self.is_legacy(value, module) for value in values):
                    self._known_names.add(name)
                    yield name

    def _may_lead(self, binding: Binding) -> bool:
        match binding:
            case Imported(_, attribute):
                return attribute in self._known_names
            case Assigned(value, _) if value is not None:
                return not self._known_names.isdisjoint(names_in(value))
            case _:
                return False


def _shows_mapping(ancestor: Value) -> bool:
    match ancestor:
        case ClassValue(scope):
            return _has_table(scope)
        case Made(by, _, _):
            return (external_name(by) or "").endswith("declarative_base")
        case External(dotted) | Missing(dotted):
            return bool(_MAPPED_BASES.fullmatch(dotted)) or dotted.rpartition(".")[2] == "Base"
        case Unknown(name):
            return name in {"Base", "db.Model"}
        case Member(_, name):
            return name == "Model"
        case _:
            return False


def _has_table(class_: Scope) -> bool:
    if "__tablename__" in class_.bindings or "__table__" in class_.bindings:
        return True
    node = class_.node
    if isinstance(node, ast.ClassDef) and any(each.arg == "table" for each in node.keywords):
        return True
    return any(_called(call) in _COLUMNS for call in class_.calls)


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def _is_used_as_enum(name: str, module: Module) -> bool:
    """True if a module reads only constants of a class that cannot be found: `TaskStatus.PENDING`."""
    bound = {each.alias.asname or each.alias.name for each in module.imports if each.alias.name == name}
    read: set[str] = set()
    for use in module.uses:
        if use.role != "annotation":
            first, _, rest = ast.unparse(use.expression).partition(".")
            if first in bound:
                read.add(rest.partition(".")[0])
    return bool(read) and all(attribute.isupper() for attribute in read)


def _is_project_like(dotted: str, importer: Module) -> bool:
    """True if a module that cannot be found looks like the project's own, by its first or a telling part."""
    parts = dotted.split(".")
    if parts[0] == importer.name.partition(".")[0]:
        return True
    return any(part in _MODEL_FOLDERS or part.endswith("_models") for part in parts[:-1])


def _names_in(module: Module) -> set[str]:
    """All names that a module binds or reads."""
    read = {node.attr if isinstance(node, ast.Attribute) else node.id for node in _parts(module)}
    return read | {name for scope in module.scope.walk() for name in scope.bindings}


def _parts(module: Module) -> Iterator[ast.Name | ast.Attribute]:
    for use in module.uses:
        inner: ast.expr = use.expression
        while isinstance(inner, ast.Attribute):
            yield inner
            inner = inner.value
        if isinstance(inner, ast.Name):
            yield inner
