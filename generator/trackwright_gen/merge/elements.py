"""What stands in brackets, in three versions: arguments of a call, items of a tuple, list or set."""

import ast
import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from trackwright_gen.merge.rows import Rows
from trackwright_gen.merge.sequence import Named, Sides, Unmergeable, Unnamed, merge_sequences

_COMMA = re.compile(r"\s*,\s*")
_COMMENT = re.compile(r"#[^\n]*")
_OPENING = re.compile(r"[(\[{]\s*")
_CLOSING = re.compile(r"\s*,?\s*[)\]}]")


@dataclass(frozen=True, slots=True)
class Element:
    """One item between brackets: as the parser understands it, and as it is written."""

    key: Hashable
    meaning: str
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Bracket:
    """Some rows around brackets: the text up to the opening one, the items, the text from the closing one on."""

    head: str
    items: tuple[Element, ...]
    tail: str


def bracket_of(rows: Rows, value: ast.expr | None, *, first: int, last: int) -> Bracket:
    """Read the brackets of a value that lies in some rows.

    Raises:
        Unmergeable: the value has none, or comments between its items, which would lose their places.
    """
    items = _items(value)
    if value is None or not items:
        raise Unmergeable
    spans = [rows.span(item) for item in items]
    opening = rows.span(value.func)[1] if isinstance(value, ast.Call) else rows.span(value)[0]
    closing = rows.span(value)[1]
    gaps = [rows.text[end:start] for (_, end), (start, _) in pairwise(spans)]
    if not (
        _OPENING.fullmatch(rows.text, opening, spans[0][0])
        and all(_COMMA.fullmatch(gap) for gap in gaps)
        and _CLOSING.fullmatch(rows.text, spans[-1][1], closing)
    ):
        raise Unmergeable
    texts = [rows.text[start:end] for start, end in spans]
    elements = [Element(_key(item), _said(item, text), text) for item, text in zip(items, texts, strict=True)]
    head = rows.text[rows.start(first) : opening + 1]
    return Bracket(head, tuple(elements), rows.text[closing - 1 : rows.start(last + 1)])


def _meaning(item: ast.expr | ast.keyword, text: str) -> str:
    """What the parser makes of an item, and the comments inside of it, which it does not see."""
    return "\n".join([ast.dump(item), *_COMMENT.findall(text)])


def merged_brackets(base: Bracket, new: Bracket, yours: Bracket, *, indent: str) -> str:
    """Both sides' items between the merged outer text, one per row.

    Raises:
        Unmergeable: both sides changed the same.
    """
    items = merge_sequences((base.items, new.items, yours.items), _refused)
    hold_unnamed(base.items, new.items, yours.items)
    inner = "".join(f"{indent}    {item.text},\n" for item in items)
    head, tail = settled(base.head, new.head, yours.head), settled(base.tail, new.tail, yours.tail)
    return f"{head}\n{inner}{indent}{tail}"


def hold_unnamed(base: Iterable[Named], new: Iterable[Named], yours: Iterable[Named]) -> None:
    """Hold off things without a name that both sides changed: put side by side, one would stand there twice.

    Raises:
        Unmergeable: both took something away and put something in.
    """
    before, generated, own = (
        {item.key for item in items if isinstance(item.key, Unnamed)} for items in (base, new, yours)
    )
    if all((before - generated, generated - before, before - own, own - before)):
        raise Unmergeable


def settled(base: str, new: str, yours: str) -> str:
    """The text of the side that changed it.

    Raises:
        Unmergeable: both did, differently.
    """
    if new in (base, yours):
        return yours
    if yours == base:
        return new
    raise Unmergeable


def _refused(item: Sides[Element]) -> Element | None:
    raise Unmergeable(item)


def _items(value: ast.expr | None) -> Sequence[ast.expr | ast.keyword]:
    match value:
        case ast.Call(args=args, keywords=keywords):
            return sorted([*args, *keywords], key=lambda item: (item.lineno, item.col_offset))
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            return items
        case _:
            return ()


def _said(item: ast.expr | ast.keyword, text: str) -> str:
    """What an item says, however it is wrapped; the parser knows nothing of comments, so they count as written."""
    return text if "#" in text else ast.dump(item)


def _key(item: ast.expr | ast.keyword) -> Hashable:
    match item:
        case ast.keyword(arg=str(name)):
            return ("keyword", name)
        case ast.Call(func=func, args=args, keywords=keywords):
            names = [keyword.value for keyword in keywords if keyword.arg == "name"]
            called = next(iter([*names, *args]), None)
            return (ast.dump(func), ast.dump(called) if called else "")
        case _:
            return Unnamed(ast.dump(item))
