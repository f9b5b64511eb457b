"""An SMTP server whose mails the tests read from a folder; see `smtp_node.py`."""

from pathlib import Path

from scripts.services import installing
from scripts.services.processes import LOOPBACK, Processes, free_port, listens


def start(processes: Processes) -> dict[str, str]:
    """Start it; return where the tests find it and its mails."""
    folder = processes.folder / "mails"
    folder.mkdir()
    port = free_port()
    node = Path(__file__).with_name("smtp_node.py")
    command = [str(installing.python()), "-P", str(node), str(port), str(folder)]
    processes.start("smtp", command, ready=lambda: listens(port))
    return {"TEST_SMTP_HOST": LOOPBACK, "TEST_SMTP_PORT": str(port), "TEST_SMTP_FOLDER": str(folder)}
