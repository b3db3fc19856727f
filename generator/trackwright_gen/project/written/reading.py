"""A hand-written model's table, read from its class and those it inherits from."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.project.model import ObjectName
from trackwright_gen.project.source_file import SourceFile
from trackwright_gen.project.source_tree import SourceTree, is_one_of
from trackwright_gen.project.tables import COLUMN_CALLS, DEPTH, FOREIGN_KEYS, WORDS, assigned_in, text_of
from trackwright_gen.project.written.defaults import client_default, server_default
from trackwright_gen.project.written.model import WrittenColumn, WrittenIndex, WrittenTable
from trackwright_gen.project.written.types import ReadType, mapped, type_of_annotation, type_of_expression
from trackwright_gen.spec.nearest import did_you_mean


def read_written_table(tree: SourceTree, name: str, schema: str | None = None) -> WrittenTable:
    """Read the model whose `__tablename__` this is; `schema` is that of the metadata, where it has one.

    Raises:
        ToolError: no class of the project has it.
        ToolErrors: columns that cannot be read, all of them.
    """
    known: list[str] = []
    for source in tree.mentioning(*WORDS):
        for node in source.classes.values():
            found = text_of(assigned_in(node, "__tablename__"))
            if found == name:
                return _Reader(tree, source, node, name, schema).table()
            known += [found] if found else []
    raise ToolError(
        f"no class of the project has the table {name!r}",
        hint=f"{did_you_mean(name, known)}; a table is adopted from the class that says __tablename__",
    )


@dataclass
class _Reader:
    tree: SourceTree
    source: SourceFile
    node: ast.ClassDef
    name: str
    schema: str | None
    errors: list[ToolError] = field(default_factory=list[ToolError])

    def table(self) -> WrittenTable:
        columns = {one.name: one for one in self._columns(self.source, self.node, DEPTH)}
        arguments = list(self._arguments())
        uniques: list[tuple[str, ...]] = [
            (one.name,) for one in columns.values() if one.unique and not one.index
        ]
        uniques += [self._names(call) for call in self._calls(arguments, "UniqueConstraint")]
        indexes = [self._own_index(one) for one in columns.values() if one.index]
        indexes += [self._index(call) for call in self._calls(arguments, "Index")]
        checks = [
            text for call in self._calls(arguments, "CheckConstraint") if (text := _sql_text(call.args))
        ]
        if self.errors:
            raise ToolErrors(self.errors)
        return WrittenTable(
            name=self.name,
            model=ObjectName(self.source.module, self.node.name),
            at=self.source.at(self.node),
            columns=tuple(columns.values()),
            uniques=tuple(uniques),
            indexes=tuple(indexes),
            checks=tuple(checks),
            comment=self._option("comment"),
            schema=self._option("schema"),
        )

    def _columns(self, source: SourceFile, node: ast.ClassDef, depth: int) -> Iterator[WrittenColumn]:
        for expression in reversed(node.bases):
            name = self.tree.origin(source, expression)
            defining = self.tree.source_of(name) if name else None
            base = defining.classes.get(name.name) if defining and name else None
            if defining is not None and base is not None and base is not node and depth:
                yield from self._columns(defining, base, depth - 1)
        for item in node.body:
            try:
                column = self._column(source, item)
            except ToolError as error:
                self.errors.append(error)
            else:
                if column is not None:
                    yield column

    def _column(self, source: SourceFile, item: ast.stmt) -> WrittenColumn | None:
        match item:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                annotation = None
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=ast.Call() as call):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=None) if mapped(
                annotation
            )[0]:
                call = ast.Call(ast.Name("mapped_column"), [], [])
                return self._read(source, item, name, call, annotation)
            case _:
                return None
        if not is_one_of(self.tree.origin(source, call.func), COLUMN_CALLS):
            return None
        return self._read(source, item, name, call, annotation)

    def _read(
        self, source: SourceFile, item: ast.stmt, attribute: str, call: ast.Call, annotation: ast.expr | None
    ) -> WrittenColumn:
        arguments = list(call.args)
        named = text_of(arguments[0]) if arguments else None
        if named is not None:
            del arguments[0]
        options = {word.arg: word.value for word in call.keywords}
        key = next((one for one in arguments if self._is(source, one, FOREIGN_KEYS)), None)
        is_primary = _is_true(options.get("primary_key"))
        read = self._type(source, [*arguments, *(v for k, v in options.items() if k == "type_")], annotation)
        target = text_of(key.args[0]) if isinstance(key, ast.Call) and key.args else None
        if read is None:
            said = ast.unparse(call) if call.args or call.keywords else ast.unparse(annotation or call)
            raise ToolError(
                f"the type of the column {named or attribute!r} cannot be read: {said}",
                at=source.at(item),
                hint="write SQLAlchemy's type into the column, or an `impl` into a type of your own",
            )
        optional = annotation is None or mapped(annotation)[1]
        nullable = options.get("nullable")
        return WrittenColumn(
            name=named or attribute,
            attribute=attribute,
            type=read.type,
            words=read.words,
            at=source.at(item),
            nullable=not is_primary and (_is_true(nullable) if nullable is not None else optional),
            primary_key=is_primary,
            identity=any(self._is(source, one, _IDENTITIES) for one in arguments),
            default=client_default(options.get("default", options.get("insert_default"))),
            server_default=server_default(source, options.get("server_default")),
            index=_is_true(options.get("index")),
            unique=_is_true(options.get("unique")),
            references=target,
            on_delete=_on_delete(key),
            comment=text_of(options.get("comment")),
        )

    def _type(
        self, source: SourceFile, arguments: list[ast.expr], annotation: ast.expr | None
    ) -> ReadType | None:
        for argument in arguments:
            if not self._is(source, argument, _CONSTRAINTS):
                return type_of_expression(self.tree, source, argument)
        if annotation is not None and (found := type_of_annotation(self.tree, source, annotation)):
            return found
        key = next((one for one in arguments if self._is(source, one, FOREIGN_KEYS)), None)
        target = text_of(key.args[0]) if isinstance(key, ast.Call) and key.args else None
        return self._type_of_target(target) if target else None

    def _type_of_target(self, target: str) -> ReadType | None:
        table, _, column = target.rpartition(".")
        try:
            found = read_written_table(self.tree, table, self.schema).column(column)
        except (ToolError, ToolErrors):
            return None
        return ReadType(found.type) if found else None

    def _is(self, source: SourceFile, node: ast.expr, names: frozenset[str]) -> bool:
        called = node.func if isinstance(node, ast.Call) else node
        return is_one_of(self.tree.origin(source, called), names)

    def _option(self, name: str) -> str | None:
        """A text in the dictionary that `__table_args__` is, or ends with."""
        arguments = assigned_in(self.node, "__table_args__")
        last = arguments.elts[-1] if isinstance(arguments, ast.Tuple) and arguments.elts else arguments
        if not isinstance(last, ast.Dict):
            return None
        pairs = zip(last.keys, last.values, strict=True)
        return next((text_of(value) for key, value in pairs if text_of(key) == name), None)

    def _arguments(self) -> Iterator[ast.expr]:
        arguments = assigned_in(self.node, "__table_args__")
        yield from arguments.elts if isinstance(arguments, ast.Tuple) else ()

    def _calls(self, arguments: list[ast.expr], name: str) -> Iterator[ast.Call]:
        names = frozenset({f"sqlalchemy.{name}", f"sqlalchemy.schema.{name}"})
        for argument in arguments:
            if isinstance(argument, ast.Call) and self._is(self.source, argument, names):
                yield argument

    def _names(self, call: ast.Call, skip: int = 0) -> tuple[str, ...]:
        found = [text_of(argument) for argument in call.args[skip:]]
        if None in found:
            self.errors.append(
                ToolError(
                    f"{ast.unparse(call)} cannot be read",
                    at=self.source.at(call),
                    hint="name its columns by their names, without expressions",
                )
            )
        return tuple(name for name in found if name is not None)

    def _index(self, call: ast.Call) -> WrittenIndex:
        options = {word.arg: word.value for word in call.keywords}
        where = options.get("postgresql_where")
        return WrittenIndex(
            name=text_of(call.args[0]) or "" if call.args else "",
            columns=self._names(call, skip=1),
            unique=_is_true(options.get("unique")),
            where=_sql_text([where]) or ast.unparse(where) if where is not None else None,
        )

    def _own_index(self, column: WrittenColumn) -> WrittenIndex:
        # Without a naming convention this is SQLAlchemy's name of an index that a column asks for.
        schema = self._option("schema") or self.schema
        label = f"{schema.replace('.', '_')}_{self.name}" if schema else self.name
        return WrittenIndex(name=f"ix_{label}_{column.name}", columns=(column.name,), unique=column.unique)


_IDENTITIES = frozenset({"sqlalchemy.Identity", "sqlalchemy.schema.Identity"})
_CONSTRAINTS = frozenset(
    f"sqlalchemy.{part}{name}"
    for name in ("ForeignKey", "Identity", "Sequence", "Computed", "CheckConstraint", "FetchedValue")
    for part in ("", "schema.")
)


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _on_delete(key: ast.expr | None) -> str | None:
    words = key.keywords if isinstance(key, ast.Call) else []
    said = next((text_of(word.value) for word in words if word.arg == "ondelete"), None)
    return said.lower() if said else None


def _sql_text(arguments: list[ast.expr]) -> str | None:
    match arguments[:1]:
        case [ast.Call(args=[ast.Constant(value=str(text)), *_])]:
            return text
        case [ast.Constant(value=str(text))]:
            return text
        case _:
            return None
