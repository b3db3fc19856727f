"""Reading and plain writing of etf_price_update rows."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from trackwright import BaseTaskTrackingCRUD

from app.tracking.etf_price_update.model import EtfPriceUpdateTracking


class EtfPriceUpdateCRUD(BaseTaskTrackingCRUD[EtfPriceUpdateTracking]):
    """Queries of this domain; the session comes first, its transaction is the caller's."""

    model = EtfPriceUpdateTracking

    async def get_by_etf_id_and_date(
        self, db: AsyncSession, etf_id: str, date: dt.date
    ) -> EtfPriceUpdateTracking | None:
        """Find the row with these values."""
        statement = select(EtfPriceUpdateTracking).where(
            EtfPriceUpdateTracking.etf_id == etf_id, EtfPriceUpdateTracking.date == date
        )
        return (await db.scalars(statement)).first()


etf_price_update_crud = EtfPriceUpdateCRUD()
