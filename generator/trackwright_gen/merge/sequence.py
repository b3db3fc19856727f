"""Three versions of an ordered list of named items become one: what each side added, changed and removed is in it."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Named(Protocol):
    """An item that is known in all three versions by its key."""

    @property
    def key(self) -> Hashable: ...


@dataclass(frozen=True, slots=True)
class Unnamed:
    """The key of something that is known only by its whole text: changed, it is another."""

    text: str


T = TypeVar("T", bound=Named)


class Unmergeable(Exception):
    """The versions cannot be compared item by item; lines still can."""


@dataclass(frozen=True, slots=True)
class Sides(Generic[T]):
    """One item in the three versions; None: not there."""

    base: T | None
    new: T | None
    yours: T | None


Resolve = Callable[[Sides[T]], T | None]
"""What becomes of an item that both sides have touched; None: it goes."""


def merge_sequences(versions: tuple[Sequence[T], Sequence[T], Sequence[T]], resolve: Resolve[T]) -> list[T]:
    """Merge (generated before, generated now, the user's), in the user's order unless only the generator's changed.

    Raises:
        Unmergeable: an item occurs twice, or both sides changed the order.
    """
    base, new, yours = (_by_key(items) for items in versions)
    spine, other = (yours, new) if _same_order(base, new) else (new, yours)
    if spine is new and not _same_order(base, yours):
        raise Unmergeable
    merged = {
        key: item
        for key in dict.fromkeys([*spine, *other])
        if (item := _settled(Sides(base.get(key), new.get(key), yours.get(key)), resolve)) is not None
    }
    order = [key for key in spine if key in merged]
    _place(order, [key for key in other if key in merged])
    return [merged[key] for key in order]


def _by_key(items: Sequence[T]) -> dict[Hashable, T]:
    found = {item.key: item for item in items}
    if len(found) != len(items):
        raise Unmergeable
    return found


def _same_order(base: dict[Hashable, T], side: dict[Hashable, T]) -> bool:
    return [key for key in base if key in side] == [key for key in side if key in base]


def _settled(item: Sides[T], resolve: Resolve[T]) -> T | None:
    if item.new == item.base:
        return item.yours
    if item.yours in (item.base, item.new):
        return item.new
    return resolve(item)


def _place(order: list[Hashable], others: list[Hashable]) -> None:
    """Put the keys that are missing in the order behind the key that goes before them on their own side."""
    for position, key in enumerate(others):
        if key in order:
            continue
        before = next((each for each in reversed(others[:position]) if each in order), None)
        after = next((each for each in others[position + 1 :] if each in order), None)
        if before is not None:
            order.insert(order.index(before) + 1, key)
        else:
            order.insert(order.index(after) if after is not None else len(order), key)
