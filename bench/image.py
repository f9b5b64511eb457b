"""What the image has installed: the main group of the lock file, and nothing of the developers' tools.

Some libraries load others where they find them (structlog loads rich), so that a server in a developer's
environment takes more memory than the one that is shipped.
"""

import sys
import tomllib
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import packages_distributions
from types import ModuleType

from lms_backend.environment import BASE_DIR

MAIN = "main"


class _Refuse(MetaPathFinder):
    """Finds some modules before anyone else does, in order to say that they do not exist."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        if fullname.partition(".")[0] in self.names:
            message = f"{fullname} is not part of the image"
            raise ModuleNotFoundError(message, name=fullname)
        return None


def hide(names: str) -> None:
    """Let this process import none of the modules `names` (separated by commas)."""
    sys.meta_path.insert(0, _Refuse(frozenset(names.split(","))))


def what_the_image_lacks() -> str:
    """Return the modules that `poetry install --only main` does not install, separated by commas.

    Another process than the measured one asks for them: reading the lock file takes megabytes.
    """
    locked = tomllib.loads((BASE_DIR / "poetry.lock").read_text(encoding="utf-8"))["package"]
    others = {_normal(package["name"]) for package in locked if MAIN not in package["groups"]}
    return ",".join(
        module for module, names in packages_distributions().items() if {_normal(name) for name in names} <= others
    )


def _normal(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")
