"""The site in one command: it starts, its worker is brought back when killed, Ctrl-C ends both."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.either_database,  # it is served from SQLite, whatever the tests run on
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are found in /proc"),
]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = f"from pathlib import Path; from fondaco.web.serve import serve; serve(Path({str(tmp_path)!r}), '127.0.0.1', {port})"
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    server = subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.DEVNULL)
    try:
        until(lambda: is_healthy(port), 60)
        yield server, f"http://127.0.0.1:{port}"
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()


def is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def until(true: Callable[[], bool], seconds: float) -> None:
    for _ in range(int(seconds * 10)):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError(f"not true within {seconds} seconds")


def children(pid: int) -> list[int]:
    return [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]


@pytest.mark.requirement("X05")
def test_a_killed_worker_is_brought_back_and_both_end_together(
    served: tuple[subprocess.Popen[bytes], str],
) -> None:
    server, _ = served
    until(lambda: len(children(server.pid)) == 1, 10)
    (worker,) = children(server.pid)
    os.kill(worker, signal.SIGKILL)
    until(lambda: children(server.pid) not in ([], [worker]), 10)
    (second,) = children(server.pid)
    server.send_signal(signal.SIGINT)
    assert server.wait(30) == 0
    until(lambda: not Path(f"/proc/{second}").exists(), 10)


def test_a_worker_does_not_outlive_its_server(served: tuple[subprocess.Popen[bytes], str]) -> None:
    server, _ = served
    until(lambda: len(children(server.pid)) == 1, 10)
    (worker,) = children(server.pid)
    time.sleep(3)  # the worker has to be up before it can see its server go
    server.kill()
    server.wait()
    until(
        lambda: (
            not Path(f"/proc/{worker}").exists() or "Z" in Path(f"/proc/{worker}/stat").read_text().split()[2]
        ),
        15,
    )
