"""A change of a PostgreSQL table in use as an order of revisions, none of which holds a lock for long.

One module per kind of step; `transactions` puts the steps of all differences into their revisions.
"""

from trackwright_gen.revisions.lowering.step import Phase
from trackwright_gen.revisions.lowering.timeouts import brief_limits
from trackwright_gen.revisions.lowering.transactions import Transaction, lowered

__all__ = ["Phase", "Transaction", "brief_limits", "lowered"]
