"""Inspect files in a process of its own that gets no more memory: `python -m tests.files.bounded MEGABYTES FILES…`.

Prints, as JSON, the code of each file and by how many bytes the process grew at its peak.
"""

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms_backend.settings.test")


def run(megabytes: int, paths: list[Path]) -> dict[str, Any]:
    """Warm up, close the purse, and look at the files."""
    from PIL import Image

    from apps.files.inspection import DEFAULT_ALLOWED, UnsafeFile, inspect

    Image.init()
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + megabytes * 1024 * 1024,) * 2)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    codes = {}
    for path in paths:
        with path.open("rb") as source:
            try:
                codes[path.name] = inspect(
                    source, name=path.name.split("_", 1)[1], size=path.stat().st_size, allowed=DEFAULT_ALLOWED
                )
            except UnsafeFile as error:
                codes[path.name] = error.code
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    return {"codes": codes, "grown_bytes": grown}


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]), [Path(path) for path in sys.argv[2:]])))  # noqa: T201  the answer
