"""A column type as data: rendered to source by templates, to an object by revisions, to JSON by snapshots."""

from dataclasses import dataclass

Scalar = int | str | bool | None


@dataclass(frozen=True, slots=True)
class SqlType:
    """`module.name(*args, **kwargs)`, with another type on the dialects that need one.

    Variants are pairs of a dialect's name and the type it uses, as `with_variant` takes them.
    An argument may itself be a SqlType (the items of an ARRAY).
    """

    name: str
    args: "tuple[SqlType | Scalar, ...]" = ()
    kwargs: tuple[tuple[str, Scalar], ...] = ()
    module: str = "sqlalchemy"
    variants: tuple[tuple[str, "SqlType"], ...] = ()
