"""The one traversal of a syntax tree: it fills the scopes that everything else asks."""

import ast
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

from trackwright_gen.source.parsing import Parsed
from trackwright_gen.source.scopes import (
    Assigned,
    Binding,
    FunctionNode,
    Imported,
    ImportStatement,
    Module,
    Opaque,
    Parameter,
    Scope,
    ScopeNode,
    Use,
    enclosing_class,
)

Role = Literal["value", "annotation", "base", "decorator"]
_Handler = Callable[[ast.AST, Scope], None]


def bind(parsed: Parsed, name: str) -> Module:
    """Traverse a parsed file that is imported as `name`."""
    path: Path = parsed.path
    module = Module(name, path, parsed.lines, is_package=path.stem == "__init__", restated=parsed.restated)
    module.scope = Scope("module", name.rpartition(".")[2], "", parsed.tree, module, None)
    _Binder(module).statements(parsed.tree.body, module.scope)
    return module


class _Binder:
    """Walks statements in order and remembers which statement and role an expression has."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._statement: ast.stmt = ast.Pass(lineno=1, col_offset=0)
        self._role: Role = "value"

    def statements(self, body: Iterable[ast.stmt], scope: Scope) -> None:
        """Bind each statement of a block."""
        for statement in body:
            self._statement = statement
            self._visit(statement, scope)

    def _visit(self, node: ast.AST, scope: Scope) -> None:
        handler: _Handler | None = getattr(self, f"_visit_{type(node).__name__}", None)
        if handler is not None:
            handler(node, scope)
        else:
            self._children(node, scope)

    def _children(self, node: ast.AST, scope: Scope) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                self._statement = child
            self._visit(child, scope)

    def _expression(self, node: ast.AST | None, scope: Scope, role: Role) -> None:
        if node is None:
            return
        before, self._role = self._role, role
        self._visit(node, scope)
        self._role = before

    # -- definitions

    def _visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:  # noqa: N802
        for decorator in node.decorator_list:
            self._decorator(decorator, scope)
        self._expression(node.returns, scope, "annotation")
        function = self._open("function", node.name, node, scope)
        self._module.functions.append(function)
        _bind(scope, node.name, function)
        self._parameters(node, function, scope)
        self.statements(node.body, function)

    _visit_AsyncFunctionDef = _visit_FunctionDef  # noqa: N815

    def _visit_Lambda(self, node: ast.Lambda, scope: Scope) -> None:  # noqa: N802
        function = self._open("function", "<lambda>", node, scope)
        self._parameters(node, function, scope)
        function.returns.append(node.body)
        self._visit(node.body, function)

    def _visit_ClassDef(self, node: ast.ClassDef, scope: Scope) -> None:  # noqa: N802
        for decorator in node.decorator_list:
            self._decorator(decorator, scope)
        for base in (*node.bases, *node.keywords):
            self._expression(base, scope, "base")
        class_ = self._open("class", node.name, node, scope)
        self._module.classes.append(class_)
        _bind(scope, node.name, class_)
        self.statements(node.body, class_)

    def _open(self, kind: Literal["class", "function"], name: str, node: ScopeNode, parent: Scope) -> Scope:
        qualname = f"{parent.qualname}.{name}" if parent.qualname else name
        scope = Scope(kind, name, qualname, node, self._module, parent)
        parent.children.append(scope)
        return scope

    def _decorator(self, decorator: ast.expr, scope: Scope) -> None:
        if isinstance(decorator, ast.Call):
            self._module.decorator_calls.add(decorator)
        self._expression(decorator, scope, "decorator")

    def _parameters(self, node: FunctionNode, function: Scope, outer: Scope) -> None:
        spec = node.args
        positional = (*spec.posonlyargs, *spec.args)
        for position, argument in enumerate(positional):
            _bind(function, argument.arg, Parameter(argument.annotation, position))
        others = [each for each in (*spec.kwonlyargs, spec.vararg, spec.kwarg) if each is not None]
        for argument in others:
            _bind(function, argument.arg, Parameter(argument.annotation, -1))
        for argument in (*positional, *others):
            self._expression(argument.annotation, outer, "annotation")
        for default in (*spec.defaults, *spec.kw_defaults):
            self._expression(default, outer, "value")

    # -- names

    def _visit_Import(self, node: ast.Import, scope: Scope) -> None:  # noqa: N802
        for alias in node.names:
            first = alias.name.partition(".")[0]
            self._module.imported_packages.add(first)
            bound, target = (alias.asname, alias.name) if alias.asname else (first, first)
            _bind(scope, bound, Imported(target, None))

    def _visit_ImportFrom(self, node: ast.ImportFrom, scope: Scope) -> None:  # noqa: N802
        source = self._absolute(node)
        self._module.imported_packages.add(source.partition(".")[0])
        for alias in node.names:
            if alias.name == "*":
                scope.stars.append(source)
                continue
            _bind(scope, alias.asname or alias.name, Imported(source, alias.name))
            self._module.imports.append(ImportStatement(node, alias, source, scope))

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self._module.name.split(".")
        kept = parts[: len(parts) - node.level + self._module.is_package]
        return ".".join([*kept, *([node.module] if node.module else [])])

    def _visit_Assign(self, node: ast.Assign, scope: Scope) -> None:  # noqa: N802
        self._visit(node.value, scope)
        for target in node.targets:
            self._assign(target, Assigned(node.value), scope)

    def _visit_AnnAssign(self, node: ast.AnnAssign, scope: Scope) -> None:  # noqa: N802
        self._expression(node.annotation, scope, "annotation")
        if node.value is not None:
            self._visit(node.value, scope)
        self._assign(node.target, Assigned(node.value, node.annotation), scope)

    def _visit_NamedExpr(self, node: ast.NamedExpr, scope: Scope) -> None:  # noqa: N802
        self._visit(node.value, scope)
        self._assign(node.target, Assigned(node.value), scope)

    def _visit_withitem(self, node: ast.withitem, scope: Scope) -> None:
        self._visit(node.context_expr, scope)
        if node.optional_vars is not None:
            self._assign(node.optional_vars, Assigned(node.context_expr, entered=True), scope)

    def _visit_For(self, node: ast.For | ast.AsyncFor, scope: Scope) -> None:  # noqa: N802
        self._visit(node.iter, scope)
        self._opaque(node.target, scope, node.iter)
        self.statements((*node.body, *node.orelse), scope)

    _visit_AsyncFor = _visit_For  # noqa: N815

    def _visit_ExceptHandler(self, node: ast.ExceptHandler, scope: Scope) -> None:  # noqa: N802
        if node.name:
            _bind(scope, node.name, Opaque())
        self._children(node, scope)

    def _visit_Global(self, node: ast.Global, scope: Scope) -> None:  # noqa: N802
        scope.global_names.update(node.names)

    def _assign(self, target: ast.expr, binding: Assigned, scope: Scope) -> None:
        if isinstance(target, ast.Attribute):
            scope.targets.append(target)
        match target:
            case ast.Name(id=name):
                _bind(scope, name, binding)
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                owner = enclosing_class(scope)
                if owner is not None:
                    owner.attributes.setdefault(name, []).append(binding)
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                self._unpack(targets, binding, scope)
            case _:
                self._visit(target, scope)

    def _unpack(self, targets: list[ast.expr], binding: Assigned, scope: Scope) -> None:
        values = binding.value.elts if isinstance(binding.value, ast.Tuple | ast.List) else []
        if len(values) == len(targets) and not any(isinstance(each, ast.Starred) for each in values):
            for target, value in zip(targets, values, strict=True):
                self._assign(target, Assigned(value), scope)
        else:
            for target in targets:
                self._opaque(target, scope)

    def _opaque(self, target: ast.expr, scope: Scope, source: ast.expr | None = None) -> None:
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                _bind(scope, node.id, Opaque(source))

    # -- what happens

    def _visit_Call(self, node: ast.Call, scope: Scope) -> None:  # noqa: N802
        scope.calls.append(node)
        self._expression(node.func, scope, "decorator" if self._role == "decorator" else "value")
        for argument in (*node.args, *node.keywords):
            self._expression(argument, scope, "value")

    def _visit_BinOp(self, node: ast.BinOp, scope: Scope) -> None:  # noqa: N802
        # A text of a thousand lines joined by + is nested a thousand deep.
        left: ast.expr = node
        while isinstance(left, ast.BinOp):
            self._visit(left.right, scope)
            left = left.left
        self._visit(left, scope)

    def _visit_Name(self, node: ast.Name, scope: Scope) -> None:  # noqa: N802
        if isinstance(node.ctx, ast.Load):
            self._module.uses.append(Use(node, scope, self._statement, self._role))

    def _visit_Attribute(self, node: ast.Attribute, scope: Scope) -> None:  # noqa: N802
        inner = node.value
        while isinstance(inner, ast.Attribute):
            inner = inner.value
        if isinstance(inner, ast.Name):
            self._module.uses.append(Use(node, scope, self._statement, self._role))
        else:
            self._visit(inner, scope)

    def _visit_Return(self, node: ast.Return, scope: Scope) -> None:  # noqa: N802
        if node.value is not None:
            scope.returns.append(node.value)
            self._visit(node.value, scope)

    def _visit_Yield(self, node: ast.Yield, scope: Scope) -> None:  # noqa: N802
        if node.value is not None:
            scope.yields.append(node.value)
            self._visit(node.value, scope)


def _bind(scope: Scope, name: str, binding: Binding) -> None:
    home = scope.module.scope if name in scope.global_names else scope
    home.bindings.setdefault(name, []).append(binding)
