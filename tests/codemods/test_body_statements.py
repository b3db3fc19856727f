"""Statements of legacy bodies that people write as well: loops, chains, one-liners, annotations, ends of retries."""

import textwrap
from dataclasses import replace

import pytest
from legacy_bodies import FACTS, rewritten

CASES = {
    "a failure as its last statement": (
        """
        ...
        price = work()
        if price is None:
            log.warning('none')
        row.status = 'failed'
        row.error = 'no price'
        db.commit()
        """,
        """
        price = work()
        if price is None:
            log.warning('none')
        raise Reject('no price', requeue=False)
        """,
    ),
    "a function inside": (
        """
        ...
        def known():
            return row.resource_id
        work(known())
        row.status = 'done'
        """,
        """
        def known():
            return run.tracking.sku
        work(known())
        """,
    ),
    "a function inside that counts": (
        """
        ...
        def again():
            row.retry_count += 1
        work(again)
        """,
        "cannot: it assigns `row.retry_count`",
    ),
    "a function inside that notes": (
        """
        ...
        def note(word):
            row.status = word
        work(note)
        """,
        "cannot: it assigns `row.status`",
    ),
    "another variable of the id's name": (
        """
        ...
        work(lambda status_id: status_id + 1)
        """,
        "cannot: it assigns `status_id`",
    ),
    "an id that is read as a number": (
        """
        ...
        status_id: int = int(status_id)
        """,
        "cannot: it assigns `status_id`",
    ),
    "an id that is counted up": (
        """
        ...
        status_id += 1
        """,
        "cannot: it assigns `status_id`",
    ),
    "two statements in one row": (
        """
        ...
        first = one(status_id); second = two()
        row.status = 'done'
        """,
        "first = one(run.tracking.id); second = two()",
    ),
    "a missing row in one row": (
        """
        db = SessionLocal()
        row = db.get(TaskStatus, status_id)
        if not row: return
        if stopped(): return
        work()
        row.status = 'done'
        """,
        """
        if stopped():
            return
        work()
        """,
    ),
    "annotated variables": (
        """
        db: Session = SessionLocal()
        row: TaskStatus = db.get(TaskStatus, status_id)
        price: int = work(db)
        row.status = 'done'
        db.commit()
        """,
        """
        db = run.session
        price: int = work(db)
        """,
    ),
    "a session that is taken twice": (
        """
        ...
        work(db)
        db = other()
        """,
        "cannot: it assigns `db` twice",
    ),
    "a flush of nothing": (
        """
        ...
        db.flush()
        db.add(One())
        db.flush()
        """,
        """
        db = run.session
        db.add(One())
        db.flush()
        """,
    ),
    "a with of something else": (
        """
        ...
        with opened(row.resource_id) as file:
            work(file)
            row.status = 'done'
        db.commit()
        """,
        """
        with opened(run.tracking.sku) as file:
            work(file)
        """,
    ),
    "a chain of branches": (
        """
        ...
        if kind() == 1:
            one(row.resource_id)
        elif kind() == 2:
            two(row.resource_id)
        elif kind() == 3:
            row.status = 'done'
        else:
            three()
        row.status = 'done'
        """,
        """
        if kind() == 1:
            one(run.tracking.sku)
        elif kind() == 2:
            two(run.tracking.sku)
        elif kind() == 3:
            pass
        else:
            three()
        """,
    ),
    "a chain whose last branches only note": (
        """
        ...
        if kind() == 1:
            one()
        elif kind() == 2:
            row.progress = 1
        """,
        "cannot: it writes `progress` of the legacy row; only its status, times and error fall away",
    ),
    "a chain of which only effects are left": (
        """
        ...
        if row.retry_count:
            row.status = 'running'
        if ready():
            row.status = 'running'
        else:
            row.status = 'pending'
        work()
        row.status = 'done'
        """,
        """
        ready()
        work()
        """,
    ),
    "a chain whose second branch falls away but for its question": (
        """
        ...
        if one():
            work()
        elif two():
            row.status = 'running'
        row.status = 'done'
        """,
        """
        if one():
            work()
        else:
            two()
        """,
    ),
    "a while": (
        """
        ...
        while more(status_id):
            work(row.resource_id)
        row.status = 'done'
        """,
        """
        while more(run.tracking.id):
            work(run.tracking.sku)
        """,
    ),
    "a loop that commits what the round before wrote": (
        """
        ...
        for each in all(row.resource_id):
            db.commit()
            db.add(each)
        row.status = 'done'
        db.commit()
        """,
        """
        db = run.session
        for each in all(run.tracking.sku):
            run.checkpoint(commit=True)
            db.add(each)
        """,
    ),
    "a loop that only notes": (
        """
        ...
        for each in steps:
            row.status = 'running'
        work()
        """,
        "cannot: a loop does nothing but move the legacy row",
    ),
    "an error that is passed on by its name": (
        """
        ...
        try:
            work()
        except Exception as e:
            alert(e)
            row.status = 'failed'
            raise e
        """,
        """
        try:
            work()
        except Exception as e:
            alert(e)
            raise
        """,
    ),
    "a loop in an error branch": (
        """
        ...
        try:
            work()
        except Exception as e:
            for each in owners():
                if not each.mail:
                    continue
                alert(each, e)
            row.status = 'failed'
            raise
        """,
        """
        try:
            work()
        except Exception as e:
            for each in owners():
                if not each.mail:
                    continue
                alert(each, e)
            raise
        """,
    ),
    "a task that sends itself again without an error": (
        """
        ...
        if not ready():
            work.apply_async((status_id,), countdown=5)
            return
        """,
        "cannot: it sends itself again outside of an error branch",
    ),
    "a retry that says neither when nor why": (
        """
        ...
        if not ready():
            self.retry(max_retries=3)
        if not steady():
            raise self.retry(exc=NotYet(), countdown=5)
        work()
        row.status = 'done'
        """,
        """
        if not ready():
            run.retry(after=180)
        if not steady():
            run.retry(after=5)
        work()
        """,
    ),
    "a retry at a moment": (
        """
        ...
        if not ready():
            raise self.retry(eta=tomorrow())
        """,
        "cannot: it retries with eta=, which an attempt of the same row does not have",
    ),
    "a retry with other arguments": (
        """
        ...
        try:
            work()
        except Exception as e:
            row.status = 'pending'
            raise self.retry(exc=e, args=(status_id, 'slow'))
        """,
        "cannot: it retries with args=, which an attempt of the same row does not have",
    ),
    "retries that are counted outside of an error branch": (
        """
        ...
        if self.request.retries > 1:
            slow()
        """,
        "cannot: it counts its retries outside of an error branch",
    ),
    "retries that are counted in a chain": (
        """
        ...
        try:
            work()
        except Exception as e:
            if self.request.retries < 1:
                quick()
            elif self.request.retries < 3:
                slow()
            row.status = 'failed'
            raise self.retry(exc=e)
        """,
        "cannot: it counts its retries in a chain of `elif`",
    ),
    "both ways of an error branch do something": (
        """
        ...
        try:
            work()
        except Exception as e:
            if 3 > self.request.retries:
                row.status = 'pending'
                warn(e)
                raise self.retry(exc=e)
            else:
                row.status = 'failed'
                alert(e)
                raise
        """,
        """
        try:
            work()
        except Exception as e:
            if run.attempt < run.tracking.max_attempts:
                warn(e)
            else:
                alert(e)
            raise
        """,
    ),
    "an error branch that does something while attempts remain": (
        """
        ...
        try:
            work()
        except Exception as e:
            if self.request.retries < self.max_retries:
                warn(e)
                raise self.retry(exc=e)
            row.status = 'failed'
            raise
        """,
        """
        try:
            work()
        except Exception as e:
            if run.attempt < run.tracking.max_attempts:
                warn(e)
            raise
        """,
    ),
    "what follows both ways is done each time": (
        """
        ...
        try:
            work()
        except Exception as e:
            if self.request.retries < 3:
                row.status = 'pending'
            else:
                row.status = 'failed'
                alert(e)
            count(e)
            raise self.retry(exc=e)
        """,
        """
        try:
            work()
        except Exception as e:
            if run.attempt >= run.tracking.max_attempts:
                alert(e)
            count(e)
            raise
        """,
    ),
    "what follows an `else` of which the `if` has left is done at the end only": (
        """
        ...
        try:
            work()
        except Exception as e:
            if self.request.retries < 3:
                raise self.retry(exc=e)
            else:
                row.status = 'failed'
            alert(e)
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
    "what follows an `else` that has left is done while attempts remain": (
        """
        ...
        try:
            work()
        except Exception as e:
            if self.request.retries < 3:
                row.status = 'pending'
            else:
                row.status = 'failed'
                return
            warn(e)
            raise self.retry(exc=e)
        """,
        """
        try:
            work()
        except Exception as e:
            if run.attempt < run.tracking.max_attempts:
                warn(e)
            raise
        """,
    ),
    "more than a retry where it gives up": (
        """
        ...
        try:
            work()
        except Exception as e:
            row.status = 'pending'
            try:
                warn(e)
                raise self.retry(exc=e)
            except MaxRetriesExceededError:
                row.status = 'failed'
        """,
        "cannot: it does more than retry where it expects MaxRetriesExceededError",
    ),
    "a retry that is let through": (
        """
        ...
        try:
            work()
        except Exception as e:
            row.status = 'pending'
            try:
                self.retry(exc=e)
            except Retry:
                raise
            except MaxRetriesExceededError:
                row.status = 'failed'
                alert(e)
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
    "the end of retries that no error asked for, noted": (
        """
        ...
        try:
            if not ready():
                raise self.retry(countdown=9)
            work()
        except MaxRetriesExceededError:
            log.error('never ready')
            row.status = 'failed'
            raise
        """,
        """
        if not ready():
            run.retry(after=9)
        work()
        """,
    ),
    "the end of retries that no error asked for, with effects": (
        """
        ...
        try:
            if not ready():
                raise self.retry(countdown=9)
            work()
        except MaxRetriesExceededError:
            alert('never ready')
            row.status = 'failed'
        """,
        "cannot: it does more than note it where its retries are over",
    ),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=list(CASES))
def test_a_statement(before: str, after: str) -> None:
    assert rewritten(before).strip() == textwrap.dedent(after).strip()


def test_a_session_of_ones_own_in_a_with_stays() -> None:
    source = """
        with SessionLocal() as db:
            row = db.get(TaskStatus, status_id)
            row.status = 'running'
            db.commit()
            db.add(One())
            row.status = 'done'
            db.commit()
    """
    kept = """
        with SessionLocal() as db:
            db.add(One())
            db.commit()
    """
    own = replace(FACTS, own_session=True)
    assert rewritten(source, own).strip() == textwrap.dedent(kept).strip()
