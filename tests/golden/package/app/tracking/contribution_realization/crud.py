"""Reading and plain writing of contribution_realization rows."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from trackwright import BaseTaskTrackingCRUD
from trackwright.query import has_status
from trackwright.status import ACTIVE

from app.tracking.contribution_realization.model import ContributionRealizationTracking


class ContributionRealizationCRUD(
    BaseTaskTrackingCRUD[ContributionRealizationTracking]
):
    """Queries of this domain; the session comes first, its transaction is the caller's."""

    model = ContributionRealizationTracking

    async def get_active_by_pension_id_and_contribution_date(
        self, db: AsyncSession, pension_id: int, contribution_date: dt.date
    ) -> ContributionRealizationTracking | None:
        """Find the active row with these values."""
        statement = select(ContributionRealizationTracking).where(
            ContributionRealizationTracking.pension_id == pension_id,
            ContributionRealizationTracking.contribution_date == contribution_date,
            has_status(ContributionRealizationTracking, *ACTIVE),
        )
        return (await db.scalars(statement)).first()


contribution_realization_crud = ContributionRealizationCRUD()
