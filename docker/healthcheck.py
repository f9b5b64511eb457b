"""Exit 0 when the web process of this container answers /health, under a host name that it accepts."""

import os
import sys
import urllib.request

SECONDS = 3


def main() -> int:
    """Ask once."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    url = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/health"
    request = urllib.request.Request(url, headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  a constant scheme
            return 0 if answer.status == 200 else 1  # noqa: PLR2004
    except OSError as error:
        print(error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
