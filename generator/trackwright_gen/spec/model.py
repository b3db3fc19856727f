"""The spec of a domain as it stands in YAML, after its mistakes were found: frozen pydantic models."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue

from trackwright_gen.spec.scalars import READ_COUNT, READ_TEXT, Duration, Flag, Text, Word

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in"]
DOMAIN_PATTERN = r"^[a-z][a-z0-9_]{0,36}$"
NAME_PATTERN = r"^[a-z][a-z0-9_]*$"
COLUMN_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]*$"
CLASS_PATTERN = r"^[A-Z][A-Za-z0-9]*$"
REFERENCE_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*){1,2}$"
DOTTED_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$"

DomainName = Annotated[str, Field(pattern=DOMAIN_PATTERN), READ_TEXT]
FieldName = Annotated[str, Field(pattern=NAME_PATTERN), READ_TEXT]
ColumnName = Annotated[str, Field(pattern=COLUMN_PATTERN), READ_TEXT]
DottedName = Annotated[str, Field(pattern=DOTTED_PATTERN), READ_TEXT]
FieldTypeName = Annotated[Word, Field(json_schema_extra={"x-field-type": True})]
"""One of spec/fields; checked against what is found there, so that a new type is one new file."""

_SCALAR_SCHEMA: JsonSchemaValue = {"type": ["string", "number", "boolean"]}
_LITERAL_SCHEMA: JsonSchemaValue = {"type": ["string", "number", "boolean", "object", "array"]}
_COMPARED_SCHEMA: JsonSchemaValue = {"anyOf": [_SCALAR_SCHEMA, {"type": "array", "items": _SCALAR_SCHEMA}]}


class SpecModel(BaseModel):
    """Base of every part of a spec: unknown keys are mistakes, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class FieldSpec(SpecModel):
    """One column of the domain's own. Values are already of the field's Python type."""

    type: FieldTypeName | None = Field(default=None, description="Left out: the referenced column's type.")
    required: Flag = Field(default=False, description="NOT NULL.")
    default: Annotated[Any, WithJsonSchema(_LITERAL_SCHEMA)] = Field(
        default=None,
        description="A literal of the field's type, for the client and the server. Quote decimals.",
    )
    default_sql: Word | None = Field(default=None, description="An SQL expression, for the server only.")
    unique: Flag = False
    index: Flag = False
    references: Annotated[str, Field(pattern=REFERENCE_PATTERN), READ_TEXT] | None = Field(
        default=None, description="table.column that this field is a foreign key to."
    )
    external: Flag = Field(
        default=False, description="The referenced table is not among the project's models."
    )
    on_delete: Annotated[Literal["cascade", "restrict", "set null", "no action"], READ_TEXT] | None = None
    renamed_from: FieldName | None = Field(default=None, description="The field's name before this change.")
    column: ColumnName | None = Field(default=None, description="The column's name, where it differs.")
    comment: Text | None = None
    length: Annotated[int, Field(ge=1, le=10_485_760), READ_COUNT] | None = None
    precision: Annotated[int, Field(ge=1, le=1000), READ_COUNT] | None = None
    scale: Annotated[int, Field(ge=0, le=1000), READ_COUNT] | None = None
    values: Annotated[tuple[Text, ...], Field(min_length=1)] | None = None
    items: FieldTypeName | None = None


class ConditionSpec(SpecModel):
    """A structured predicate, so that no SQL is pasted: `field op value`, or `field is null`."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["op", "value"]}, {"required": ["is"]}]},
    )

    field: Word
    op: Annotated[Operator, READ_TEXT] | None = None
    value: Annotated[Any, WithJsonSchema(_COMPARED_SCHEMA)] = None
    is_: Annotated[Literal["null", "not null"], READ_TEXT] | None = Field(default=None, alias="is")


class CheckSpec(ConditionSpec):
    """A named CHECK constraint."""

    name: FieldName


def _fields_alone(value: Any) -> Any:
    return {"fields": value} if isinstance(value, list | tuple) else value


class UniqueSpec(SpecModel):
    """A unique constraint; `while: active` limits it to PENDING and PROCESSING rows."""

    fields: Annotated[tuple[Word, ...], Field(min_length=1)]
    while_: Annotated[Literal["active"], READ_TEXT] | None = Field(default=None, alias="while")


class IndexSpec(SpecModel):
    """An index, partial where a condition says so."""

    fields: Annotated[tuple[Word, ...], Field(min_length=1)]
    where: ConditionSpec | None = None


class TimeoutSpec(SpecModel):
    """Celery's time limits, in seconds."""

    soft: Duration | None = None
    hard: Duration | None = None


class RetrySpec(SpecModel):
    """How often and how fast a failed attempt is tried again."""

    max_attempts: Annotated[int, Field(ge=1, le=2_147_483_647), READ_COUNT] = 3
    backoff: Annotated[Literal["exponential", "fixed"], READ_TEXT] = "exponential"
    base: Duration = 60
    cap: Duration = 3600
    retry_on: tuple[DottedName, ...] = ()
    give_up_on: tuple[DottedName, ...] = ()


class TaskSpec(SpecModel):
    """The domain's Celery task."""

    name: FieldName | None = None
    async_: Flag = Field(default=False, alias="async")
    queue: Text | None = None
    timeout: TimeoutSpec = TimeoutSpec()
    stale_after: Duration | None = None
    retry: RetrySpec = RetrySpec()


class DependenciesSpec(SpecModel):
    """Whether rows may wait for other rows, and what follows a prerequisite that failed for good."""

    enabled: Flag = False
    on_failure: Annotated[Literal["cancel", "run"], READ_TEXT] = "cancel"


class RetentionSpec(SpecModel):
    """How long finished rows are kept, in seconds."""

    completed: Duration = 30 * 86400
    cancelled: Duration = 30 * 86400
    failed: Duration | None = None


class ApiSpec(SpecModel):
    """Whether the domain has REST endpoints."""

    enabled: Flag = False


class NamesSpec(SpecModel):
    """Overrides of derived names."""

    class_: Annotated[str, Field(pattern=CLASS_PATTERN), READ_TEXT] | None = Field(
        default=None, alias="class"
    )


class LegacySpec(SpecModel):
    """Where the domain's rows lie in a legacy table."""

    table: ColumnName
    task_type: Text | None = None
    type_column: Word = "task_type"
    status: dict[Word, Word] = {}
    fields: dict[Word, Word] = {}


class AdoptSpec(SpecModel):
    """A hand-written table that becomes this domain's."""

    table: ColumnName
    rename: dict[Word, Word] = {}
    status: dict[Word, Word] = {}


class DomainSpec(SpecModel):
    """One tracked domain."""

    domain: DomainName
    description: Text = ""
    names: NamesSpec = NamesSpec()
    fields: dict[FieldName, FieldSpec] = {}
    unique: tuple[Annotated[UniqueSpec, BeforeValidator(_fields_alone)], ...] = ()
    checks: tuple[CheckSpec, ...] = ()
    indexes: tuple[IndexSpec, ...] = ()
    task: TaskSpec = TaskSpec()
    dependencies: DependenciesSpec = DependenciesSpec()
    retention: RetentionSpec = RetentionSpec()
    api: ApiSpec = ApiSpec()
    legacy: LegacySpec | None = None
    adopt: AdoptSpec | None = None
    allow_drop: tuple[Word, ...] = ()
    allow_rewrite: tuple[Word, ...] = ()
