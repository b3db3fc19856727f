"""Pydantic schemas of the base structure (principles 3.1), for a domain's own schemas to inherit."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from trackwright.status import TrackingStatus

Attempts = Annotated[int, Field(ge=1, le=2_147_483_647)]
"""What the column max_attempts takes."""


class TaskTrackingBase(BaseModel):
    """What every schema of a tracked task shares."""

    model_config = ConfigDict(from_attributes=True, extra="forbid", populate_by_name=True)


class TaskTrackingCreate(TaskTrackingBase):
    """What a caller may say when a row is made; a domain adds its own fields."""

    max_attempts: Attempts | None = None
    scheduled_at: AwareDatetime | None = None


class TaskTrackingUpdate(TaskTrackingBase):
    """What a caller may change by hand. The status is not among it: it moves by the service's operations."""

    max_attempts: Attempts | None = None
    scheduled_at: AwareDatetime | None = None


class TaskTrackingInDB(TaskTrackingBase):
    """A row as it is read back."""

    model_config = ConfigDict(from_attributes=True, extra="ignore", populate_by_name=True)

    id: int
    status: TrackingStatus
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    error_message: str | None
    attempts: int
    max_attempts: int
    celery_task_id: str | None
    scheduled_at: datetime | None
    task_metadata: dict[str, Any] = Field(serialization_alias="metadata")


class TaskTrackingFilter(TaskTrackingBase):
    """What a list of rows can be narrowed by; a domain adds its own fields."""

    status: TrackingStatus | None = None
