"""What fixes make of code that is not that of the rules' pages."""

import textwrap
from pathlib import Path

import pytest
from source_trees import fix_folder, write_tree

from trackwright_gen.lint.catalog import select_rules

EXEMPT = '# trackwright: exempt[TW101] reason="r" approved-by="a"'
SHIP = """
    from celery import shared_task
    from django.db import transaction
    @shared_task
    def ship(order_id): ...
"""
BASE = """
    from app.db.base import Base
    from sqlalchemy import Column
    class BaseTaskTracking(Base):
        __abstract__ = True
        id = Column()
        status = Column(index=True)
        created_at = Column()
        celery_task_id = Column(index=True)
"""
TABLE = """
    from app.base import BaseTaskTracking
    from sqlalchemy import Index
    class PriceTracking(BaseTaskTracking):
        __tablename__ = "price_task_tracking"
        __table_args__ = ({})
"""
FIXED = {
    "a dispatch under atomic, beside one whose result is used": (
        "TW502",
        SHIP
        + """
    def order(o):
        with transaction.atomic():
            first = ship.delay(o.id)
            ship.delay(o.id)  # at once
    """,
        SHIP
        + """
    def order(o):
        with transaction.atomic():
            first = ship.delay(o.id)
            transaction.on_commit(lambda: ship.delay(o.id))  # at once
    """,
    ),
    "indexes beside another": (
        "TW304",
        TABLE.format('Index("ix", "created_at"),'),
        TABLE.format(
            'Index("idx_price_task_dates", "created_at", "completed_at"), Index("ix", "created_at"),'
        ),
    ),
    "an exemption behind code": ("TW904", f"x = 1  {EXEMPT}\ny = 2\n", "x = 1\ny = 2\n"),
    "an exemption in a row of its own": ("TW904", f"x = 1\n{EXEMPT}\ny = 2\n", "x = 1\ny = 2\n"),
    "an exemption that ends the file": ("TW904", f"x = 1\n{EXEMPT}", "x = 1\n"),
}


@pytest.mark.parametrize(("code", "before", "after"), FIXED.values(), ids=list(FIXED))
def test_a_fix(tmp_path: Path, code: str, before: str, after: str) -> None:
    write_tree(tmp_path, {"t.py": before, "app/base.py": BASE})
    (file,) = fix_folder(tmp_path, select_rules(select=[code, "TW101"])).files
    assert file.after.decode() == textwrap.dedent(after).lstrip("\n")
