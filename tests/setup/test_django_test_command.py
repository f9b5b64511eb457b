"""`manage.py test` runs pytest, with labels as Django knows them."""

import os
import subprocess
import sys

import pytest

from lms_backend.environment import BASE_DIR
from lms_backend.pytest_runner import PytestRunner, as_path


@pytest.mark.parametrize(
    ("label", "path"),
    [
        ("apps/", "apps/"),
        ("apps", "apps"),
        ("apps.courses", "apps/courses"),
        ("tests.setup.test_demo", "tests/setup/test_demo.py"),
        ("tests.setup.test_demo.Case.test_it", "tests/setup/test_demo.py::Case::test_it"),
        ("nothing.of.ours", "nothing.of.ours"),
    ],
)
def test_labels_name_what_pytest_takes(label: str, path: str) -> None:
    assert as_path(label) == path


@pytest.mark.timeout(60)
def test_the_command_runs_the_tests_that_the_label_names() -> None:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    result = subprocess.run(
        [sys.executable, "manage.py", "test", "--verbosity", "2", "--failfast", "tests.setup.test_environment"],
        cwd=BASE_DIR, env=inherited, check=False, text=True, capture_output=True,
    )  # fmt: skip

    assert result.returncode == 0, result.stdout
    assert " passed" in result.stdout.splitlines()[-1]


@pytest.mark.timeout(60)
def test_what_cannot_be_run_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PYTEST")]:
        monkeypatch.delenv(name)

    assert PytestRunner(verbosity=2, failfast=True).run_tests(["nothing.of.ours"]) != 0
