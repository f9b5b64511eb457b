"""`python -m bench.heavy`: a file of some gigabytes up and down, both ways, and the server's memory meanwhile.

Runs on the configured store: the local disk, or S3 with the variables of `.env.example` in the environment.
"""

import argparse
import hashlib
import http.client
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from bench import database, servers
from bench.environment import HOST, BenchError, set_up_django
from bench.servers import RunningServer

BLOCK = os.urandom(1024 * 1024)
MEGABYTE = len(BLOCK)
# Stands in signed addresses of the local disk; the port of the server is known later.
PLACEHOLDER = "http://platform.invalid"
TENANT = "bench-small"
QUOTA_MB = 100_000
SECONDS_TO_PROCESS = 300


def content(size: int) -> Iterator[bytes]:
    """Yield `size` bytes of something that begins as an MP4 video does."""
    head = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42" + b"\x00\x00\x00\x01mdat"
    head += (size - len(head) + 8).to_bytes(8, "big")
    yield head
    left = size - len(head)
    while left > 0:
        yield BLOCK[:left]
        left -= min(left, MEGABYTE)


class Memory(threading.Thread):
    """Watches for the largest memory that the server's workers have had together."""

    def __init__(self, server: RunningServer) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.peak = 0
        self.stopped = False

    def run(self) -> None:
        while not self.stopped:
            self.peak = max(self.peak, sum(self.server.pss_bytes() or [0]))
            time.sleep(0.05)


@dataclass(frozen=True, slots=True)
class Client:
    """Sends requests as one learner."""

    port: int
    token: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Send JSON, and return the JSON of the answer."""
        headers = {"Authorization": f"Bearer {self.token}", "Host": "localhost", "Content-Type": "application/json"}
        answer = self.send(
            method, f"http://{HOST}:{self.port}{path}", headers, json.dumps(body).encode() if body else b""
        )
        return json.loads(answer.read() or b"null")

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: Any, size: int = 0
    ) -> http.client.HTTPResponse:
        """Send one request, its body block by block, and return the answer once its head is there.

        Raises:
            BenchError: it is no success.
        """
        parts = urlsplit(url.replace(PLACEHOLDER, f"http://{HOST}:{self.port}"))
        connection = http.client.HTTPConnection(parts.hostname or HOST, parts.port, timeout=600)
        length = {} if isinstance(body, bytes) else {"Content-Length": str(size)}
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, target, body=body, headers={**length, **headers})
        answer = connection.getresponse()
        if not 200 <= answer.status < 300:
            message = f"{method} {parts.path} answered {answer.status}: {answer.read(500)!r}"
            raise BenchError(message)
        return answer


def upload_simply(client: Client, size: int) -> str:
    """Send the file as a form; return its id."""
    boundary = "----boundary-of-the-benchmark"
    before = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="simple.mp4"\r\n'
        "Content-Type: video/mp4\r\n\r\n"
    ).encode()
    after = f"\r\n--{boundary}--\r\n".encode()

    def body() -> Iterator[bytes]:
        yield before
        yield from content(size)
        yield after

    answer = client.send(
        "POST", f"http://{HOST}:{client.port}/api/files/",
        {
            "Authorization": f"Bearer {client.token}", "Host": "localhost",
            "Content-Type": f"multipart/form-data; boundary={boundary}",
        },
        body(), len(before) + size + len(after),
    )  # fmt: skip
    return str(json.loads(answer.read())["id"])


def upload_directly(client: Client, size: int) -> str:
    """Reserve, send the parts to where the reservation says, complete; return the file's id."""
    digest = hashlib.sha256()
    for block in content(size):
        digest.update(block)
    wanted = {"name": "direct.mp4", "size_bytes": size, "media_type": "video/mp4", "sha256": digest.hexdigest()}
    upload = client.call("POST", "/api/files/uploads/", wanted)
    blocks = content(size)
    rest = b""
    for part in upload["parts"]:
        taken = bytearray(rest)
        while len(taken) < part["size_bytes"]:
            taken += next(blocks)
        rest = bytes(taken[part["size_bytes"] :])
        client.send(part["method"], part["url"], part["headers"], bytes(taken[: part["size_bytes"]])).read()
    client.call("POST", f"/api/files/uploads/{upload['id']}/complete/")
    deadline = time.monotonic() + SECONDS_TO_PROCESS
    while time.monotonic() < deadline:
        upload = client.call("GET", f"/api/files/uploads/{upload['id']}/")
        if upload["state"] != "processing":
            break
        time.sleep(0.5)
    if upload["state"] != "completed":
        message = f"The direct upload ended as {upload['state']}: {upload}"
        raise BenchError(message)
    return str(upload["file"])


def download(client: Client, file: str, size: int) -> None:
    """Fetch the whole file and compare its bytes."""
    address = client.call("GET", f"/api/files/{file}/download/")["url"]
    answer = client.send("GET", address, {}, b"")
    digest, wanted = hashlib.sha256(), hashlib.sha256()
    while block := answer.read(MEGABYTE):
        digest.update(block)
    for block in content(size):
        wanted.update(block)
    if digest.digest() != wanted.digest():
        message = "The downloaded bytes differ from those uploaded."
        raise BenchError(message)


def main() -> int:
    """Print seconds and peak memory of each way."""
    parser = argparse.ArgumentParser(prog="bench.heavy", description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=3.0)
    size = int(parser.parse_args().gigabytes * 1024**3)
    try:
        with ExitStack() as stack:
            server = database.server_at_hand()
            name = stack.enter_context(database.database_of_the_run(server, rebuild=False))
            media = stack.enter_context(TemporaryDirectory(dir=Path.cwd() / "bench"))
            variables = server.variables(name) | {"MEDIA_ROOT": media, "PUBLIC_BASE_URL": PLACEHOLDER}
            set_up_django(variables)
            token = _learner_with_room()
            platform = stack.enter_context(servers.platform_server(variables))
            _measure(platform, Client(platform.port, token), size)
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _measure(platform: RunningServer, client: Client, size: int) -> None:
    client.call("GET", "/api/files/")
    print(f"{size / 1024**3:g} GB; memory of the workers at the start: {_megabytes(sum(platform.pss_bytes() or [0]))}")
    files: dict[str, str] = {}
    steps: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("upload, form", lambda: files.update(simple=upload_simply(client, size))),
        ("download", lambda: download(client, files["simple"], size)),
        ("upload, direct", lambda: files.update(direct=upload_directly(client, size))),
        ("download", lambda: download(client, files["direct"], size)),
    )
    for title, step in steps:
        memory = Memory(platform)
        memory.start()
        started = time.perf_counter()
        step()
        memory.stopped = True
        print(f"{title:16} {time.perf_counter() - started:6.1f} s, peak memory {_megabytes(memory.peak)}", flush=True)


def _megabytes(count: int) -> str:
    return f"{count / MEGABYTE:.0f} MB"


def _learner_with_room() -> str:
    """Give the tenant's people room for the files; return the token of one."""
    from apps.core.models import SettingOverride  # noqa: PLC0415  models need a set-up Django
    from apps.core.tenancy.context import tenant_context  # noqa: PLC0415
    from bench.people import audience  # noqa: PLC0415

    people = audience(TENANT)
    with tenant_context(people.tenant_id):
        for key in ("files.quota_mb", "files.user_quota_mb", "files.max_file_mb"):
            SettingOverride.objects.create(key=key, value=QUOTA_MB)
    return people.readers[0].token


if __name__ == "__main__":
    sys.exit(main())
