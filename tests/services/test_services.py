"""The services are what they say: a stand-in that takes everything would prove nothing."""

import http.client
import os
import socket
from typing import Final
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

from apps.core.ids import new_id
from scripts.services.clamd import EICAR
from tests.services.addresses import address_of

pytestmark = [pytest.mark.services, pytest.mark.timeout(60)]

END: Final = bytes(4)


def scan(command: bytes, *chunks: bytes) -> bytes:
    """Say something to the scanner, and return its answer."""
    place = urlsplit(address_of("TEST_CLAMD_URL"))
    with socket.create_connection((str(place.hostname), place.port or 0), timeout=10) as scanner:
        scanner.sendall(command + b"".join(len(chunk).to_bytes(4) + chunk for chunk in chunks))
        return scanner.makefile("rb").read()


def test_the_scanner_answers_in_the_framing_of_the_command() -> None:
    assert scan(b"zPING\0") == b"PONG\0"
    assert scan(b"nPING\n") == b"PONG\n"
    assert scan(b"zVERSION\0").startswith(b"ClamAV ")


def test_the_scanner_finds_the_test_file_across_chunks_and_nothing_else() -> None:
    clean = scan(b"zINSTREAM\0", b"harmless", b"")
    infected = scan(b"zINSTREAM\0", EICAR[:30], EICAR[30:], b"")

    assert clean == b"stream: OK\0"
    assert infected.startswith(b"stream: ")
    assert infected.endswith(b" FOUND\0")


def test_the_scanner_refuses_a_stream_above_its_limit() -> None:
    endless = (2**32 - 1).to_bytes(4)

    assert scan(b"zINSTREAM\0" + endless).startswith(b"INSTREAM size limit exceeded. ERROR")


@pytest.mark.parametrize("signature", ["s3v4", "s3"])
def test_the_object_store_refuses_a_signature_that_was_made_for_something_else(signature: str) -> None:
    store = boto3.client(
        "s3",
        endpoint_url=address_of("TEST_S3_ENDPOINT_URL"),
        region_name=os.environ.get("TEST_S3_REGION", "us-east-1"),
        aws_access_key_id=address_of("TEST_S3_ACCESS_KEY"),
        aws_secret_access_key=address_of("TEST_S3_SECRET_KEY"),
        config=Config(signature_version=signature, s3={"addressing_style": "path"}),
    )
    bucket, mine, theirs = address_of("TEST_S3_BUCKET"), new_id().hex, new_id().hex
    for key in (mine, theirs):
        store.put_object(Bucket=bucket, Key=key, Body=key.encode())
    url = store.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": mine}, ExpiresIn=60)

    assert fetch(url) == (200, mine.encode())
    assert fetch(url.replace(mine, theirs))[0] == 403
    assert fetch(url.replace("Expires=60", "Expires=61") + "0")[0] == 403


def fetch(url: str) -> tuple[int, bytes]:
    place = urlsplit(url)
    store = http.client.HTTPConnection(place.netloc, timeout=10)
    try:
        store.request("GET", f"{place.path}?{place.query}")
        response = store.getresponse()
        return response.status, response.read()
    finally:
        store.close()
