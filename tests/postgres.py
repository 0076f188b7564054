"""A throw-away PostgreSQL for tests: one server for each pytest process, one database for each test.

Without PostgreSQL on the machine the tests that need it are skipped with a reason; on CI they fail.
"""

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from threading import Event
from uuid import uuid4

import psycopg
import pytest

_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "max_wal_size": "64MB",
    "autovacuum": "off",
    "logging_collector": "off",
}


# Stops the server also when this process is killed: then the pipe that `read` waits on is closed.
_GUARD = '"$@" & server=$!; read -r _; kill -INT $server; wait $server'


def program(name: str) -> str:
    """The newest installed PostgreSQL program of that name; skips (on CI: fails) if there is none."""
    packaged = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: path.parts[-3].zfill(4)
    )
    found = str(packaged[-1]) if packaged else shutil.which(name)
    if found is None:
        reason = f"PostgreSQL's {name} is not installed (Debian: apt-get install postgresql)"
        if os.environ.get("CI") == "true":  # noqa: TID251  (the product's settings do not know CI)
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@dataclass
class PostgresServer:
    """A server in `folder`; `url(database)` connects to one of its databases."""

    folder: Path
    port: int
    settings: Mapping[str, str] = field(default_factory=lambda: _SETTINGS)
    _process: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        """For SQLAlchemy and psycopg alike, over the loopback port."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The URL of a new database, a copy of `template`, dropped afterwards."""
        name = f"test_{uuid4().hex}"
        self.administrate(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self.administrate(f"DROP DATABASE {name} WITH (FORCE)")

    def administrate(self, statement: str) -> None:
        """Runs one statement outside any transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def start(self) -> None:
        """Starts it and returns once it can be connected to."""
        arguments = [program("postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder)]
        arguments += ["-p", str(self.port), "-h", "127.0.0.1"]
        for name, value in self.settings.items():
            arguments += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*_as_owner(), "sh", "-c", _GUARD, "sh", *arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        _await_ready(self, self.folder / "log")

    def stop(self) -> None:
        """Ends every connection and the server; its data stay."""
        if self._process is None or self._process.stdin is None:
            return
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process = None


@contextmanager
def new_server(**changed: str) -> Iterator[PostgresServer]:
    """A server for one test, which may stop and start it; skips the test if there is none.

    `changed` are other settings than those for quick tests, which survive no power failure.
    """
    server = replace(_initialised(), settings=_SETTINGS | changed)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


@cache
def postgres_server() -> PostgresServer:
    """The server of this process, started when first asked for; skips the test if there is none."""
    holder = new_server()
    server = holder.__enter__()
    atexit.register(holder.__exit__, None, None, None)
    return server


def _initialised() -> PostgresServer:
    initdb = program("initdb")
    folder = Path(tempfile.mkdtemp(prefix="headroom-postgres-"))
    owner = _owner()
    if owner is not None:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    subprocess.run(
        [*_as_owner(), initdb, "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-N"]
        + ["-E", "UTF8", "--locale=C"],
        check=True,
        capture_output=True,
        cwd=folder,
    )
    return PostgresServer(folder, _free_port())


def _await_ready(server: PostgresServer, log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(server.url("postgres")).close()
        except psycopg.OperationalError as error:
            status = None if server._process is None else server._process.poll()
            if status is not None or time.monotonic() > deadline:
                reason = f"PostgreSQL did not start (status {status}): {log.read_text()}"
                raise RuntimeError(reason) from error
            Event().wait(0.05)
        else:
            return


def _owner() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then it runs as the user `postgres`, or else `nobody`."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _as_owner() -> list[str]:
    """What precedes a command that is to run as that user.

    `Popen(user=...)` has to fork, and a fork of a process that serves gRPC dies of a segmentation fault
    now and then; without it Python starts programs by vfork, which runs none of gRPC's handlers.
    """
    owner = _owner()
    if owner is None:
        return []
    return ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
