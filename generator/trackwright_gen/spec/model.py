"""The spec of a domain as it stands in YAML, after its mistakes were found: frozen pydantic models."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

FieldTypeName = Literal[
    "string",
    "text",
    "integer",
    "bigint",
    "boolean",
    "date",
    "datetime",
    "interval",
    "decimal",
    "float",
    "uuid",
    "json",
    "enum",
    "array",
    "bytes",
]
Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in"]
DomainName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,36}$")]
Duration = Annotated[int, Field(ge=0, description="seconds; written 90s, 15m, 6h or 30d")]


class SpecModel(BaseModel):
    """Base of every part of a spec: unknown keys are mistakes, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldSpec(SpecModel):
    """One column of the domain's own. Values are already of the field's Python type."""

    type: FieldTypeName | None = None
    required: bool = False
    default: Any = None
    default_sql: str | None = None
    unique: bool = False
    index: bool = False
    references: str | None = None
    external: bool = False
    on_delete: Literal["cascade", "restrict", "set null", "no action"] | None = None
    renamed_from: str | None = None
    column: str | None = None
    comment: str | None = None
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    values: tuple[str, ...] | None = None
    items: FieldTypeName | None = None


class ConditionSpec(SpecModel):
    """A structured predicate, so that no SQL is pasted: `field op value`, or `field is null`."""

    field: str
    op: Operator | None = None
    value: Any = None
    is_: Literal["null", "not null"] | None = Field(default=None, alias="is")


class CheckSpec(ConditionSpec):
    """A named CHECK constraint."""

    name: str


class UniqueSpec(SpecModel):
    """A unique constraint; `while: active` limits it to PENDING and PROCESSING rows."""

    fields: tuple[str, ...]
    while_: Literal["active"] | None = Field(default=None, alias="while")


class IndexSpec(SpecModel):
    """An index, partial where a condition says so."""

    fields: tuple[str, ...]
    where: ConditionSpec | None = None


class TimeoutSpec(SpecModel):
    """Celery's time limits, in seconds."""

    soft: Duration | None = None
    hard: Duration | None = None


class RetrySpec(SpecModel):
    """How often and how fast a failed attempt is tried again."""

    max_attempts: Annotated[int, Field(ge=1)] = 3
    backoff: Literal["exponential", "fixed"] = "exponential"
    base: Duration = 60
    cap: Duration = 3600
    retry_on: tuple[str, ...] = ()
    give_up_on: tuple[str, ...] = ()


class TaskSpec(SpecModel):
    """The domain's Celery task."""

    name: str | None = None
    async_: bool = Field(default=False, alias="async")
    queue: str | None = None
    timeout: TimeoutSpec = TimeoutSpec()
    stale_after: Duration | None = None
    retry: RetrySpec = RetrySpec()


class DependenciesSpec(SpecModel):
    """Whether rows may wait for other rows, and what follows a prerequisite that failed for good."""

    enabled: bool = False
    on_failure: Literal["cancel", "run"] = "cancel"


class RetentionSpec(SpecModel):
    """How long finished rows are kept, in seconds."""

    completed: Duration = 30 * 86400
    cancelled: Duration = 30 * 86400
    failed: Duration | None = None


class ApiSpec(SpecModel):
    """Whether the domain has REST endpoints."""

    enabled: bool = False


class NamesSpec(SpecModel):
    """Overrides of derived names."""

    class_: str | None = Field(default=None, alias="class")


class LegacySpec(SpecModel):
    """Where the domain's rows lie in a legacy table."""

    table: str
    task_type: str | None = None
    status: dict[str, str] = {}
    fields: dict[str, str] = {}


class AdoptSpec(SpecModel):
    """A hand-written table that becomes this domain's."""

    table: str
    rename: dict[str, str] = {}
    status: dict[str, str] = {}


class DomainSpec(SpecModel):
    """One tracked domain."""

    domain: DomainName
    description: str = ""
    names: NamesSpec = NamesSpec()
    fields: dict[str, FieldSpec] = {}
    unique: tuple[UniqueSpec, ...] = ()
    checks: tuple[CheckSpec, ...] = ()
    indexes: tuple[IndexSpec, ...] = ()
    task: TaskSpec = TaskSpec()
    dependencies: DependenciesSpec = DependenciesSpec()
    retention: RetentionSpec = RetentionSpec()
    api: ApiSpec = ApiSpec()
    legacy: LegacySpec | None = None
    adopt: AdoptSpec | None = None
    allow_drop: tuple[str, ...] = ()
    allow_rewrite: tuple[str, ...] = ()
