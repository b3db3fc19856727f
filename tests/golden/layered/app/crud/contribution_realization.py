"""Reading and plain writing of contribution_realization rows."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session
from trackwright import SyncTaskTrackingCRUD
from trackwright.query import has_status
from trackwright.status import ACTIVE

from app.models.contribution_realization import ContributionRealizationTracking


class ContributionRealizationCRUD(
    SyncTaskTrackingCRUD[ContributionRealizationTracking]
):
    """Queries of this domain; the session comes first, its transaction is the caller's."""

    model = ContributionRealizationTracking

    def get_active_by_pension_id_and_contribution_date(
        self, db: Session, pension_id: int, contribution_date: dt.date
    ) -> ContributionRealizationTracking | None:
        """Find the active row with these values."""
        statement = select(ContributionRealizationTracking).where(
            ContributionRealizationTracking.pension_id == pension_id,
            ContributionRealizationTracking.contribution_date == contribution_date,
            has_status(ContributionRealizationTracking, *ACTIVE),
        )
        return db.scalars(statement).first()


contribution_realization_crud = ContributionRealizationCRUD()
