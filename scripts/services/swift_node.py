"""One server of a Swift node, run by the interpreter that has Swift: `swift_node.py proxy FOLDER/proxy-server.conf`.

Swift reads `/etc/swift/swift.conf`, wherever the rest of its configuration lies; this reads the one beside it.
"""

import importlib
import sys
from pathlib import Path

from swift.common import utils

MODULES = {"proxy": "proxy", "account": "account", "container": "container", "object": "obj"}


def main() -> None:
    """Serve until stopped."""
    name, configuration = sys.argv[1:]
    utils.SWIFT_CONF_FILE = str(Path(configuration).with_name("swift.conf"))
    sys.argv[1:] = [configuration]
    importlib.import_module(f"swift.{MODULES[name]}.server").main()


if __name__ == "__main__":
    main()
