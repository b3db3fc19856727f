"""Where a domain's rows lie in a generic status table of old (principles 9), and where they went."""

from trackwright.legacy.links import LegacyLink, has_links, legacy_links
from trackwright.legacy.mapping import LegacyMapping, as_tuple
from trackwright.legacy.view import LegacyView, legacy_view

__all__ = [
    "LegacyLink",
    "LegacyMapping",
    "LegacyView",
    "as_tuple",
    "has_links",
    "legacy_links",
    "legacy_view",
]
