"""All models, so that Alembic sees them."""

from app.database import Base
from app.models.contribution_realization import ContributionRealizationTracking
from app.models.etf import Etf, PensionEtf
from app.models.etf_price_update import EtfPriceUpdateTracking

__all__ = [
    "Base",
    "ContributionRealizationTracking",
    "Etf",
    "EtfPriceUpdateTracking",
    "PensionEtf",
]
