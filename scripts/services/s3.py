"""OpenStack Swift with its S3 API: one node, one replica. A server that checks signatures as strictly as Amazon's."""

import getpass
import os
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
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
    ports = {name: free_port() for name in ("proxy", *BACK_ENDS)}
    with ThreadPoolExecutor(len(BACK_ENDS)) as pool:
        list(pool.map(lambda name: _build_ring(folder, name, ports[name]), BACK_ENDS))
    _write_configurations(folder, ports)
    node = [str(installing.python()), "-P", str(Path(__file__).with_name("swift_node.py"))]
    processes.start_together(
        {f"swift-{name}": [*node, name, str(_configuration(folder, name))] for name in ports},
        ready=lambda: _is_healthy(ports["proxy"]) and all(listens(ports[name]) for name in BACK_ENDS),
    )
    endpoint = f"http://{LOOPBACK}:{ports['proxy']}"
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


def _build_ring(folder: Path, name: str, port: int) -> None:
    builder = str(folder / f"{name}.builder")
    for step in (["create", "4", "1", "1"], ["add", f"r1z1-{LOOPBACK}:{port}/d1", "1"], ["rebalance"]):
        # It answers 1 for "done, with warnings", which one disk alone always earns.
        subprocess.run(
            [installing.program("swift-ring-builder"), builder, *step], cwd=folder, check=False, capture_output=True
        )


def _write_configurations(folder: Path, ports: Mapping[str, int]) -> None:
    filters = "".join(f"[filter:{name}]\nuse = egg:swift#{name}\n{options}" for name, options in FILTERS.items())
    for name, port in ports.items():
        pipeline, more = (" ".join(FILTERS), filters) if name == "proxy" else ("", "")
        _configuration(folder, name).write_text(
            f"[DEFAULT]\nbind_ip = {LOOPBACK}\nbind_port = {port}\nworkers = 0\nuser = {getpass.getuser()}\n"
            f"swift_dir = {folder}\ndevices = {folder / 'disks'}\nmount_check = false\n"
            f"[pipeline:main]\npipeline = {pipeline} {name}-server\n"
            f"[app:{name}-server]\nuse = egg:swift#{name}\naccount_autocreate = true\n{more}",
            encoding="utf-8",
        )


def _configuration(folder: Path, name: str) -> Path:
    return folder / f"{name}-server.conf"


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
