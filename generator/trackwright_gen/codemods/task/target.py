"""The generated domain that a legacy task moves to, as the codemod needs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """An importable object."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class TargetField:
    """A field of the domain: attribute, type (None: that of the column it refers to), whether it must be given."""

    attribute: str
    type: str | None
    required: bool
    default: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is called how, and what the spec says about legacy rows and retries.

    Attributes:
        words: status words, in lower case, and what they mean.
        columns: column of the legacy table, or `column.key`, to a field or a core column.
        max_attempts, retry_on, give_up_on: the spec's policy.
        session: the project's session factory.
        adopted: the model of old, where the domain took over its table: it still reads the rows, under the old name.
    """

    domain: str
    file: Path
    task: Place
    model: Place
    service: Place
    crud: Place
    session: Place
    is_async_project: bool
    table: str
    task_type: str | None
    fields: Mapping[str, TargetField]
    columns: Mapping[str, str]
    words: Mapping[str, str]
    max_attempts: int
    retry_on: tuple[str, ...]
    give_up_on: tuple[str, ...]
    adopted: Place | None = None

    def attribute_of(self, column: str) -> str | None:
        """The attribute of the tracking row that a legacy column became."""
        target = self.columns.get(column)
        if target is None:
            return None
        return self.fields[target].attribute if target in self.fields else target
