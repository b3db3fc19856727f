"""Where a domain's rows lie in a generic status table of old (principles 9), and where they went."""

from trackwright.legacy.links import LegacyLink, has_links, legacy_links
from trackwright.legacy.mapping import LegacyMapping, as_tuple

__all__ = ["LegacyLink", "LegacyMapping", "as_tuple", "has_links", "legacy_links"]
