"""The rows of a definition's head: where an exemption of a class may stand."""

import ast


def class_rows(node: ast.ClassDef) -> tuple[int, int]:
    """From the first decorator to the last row before the body."""
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
    return first, max(node.lineno, node.body[0].lineno - 1)
