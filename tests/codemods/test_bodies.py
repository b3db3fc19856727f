"""Bodies of legacy tasks, pattern by pattern: what they become, and what has no counterpart."""

import textwrap
from dataclasses import replace

import pytest
from legacy_bodies import FACTS, rewritten

CASES = {
    "a body that only moves its row": (
        """
        ...
        row.status = 'done'
        db.commit()
        db.close()
        """,
        "",
    ),
    "a session of a with": (
        """
        with SessionLocal() as db:
            row = TaskStatus(status='running')
            db.add(row)
            db.commit()
            db.add(Price())
            row.status = 'done'
            db.commit()
        """,
        """
        db = run.session
        db.add(Price())
        """,
    ),
    "a commit in the middle": (
        """
        ...
        db.add(One())
        db.commit()
        db.add(Two())
        row.status = 'done'
        db.commit()
        """,
        """
        db = run.session
        db.add(One())
        run.checkpoint(commit=True)
        db.add(Two())
        """,
    ),
    "a commit and a return": (
        """
        ...
        if done():
            db.add(One())
            row.status = 'done'
            db.commit()
            return
        db.add(Two())
        row.status = 'done'
        db.commit()
        """,
        """
        db = run.session
        if done():
            db.add(One())
            return
        db.add(Two())
        """,
    ),
    "a row that is not there": (
        """
        row = db.query(models.TaskStatus).get(status_id)
        if not row:
            return None
        work(row.resource_id)
        row.status = 'done'
        """,
        "work(run.tracking.sku)",
    ),
    "a row that may be there": (
        """
        row = db.get(TaskStatus, status_id)
        if row is not None:
            row.status = 'running'
        work()
        if row:
            row.status = 'done'
        """,
        "work()",
    ),
    "ids and counters of the run": (
        """
        ...
        log.info('%s %s %s', self.request.id, status_id, row.id)
        wait(self.request.retries, self.max_retries, row.retry_count)
        row.status = 'done'
        """,
        """
        log.info('%s %s %s', run.tracking.celery_task_id, run.tracking.id, run.tracking.id)
        wait((run.attempt - 1), (run.tracking.max_attempts - 1), (run.attempt - 1))
        """,
    ),
    "a failure without an error": (
        """
        ...
        if not found():
            row.status = State.FAILED.value
            row.error = 'none found'
            db.commit()
            return
        work()
        row.status = 'done'
        """,
        """
        if not found():
            raise Reject('none found', requeue=False)
        work()
        """,
    ),
    "a task that cancels itself": (
        """
        ...
        if late():
            row.status = 'cancelled'
            db.commit()
            return
        work()
        row.status = 'done'
        """,
        """
        if late():
            raise Ignore("cancelled")
        work()
        """,
    ),
    "a retry that no error asks for": (
        """
        ...
        if not ready():
            raise self.retry(countdown=30 * self.request.retries)
        work()
        row.status = 'done'
        """,
        """
        if not ready():
            run.retry(after=30 * (run.attempt - 1))
        work()
        """,
    ),
    "a handler that only notes": (
        """
        ...
        try:
            work()
            row.status = 'done'
        except Exception as e:
            db.rollback()
            row.status = 'failed'
            row.error = str(e)
            db.commit()
            raise self.retry(exc=e)
        finally:
            db.close()
        """,
        "work()",
    ),
    "a handler that does more at the last attempt": (
        """
        ...
        try:
            work()
        except Exception as e:
            if self.request.retries >= self.max_retries:
                row.status = 'failed'
                alert(e)
                raise
            row.status = 'pending'
            raise self.retry(exc=e)
        """,
        """
        try:
            work()
        except Exception as e:
            if run.attempt >= run.tracking.max_attempts:
                alert(e)
            raise
        """,
    ),
    "a handler of one error before a handler of all": (
        """
        ...
        try:
            work()
        except KeyError:
            db.rollback()
            row.status = 'failed'
            db.commit()
            return
        except Exception as e:
            log.error('no')
            row.status = 'failed'
            raise self.retry(exc=e)
        """,
        """
        try:
            work()
        except KeyError:
            raise
        except Exception as e:
            log.error('no')
            raise
        """,
    ),
    "a handler that is none of ours": (
        """
        ...
        try:
            work()
        except KeyError:
            other()
        row.status = 'done'
        """,
        """
        try:
            work()
        except KeyError:
            other()
        """,
    ),
    "a task that sends itself again": (
        """
        ...
        try:
            work()
        except Exception:
            db.rollback()
            row.retry_count += 1
            if row.retry_count < 3:
                work.apply_async((status_id,), countdown=5)
            else:
                row.status = 'failed'
                log.error('no')
            db.commit()
        """,
        """
        try:
            work()
        except Exception:
            if run.attempt >= run.tracking.max_attempts:
                log.error('no')
            raise
        """,
    ),
    "comments above a try that goes": (
        """
        ...
        # Asks the supplier.
        try:
            work()  # once
        except Exception:
            row.status = 'failed'
            raise
        """,
        """
        # Asks the supplier.
        work()  # once
        """,
    ),
    "a commit of a handler's own work": (
        """
        ...
        try:
            work()
        except Exception:
            db.rollback()
            db.add(Failure())
            row.status = 'failed'
            db.commit()
            raise
        """,
        "own session: an error branch commits what it wrote itself",
    ),
    "a failure that goes on": (
        """
        ...
        if bad():
            row.status = 'failed'
        work()
        """,
        "cannot: it goes on after it has ended the row",
    ),
    "a failure in a loop": (
        """
        ...
        for each in all():
            try:
                work(each)
            except Exception:
                row.status = 'failed'
        """,
        "cannot: an error branch inside a loop ends the row",
    ),
    "another error in a handler": (
        """
        ...
        try:
            work()
        except Exception as e:
            row.status = 'failed'
            raise Wrong() from e
        """,
        "cannot: its error branch raises another error, which would be retried by another rule",
    ),
    "an id that is assigned": (
        """
        ...
        status_id = int(status_id)
        """,
        "cannot: it assigns `status_id`",
    ),
    "Celery's own state": (
        """
        ...
        self.update_state(state='X')
        """,
        "cannot: `self.update_state(state='X')` has no counterpart on a tracking row",
    ),
    "a column that no field has": (
        """
        ...
        work(row.priority)
        """,
        "cannot: it reads `priority` of the legacy row, which the spec maps to no field",
    ),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=list(CASES))
def test_a_body(before: str, after: str) -> None:
    assert rewritten(before).strip() == textwrap.dedent(after).strip()


def test_a_session_of_ones_own_keeps_its_commits() -> None:
    source = """
        ...
        try:
            db.add(One())
            row.status = 'done'
            db.commit()
        finally:
            db.close()
    """
    kept = """
        db = SessionLocal()
        try:
            db.add(One())
            db.commit()
        finally:
            db.close()
    """
    own = replace(FACTS, own_session=True)
    assert rewritten(source, own).strip() == textwrap.dedent(kept).strip()
