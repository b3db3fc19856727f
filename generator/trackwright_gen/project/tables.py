"""The tables of the project's models with the types of their columns, for foreign keys of generated domains."""

import ast
from collections.abc import Iterator, Mapping

from trackwright_gen.project.source_file import SourceFile
from trackwright_gen.project.source_tree import SourceTree, is_one_of

WORDS = (b"__tablename__", b"Column(", b"mapped_column(", b"Mapped[", b"Table(")
COLUMN_CALLS = frozenset(
    {
        "sqlalchemy.Column",
        "sqlalchemy.orm.mapped_column",
        "sqlalchemy.orm.MappedColumn",
        "sqlalchemy.schema.Column",
    }
)
TABLE_CALLS = frozenset({"sqlalchemy.Table", "sqlalchemy.schema.Table"})
FOREIGN_KEYS = frozenset({"sqlalchemy.ForeignKey", "sqlalchemy.schema.ForeignKey"})
TYPES_OF_ANNOTATIONS = {
    "int": "Integer",
    "str": "String",
    "float": "Float",
    "bool": "Boolean",
    "bytes": "LargeBinary",
    "date": "Date",
    "datetime": "DateTime",
    "time": "Time",
    "timedelta": "Interval",
    "Decimal": "Numeric",
    "UUID": "Uuid",
}
DEPTH = 8
Columns = dict[str, str]


def find_tables(tree: SourceTree) -> Mapping[str, Mapping[str, str]]:
    """Every table that the source shows: its columns and each type as it is written (empty: not known).

    A column that is only a foreign key has the type of the column it points to.
    """
    reader = _Reader(tree)
    found: dict[str, Columns] = {}
    for source in tree.mentioning(*WORDS):
        for table, columns in reader.tables_in(source):
            found.setdefault(table, {}).update(columns)
    return {table: _with_referenced_types(columns, found) for table, columns in sorted(found.items())}


def modules_with_tables(tree: SourceTree) -> frozenset[str]:
    """The modules that define tables."""
    reader = _Reader(tree)
    return frozenset(source.module for source in tree.mentioning(*WORDS) if any(reader.tables_in(source)))


def _with_referenced_types(columns: Columns, tables: Mapping[str, Columns]) -> Columns:
    return {name: _referenced(type_, tables, DEPTH) for name, type_ in columns.items()}


def _referenced(type_: str, tables: Mapping[str, Columns], depth: int) -> str:
    if not type_.startswith("->"):
        return type_
    table, _, column = type_.removeprefix("->").rpartition(".")
    target = tables.get(table, {}).get(column, "")
    return _referenced(target, tables, depth - 1) if depth else ""


