"""The old name of an adopted table on PostgreSQL: a view, and a trigger where a view alone cannot be written to."""

from collections.abc import Iterator

from trackwright_gen.plan.table import Column, Table, View, ViewColumn
from trackwright_gen.revisions.type_change import other_kind, type_name
from trackwright_gen.spec.core import STATUSES
from trackwright_gen.spec.naming import fitted
from trackwright_gen.spec.sql import quoted, text_literal

WORD_KEY = "adopted_status"
"""Key of the metadata: the old word of a row, where several words mean its status and another one is shown."""
_SAME_IN_PYTHON = frozenset({"SMALLINT", "INTEGER", "BIGINT", "JSON", "JSONB"})
_NAIVE, _AWARE = "TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP WITH TIME ZONE"
_GRANTS = """\
DO $grants$
DECLARE
    tw record;
BEGIN
    FOR tw IN
        SELECT DISTINCT a.privilege_type AS privilege,
               CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
        FROM pg_class AS c, aclexplode(c.relacl) AS a
        WHERE c.oid = {table_text}::regclass AND a.grantee <> c.relowner
          AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
    LOOP
        EXECUTE format('GRANT %s ON {view} TO %s', tw.privilege, tw.grantee);
    END LOOP;
END
$grants$"""
_FUNCTION = """\
CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $write$
#variable_conflict use_column
DECLARE
    tw_id bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM {table} WHERE id = OLD.{key};
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        RETURN OLD;
    ELSIF TG_OP = 'UPDATE' THEN
        -- What the statement leaves alone may have changed meanwhile, and stays; of what it changes, the row
        -- must still have what the statement saw, or another one was first and this one finds no row.
        UPDATE {table} AS t SET
            {changes}
        WHERE t.id = OLD.{key}
          AND {unchanged}
        RETURNING t.id INTO tw_id;
        IF tw_id IS NULL THEN
            RETURN NULL;
        END IF;
    ELSIF NEW.{key} IS NULL THEN
        INSERT INTO {table} ({columns})
        VALUES ({values})
        RETURNING id INTO tw_id;
    ELSE
        INSERT INTO {table} (id, {columns})
        VALUES (NEW.{key}, {values})
        RETURNING id INTO tw_id;
    END IF;
    SELECT v.* INTO NEW FROM {view} AS v WHERE v.{key} = tw_id;
    RETURN NEW;
END
$write$"""


def view_made(view: View, table: Table) -> Iterator[str]:
    """CREATE VIEW, its defaults, its trigger where it needs one, and the table's privileges."""
    one = _View(view, table)
    name = table.sql_name_of(view.name)
    shown = ",\n    ".join(f"{one.read(column)} AS {quoted(column.name)}" for column in view.columns)
    yield f"CREATE VIEW {name} AS SELECT\n    {shown}\nFROM {table.sql_name} AS t"
    if one.needs_trigger:
        for column in view.columns:
            if (default := one.default(column)) is not None:
                yield f"ALTER VIEW {name} ALTER COLUMN {quoted(column.name)} SET DEFAULT {default}"
        yield one.function()
        yield (
            f"CREATE TRIGGER {one.trigger_name} INSTEAD OF INSERT OR UPDATE OR DELETE ON {name} "
            f"FOR EACH ROW EXECUTE FUNCTION {one.function_name}()"
        )
    yield _GRANTS.format(table_text=text_literal(table.sql_name), view=name.replace("%", "%%"))


def view_dropped(view: View, table: Table) -> Iterator[str]:
    """DROP VIEW and what belongs to it."""
    yield f"DROP VIEW {table.sql_name_of(view.name)}"
    one = _View(view, table)
    if one.needs_trigger:
        yield f"DROP FUNCTION {one.function_name}()"


def meaning(word: str, view: View) -> str:
    """SQL: the status that a word means."""
    return case(word, view.words)


def case(value: str, pairs: tuple[tuple[str, str], ...]) -> str:
    """SQL: a value with some values replaced."""
    if not pairs:
        return value
    arms = " ".join(f"WHEN {text_literal(old)} THEN {text_literal(new)}" for old, new in pairs)
    return f"CASE {value} {arms} ELSE {value} END"


def known_words(view: View) -> tuple[str, ...]:
    """All that the status of a row may be before it is adopted."""
    return tuple(dict.fromkeys((*STATUSES, *(word for word, _ in view.words))))


def odd_words(view: View) -> tuple[str, ...]:
    """Words that are not the one shown for their status, so that each row must keep its own."""
    shown = dict(view.shown)
    return tuple(word for word, status in view.words if shown.get(status, status) != word)


def word_of(row: str, view: View) -> str:
    """SQL: the word that old code reads for a row's status; its own, where the row keeps one."""
    word = case(f"{row}status", view.shown)
    if not (odd := odd_words(view)):
        return word
    own = f"{row}metadata ->> '{WORD_KEY}'"
    is_own = f"{own} IN ({listed(odd)}) AND {meaning(own, view)} = {row}status"
    return f"CASE WHEN {is_own} THEN {own} ELSE {word} END"


def listed(words: tuple[str, ...]) -> str:
    """SQL: a list of texts."""
    return ", ".join(map(text_literal, words))


