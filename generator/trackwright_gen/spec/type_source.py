"""Python source with the imports it needs, and column types as such source."""

from collections.abc import Iterable
from dataclasses import dataclass

from trackwright_gen.spec.sqltype import SqlType


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """`from module import name`, or `import module` (as alias) where there is no name."""

    module: str
    name: str = ""
    alias: str = ""

    def __str__(self) -> str:
        suffix = f" as {self.alias}" if self.alias else ""
        return (
            f"from {self.module} import {self.name}{suffix}" if self.name else f"import {self.module}{suffix}"
        )


@dataclass(frozen=True, slots=True)
class Source:
    """An expression and what must be imported for it."""

    text: str
    imports: tuple[Import, ...] = ()

    def __str__(self) -> str:
        return self.text


DATETIME = Import("datetime", alias="dt")
"""Under a short alias, so that fields may be called `date` and `datetime`."""


def merged_imports(sources: Iterable[Source]) -> tuple[Import, ...]:
    """All imports of several sources, each once, sorted."""
    return tuple(sorted({needed for source in sources for needed in source.imports}))


def type_source(sql_type: SqlType) -> Source:
    """Render a column type: `JSON().with_variant(JSONB(), "postgresql")`."""
    arguments = [_argument(value) for value in sql_type.args]
    named = [(key, _argument(value)) for key, value in sql_type.kwargs]
    variants = [(dialect, type_source(variant)) for dialect, variant in sql_type.variants]
    listed = ", ".join([argument.text for argument in arguments] + [f"{key}={value}" for key, value in named])
    text = f"{sql_type.name}({listed})"
    for dialect, variant in variants:
        text += f'.with_variant({variant}, "{dialect}")'
    parts = [*arguments, *(value for _, value in named), *(variant for _, variant in variants)]
    own = Source("", (Import(sql_type.module, sql_type.name),))
    return Source(text, merged_imports([own, *parts]))


def _argument(value: object) -> Source:
    return type_source(value) if isinstance(value, SqlType) else Source(repr(value))
