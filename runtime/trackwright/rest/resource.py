"""One domain as REST shows it: its table, its own schemas, the task that a new row is sent to."""

from dataclasses import dataclass, field

from pydantic import BaseModel, create_model

from trackwright.dispatch import Sendable
from trackwright.errors import TrackwrightError
from trackwright.model import TaskTrackingMixin, domain_of
from trackwright.schemas import TaskTrackingCreate, TaskTrackingInDB
from trackwright.service.rows import accepted_fields


class UnfitSchema(TrackwrightError, TypeError):
    """A schema asks callers for what the model does not take."""

    def __init__(self, schema: type[BaseModel], model: type[TaskTrackingMixin], fields: list[str]) -> None:
        super().__init__(
            f"{schema.__name__} has {', '.join(fields)}, which a new {model.__name__} does not take: "
            "name a field as the model's attribute, or leave it out."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResource:
    """A domain that shall have endpoints.

    Attributes:
        model: the domain's tracking model.
        create: what a caller sends for a new row; its fields are attributes of the model.
        read: what a caller receives of a row.
        task: the Celery task that new rows are sent to; None: rows are worked on by hand.

    Raises:
        UnfitSchema: `create` has a field that the model does not have, or that only the status machine sets.
    """

    model: type[TaskTrackingMixin]
    create: type[TaskTrackingCreate]
    read: type[TaskTrackingInDB]
    task: Sendable | None = None
    domain: str = field(init=False)
    page: type[BaseModel] = field(init=False)
    """A part of the list of rows: `items`, and `next_cursor` where there are more."""

    def __post_init__(self) -> None:
        if unfit := sorted(self.create.model_fields.keys() - accepted_fields(self.model)):
            raise UnfitSchema(self.create, self.model, unfit)
        object.__setattr__(self, "domain", domain_of(self.model))
        object.__setattr__(self, "page", _page_of(self.read))


def _page_of(read: type[TaskTrackingInDB]) -> type[BaseModel]:
    return create_model(
        f"{read.__name__}Page",
        __doc__="Rows, newest first, and where the next ones begin.",
        items=(list[read], ...),  # type: ignore[valid-type] # the domain's own schema
        next_cursor=(str | None, ...),
    )
