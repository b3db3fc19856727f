"""A proposed spec as YAML: every line says where it comes from, and what could not be read is a question."""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from trackwright_gen.codemods.proposal import Proposal, ProposedField, Reason
from trackwright_gen.codemods.retry_policy import RetryPolicy
from trackwright_gen.source.tables import statement_of_class

_SHOWN = 4
"""More places than this for one line say nothing new."""


def spec_text(made: Proposal, *, root: Path, schema: str) -> str:
    """The text of a proposed spec; places are relative to the project's root."""
    return "\n".join(_lines(made, _Places(root), schema)) + "\n"


class _Places:
    """Writes reasons as comments."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def of(self, reasons: Iterable[Reason], indent: str = "") -> Iterator[str]:
        """One comment line per reason, the last one saying how many more there are."""
        unique = list(dict.fromkeys(map(self.one, reasons)))
        for text in unique[:_SHOWN]:
            yield f"{indent}# {text}"
        if len(unique) > _SHOWN:
            yield f"{indent}# and {len(unique) - _SHOWN} more places"

    def one(self, reason: Reason) -> str:
        """`app/tasks/prices.py:12: parameter sku`."""
        text, place = reason
        if place is None:
            return _one_line(text)
        shown = os.path.relpath(place.path, self._root).replace(os.sep, "/")
        return _one_line(f"{shown}:{place.row}: {text}" if text else f"{shown}:{place.row}")

    def questions(self, reasons: Iterable[Reason], indent: str = "") -> Iterator[str]:
        """Comments that wait for an answer."""
        yield from (f"{indent}# ? {self.one(each)}" for each in reasons)


def _lines(made: Proposal, places: _Places, schema: str) -> Iterator[str]:
    kind = made.kind
    yield f"# yaml-language-server: $schema={schema}"
    source = f"{kind.table}, {kind.type_column} {kind.task_type!r}" if kind.task_type else kind.table
    yield f"# Proposed by `trackwright legacy spec` for the rows of {_one_line(source)}."
    yield f"# Answer the lines that begin with `# ?`, then run: trackwright generate {made.domain}"
    if not kind.task_type:
        yield f"# All rows are of one kind: `trackwright adopt {kind.table}` takes the table over instead of copying."
    yield from places.questions(made.questions)
    what = "says what the rows are" if kind.task_type else "has to do with its rows"
    yield from places.of((what, place) for place in kind.named)
    yield f"domain: {made.domain}"
    yield f"description: {_quoted(_description(made))}"
    yield from _fields(made, places)
    yield from _task(made, places)
    yield from _legacy(made, places)


def _description(made: Proposal) -> str:
    body = made.job.declaration.body if made.job else None
    if body is not None:
        first = getattr(body.node, "body", [None])[0]
        text = getattr(getattr(first, "value", None), "value", None)
        if isinstance(text, str) and text.strip():
            return text.strip().splitlines()[0]
    return made.domain.replace("_", " ").capitalize() + "."


def _fields(made: Proposal, places: _Places) -> Iterator[str]:
    if not made.fields:
        return
    yield ""
    yield "fields:"
    for each in made.fields.values():
        yield from places.of(each.reasons, "  ")
        yield from (f"  # ? {question}" for question in each.questions)
        yield f"  {each.name}: {_flow(_field_keys(each))}"


def _field_keys(each: ProposedField) -> dict[str, object]:
    keys: dict[str, object] = dict(each.type.keys()) if each.type else {"type": "text"}
    if each.required:
        keys |= {"required": True}
    if each.default is not None:
        keys |= {"default": _default(each.default)}
    return keys


def _default(value: str | int) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str | bool) else str(value)


def _task(made: Proposal, places: _Places) -> Iterator[str]:
    yield ""
    yield "task:"
    if made.job is None or made.policy is None:
        yield f"  name: run_{made.domain}"
        return
    name = made.job.qualified_name.rpartition(".")[2]
    yield from places.of([(made.job.qualified_name, made.job.location)], "  ")
    yield f"  name: {name.strip('_').lower()}"
    if made.job.is_async:
        yield "  async: true"
    queue = made.job.option("queue")
    if queue is not None and isinstance(value := getattr(queue.value, "value", None), str):
        yield f"  queue: {_quoted(value)}"
    yield from _timeout(made)
    yield from _retry(made.policy, places)


def _timeout(made: Proposal) -> Iterator[str]:
    assert made.job is not None  # noqa: S101 -- the caller's condition
    limits: dict[str, str] = {}
    for key, option in (("soft", "soft_time_limit"), ("hard", "time_limit")):
        found = made.job.option(option)
        value = getattr(found.value, "value", None) if found else None
        if isinstance(value, int):
            limits[key] = f"{value}s"
    if limits:
        yield "  timeout: {" + ", ".join(f"{key}: {value}" for key, value in limits.items()) + "}"


def _retry(policy: RetryPolicy, places: _Places) -> Iterator[str]:
    yield "  retry:"
    yield from places.questions(policy.questions, "    ")
    values: dict[str, object] = {"max_attempts": policy.max_attempts}
    if policy.max_attempts > 1:
        values |= {"backoff": policy.backoff, "base": f"{policy.base}s"}
        if policy.cap is not None:
            values["cap"] = f"{policy.cap}s"
        elif policy.base > _DEFAULT_CAP:
            values["cap"] = f"{policy.base}s"
    if policy.retry_on:
        values["retry_on"] = list(policy.retry_on)
    if policy.give_up_on:
        values["give_up_on"] = list(policy.give_up_on)
    for key, value in values.items():
        yield from places.of(policy.reasons.get(key, []), "    ")
        yield f"    {key}: {_value(value)}"


_DEFAULT_CAP = 3600


def _legacy(made: Proposal, places: _Places) -> Iterator[str]:
    kind = made.kind
    yield ""
    yield "legacy:"
    rows = f"{made.rows.count} rows" if made.rows else "the model"
    yield from places.of([(rows, kind.model.module.location(statement_of_class(kind.model)))], "  ")
    yield f"  table: {kind.table}"
    if kind.task_type is not None:
        yield f"  task_type: {_quoted(kind.task_type)}"
        if kind.type_column not in {None, "task_type"}:
            yield f"  type_column: {kind.type_column}"
    if made.words:
        known = {word for word, (status, _) in made.words.items() if status}
        yield "  status:" if known else "  # status:"
        for word, (status, reasons) in made.words.items():
            yield from places.of(reasons, "    ")
            if status:
                yield f"    {_quoted(word)}: {status}"
            else:
                asked = "what does this word mean?" if word else "what does it mean that there is none?"
                yield f"    # ? {_quoted(word)}: FAILED  -- {asked}"
    if made.mapping:
        yield "  fields:"
        for column, (target, reasons) in made.mapping.items():
            yield from places.of(reasons, "    ")
            yield f"    {_quoted(column)}: {target}"


def _flow(keys: dict[str, object]) -> str:
    return "{" + ", ".join(f"{key}: {_value(value)}" for key, value in keys.items()) + "}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    return str(value)


def _quoted(text: str) -> str:
    """A text as YAML reads it back: JSON is YAML."""
    plain = text.replace("_", "").replace(".", "")
    is_plain = plain.isalnum() and plain.isascii() and not plain[0].isdigit()
    return text if is_plain and text.lower() not in _NO_TEXTS else json.dumps(text, ensure_ascii=False)


_NO_TEXTS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"})


def _one_line(text: str) -> str:
    return " ".join(text.split())
