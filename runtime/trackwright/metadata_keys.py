"""Keys of the metadata column that are the runtime's own, and no caller's."""

METADATA_KEYS = frozenset({"cancel", "claimed_by", "reported", "trail"})
"""What only the runtime writes there; `dispatch` a caller may give, to name the task of a row."""
DEPENDENCY_KEYS = frozenset(
    {
        "children",
        "dependents",
        "frees_dependents",
        "level",
        "on_failure",
        "parent",
        "prerequisites",
        "waiting_for",
    }
)
"""What the runtime writes into the metadata of rows that depend on others."""
