"""The whole site in one command: migrations, the web server, and a worker beside it.

The worker is a process of its own, so that an import never slows a page down.  If it dies it is
started again, and the job it was at is queued again (see `fondaco.web.data.actions.recover`).
"""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType

from fondaco.kernel import InputError

#: Seconds that a worker gets to finish what it is at, before it is stopped for good.
PATIENCE = 20.0
#: Seconds before a worker that died is started again.
PAUSE = 1.0

log = logging.getLogger("fondaco.web.serve")


def serve(home: Path, host: str = "127.0.0.1", port: int = 8000, *, reload: bool = False) -> None:
    """Serve the workspace in `home` at ``http://host:port/`` until Ctrl-C or SIGTERM.

    Parameters
    ----------
    home
        The workspace folder; made if it is not there.
    host, port
        Where to listen.
    reload
        For developing: debug pages, and the server starts again when code changes.

    Raises
    ------
    InputError
        When one cannot listen there; nothing has been started or written then.
    """
    place = _bound(host, port)
    prepare(home, host, port, debug=reload)
    if reload:
        place.close()
        _serve_reloading(host, port)
        return
    worker = Supervisor()
    worker.start()
    threading.Thread(target=_warm, name="warm", daemon=True).start()
    previous = signal.signal(signal.SIGTERM, _interrupt)
    try:
        _listen(place)
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, previous)
        worker.stop()


def prepare(home: Path, host: str = "127.0.0.1", port: int = 8000, *, debug: bool = False) -> None:
    """Set the environment for this home, start Django and bring the database up to date."""
    os.environ["FONDACO_HOME"] = str(Path(home).expanduser().absolute())
    os.environ["PORT"] = str(port)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fondaco.web.settings")
    if debug:
        os.environ["DEBUG"] = "True"
    if "ALLOWED_HOSTS" not in os.environ and host not in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "::"):  # noqa: S104
        os.environ["ALLOWED_HOSTS"] = f"localhost,127.0.0.1,[::1],{host}"

    import django
    from django.core.management import call_command

    from fondaco.ledger.scratch import sweep_workspace

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    sweep_workspace(Path(os.environ["FONDACO_HOME"]))


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    raise KeyboardInterrupt


def _warm() -> None:
    """Load what the first pages need, and one firm's scorecard, so that nobody waits for it."""
    from django.urls import get_resolver

    from fondaco import workflows
    from fondaco.kernel.errors import FondacoError
    from fondaco.web.accounts.access import workspace

    _ = get_resolver().url_patterns  # the views, and with them the charts
    for firm in workspace().firms()[:1]:
        try:
            workflows.scorecard_of(workspace(), firm.slug)
        except FondacoError:
            log.warning("no scorecard of %s yet: its page says why", firm.slug)


def _bound(host: str, port: int) -> socket.socket:
    """Take the address before anything else is done; nobody is answered until the server listens."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        place = socket.socket(family, kind, protocol)
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            said = f"Port {port} is in use: stop what runs there, or choose another (--port)."
        else:
            said = f"Nobody can listen on {host}, port {port} here ({error.strerror}): choose another (--host, --port)."
        raise InputError(said) from None
    return place


def _listen(place: socket.socket) -> None:
    import waitress
    from django.conf import settings

    from fondaco.web.wsgi import application

    waitress.serve(
        application,
        sockets=[place],
        threads=8,
        ident=None,
        # The form's own bytes beside the files; Django's handler holds the files to the limit.
        max_request_body_size=settings.UPLOAD_LIMIT + 16 * 1024 * 1024,
        channel_timeout=300,
        clear_untrusted_proxy_headers=settings.ALLAUTH_TRUSTED_PROXY_COUNT == 0,
    )


def _serve_reloading(host: str, port: int) -> None:
    """Django's own server, with a worker that reloads too."""
    from django.core.management import call_command

    first = os.environ.get("RUN_MAIN") != "true"
    worker = (
        subprocess.Popen([sys.executable, "-m", "fondaco.web", "db_worker", "--interval", "0.5", "--reload"])
        if first
        else None
    )
    try:
        call_command("runserver", f"{host}:{port}", "--nostatic")
    finally:
        if worker is not None:
            worker.terminate()


class Supervisor:
    """Keeps one worker process running."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._watch, name="worker-supervisor", daemon=True)

    def start(self) -> None:
        """Start the worker, and watch over it."""
        self._thread.start()

    def stop(self) -> None:
        """Let the worker finish what it is at, or stop it after a while."""
        self._stopping.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                log.warning("the worker was stopped amid a job; it is queued again at the next start")
                process.kill()
                process.wait()
        self._thread.join(PATIENCE)

    def _watch(self) -> None:
        while not self._stopping.is_set():
            # A group of its own: Ctrl-C reaches the server, which then tells the worker in order.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "fondaco.web", "work", "--server", str(os.getpid())],
                start_new_session=True,
            )
            status = self._process.wait()
            if not self._stopping.is_set():
                log.error("the worker ended with status %s and is started again", status)
                self._stopping.wait(PAUSE)
