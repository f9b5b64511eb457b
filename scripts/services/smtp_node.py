"""An SMTP server that keeps what it gets, run by the interpreter that has aiosmtpd: `smtp_node.py PORT FOLDER`.

Each mail becomes a file `<number>.eml`, in the order of arrival, with `X-MailFrom` and `X-RcptTo` from its envelope.
Recipients at `refused.test` do not exist (550); those at `later.test` are told to come again (451).
"""

import itertools
import signal
import sys
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

ANSWERS = {
    "refused.test": "550 5.1.1 No such mailbox",
    "later.test": "451 4.3.0 Try again later",
}


class Folder:
    """Answers the server's questions about each mail."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = itertools.count(1)

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, or refuse it by its domain."""
        answer = ANSWERS.get(address.rpartition("@")[2])
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  the same
        """Keep a mail: complete from the moment that its file has this name."""
        head = f"X-MailFrom: {envelope.mail_from}\r\nX-RcptTo: {', '.join(envelope.rcpt_tos)}\r\n"
        draft = self.folder / "draft"
        draft.write_bytes(head.encode() + (envelope.original_content or b""))
        draft.rename(self.folder / f"{next(self.numbers):06}.eml")
        return "250 OK"


def main() -> None:
    """Serve until stopped."""
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    Controller(Folder(folder), hostname="127.0.0.1", port=port).start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