class _Reader:
    """Reads tables out of one project's source."""

    def __init__(self, tree: SourceTree) -> None:
        self.tree = tree

    def tables_in(self, source: SourceFile) -> Iterator[tuple[str, Columns]]:
        for node in source.classes.values():
            table = self._table_of_class(source, node)
            if table is not None:
                yield table, self._columns_of_class(source, node, DEPTH)
        for value in source.assigned.values():
            if isinstance(value, ast.Call) and is_one_of(self.tree.origin(source, value.func), TABLE_CALLS):
                yield from self._core_table(source, value)

    def _table_of_class(self, source: SourceFile, node: ast.ClassDef) -> str | None:
        if assigned_in(node, "__abstract__") is not None:
            return None
        match assigned_in(node, "__tablename__"):
            case ast.Constant(value=str(name)):
                schema = self._schema_of(node)
                return f"{schema}.{name}" if schema else name
            case None:
                return self._derived_name(source, node, DEPTH, node.name)
            case _:
                return None

    def _schema_of(self, node: ast.ClassDef) -> str | None:
        arguments = assigned_in(node, "__table_args__")
        last = arguments.elts[-1] if isinstance(arguments, ast.Tuple) and arguments.elts else arguments
        if not isinstance(last, ast.Dict):
            return None
        for key, value in zip(last.keys, last.values, strict=True):
            if key is not None and text_of(key) == "schema":
                return text_of(value)
        return None

    def _derived_name(
        self, source: SourceFile, node: ast.ClassDef, depth: int, class_name: str
    ) -> str | None:
        """The name that a base class derives by `return cls.__name__.lower()`."""
        for base_source, base in self._bases(source, node):
            function = next(
                (
                    item
                    for item in base.body
                    if isinstance(item, ast.FunctionDef) and item.name == "__tablename__"
                ),
                None,
            )
            if function is not None:
                return class_name.lower() if _returns_lowered_name(function) else None
            if depth and (name := self._derived_name(base_source, base, depth - 1, class_name)):
                return name
        return None

    def _bases(self, source: SourceFile, node: ast.ClassDef) -> Iterator[tuple[SourceFile, ast.ClassDef]]:
        for expression in node.bases:
            name = self.tree.origin(source, expression)
            defining = self.tree.source_of(name) if name else None
            base = defining.classes.get(name.name) if defining and name else None
            if defining is not None and base is not None and base is not node:
                yield defining, base

    def _columns_of_class(self, source: SourceFile, node: ast.ClassDef, depth: int) -> Columns:
        columns: Columns = {}
        for base_source, base in reversed(list(self._bases(source, node))):
            if depth:
                columns.update(self._columns_of_class(base_source, base, depth - 1))
        for item in node.body:
            columns.update(self._column_of_item(source, item))
        return columns

    def _column_of_item(self, source: SourceFile, item: ast.stmt) -> Columns:
        match item:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if self._is_column(
                source, call
            ):
                return self._column(source, name, call, None)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                type_ = _mapped_type(annotation)
                if isinstance(value, ast.Call):
                    return self._column(source, name, value, type_) if self._is_column(source, value) else {}
                return {name: type_} if type_ and value is None else {}
            case _:
                return {}

    def _is_column(self, source: SourceFile, call: ast.Call) -> bool:
        return is_one_of(self.tree.origin(source, call.func), COLUMN_CALLS)

    def _column(self, source: SourceFile, name: str, call: ast.Call, annotated: str | None) -> Columns:
        arguments = list(call.args)
        if arguments and (named := text_of(arguments[0])) is not None:
            name = named
            del arguments[0]
        types = [keyword.value for keyword in call.keywords if keyword.arg == "type_"]
        for argument in [*types, *arguments]:
            if not self._is_constraint(source, argument):
                return {name: ast.unparse(argument)}
        target = next((self._target(source, argument) for argument in arguments), None)
        return {name: annotated or (f"->{target}" if target else "")}

    def _is_constraint(self, source: SourceFile, argument: ast.expr) -> bool:
        origin = self.tree.origin(source, argument.func) if isinstance(argument, ast.Call) else None
        names = ("ForeignKey", "Identity", "Sequence", "Computed", "CheckConstraint", "FetchedValue")
        return is_one_of(origin, {f"sqlalchemy.{part}{name}" for name in names for part in ("", "schema.")})

    def _target(self, source: SourceFile, argument: ast.expr) -> str | None:
        match argument:
            case ast.Call(func=func, args=[ast.Constant(value=str(target)), *_]):
                return target if is_one_of(self.tree.origin(source, func), FOREIGN_KEYS) else None
            case _:
                return None

    def _core_table(self, source: SourceFile, call: ast.Call) -> Iterator[tuple[str, Columns]]:
        match call.args:
            case [ast.Constant(value=str(name)), _, *items]:
                columns: Columns = {}
                for item in items:
                    if isinstance(item, ast.Call) and self._is_column(source, item):
                        columns.update(self._column(source, "", item, None))
                schema = next((text_of(k.value) for k in call.keywords if k.arg == "schema"), None)
                yield f"{schema}.{name}" if schema else name, columns
            case _:
                return


def assigned_in(node: ast.ClassDef, name: str) -> ast.expr | None:
    """What a class body assigns to a name."""
    for item in node.body:
        match item:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                return value
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                return value
            case _:
                continue
    return None


def text_of(expression: ast.expr | None) -> str | None:
    """A literal's text."""
    match expression:
        case ast.Constant(value=str(text)):
            return text
        case _:
            return None


def _returns_lowered_name(function: ast.FunctionDef) -> bool:
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    return (
        len(returned) == 1 and returned[0] is not None and ast.unparse(returned[0]) == "cls.__name__.lower()"
    )


def _mapped_type(annotation: ast.expr) -> str | None:
    """The type that SQLAlchemy derives from `Mapped[int]`, `Mapped[int | None]`, `Mapped[Optional[int]]`."""
    match annotation:
        case ast.Subscript(value=ast.Name(id="Mapped") | ast.Attribute(attr="Mapped"), slice=inner):
            return _type_of(inner)
        case ast.Constant(value=str(text)):
            try:
                return _mapped_type(ast.parse(text, mode="eval").body)
            except SyntaxError:
                return None
        case _:
            return None


def _type_of(inner: ast.expr) -> str | None:
    match inner:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _type_of(left) or _type_of(right)
        case ast.Subscript(value=ast.Name(id="Optional") | ast.Attribute(attr="Optional"), slice=optional):
            return _type_of(optional)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return TYPES_OF_ANNOTATIONS.get(name)
        case _:
            return None
