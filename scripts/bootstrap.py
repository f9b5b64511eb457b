"""Make `.venv` from `poetry.lock` with nothing but Python: an isolated Poetry, then the locked dependencies.

Needs only the standard library. A stamp makes the second run take a moment; it runs again when the lock changes.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLING = ROOT / ".tooling"
VENV = ROOT / ".venv"
POETRY = TOOLING / "poetry"
POETRY_PACKAGES = ("poetry==2.5.1", "poetry-plugin-export==1.10.1")
OLDEST, TOO_NEW = (3, 11), (3, 14)
BIN = "Scripts" if os.name == "nt" else "bin"


class BootstrapError(Exception):
    """What the person at the keyboard should read, in one line."""


def main() -> int:
    """Bring the environment up to date; 0 when it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--with", dest="groups", default="", help="optional dependency groups, comma-separated")
    groups = sorted(filter(None, parser.parse_args().groups.split(",")))
    try:
        check_python()
        with explained_refusals(), one_at_a_time():
            install(groups)
    except BootstrapError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped; run it again to go on.\n")
        return 130
    return 0


def check_python() -> None:
    """Refuse a Python that is too old, too new, or torn apart by the distribution."""
    if not OLDEST <= sys.version_info[:2] < TOO_NEW:
        found = ".".join(map(str, sys.version_info[:3]))
        message = f"Python 3.11, 3.12 or 3.13 is needed, this is {found}: set PYTHON=/path/to/python3.12."
        raise BootstrapError(message)
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        version = ".".join(map(str, sys.version_info[:2]))
        message = f"This Python lacks venv and pip: `apt install python{version}-venv` (Debian, Ubuntu), or set PYTHON."
        raise BootstrapError(message)


@contextmanager
def explained_refusals() -> Iterator[None]:
    """Turn the operating system's refusals into one line."""
    try:
        yield
    except PermissionError as error:
        message = f"No permission to write {error.filename}: use a checkout of your own."
        raise BootstrapError(message) from error
    except OSError as error:
        message = f"{error.strerror}: {error.filename or ROOT}."
        raise BootstrapError(message) from error


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let a second bootstrap of the same checkout wait for the first."""
    TOOLING.mkdir(exist_ok=True)
    with (TOOLING / "lock").open("w") as lock:
        if os.name != "nt":
            import fcntl  # noqa: PLC0415  absent on Windows

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install(groups: list[str]) -> None:
    """Install the locked dependencies unless they are there."""
    stamp = VENV / "installed"
    wanted = fingerprint()
    installed = read_stamp(stamp)
    if installed[:1] == [wanted] and set(groups) <= set(installed[1:]) and python_of(VENV).exists():
        return
    groups = sorted({*groups, *installed[1:]})
    ensure_poetry()
    ensure_venv(VENV)
    print("Installing the locked dependencies into .venv", flush=True)
    options = [f"--with={','.join(groups)}"] if groups else []
    code, output = poetry("install", *options)
    if code:
        # Poetry asks PyPI's JSON API and nothing else; pip also knows mirrors and proxies set up for it.
        code, output = install_with_pip(options)
    if code:
        message = f"The dependencies could not be installed:\n{tail(output)}"
        raise BootstrapError(message)
    stamp.write_text("\n".join([wanted, *groups]), encoding="utf-8")


def fingerprint() -> str:
    """Identify what `.venv` is made from."""
    digest = hashlib.sha256((ROOT / "poetry.lock").read_bytes())
    digest.update(str(ROOT).encode())
    return digest.hexdigest()


def read_stamp(stamp: Path) -> list[str]:
    """Return the fingerprint and the optional groups of the last installation."""
    return stamp.read_text(encoding="utf-8").split() if stamp.exists() else []


def python_of(venv: Path) -> Path:
    """Return the interpreter of an environment."""
    return venv / BIN / ("python.exe" if os.name == "nt" else "python")


def ensure_venv(venv: Path) -> None:
    """Create an environment, or replace one whose interpreter is gone or of another checkout."""
    if python_of(venv).exists() and run([str(python_of(venv)), "-m", "pip", "--version"])[0] == 0:
        return
    shutil.rmtree(venv, ignore_errors=True)
    code, output = run([sys.executable, "-m", "venv", str(venv)])
    if code:
        message = f"The environment {venv} could not be made:\n{tail(output)}"
        raise BootstrapError(message)


def ensure_poetry() -> None:
    """Install the pinned Poetry into an environment of its own."""
    stamp = POETRY / "installed"
    if read_stamp(stamp) == list(POETRY_PACKAGES) and python_of(POETRY).exists():
        return
    print(f"Installing {POETRY_PACKAGES[0]} into .tooling", flush=True)
    ensure_venv(POETRY)
    code, output = run([str(python_of(POETRY)), "-m", "pip", "install", "--quiet", *POETRY_PACKAGES])
    if code:
        message = f"Poetry could not be installed:\n{tail(output)}"
        raise BootstrapError(message)
    stamp.write_text("\n".join(POETRY_PACKAGES), encoding="utf-8")


def install_with_pip(options: list[str]) -> tuple[int, str]:
    """Install exactly what the lock says, hashes included, by way of pip."""
    requirements = TOOLING / "requirements.txt"
    code, output = poetry("export", "--all-groups" if options else "--with=embedded,dev", "--output", str(requirements))
    if code:
        return code, output
    arguments = ["install", "--quiet", "--no-deps", "--require-hashes", "--requirement", str(requirements)]
    return run([str(python_of(VENV)), "-m", "pip", *arguments])


def poetry(*arguments: str) -> tuple[int, str]:
    """Run our Poetry on this project."""
    return run([str(python_of(POETRY)), "-m", "poetry", "--no-interaction", "--no-ansi", *arguments])


def run(command: list[str]) -> tuple[int, str]:
    """Run a command, isolated from the person's own environments; return exit code and output."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "PIP_REQUIRE_VIRTUALENV", "PIP_USER"}
    }
    environment |= {
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "POETRY_CACHE_DIR": str(TOOLING / "cache"),
        "POETRY_CONFIG_DIR": str(TOOLING / "config"),
        "POETRY_DATA_DIR": str(TOOLING / "data"),
        "POETRY_VIRTUALENVS_IN_PROJECT": "true",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    result = subprocess.run(
        command, cwd=ROOT, env=environment, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return result.returncode, result.stdout


def tail(output: str) -> str:
    """Return the last lines of a program's output."""
    return "\n".join(output.strip().splitlines()[-15:])


if __name__ == "__main__":
    sys.exit(main())
