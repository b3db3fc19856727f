"""Columns, indexes, keys and times of tracking tables that people write, and the rows that are reported of them."""

from pathlib import Path

import pytest
from source_trees import TRACKED_APP, reported_rows

TREE = {
    **TRACKED_APP,
    "app/models.py": (
        "from app.base import Base, BaseTaskTracking\n"
        "from sqlalchemy import Column, DateTime, ForeignKey, ForeignKeyConstraint, Index, Integer\n"
        "from sqlalchemy import JSON, String, UniqueConstraint\n"
        "class OneTracking(BaseTaskTracking):\n    __tablename__='one_task_tracking'\n"
        "class Other(Base):\n    __tablename__='others'\n    id = Column(Integer)\n"
    ),
}
HEADS = {
    "TW302": (
        "from app.base import Base, BaseTaskTracking\n"
        "from sqlalchemy import Column, DateTime, ForeignKey, ForeignKeyConstraint, Index, Integer\n"
        "from sqlalchemy import JSON, String, UniqueConstraint\n"
    ),
    "TW304": (
        "from app.base import Base, BaseTaskTracking\n"
        "from sqlalchemy import Column, DateTime, ForeignKey, ForeignKeyConstraint, Index, Integer\n"
        "from sqlalchemy import JSON, String, UniqueConstraint\n"
        'class PriceTracking(BaseTaskTracking):\n    __tablename__ = "price_task_tracking"\n'
    ),
    "TW305": (
        "from app.base import Base, BaseTaskTracking\n"
        "from sqlalchemy import Column, DateTime, ForeignKey, ForeignKeyConstraint, Index, Integer\n"
        "from sqlalchemy import JSON, String, UniqueConstraint\n"
        "from app.models import OneTracking, Other\ndef helper(): ...\n"
        'class PriceTracking(BaseTaskTracking):\n    __tablename__ = "price_task_tracking"\n'
    ),
    "TW306": (
        "from app.base import Base, BaseTaskTracking\n"
        "from sqlalchemy import Column, DateTime, ForeignKey, ForeignKeyConstraint, Index, Integer\n"
        "from sqlalchemy import JSON, String, UniqueConstraint\nimport mongoengine\n"
        "def helper(x): ...\nclass PriceTracking(BaseTaskTracking):\n"
        '    __tablename__ = "price_task_tracking"\n'
    ),
}
"""What stands above the code of a rule's cases."""

