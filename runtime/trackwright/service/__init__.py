"""The service of a domain (principles 3.2, 4.1): create, move, enqueue, cancel and retry tracked tasks.

The rules stand once, over a Session; the async face runs them through AsyncSession.run_sync. The caller owns
the transaction: methods flush, and commit only when told `commit=True`.
"""

from trackwright.error_text import ERROR_LENGTH
from trackwright.service.async_service import BaseTaskTrackingService
from trackwright.service.sync_service import ModelT, SyncTaskTrackingService

__all__ = ["ERROR_LENGTH", "BaseTaskTrackingService", "ModelT", "SyncTaskTrackingService"]
