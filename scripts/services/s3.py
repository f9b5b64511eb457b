"""OpenStack Swift with its S3 API: one node, one replica. A server that checks signatures as strictly as Amazon's."""

import getpass
import os
import subprocess
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

import boto3
from botocore.config import Config

from scripts.services import installing
from scripts.services.errors import ServiceError
from scripts.services.processes import LOOPBACK, Processes, free_port, listens

ACCESS_KEY: Final = "test:tester"
SECRET_KEY: Final = "testing"  # noqa: S105  of a server that lives for one run
REGION: Final = "us-east-1"
BUCKET: Final = "lms-test"
BACK_ENDS: Final = ("account", "container", "object")
FILTERS: Final = {
    "catch_errors": "",
    "gatekeeper": "",
    "healthcheck": "",
    "listing_formats": "",
    "bulk": "",
    "s3api": f"location = {REGION}\ns3_acl = false\n",
    "tempauth": f"user_test_tester = {SECRET_KEY} .admin\n",
    "copy": "",
    "slo": "",
    "dlo": "",
    "versioned_writes": "allow_object_versioning = true\n",
    "symlink": "",
}
SWIFT_CONF: Final = """\
[swift-hash]
swift_hash_path_suffix = lms
swift_hash_path_prefix = lms
[storage-policy:0]
name = Policy-0
default = yes
[swift-constraints]
max_header_size = 16384
"""


def start(processes: Processes) -> dict[str, str]:
    """Start a node with an empty bucket; return where the tests find it.

    Raises:
        ServiceError: it does not start, or the disk cannot hold its files.
    """
    folder = processes.folder / "swift"
    (folder / "disks" / "d1").mkdir(parents=True)
    _require_extended_attributes(folder)
    (folder / "swift.conf").write_text(SWIFT_CONF, encoding="utf-8")
    for name in BACK_ENDS:
        _start_back_end(processes, folder, name)
    endpoint = _start_proxy(processes, folder)
    _create_bucket(endpoint)
    return {
        "TEST_S3_ENDPOINT_URL": endpoint,
        "TEST_S3_ACCESS_KEY": ACCESS_KEY,
        "TEST_S3_SECRET_KEY": SECRET_KEY,
        "TEST_S3_REGION": REGION,
        "TEST_S3_BUCKET": BUCKET,
    }


def _require_extended_attributes(folder: Path) -> None:
    probe = folder / "probe"
    probe.touch()
    try:
        os.setxattr(probe, "user.swift", b"x" * 1024)
    except OSError as error:
        message = f"Swift keeps metadata in extended attributes, and the disk of {folder} refuses them: {error}."
        raise ServiceError(message) from error
    probe.unlink()


def _start_back_end(processes: Processes, folder: Path, name: str) -> None:
    port = free_port()
    builder = str(folder / f"{name}.builder")
    for step in (["create", "4", "1", "1"], ["add", f"r1z1-{LOOPBACK}:{port}/d1", "1"], ["rebalance"]):
        # It answers 1 for "balanced, with warnings", which one disk alone always earns.
        subprocess.run(
            [installing.program("swift-ring-builder"), builder, *step], cwd=folder, check=False, capture_output=True
        )
    _write_configuration(folder, name, port, f"{name}-server", f"[app:{name}-server]\nuse = egg:swift#{name}\n")
    _start_server(processes, folder, name, port)


def _start_proxy(processes: Processes, folder: Path) -> str:
    port = free_port()
    application = "[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n"
    filters = "".join(f"[filter:{name}]\nuse = egg:swift#{name}\n{options}" for name, options in FILTERS.items())
    _write_configuration(folder, "proxy", port, f"{' '.join(FILTERS)} proxy-server", application + filters)
    _start_server(processes, folder, "proxy", port)
    return f"http://{LOOPBACK}:{port}"


def _write_configuration(folder: Path, name: str, port: int, pipeline: str, rest: str) -> None:
    text = (
        f"[DEFAULT]\nbind_ip = {LOOPBACK}\nbind_port = {port}\nworkers = 0\nuser = {getpass.getuser()}\n"
        f"swift_dir = {folder}\ndevices = {folder / 'disks'}\nmount_check = false\n"
        f"[pipeline:main]\npipeline = {pipeline}\n{rest}"
    )
    (folder / f"{name}-server.conf").write_text(text, encoding="utf-8")


def _start_server(processes: Processes, folder: Path, name: str, port: int) -> None:
    node = Path(__file__).with_name("swift_node.py")
    command = [str(installing.python()), "-P", str(node), name, str(folder / f"{name}-server.conf")]
    processes.start(f"swift-{name}", command, ready=lambda: _is_healthy(port) if name == "proxy" else listens(port))


def _is_healthy(port: int) -> bool:
    proxy = HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        proxy.request("GET", "/healthcheck")
        return proxy.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        proxy.close()


def _create_bucket(endpoint: str) -> None:
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name=REGION, aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY, config=Config(s3={"addressing_style": "path"}, proxies={}),
    )  # fmt: skip
    client.create_bucket(Bucket=BUCKET)
