"""Lists of rows: pages neither repeat nor miss a row."""

from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy.orm import Session

from trackwright import InvalidTransition, SyncTaskTrackingCRUD, SyncTaskTrackingService, TrackingNotFound

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


def test_a_row_that_others_wait_for_is_not_removed_under_them(service: Service, model: Any) -> None:
    crud = SyncTaskTrackingCRUD(model)
    first = service.create_tracking(etf_id="A")
    waiting = service.create_tracking(etf_id="B", after=[service.get_status(first)])
    with pytest.raises(InvalidTransition, match="cannot remove; 1 rows wait for it; cancel it first"):
        crud.remove(service.db, first)
    service.cancel(first, "not needed", cascade=False)
    crud.remove(service.db, first)
    assert crud.get(service.db, first) is None
    service.update_status(waiting, "PROCESSING")
    with pytest.raises(TrackingNotFound):
        crud.remove(service.db, first)


def test_dependents_are_rows_of_any_domain(service: Service, model: Any, reports: Any) -> None:
    crud = SyncTaskTrackingCRUD(model)
    first = service.get_status(service.create_tracking(etf_id="A"))
    other = SyncTaskTrackingService(service.db, reports)
    last = other.create_tracking(title="of both", after=[first])
    middle = service.create_tracking(etf_id="B", after=[first])
    found = crud.dependents(service.db, first.id)
    assert {(type(row), row.id) for row in found} == {(reports, last), (model, middle)}
    assert crud.dependents(service.db, middle) == []
    service.db.delete(service.get_status(middle))
    assert [row.id for row in crud.dependents(service.db, first.id)] == [last]


class Wanted(BaseModel):
    """What a caller sends: fields that it leaves out keep their value or get their default."""

    etf_id: str | None = None
    max_attempts: int | None = None


def test_plain_columns_change_and_those_of_operations_do_not(session: Session, model: Any) -> None:
    crud = SyncTaskTrackingCRUD(model)
    plain = crud.create(session, {"etf_id": "A"})
    row = crud.create(session, Wanted(etf_id="A", max_attempts=None))
    assert (row.etf_id, row.status, row.max_attempts) == ("A", "PENDING", plain.max_attempts)
    assert crud.update(session, row.id, {"max_attempts": 7}) is row
    crud.update(session, row.id, Wanted(etf_id="B"))
    session.expire_all()
    assert (row.etf_id, row.max_attempts) == ("B", 7)
    with pytest.raises(TypeError, match="attempts, status: use the service's operations"):
        crud.update(session, row.id, {"status": "COMPLETED", "attempts": 3, "etf_id": "C"})
    assert (row.etf_id, row.status) == ("B", "PENDING")
    with pytest.raises(TrackingNotFound):
        crud.update(session, row.id + 1, {"etf_id": "C"})
