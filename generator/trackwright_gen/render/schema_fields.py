"""A field in the four pydantic schemas of its domain."""

from trackwright_gen.spec.field_type import FieldUse


def schema_fields(use: FieldUse, annotation: str, default: str | None) -> dict[str, str]:
    """The field's line in each schema, by the schema's kind.

    What the database fills in may be left out on creation; an update and a filter take any subset.
    """
    nullable = f"{annotation} | None"
    stored = annotation if use.spec.required else nullable
    if default is not None:
        created = _line(use, stored, default, limited=True)
    elif use.spec.required and use.spec.default_sql is None:
        created = _line(use, annotation, None, limited=True)
    else:
        created = _line(use, nullable, "None", limited=True)
    return {
        "create": created,
        "update": _line(use, nullable, "None", limited=True),
        "in_db": _line(use, stored, None, limited=False),
        "filter": _line(use, nullable, "None", limited=False),
    }


def _line(use: FieldUse, annotation: str, default: str | None, *, limited: bool) -> str:
    options = [_default(default)] if default else []
    if use.attribute != use.name:
        options.append(f"alias={use.name!r}")
    if limited:
        options += _limits(use)
    declared = f"{use.attribute}: {annotation}"
    if not options:
        return declared
    if len(options) == 1 and options[0].startswith("default="):
        return f"{declared} = {default}"
    return f"{declared} = Field({', '.join(options)})"


def is_mutable(default: str) -> bool:
    """Whether a literal makes a new list or dict each time it is evaluated."""
    return default[:1] in "[{"


def factory(default: str) -> str:
    """What makes a mutable default anew."""
    return {"{}": "dict", "[]": "list"}.get(default, f"lambda: {default}")


def _default(default: str) -> str:
    return f"default_factory={factory(default)}" if is_mutable(default) else f"default={default}"


def _limits(use: FieldUse) -> list[str]:
    """What the column holds, as pydantic says it."""
    spec = use.spec
    if spec.type == "string" and spec.length:
        return [f"max_length={spec.length}"]
    if spec.type == "decimal" and spec.precision is not None:
        return [f"max_digits={spec.precision}", f"decimal_places={spec.scale}"]
    return []
