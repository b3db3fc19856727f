"""Reading and plain writing of tracking rows (principles 3.3), sync and async; models come back, not results."""

from trackwright.crud.async_crud import BaseTaskTrackingCRUD
from trackwright.crud.sync_crud import SyncTaskTrackingCRUD

__all__ = ["BaseTaskTrackingCRUD", "SyncTaskTrackingCRUD"]
