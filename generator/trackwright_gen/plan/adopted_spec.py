"""A hand-written table -> the text of a spec that adopts it: what could not be known stands there as a question."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from trackwright_gen.plan.adopted_fields import field_keys, field_name
from trackwright_gen.plan.adopted_words import with_checked_words
from trackwright_gen.project.written import WrittenColumn, WrittenIndex, WrittenTable
from trackwright_gen.spec.core import CORE_FIELDS, STATUSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanings:
    """What usual names and words mean: core column -> names that tables have for it, word -> status."""

    columns: Mapping[str, tuple[str, ...]]
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AdoptedSpec:
    """A spec's text, and the number of questions in it."""

    text: str
    questions: int


def adopted_spec(
    written: WrittenTable, domain: str, meanings: Meanings, *, schema: str, place: str
) -> AdoptedSpec:
    """Write the spec that makes a hand-written table the domain's."""
    lines = list(_Spec(written, domain, meanings).lines(schema, place))
    return AdoptedSpec("\n".join(lines) + "\n", sum(line.lstrip().startswith("# ?") for line in lines))


class _Spec:
    def __init__(self, written: WrittenTable, domain: str, meanings: Meanings) -> None:
        self.written = written
        self.domain = domain
        self.meanings = meanings
        self.core = dict(self._core())
        self.fields = {one.name: field_name(one.name) for one in written.columns if one.name not in self.core}

    def _core(self) -> Iterator[tuple[str, str]]:
        """Old column -> core column."""
        free = {one.name: one for one in self.written.columns}
        for core in CORE_FIELDS:
            if core == "id":
                names: Iterable[str] = [one.name for one in self.written.columns if one.primary_key]
            else:
                names = (core, *self.meanings.columns.get(core, ()))
            found = next((name for name in names if name in free), None)
            if found is not None:
                del free[found]
                yield found, core

    def lines(self, schema: str, place: str) -> Iterator[str]:
        yield f"# yaml-language-server: $schema={schema}"
        yield f"# Proposed by `trackwright adopt` for the table {self.written.name} of {place}."
        yield f"# Answer the lines that begin with `# ?`, then run: trackwright generate {self.domain}"
        yield f"domain: {self.domain}"
        yield f"description: {self.domain.replace('_', ' ').capitalize()}."
        yield from self._field_lines()
        yield from self._uniques()
        yield from self._indexes()
        yield from self._checks()
        yield ""
        yield "task:"
        yield f"  name: run_{self.domain}"
        yield from self._adopt()

    def _field_lines(self) -> Iterator[str]:
        if not self.fields:
            return
        yield ""
        yield "fields:"
        for one in self.written.columns:
            if one.name in self.fields:
                yield from self._field(one)

    def _field(self, one: WrittenColumn) -> Iterator[str]:
        name = self.fields[one.name]
        keys = field_keys(one)
        if keys is None:
            yield f"  # ? {name}: no field type is a {one.type.name}"
            return
        if name != one.name:
            keys = {**keys, "column": one.name}
        if any(index.columns == (one.name,) and _is_plain(index) for index in self.written.indexes):
            keys = {**keys, "index": True}
        if (one.name,) in self.written.uniques or any(
            index.columns == (one.name,) and index.unique and index.where is None
            for index in self.written.indexes
        ):
            keys = {**keys, "unique": True}
        yield f"  {name}: {_flow(keys)}"

    def _named(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.core.get(name) or self.fields.get(name, name) for name in columns)

    def _uniques(self) -> Iterator[str]:
        listed = [*self.written.uniques]
        listed += [one.columns for one in self.written.indexes if one.unique and one.where is None]
        several = dict.fromkeys(self._named(one) for one in listed if not self._is_field(one))
        if several:
            yield ""
            yield "unique:"
            yield from (f"  - [{', '.join(names)}]" for names in several)

    def _is_field(self, columns: tuple[str, ...]) -> bool:
        return len(columns) == 1 and columns[0] in self.fields

    def _indexes(self) -> Iterator[str]:
        several = dict.fromkeys(
            self._named(one.columns)
            for one in self.written.indexes
            if _is_plain(one) and not self._is_field(one.columns)
        )
        kept = [names for names in several if names not in _CORE_INDEXES]
        gone = [one for one in self.written.indexes if one.where is not None]
        if kept or gone:
            yield ""
        if kept:
            yield "indexes:"
            yield from (f"  - {{fields: [{', '.join(names)}]}}" for names in kept)
        for one in gone:
            yield f"# ? the index {one.name} goes: say it again with a structured `where` ({_one_line(one.where)})"

    def _checks(self) -> Iterator[str]:
        for text in self.written.checks:
            yield f"# the table keeps its CHECK ({_one_line(text)}), unless it is about the status"

    def _adopt(self) -> Iterator[str]:
        yield ""
        yield "adopt:"
        yield f"  table: {self.written.name}"
        renamed = {old: core for old, core in self.core.items() if old != core}
        if renamed:
            yield "  rename:"
            yield from (f"    {_quoted(old)}: {core}" for old, core in renamed.items())
        yield from self._words()

    def _words(self) -> Iterator[str]:
        status = next((one for one in self.written.columns if self.core.get(one.name) == "status"), None)
        if status is None:
            yield "  # ? rename: {state: status}  -- which column is the status?"
            return
        words = self._known_words(with_checked_words(status, self.written.checks))
        meant = {word: self.meanings.words.get(word.strip().lower()) for word in words}
        if not words:
            yield "  # ? status: {waiting: PENDING}  -- which words does the column hold?"
        if any(word != meaning for word, meaning in meant.items()):
            yield "  status:" if any(meant.values()) else "  # status:"
            for word, meaning in meant.items():
                yield (
                    f"    {_quoted(word)}: {meaning}"
                    if meaning
                    else f"    # ? {_quoted(word)}: one of {', '.join(STATUSES)}"
                )

    @staticmethod
    def _known_words(status: WrittenColumn) -> tuple[str, ...]:
        if status.words:
            return status.words
        said = [status.default, (status.server_default or "").strip("'")]
        return tuple(dict.fromkeys(word for word in said if isinstance(word, str) and word))


_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.]*")
_NO_TEXTS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"})
_CORE_INDEXES = {("status",), ("created_at", "completed_at"), ("celery_task_id",)}


def _is_plain(index: WrittenIndex) -> bool:
    return not index.unique and index.where is None


def _flow(keys: Mapping[str, object]) -> str:
    return "{" + ", ".join(f"{key}: {_value(value)}" for key, value in keys.items()) + "}"


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case tuple():
            return "[" + ", ".join(_quoted(str(one)) for one in value) + "]"
        case str():
            return _quoted(value)
        case _:
            return str(value)


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text.lower() not in _NO_TEXTS else json.dumps(text)


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())
