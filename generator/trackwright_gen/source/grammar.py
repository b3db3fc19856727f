"""Newer Python's syntax said in the grammar of 3.11, row by row, for files this interpreter rejects.

Only LibCST reads every version's syntax, at thirteen times the price of `ast`; so it reads only these files.
"""

from collections.abc import Sequence

import libcst as cst

from trackwright_gen.source.depth import is_shallow


def in_older_grammar(text: str) -> str | None:
    """The same program without the syntax that came after 3.11; None if it is no Python at all.

    Rows stay what they were; columns to the right of a replaced construct may move.
    """
    if not is_shallow(text):
        return None
    try:
        tree = cst.parse_module(text)
    except (cst.ParserSyntaxError, RecursionError):
        return None
    return tree.visit(_Older(tree)).code


def is_python(text: str) -> bool:
    """True if a text is Python of any version."""
    if not is_shallow(text):
        return False
    try:
        cst.parse_module(text)
    except (cst.ParserSyntaxError, RecursionError):
        return False
    return True


class _Older(cst.CSTTransformer):
    """Drops type parameters, and puts plain statements and strings in place of what 3.11 cannot read."""

    def __init__(self, module: cst.Module) -> None:
        super().__init__()
        self._module = module

    def leave_TypeAlias(  # noqa: N802 -- LibCST's name
        self, original_node: cst.TypeAlias, updated_node: cst.TypeAlias
    ) -> cst.BaseSmallStatement:
        """`type X = int` binds a name that no rule follows."""
        return (
            cst.Pass(semicolon=updated_node.semicolon)
            if not self._rows(original_node)
            else cst.Expr(
                cst.SimpleString('"""' + "\n" * self._rows(original_node) + '"""'),
                semicolon=updated_node.semicolon,
            )
        )

    def leave_FunctionDef(  # noqa: N802
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        """`def f[T](...)` is `def f(...)` to us."""
        return updated_node.with_changes(
            type_parameters=None, whitespace_after_name=self._filler(original_node.type_parameters)
        )

    def leave_ClassDef(  # noqa: N802
        self, original_node: cst.ClassDef, updated_node: cst.ClassDef
    ) -> cst.ClassDef:
        """`class C[T]` is `class C` to us."""
        return updated_node.with_changes(
            type_parameters=None, whitespace_after_name=self._filler(original_node.type_parameters)
        )

    def leave_FormattedString(  # noqa: N802
        self, original_node: cst.FormattedString, updated_node: cst.FormattedString
    ) -> cst.BaseExpression:
        """An f-string may nest quotes since 3.12; what it formats declares nothing."""
        return cst.SimpleString(
            '"""' + "\n" * self._rows(original_node) + '"""', lpar=updated_node.lpar, rpar=updated_node.rpar
        )

    def leave_TemplatedString(  # noqa: N802
        self, original_node: cst.TemplatedString, updated_node: cst.TemplatedString
    ) -> cst.BaseExpression:
        """A t-string is new in 3.14; what it holds declares nothing either."""
        return cst.SimpleString(
            '"""' + "\n" * self._rows(original_node) + '"""', lpar=updated_node.lpar, rpar=updated_node.rpar
        )

    def leave_ExceptHandler(  # noqa: N802
        self,
        original_node: cst.ExceptHandler,  # noqa: ARG002 -- LibCST's signature
        updated_node: cst.ExceptHandler,
    ) -> cst.ExceptHandler:
        """`except A, B:` needs its parentheses before 3.14."""
        kind = updated_node.type
        if not isinstance(kind, cst.Tuple) or kind.lpar:
            return updated_node
        return updated_node.with_changes(type=_in_parentheses(kind))

    def _filler(self, node: cst.CSTNode | None) -> cst.SimpleWhitespace:
        return cst.SimpleWhitespace("\\\n" * self._rows(node) if node else "")

    def _rows(self, node: cst.CSTNode) -> int:
        return self._module.code_for_node(node).count("\n")


def _in_parentheses(node: cst.Tuple) -> cst.Tuple:
    left: Sequence[cst.LeftParen] = (cst.LeftParen(),)
    right: Sequence[cst.RightParen] = (cst.RightParen(),)
    return node.with_changes(lpar=left, rpar=right)