class _View:
    """Knows both sides of each column."""

    def __init__(self, view: View, table: Table) -> None:
        self.view = view
        self.table = table
        self.columns = {column.name: column for column in table.columns}
        self.key = next(quoted(one.name) for one in view.columns if one.primary_key)
        self.trigger_name = quoted(fitted(f"{view.name}_write"))
        self.function_name = table.sql_name_of(fitted(f"{view.name}_write"))
        self.status = next(quoted(one.name) for one in view.columns if one.column == "status")
        self.own = tuple(one for one in view.columns if not one.primary_key)

    @property
    def needs_trigger(self) -> bool:
        """Whether PostgreSQL cannot itself write through the view, or would refuse what old code writes."""
        return bool(self.view.words) or any(
            self._cast(one) or (one.nullable and not self._column(one).nullable) for one in self.own
        )

    def _column(self, one: ViewColumn) -> Column:
        return self.columns[one.column]

    def _cast(self, one: ViewColumn) -> str:
        """The type that old code must find, where the table's would be another one to it."""
        kind, now = type_name(one.type), type_name(self._column(one).type)
        alike = {kind, now} <= _SAME_IN_PYTHON or not other_kind(one.type, self._column(one).type)
        return "" if alike or {kind, now} <= {"TEXT", "VARCHAR"} else kind

    def read(self, one: ViewColumn, row: str = "t") -> str:
        """SQL: what old code reads."""
        value = f"{row}.{quoted(one.column)}"
        if one.column == "status":
            value = word_of(f"{row}.", self.view)
        match self._cast(one):
            case "":
                return value
            case kind if kind == _NAIVE:
                return f"({value} AT TIME ZONE 'UTC')"
            case kind:
                return f"({value})::{kind}"

    def written(self, one: ViewColumn) -> str:
        """SQL: what the table gets of what old code writes."""
        value = f"NEW.{quoted(one.name)}"
        column = self._column(one)
        if one.column == "status":
            value = meaning(f"{value}::text", self.view)
        elif self._cast(one) == _NAIVE and type_name(column.type) == _AWARE:
            value = f"({value} AT TIME ZONE 'UTC')"
        elif self._cast(one):
            value = f"{value}::{type_name(column.type)}"
        if not column.nullable and column.server_default is not None:
            value = f"COALESCE({value}, {column.server_default})"
        return value

    def default(self, one: ViewColumn) -> str | None:
        """SQL: what old code's omission means, in the view's terms."""
        default = self._column(one).server_default
        if default is None or one.primary_key:
            return None
        if one.column == "status":
            default = text_literal(dict(self.view.shown).get(default.strip("'"), default.strip("'")))
        if self._cast(one) == _NAIVE:
            return f"({default} AT TIME ZONE 'UTC')"
        return f"{default}::{self._cast(one)}" if self._cast(one) else default

    def function(self) -> str:
        """CREATE FUNCTION of the trigger."""
        values = dict(self._values())
        changes = dict(self._changes())
        return _FUNCTION.format(
            function=self.function_name,
            table=self.table.sql_name,
            view=self.table.sql_name_of(self.view.name),
            key=self.key,
            columns=", ".join(map(quoted, values)),
            values=", ".join(values.values()),
            changes=",\n            ".join(f"{quoted(name)} = {value}" for name, value in changes.items()),
            unchanged="\n          AND ".join(self._unchanged()),
        )

    def _values(self) -> Iterator[tuple[str, str]]:
        for one in self.own:
            yield one.column, self.written(one)
        if odd_words(self.view):
            given = {one.column: self.written(one) for one in self.own}.get("metadata", "'{}'::jsonb")
            yield "metadata", f"{given} || {self._kept_word()}"

    def _changes(self) -> Iterator[tuple[str, str]]:
        yield "updated_at", "clock_timestamp()"
        for one in self.own:
            present = f"t.{quoted(one.column)}"
            if one.column == "updated_at":
                present = "clock_timestamp()"
            elif one.column == "status":
                # A row that the migration has not reached yet has its old word.
                present = meaning(present, self.view)
            name = quoted(one.name)
            yield (
                one.column,
                f"CASE WHEN NEW.{name} IS DISTINCT FROM OLD.{name} THEN {self.written(one)} ELSE {present} END",
            )
        if odd_words(self.view):
            yield "metadata", self._metadata_changed()

    def _metadata_changed(self) -> str:
        base = "t.metadata"
        for one in self.own:
            if one.column == "metadata":
                name = quoted(one.name)
                base = f"CASE WHEN NEW.{name} IS DISTINCT FROM OLD.{name} THEN {self.written(one)} ELSE t.metadata END"
        return (
            f"CASE WHEN NEW.{self.status} IS DISTINCT FROM OLD.{self.status} "
            f"THEN (({base}) - '{WORD_KEY}') || {self._kept_word()} "
            f"WHEN t.status IN ({listed(odd_words(self.view))}) "
            f"THEN ({base}) || jsonb_build_object('{WORD_KEY}', t.status) ELSE {base} END"
        )

    def _kept_word(self) -> str:
        word = f"NEW.{self.status}::text"
        return (
            f"CASE WHEN {word} IN ({listed(odd_words(self.view))}) "
            f"THEN jsonb_build_object('{WORD_KEY}', {word}) ELSE '{{}}'::jsonb END"
        )

    def _unchanged(self) -> Iterator[str]:
        for one in self.own:
            name = quoted(one.name)
            same = f"{self.read(one)} IS NOT DISTINCT FROM OLD.{name}"
            yield f"(NEW.{name} IS NOT DISTINCT FROM OLD.{name} OR {same})"
