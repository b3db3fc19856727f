"""Lists of rows: pages neither repeat nor miss a row."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from trackwright import SyncTaskTrackingCRUD, SyncTaskTrackingService

Service = SyncTaskTrackingService[Any]


@pytest.mark.parametrize("way", ["service", "orm"])
def test_keyset_pages_show_every_row_once(service: Service, session: Session, model: Any, way: str) -> None:
    if way == "service":
        service.create_many([{"etf_id": "A"}] * 10, commit=True)
    else:
        session.add_all([model(etf_id="A") for _ in range(10)])
        session.commit()
    crud = SyncTaskTrackingCRUD(model)
    seen: list[int] = []
    last: Any = None
    for _ in range(10):
        page = crud.get_multi(session, limit=3, after=last)
        if not page:
            break
        seen += [row.id for row in page]
        last = page[-1]
    assert sorted(seen, reverse=True) == seen
    assert len(seen) == 10
