"""Python files are merged member by member: imports by names, classes by what stands in them, calls by arguments.

So two sides that add at one place, such as a column each at the end of a class, are no conflict. What cannot be told
apart so is merged by its lines.
"""

import ast
from dataclasses import replace

from trackwright_gen.merge.decide import Merged, MergeTexts
from trackwright_gen.merge.elements import bracket_of, hold_unnamed, merged_brackets, settled
from trackwright_gen.merge.functions import merged_decorators, parts_of
from trackwright_gen.merge.imports import merged_import, with_needed_imports
from trackwright_gen.merge.members import Member, first_row, members_of
from trackwright_gen.merge.rows import Rows
from trackwright_gen.merge.sequence import Sides, Unmergeable, merge_sequences


def merge_members(base: str, new: str, yours: str, merge_lines: MergeTexts) -> Merged | None:
    """Merge three versions of a Python file; None where they cannot be compared by members."""
    merge = _MemberMerge(merge_lines)
    try:
        text = merge.bodies(_module(base), _module(new), _module(yours))
        if not merge.conflicts:
            ast.parse(text)
            text = with_needed_imports(text, new, yours)
    except (Unmergeable, SyntaxError, ValueError, RecursionError):
        return None
    return Merged(text, conflicts=merge.conflicts)


_Body = tuple[list[Member], str]


def _module(text: str) -> _Body:
    tree, rows = ast.parse(text), Rows.of(text)
    return members_of(rows, tree.body, first=1, last=len(rows.lines))


class _MemberMerge:
    """One merge; it notes whether a conflict was met on the way."""

    def __init__(self, merge_lines: MergeTexts) -> None:
        self._merge_lines = merge_lines
        self.conflicts = False

    def bodies(self, base: _Body, new: _Body, yours: _Body) -> str:
        """The merged text of a body."""
        members = merge_sequences((base[0], new[0], yours[0]), self._both)
        hold_unnamed(base[0], new[0], yours[0])
        text = "".join(member.lead + member.text for member in members)
        return text + self._lines(base[1], new[1], yours[1])

    def _both(self, item: Sides[Member]) -> Member | None:
        """A member that both sides changed, or one changed and the other took away."""
        base, new, yours = item.base, item.new, item.yours
        if new is None or yours is None:
            return self._one_gone(item)
        lead = self._lead(base.lead if base else "", new.lead, yours.lead)
        try:
            text = settled(base.text if base else "", new.text, yours.text)
        except Unmergeable:
            text = self._text(base, new, yours)
        return replace(yours, lead=lead, text=text)

    def _one_gone(self, item: Sides[Member]) -> Member | None:
        left = item.new or item.yours
        if left is None or (item.base is not None and not _changed(item.base, left)):
            return None
        texts = [
            each.lead.lstrip("\n") + each.text if each else "" for each in (item.base, item.new, item.yours)
        ]
        empty = left.lead[: len(left.lead) - len(left.lead.lstrip("\n"))]
        return replace(left, lead=empty, text=self._lines(texts[0], texts[1], texts[2]))

    def _lead(self, base: str, new: str, yours: str) -> str:
        """Empty rows are the user's; comments of both sides stay."""
        return self._lines(base, new, yours) if "#" in new else yours

    def _text(self, base: Member | None, new: Member, yours: Member) -> str:
        try:
            if isinstance(new.node, ast.ImportFrom):
                return merged_import(base, new, yours)
            if base is not None:
                return self._inside(base, new, yours)
        except Unmergeable:
            pass  # then by lines
        return self._lines(base.text if base else "", new.text, yours.text)

    def _inside(self, base: Member, new: Member, yours: Member) -> str:
        match base.node, new.node, yours.node:
            case ast.ClassDef(), ast.ClassDef(), ast.ClassDef():
                return self._class(_class_parts(base), _class_parts(new), _class_parts(yours))
            case (ast.FunctionDef() | ast.AsyncFunctionDef(), _, _):
                return self._function(base, new, yours)
            case (ast.Assign() | ast.AnnAssign() | ast.Expr(), _, _):
                return _assignment(base, new, yours)
            case _:
                raise Unmergeable

    def _class(self, base: tuple[str, _Body], new: tuple[str, _Body], yours: tuple[str, _Body]) -> str:
        return self._lines(base[0], new[0], yours[0]) + self.bodies(base[1], new[1], yours[1])

    def _function(self, base: Member, new: Member, yours: Member) -> str:
        before, generated, own = parts_of(base), parts_of(new), parts_of(yours)
        decorators = merged_decorators(before, generated, own)
        signature = self._lines(before.signature, generated.signature, own.signature)
        return decorators + signature + self._lines(before.body, generated.body, own.body)

    def _lines(self, base: str, new: str, yours: str) -> str:
        try:
            return settled(base, new, yours)
        except Unmergeable:
            merged = self._merge_lines(base, new, yours)
            self.conflicts = self.conflicts or merged.conflicts
            return merged.text


def _changed(base: Member, left: Member) -> bool:
    """Whether a side said something in a member that the other one took away."""
    before = {line.strip() for line in base.lead.split("\n")}
    return left.text != base.text or any(line.strip() not in before for line in left.lead.split("\n"))


def _class_parts(member: Member) -> tuple[str, _Body]:
    node, rows = member.node, member.rows
    if not isinstance(node, ast.ClassDef) or first_row(node.body[0]) <= node.lineno:
        raise Unmergeable
    inside = first_row(node.body[0])
    head = rows.between(first_row(node), inside - 1)
    return head, members_of(rows, node.body, first=inside, last=member.last)


def _assignment(base: Member, new: Member, yours: Member) -> str:
    brackets = [
        bracket_of(each.rows, getattr(each.node, "value", None), first=first_row(each.node), last=each.last)
        for each in (base, new, yours)
    ]
    return merged_brackets(brackets[0], brackets[1], brackets[2], indent=yours.indent)
