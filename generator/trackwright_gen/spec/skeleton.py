"""A new spec's text: what was asked for, and the other keys as comments to uncomment."""

import re
from collections.abc import Iterable, Mapping

from trackwright_gen.errors import ToolError
from trackwright_gen.spec.field_types import field_types
from trackwright_gen.spec.nearest import did_you_mean

_FIELD = re.compile(
    r"(?P<name>[^:\s{}\[\],#]+):(?P<type>[a-z]+)(\((?P<arguments>[^\r\n]*)\))?(?P<required>!?)\Z"
)
_ARGUMENT = re.compile(r"[A-Za-z0-9_.]+")
_ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "string": ("length",),
    "decimal": ("precision", "scale"),
    "array": ("items",),
    "references": ("references",),
}
_DEFAULT_ARGUMENTS: Mapping[str, str] = {"decimal": "20, 2", "array": "string"}

_TEXT = """\
# yaml-language-server: $schema={schema}
# One tracked domain. Every key: `trackwright schema`. Next: `trackwright generate {domain}`.
domain: {domain}
description: {description}

# The columns of this domain's own; every table has the base structure besides.
# Types: {types}.
{fields}

# Rules over several fields. `while: active` looks at PENDING and PROCESSING rows only.
# unique:
#   - [etf_id, date]
#   - {{fields: [etf_id], while: active}}
# checks:
#   - {{name: price_positive, field: price, op: ">", value: 0}}
# indexes:
#   - {{fields: [date]}}
#   - {{fields: [source], where: {{field: price, is: "null"}}}}

task:
  name: run_{domain}
  async: false
  # queue: {domain}
  timeout: {{soft: 5m, hard: 6m}}
  stale_after: 15m # a running row is taken for a dead one after this long without a sign of life
  retry:
    max_attempts: 3
    backoff: exponential # or fixed
    base: 60s
    cap: 1h
    # retry_on: [requests.ConnectionError] # left out: every exception
    # give_up_on: [ValueError]

# dependencies: {{enabled: true, on_failure: cancel}} # or run
# retention: {{completed: 30d, cancelled: 30d, failed: 90d}}
# api: {{enabled: true}}
"""
_NO_FIELDS = """\
# fields:
#   etf_id: {type: string, length: 12, required: true, references: etfs.id}
#   date: {type: date, required: true}
#   price: {type: decimal, precision: 20, scale: 6}
#   state: {type: enum, values: [open, closed], default: open}"""


def skeleton(domain: str, fields: Iterable[str], *, schema: str) -> str:
    """The text of a new spec.

    Args:
        domain: its name.
        fields: `name:type`, `name:string(12)!` (! makes it required), `name:references(table.column)`.
        schema: where the JSON Schema lies, relative to the spec.

    Raises:
        ToolError: a field that cannot be read.
    """
    lines = [f"  {_field_line(field)}" for field in fields]
    return _TEXT.format(
        domain=domain,
        description=domain.replace("_", " ").capitalize() + ".",
        schema=schema,
        types=", ".join(field_types()),
        fields="\n".join(["fields:", *lines]) if lines else _NO_FIELDS,
    )


def _field_line(text: str) -> str:
    match = _FIELD.match(text)
    if match is None:
        raise ToolError(
            f"the field {text!r} is not of the form name:type",
            hint="for example price:decimal(20,6), etf_id:string(12)!, state:enum(open,closed)",
        )
    kind = match["type"]
    if kind != "references" and kind not in field_types():
        raise ToolError(
            f"there is no field type {kind!r}", hint=did_you_mean(kind, [*field_types(), "references"])
        )
    keys = [] if kind == "references" else [f"type: {kind}"]
    keys += _argument_keys(kind, match["arguments"] or _DEFAULT_ARGUMENTS.get(kind, ""), text)
    if match["required"]:
        keys.append("required: true")
    return f"{match['name'].strip()}: {{{', '.join(keys)}}}"


def _argument_keys(kind: str, arguments: str, text: str) -> list[str]:
    values = [value.strip() for value in arguments.split(",") if value.strip()]
    if kind == "enum":
        if not values:
            raise ToolError(f"the enum {text!r} has no values", hint="write state:enum(open,closed)")
        return ["values: [" + ", ".join(_quoted(value) for value in values) + "]"]
    names = _ARGUMENTS.get(kind, ())
    unread = len(values) > len(names) or not all(_ARGUMENT.fullmatch(value) for value in values)
    if unread or (kind == "references" and not values):
        wanted = f"{kind}({', '.join(names)})" if names else f"no arguments for {kind}"
        raise ToolError(f"the field {text!r} cannot be read", hint=f"possible: {wanted}")
    return [f"{name}: {value}" for name, value in zip(names, values, strict=False)]


def _quoted(value: str) -> str:
    return value if re.fullmatch(r"[A-Za-z][A-Za-z0-9_ -]*", value) else "'" + value.replace("'", "''") + "'"
