"""Reading and plain writing of etf_price_update rows."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session
from trackwright import SyncTaskTrackingCRUD

from app.models.etf_price_update import EtfPriceUpdateTracking


class EtfPriceUpdateCRUD(SyncTaskTrackingCRUD[EtfPriceUpdateTracking]):
    """Queries of this domain; the session comes first, its transaction is the caller's."""

    model = EtfPriceUpdateTracking

    def get_by_etf_id_and_date(
        self, db: Session, etf_id: str, date: dt.date
    ) -> EtfPriceUpdateTracking | None:
        """Find the row with these values."""
        statement = select(EtfPriceUpdateTracking).where(
            EtfPriceUpdateTracking.etf_id == etf_id, EtfPriceUpdateTracking.date == date
        )
        return db.scalars(statement).first()


etf_price_update_crud = EtfPriceUpdateCRUD()
