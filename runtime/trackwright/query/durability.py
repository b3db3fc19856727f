"""Statements whose loss in a crash of the database costs nothing need not wait for its disk."""

from typing import Any

from sqlalchemy import Boolean
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class CommittedLater(FunctionElement[bool]):
    """Always true; on PostgreSQL the transaction's commit does not wait for its log to reach the disk.

    Only for claims, in transactions of their own: a claim that a crash takes back leaves its row PENDING. It cannot
    outlive what followed it: the commit of the effect, which waits, writes everything before it too.
    """

    type = Boolean()
    inherit_cache = True
    name = "committed_later"


@compiles(CommittedLater)
def _postgresql(element: CommittedLater, compiler: Any, **options: Any) -> str:
    del element, compiler, options
    return "set_config('synchronous_commit', 'off', true) = 'off'"


@compiles(CommittedLater, "sqlite")
def _sqlite(element: CommittedLater, compiler: Any, **options: Any) -> str:
    del element, compiler, options
    return "1 = 1"
