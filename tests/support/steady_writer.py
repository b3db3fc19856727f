"""Someone who keeps writing rows while a table changes, and minds how long each statement had to wait."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg


@dataclass
class Diary:
    """What the writer met with."""

    longest: float = 0.0
    """Seconds that the slowest statement took, its wait included."""
    written: int = 0
    errors: list[psycopg.Error] = field(default_factory=list[psycopg.Error])


@contextmanager
def steady_writer(url: str, statements: tuple[str, ...], *, patience: str) -> Iterator[Diary]:
    """Run the statements over and over, each committed; one that waits for a lock beyond `patience` is an error."""
    diary, ended, begun = Diary(), threading.Event(), threading.Event()

    def write() -> None:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f"SET lock_timeout = '{patience}'".encode())
            while not ended.is_set():
                for statement in statements:
                    start = time.monotonic()
                    try:
                        connection.execute(statement.encode())
                    except psycopg.Error as error:
                        diary.errors.append(error)
                    diary.longest = max(diary.longest, time.monotonic() - start)
                    diary.written += 1
                begun.set()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        begun.wait(60)
        yield diary
    finally:
        ended.set()
        thread.join()
