"""Functions that send a legacy task: its row is enqueued instead, and what they answer stays what it was."""

import ast
from collections.abc import Mapping

from trackwright_gen.codemods.kinds import arguments_of
from trackwright_gen.codemods.sightings import METADATA, STATES, Creation
from trackwright_gen.codemods.task.file_edits import FileEdits
from trackwright_gen.codemods.task.row_uses import NewRow, follow_row
from trackwright_gen.codemods.task.sites import Site, bare, method_call, site_of, uses_of
from trackwright_gen.codemods.task.target import Target
from trackwright_gen.source.dispatches import Dispatch

_DROPPED = frozenset({"created_at", "updated_at", "started_at", "progress"})
_OF_THE_RUN = _DROPPED | {"attempts", "error_message", "completed_at", "celery_task_id"}
_ENQUEUED = "tracking_id"


class Sending:
    """Plans the edits of one place that sends the task."""

    def __init__(
        self, target: Target, *, type_column: str | None, texts: tuple[str, ...], row: str | None
    ) -> None:
        self._target = target
        self._type_column = type_column
        self._texts = texts
        self._row_parameter = row

    # -- without a row

    def alone(self, sent: Dispatch) -> FileEdits:
        """A dispatch whose row the task makes itself: `task.delay(sku)`."""
        site = site_of(sent.scope, sent.node)
        if not isinstance(site.statement, ast.Expr):
            raise site.cannot("its result is used: a tracked task answers with the id of its row")
        given = self._given(site, sent)
        if self._row_parameter in given:
            raise site.cannot("it is given the id of a row that is not made here")
        fields = self._fields(site, given, {})
        edits = FileEdits(imports={(self._target.task.module, self._target.task.name)})
        target_name = self._target.task.name
        moment = self._moment(site, sent, edits)
        arguments = _written({**fields, **moment})
        session = self._session_that_commits(site)
        if session is None and not moment:
            edits.statements[site.statement.lineno] = [f"{target_name}.delay({arguments})"]
        else:
            session = session or self._any_session(site)
            more = ", commit=True" if self._session_that_commits(site) is None else ""
            call = f"{self._target.service.name}({session}).enqueue({target_name}, {arguments}{more})"
            edits.statements[site.statement.lineno] = [call]
            edits.imports.add((self._target.service.module, self._target.service.name))
        return edits

    @staticmethod
    def _session_that_commits(site: Site) -> str | None:
        """The session that is committed later in the same block."""
        for statement in site.rest:
            found = method_call(statement)
            if found is not None and found[1] == "commit" and found[0].isidentifier():
                return found[0]
        return None

    @staticmethod
    def _any_session(site: Site) -> str:
        known = [name for name in ("db", "session") if name in site.scope.bindings]
        if not known:
            raise site.cannot("it is sent for later, and no session is at hand to enqueue it with")
        return known[0]

    # -- with a row

    def with_row(self, creation: Creation, sent: Dispatch) -> FileEdits:
        """A row that is made, added and committed, and the task sent with its id."""
        site = site_of(creation.scope, creation.call)
        match site.statement:
            case ast.Assign(targets=[ast.Name(id=row)], value=value) if value is creation.call:
                pass
            case _:
                raise site.cannot("the new row is not simply given a name")
        edits = FileEdits(imports={(self._target.task.module, self._target.task.name)})
        session = self._session(site, row)
        sending = self._sending(site, sent)
        fields = self._fields(site, self._given(site, sent), self._stored(site, creation))
        fields |= self._moment(site, sent, edits)
        self._refuse_late_names(site, sending, fields)
        name = _ENQUEUED if not any(uses_of(_ENQUEUED, site.scope.node)) else f"{self._target.domain}_id"
        service = f"{self._target.service.name}({session})"
        task = self._target.task.name
        arguments = _written(fields)
        edits.statements[site.statement.lineno] = [
            f"{name} = {service}.enqueue({task}{', ' if arguments else ''}{arguments})"
        ]
        edits.statements[sending.lineno] = []
        edits.imports.add((self._target.service.module, self._target.service.name))
        told = f"legacy_view({service}.get_status({name}){self._texts_text()})"
        if self._target.adopted is not None:
            told = f"{session}.get({ast.unparse(creation.call.func)}, {name})"
        follow_row(NewRow(site, row, name, told), sending, edits)
        return edits

    def _session(self, site: Site, row: str) -> str:
        for statement in site.rest:
            found = method_call(statement)
            if found is not None and found[1] == "add" and [*map(ast.unparse, found[2].args)] == [row]:
                return found[0]
        raise site.cannot("the new row is not added to a session beside it")

    @staticmethod
    def _sending(site: Site, sent: Dispatch) -> ast.stmt:
        sending = site_of(sent.scope, sent.node)
        if sending.block is not site.block or sending.position < site.position:
            raise sending.cannot("the task is sent elsewhere than beside its new row")
        match sending.statement:
            case ast.Expr():
                return sending.statement
            case ast.Assign(targets=[ast.Name(id=result)]):
                later = [use for statement in sending.rest for use in uses_of(result, statement)]
                if (
                    all(
                        _is_kept_as_task_id(statement, result) or not any(uses_of(result, statement))
                        for statement in sending.rest
                    )
                    and later
                ):
                    return sending.statement
            case _:
                pass
        raise sending.cannot("its result is used: a tracked task answers with the id of its row")

    @staticmethod
    def _given(site: Site, sent: Dispatch) -> dict[str, ast.expr]:
        given = arguments_of(sent)
        if given is None:
            raise site.cannot("what it is given is not written out here")
        return given

    def _stored(self, site: Site, creation: Creation) -> dict[str, ast.expr]:
        """What the row is given, by legacy column or `column.key`."""
        stored: dict[str, ast.expr] = {}
        for each in creation.values:
            column = each.column
            if column in STATES or column in _DROPPED or column == self._type_column:
                continue
            if column in METADATA and isinstance(each.value, ast.Dict):
                rest: list[tuple[ast.expr | None, ast.expr]] = []
                for key, value in zip(each.value.keys, each.value.values, strict=True):
                    name = f"{column}.{key.value!s}" if isinstance(key, ast.Constant) else ""
                    if name in self._target.columns:
                        stored[name] = value
                    else:
                        rest.append((key, value))
                if rest:
                    stored["task_metadata"] = ast.Dict([key for key, _ in rest], [value for _, value in rest])
            elif column in METADATA:
                stored["task_metadata"] = each.value
            elif column in self._target.columns:
                stored[column] = each.value
            else:
                raise site.cannot(f"the new row is given `{column}`, which the spec maps to no field")
        return stored

    def _fields(
        self, site: Site, given: Mapping[str, ast.expr], stored: Mapping[str, ast.expr]
    ) -> dict[str, ast.expr]:
        """The fields of the row to enqueue: what the task is given, then what only its row had."""
        target = self._target
        fields: dict[str, ast.expr] = {}
        for name, value in given.items():
            if name == self._row_parameter:
                continue
            if name not in target.fields:
                raise site.cannot(f"the task is given `{name}`, which is no field of {target.domain}")
            fields[target.fields[name].attribute] = value
        for column, value in stored.items():
            if column == "task_metadata":
                fields.setdefault("task_metadata", value)
                continue
            name = target.columns[column]
            if name in _OF_THE_RUN:
                continue
            if name not in target.fields:
                raise site.cannot(
                    f"the new row is given `{column}`, which became `{name}`: the runtime fills that"
                )
            is_text = target.fields[name].type in {"string", "text"}
            fields.setdefault(target.fields[name].attribute, value if is_text else bare(value))
        for field in target.fields.values():
            if field.required and field.attribute not in fields:
                raise site.cannot(f"nothing here says what `{field.attribute}` is, which every row must have")
        return fields

    def _moment(self, site: Site, sent: Dispatch, edits: FileEdits) -> dict[str, ast.expr]:
        """`countdown` and `eta` as scheduled_at; the queue is the domain's own."""
        if sent.how == "delay" or not isinstance(sent.node, ast.Call):
            return {}
        for option in sent.node.keywords:
            match option.arg:
                case "args" | "kwargs" | "queue":
                    pass
                case "eta":
                    return {"scheduled_at": option.value}
                case "countdown":
                    edits.imports |= {
                        ("datetime", "UTC"),
                        ("datetime", "datetime"),
                        ("datetime", "timedelta"),
                    }
                    text = f"datetime.now(UTC) + timedelta(seconds={ast.unparse(option.value)})"
                    return {"scheduled_at": ast.parse(text, mode="eval").body}
                case other:
                    raise site.cannot(f"it is sent with {other}=, which a row does not keep")
        return {}

    @staticmethod
    def _refuse_late_names(site: Site, sending: ast.stmt, fields: Mapping[str, ast.expr]) -> None:
        needed = {
            each.id for value in fields.values() for each in ast.walk(value) if isinstance(each, ast.Name)
        }
        for statement in site.rest[: site.rest.index(sending)]:
            bound = {
                each.id
                for each in ast.walk(statement)
                if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
            }
            if bound & needed:
                raise site.cannot(
                    f"`{', '.join(sorted(bound & needed))}` is known only after the row was made"
                )

    def _texts_text(self) -> str:
        if not self._texts:
            return ""
        names = ", ".join(f'"{name}"' for name in self._texts)
        return f", texts=({names},)"


def _is_kept_as_task_id(statement: ast.stmt, result: str) -> bool:
    """True for `row.celery_task_id = result.id`."""
    match statement:
        case ast.Assign(
            targets=[ast.Attribute(attr="celery_task_id" | "task_id")],
            value=ast.Attribute(value=ast.Name(id=name), attr="id" | "task_id"),
        ):
            return name == result
        case _:
            return False


def _written(fields: Mapping[str, ast.expr]) -> str:
    return ", ".join(f"{name}={_source(value)}" for name, value in fields.items())


def _source(value: ast.expr) -> str:
    """An expression in the quotes that formatters prefer."""
    text = ast.unparse(value)
    match value:
        case ast.Constant(value=str(inner)) if '"' not in inner and "\\" not in text:
            return f'"{inner}"'
        case _:
            return text
