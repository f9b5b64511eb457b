"""`manage.py test` runs pytest: `manage.py test apps/`, `manage.py test apps.courses`."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lms_backend.environment import BASE_DIR, SETTINGS_VARIABLE, TEST_SETTINGS


class PytestRunner:
    """A Django test runner that hands the labels to pytest in a process with the test settings."""

    def __init__(self, *, verbosity: int = 1, failfast: bool = False, **_options: Any) -> None:
        self.arguments = [f"-{'v' * (verbosity - 1)}"] if verbosity > 1 else []
        self.arguments += ["--exitfirst"] if failfast else []

    @classmethod
    def add_arguments(cls, parser: ArgumentParser) -> None:
        """Add what the command takes beside Django's own options."""
        parser.add_argument("--failfast", action="store_true", help="stop at the first failure")

    def run_tests(self, test_labels: Sequence[str], **_options: Any) -> int:
        """Run the tests under `test_labels` (paths or dotted names; none: all) and return the exit code."""
        command = [sys.executable, "-m", "pytest", *self.arguments, *map(as_path, test_labels)]
        environment = {**os.environ, SETTINGS_VARIABLE: TEST_SETTINGS}
        return subprocess.run(command, cwd=BASE_DIR, env=environment, check=False).returncode  # noqa: S603  our own arguments


def as_path(label: str) -> str:
    """Turn a dotted label into what pytest takes: a folder, a module, or `module.py::Class::test`."""
    if "/" in label or Path(BASE_DIR, label).exists():
        return label
    parts = label.split(".")
    for end in range(len(parts), 0, -1):
        stem = Path(*parts[:end])
        for candidate in (stem, stem.with_name(f"{stem.name}.py")):
            if Path(BASE_DIR, candidate).exists():
                return "::".join([str(candidate), *parts[end:]])
    return label
