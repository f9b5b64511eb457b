"""The server and the database of the storm: started, killed, and started again at the same address."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.environment import HOST, PYTHON, BenchError, for_child, production
from bench.servers import BACKPRESSURE, THREADS, WORKERS, free_port
from lms_backend import embedded_postgres
from lms_backend.embedded_postgres import account
from lms_backend.embedded_postgres.cluster import Cluster
from lms_backend.embedded_postgres.places import Places, installation
from lms_backend.environment import BASE_DIR

FOLDER = embedded_postgres.DEFAULT_FOLDER.parent / "storm"


class Fortress:
    """One PostgreSQL of its own, and the platform on it as its image serves it."""

    def __init__(self, server: embedded_postgres.Server) -> None:
        servant = account.current()
        places = Places(FOLDER)
        self.port = free_port()
        self.kills = self.stops = 0
        self.variables = production(
            server.url(embedded_postgres.RUNTIME_ROLE), server.url(embedded_postgres.OWNER_ROLE)
        )
        self._places = places
        self._servant = servant
        self._cluster = Cluster(places, servant.reachable(installation(), Path(server.host)), servant)
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    @contextmanager
    def built(cls) -> Iterator["Fortress"]:
        """Yield one with an empty, migrated database; in the end nothing of it is left."""
        embedded_postgres.stop(FOLDER)
        shutil.rmtree(FOLDER, ignore_errors=True)
        fortress = cls(embedded_postgres.start(FOLDER))
        try:
            migrate = [PYTHON, "manage.py", "migrate", "--verbosity", "0", "--no-input"]
            done = subprocess.run(migrate, env=for_child(fortress.variables), cwd=BASE_DIR, check=False)
            if done.returncode:
                message = "The database of the storm could not be migrated; see above."
                raise BenchError(message)
            yield fortress
        finally:
            fortress._end()
            embedded_postgres.stop(FOLDER)
            shutil.rmtree(FOLDER, ignore_errors=True)

    def serve(self) -> None:
        """Start the platform, in a process group of its own."""
        command = [
            *(PYTHON, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(self.port)),
            *("--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--backpressure", str(BACKPRESSURE)),
            "lms_backend.wsgi:application",
        ]
        self._process = subprocess.Popen(
            command, env=for_child(self.variables), cwd=BASE_DIR, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def kill_server(self) -> str:
        """Kill every process of the server at once, and start it anew."""
        self._end()
        self.kills += 1
        self.serve()
        return "server killed (-9) and started again"

    def stop_database(self) -> str:
        """Stop PostgreSQL without a checkpoint and without a word to its clients; start it two seconds later."""
        cluster = self._places.cluster
        code, output = self._servant.run(
            [
                *(self._cluster.program("pg_ctl"), "stop", "--mode", "immediate", "--wait"),
                *("--pgdata", self._servant.name_of(cluster)),
            ],
            cwd=cluster,
        )
        if code:
            message = f"PostgreSQL could not be stopped: {output}"
            raise BenchError(message)
        time.sleep(2)
        self._cluster.start()
        self.stops += 1
        return "PostgreSQL stopped (immediate) and started again"

    def _end(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
