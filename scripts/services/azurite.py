"""Azurite, Microsoft's own stand-in for Azure Blob Storage, where Node.js is there to run it."""

from typing import Final

from azure.storage.blob import BlobServiceClient

from scripts.services import installing
from scripts.services.processes import LOOPBACK, Processes, free_port, listens

# The account that every Azurite has, printed in Microsoft's documentation.
ACCOUNT: Final = "devstoreaccount1"
CONTAINER: Final = "lms-test"
KEY: Final = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def start(processes: Processes) -> dict[str, str]:
    """Start it with an empty container; return where the tests find it, or nothing where it cannot be had."""
    program = installing.azurite()
    if program is None:
        return {}
    port = free_port()
    folder = processes.folder / "azurite"
    options = ["--skipApiVersionCheck", "--disableTelemetry", "--silent"]
    command = [str(program), "--blobHost", LOOPBACK, "--blobPort", str(port), "--location", str(folder), *options]
    processes.start("azurite", command, ready=lambda: listens(port))
    endpoint = f"http://{LOOPBACK}:{port}/{ACCOUNT}"
    connection = f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};BlobEndpoint={endpoint};"
    with BlobServiceClient.from_connection_string(connection) as client:
        client.create_container(CONTAINER)
    return {"TEST_AZURE_CONNECTION_STRING": connection, "TEST_AZURE_CONTAINER": CONTAINER}
