"""The service of etf_price_update: create, move, enqueue, cancel and retry its tasks."""

import datetime as dt
from decimal import Decimal

from trackwright import BaseTaskTrackingService

from app.tracking.etf_price_update.model import EtfPriceUpdateTracking


class EtfPriceUpdateService(BaseTaskTrackingService[EtfPriceUpdateTracking]):
    """Daily price refresh of one ETF."""

    model = EtfPriceUpdateTracking

    async def create_etf_price_update(
        self,
        *,
        etf_id: str,
        date: dt.date,
        price: Decimal | None = None,
        source: str | None = None,
    ) -> int:
        """Create a PENDING row and give its id; the caller commits.

        To create and send in one step: `service.enqueue(update_etf_price, ...)`.
        """
        return await self.create_tracking(
            etf_id=etf_id, date=date, price=price, source=source
        )
