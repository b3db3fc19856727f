"""All models, so that Alembic sees them."""

from app.database import Base
from app.models.etf import Etf, PensionEtf
from app.tracking.contribution_realization.model import ContributionRealizationTracking
from app.tracking.etf_price_update.model import EtfPriceUpdateTracking

__all__ = [
    "Base",
    "ContributionRealizationTracking",
    "Etf",
    "EtfPriceUpdateTracking",
    "PensionEtf",
]
