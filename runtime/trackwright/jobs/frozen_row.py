"""The copy of its row that a body receives."""

from collections.abc import Mapping
from typing import Any, NoReturn

from sqlalchemy import Row


class FrozenRow:
    """A row's values by attribute, as they were at the claim; nothing can be assigned."""

    __slots__ = ("_values",)
    _values: Mapping[str, Any]

    def __init__(self, row: Row[Any]) -> None:
        mapping: Mapping[Any, Any] = row._mapping  # pyright: ignore[reportPrivateUsage] # noqa: SLF001 -- SQLAlchemy documents it as public
        object.__setattr__(self, "_values", dict(mapping))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # copying looks for such names before there are values
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        message = f"run.tracking is a frozen copy: {name} cannot be set; write through run.session"
        raise AttributeError(message)

    def __repr__(self) -> str:
        return f"FrozenRow({', '.join(f'{name}={value!r}' for name, value in self._values.items())})"