CASES: list[tuple[str, str, list[object]]] = [
    (
        "TW302",
        (
            "NAME='x_tracking'\nclass PriceTracking(BaseTaskTracking):\n"
            "    __tablename__ = 'x_tracking'\nclass Price2Tracking(BaseTaskTracking):\n"
            "    __tablename__ = NAME\nclass Price3Tracking(BaseTaskTracking):\n"
            "    __tablename__: str = 'y_tracking'\nclass P4(BaseTaskTracking):\n"
            "    __tablename__ = 'zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz'"
        ),
        [3, 5, 7, 9],
    ),
    ("TW304", "    __table_args__ = table_args()", []),
    ("TW304", "    __table_args__ = (*MORE,)", []),
    ("TW304", "    __table_args__ = {'schema': 'x'}", [-1]),
    ("TW304", "    __table_args__ = [1]", [-1]),
    ("TW304", "    __table_args__ = (Index('ix', 'status'),)", [-1]),
    (
        "TW304",
        "    __table_args__ = (Index('ix', status), Index('ix2', PriceTracking.created_at.desc()))",
        [-1],
    ),
    ("TW304", "    __table_args__ = (Index('ix', desc('status')), Index('i', text('x') + 1))", [-1]),
    ("TW304", "    __table_args__ = (Index('ix', func.lower(PriceTracking.status)),)", [-1]),
    ("TW304", "    __table_args__ = ()", [-1]),
    (
        "TW304",
        (
            "    __table_args__ = (\n"
            "        Index('a', 'status'), Index('b', 'created_at'), Index('c', 'celery_task_id'),\n"
            "        Index('d', 'status', 'created_at'))"
        ),
        [-1],
    ),
    ("TW304", "    __table_args__ = (UniqueConstraint('celery_task_id'), {'schema': 'x'})", [-1]),
    ("TW305", "    o = Column(ForeignKey(OneTracking.id))", [1]),
    ("TW305", "    o = Column(ForeignKey('one_task_tracking.id'))", [1]),
    ("TW305", "    o = Column(ForeignKey('s.one_task_tracking.id'))", [1]),
    ("TW305", "    o = Column(ForeignKey(Other.id))", []),
    ("TW305", "    o = Column(ForeignKey(Unknown.id))", []),
    ("TW305", "    o = Column(ForeignKey(unknown))", []),
    ("TW305", "    o = Column(ForeignKey('x'))", []),
    ("TW305", "    o = Column(ForeignKey(helper.id))", []),
    ("TW305", "    __table_args__ = (ForeignKeyConstraint(['a'], ['one_task_tracking.id']),)", [1]),
    ("TW305", "    __table_args__ = (ForeignKeyConstraint(['a'], [OneTracking.id]),)", [1]),
    ("TW305", "    __table_args__ = (ForeignKeyConstraint(['a'], refs),)", []),
    ("TW306", "    metadata = Column(JSON)", [1]),
    ("TW306", "    metadata = Column('metadata', JSON)", [1]),
    ("TW306", "    metadata = Column(name='meta')", [1]),
    ("TW306", "    metadata = Column()", [1]),
    ("TW306", "    metadata = column(JSON)", []),
    ("TW306", "    metadata = helper(JSON)", []),
    ("TW306", "    metadata = 3", []),
    ("TW306", "    metadata: Mapped[dict]", [1]),
    ("TW306", "    metadata: Mapped[dict] = mapped_column(JSON)", [1]),
    ("TW306", "    metadata: Mapped[dict] = 3", [1]),
    ("TW306", "    metadata = mongoengine.Column(JSON)", []),
    ("TW306", "    other = metadata = Column(JSON)", []),
    ("TW306", "    metadata, x = Column(JSON), 3", []),
    ("TW306", "    def metadata(self): ...", []),
    ("TW306", "    metadata = django.Column(JSON)", [1]),
    ("TW306", "    metadata: Mapped[dict] = mapped_column()", [1]),
    (
        "TW307",
        (
            "from datetime import datetime\nfrom celery import shared_task\n"
            "from app.services import PriceService\n@shared_task(bind=True)\n"
            "def work(self, row, items):\n    service = PriceService()\n"
            "    service.update_status(row, 'PROCESSING')\n    x = datetime.utcnow()\n"
            "    y = datetime.now()\n    z = datetime.now(tz)\n"
            "    service.update_status(row, 'COMPLETED')\nclass Other:\n    at = datetime.utcnow()"
        ),
        [8, 9],
    ),
    # timezone bound
    (
        "TW307",
        (
            "from datetime import datetime\ntimezone = 3\nfrom app.base import Base, BaseTaskTracking\n"
            "from sqlalchemy import Column, DateTime, ForeignKey, ForeignKeyConstraint, Index, Integer\n"
            "from sqlalchemy import JSON, String, UniqueConstraint\n"
            'class PriceTracking(BaseTaskTracking):\n    __tablename__ = "price_task_tracking"\n'
            "    at = Column(DateTime, default=datetime.utcnow)"
        ),
        [8],
    ),
    (
        "TW307",
        (
            "import datetime as dt\nfrom app.base import Base, BaseTaskTracking\n"
            "from sqlalchemy import Column, DateTime, ForeignKey, ForeignKeyConstraint, Index, Integer\n"
            "from sqlalchemy import JSON, String, UniqueConstraint\n"
            'class PriceTracking(BaseTaskTracking):\n    __tablename__ = "price_task_tracking"\n'
            "    at = Column(DateTime, default=dt.datetime.utcnow)\n"
            "    to = Column(DateTime(timezone=True), default=dt.datetime.utcnow)\n"
            "    go = 3, dt.datetime.utcnow()"
        ),
        [7, 8, 9],
    ),
    # other now
    (
        "TW307",
        (
            "from pendulum import now\nimport pendulum\nfrom app.base import Base, BaseTaskTracking\n"
            "from sqlalchemy import Column, DateTime, ForeignKey, ForeignKeyConstraint, Index, Integer\n"
            "from sqlalchemy import JSON, String, UniqueConstraint\n"
            'class PriceTracking(BaseTaskTracking):\n    __tablename__ = "price_task_tracking"\n'
            "    at = Column(DateTime, default=pendulum.now)"
        ),
        [],
    ),
    # service
    (
        "TW307",
        (
            "from datetime import datetime\nfrom trackwright import BaseTaskTrackingService\n"
            "class PriceService(BaseTaskTrackingService):\n    def f(self, row):\n"
            "        row.started_at = datetime.utcnow()\n        def g():\n"
            "            return datetime.utcnow()\ndef track(): return datetime.utcnow()"
        ),
        [5, 7],
    ),
]

WHOLE: list[tuple[str, str, list[object]]] = [
    # no tablename assigned
    (
        "TW304",
        (
            "from app.base import Base, BaseTaskTracking\n"
            "from sqlalchemy import Column, DateTime, ForeignKey, ForeignKeyConstraint, Index, Integer\n"
            "from sqlalchemy import JSON, String, UniqueConstraint\n"
            "class PriceTracking(BaseTaskTracking):\n    @declared_attr\n    def __tablename__(cls):\n"
            "        return 'price_task_tracking'"
        ),
        [],
    ),
    # index bound
    (
        "TW304",
        (
            "from app.base import Base, BaseTaskTracking\n"
            "from sqlalchemy import Column, DateTime, ForeignKey, ForeignKeyConstraint, Integer\n"
            "from sqlalchemy import JSON, String, UniqueConstraint\nIndex = 3\n"
            'class PriceTracking(BaseTaskTracking):\n    __tablename__ = "price_task_tracking"'
        ),
        [5],
    ),
]
"""Cases with a head of their own."""


@pytest.mark.parametrize(("code", "body", "rows"), CASES)
def test_what_is_reported(tmp_path: Path, code: str, body: str, rows: list[object]) -> None:
    assert reported_rows(tmp_path, code, HEADS.get(code, ""), body, around=TREE) == rows


@pytest.mark.parametrize(("code", "source", "rows"), WHOLE)
def test_what_is_reported_of_a_whole_file(tmp_path: Path, code: str, source: str, rows: list[object]) -> None:
    assert reported_rows(tmp_path, code, "", source, around=TREE) == rows
