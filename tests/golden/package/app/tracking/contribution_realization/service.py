"""The service of contribution_realization: create, move, enqueue, cancel and retry its tasks."""

import datetime as dt
from decimal import Decimal

from trackwright import BaseTaskTrackingService

from app.tracking.contribution_realization.model import ContributionRealizationTracking


class ContributionRealizationService(
    BaseTaskTrackingService[ContributionRealizationTracking]
):
    """Turns one planned pension contribution into a booked one."""

    model = ContributionRealizationTracking

    async def create_contribution_realization(
        self,
        *,
        pension_id: int,
        contribution_date: dt.date,
        amount: Decimal,
        currency: str = "EUR",
    ) -> int:
        """Create a PENDING row and give its id; the caller commits.

        To create and send in one step: `service.enqueue(process_contribution, ...)`.
        """
        return await self.create_tracking(
            pension_id=pension_id,
            contribution_date=contribution_date,
            amount=amount,
            currency=currency,
        )
