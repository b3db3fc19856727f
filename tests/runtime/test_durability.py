"""Which commits wait for the disk: a claim's does not, an ending's does."""

from typing import Any

import pytest
from sqlalchemy import create_engine, text

from trackwright import query


@pytest.mark.parametrize(
    ("build", "expected"),
    [(query.claim, "off"), (query.complete, "on")],
    ids=["a claim", "an ending"],
)
def test_only_claims_do_not_wait_for_the_disk(
    postgres_url: str, model: Any, build: Any, expected: str
) -> None:
    engine = create_engine(postgres_url)
    model.metadata.create_all(engine)
    status = "PENDING" if build is query.claim else "PROCESSING"
    values = query.parameters(tracking_id=1, attempt=0, lease=9.0, task="t", celery_task_id="c", worker="w")
    setting = text("SHOW synchronous_commit")
    with engine.begin() as connection:
        connection.execute(model.__table__.insert().values(id=1, etf_id="A", status=status))
    with engine.begin() as connection:
        assert connection.execute(build(model), values).first() is not None
        assert connection.execute(setting).scalar_one() == expected
    with engine.begin() as connection:  # the next transaction of the same connection
        assert connection.execute(setting).scalar_one() == "on"
    engine.dispose()
