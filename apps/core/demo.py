"""Demo data: two schools, filled app by app.

An app takes part with a module `demo` that has

    DEMO_STEPS = 16                             # optional: how often it calls `school.advance()` per school

    def seed_demo(school: DemoSchool) -> None:  # inside the school's context and in one transaction
    def seed_platform_demo() -> None:           # optional: rows of the platform itself, in a platform context

Apps are asked in the order of `INSTALLED_APPS`. What they make must follow from `school.random`, `school.now`
and natural keys alone, and making it a second time must change nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from random import Random
from types import ModuleType
from typing import Any, Final

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from apps.core.models import Tenant
from apps.core.tenancy.context import platform_context

DEMO_PASSWORD: Final = "password123"  # noqa: S105  printed in the README


@dataclass(frozen=True, slots=True)
class SchoolDefinition:
    """How a demo school is set up."""

    slug: str
    name: str
    theme: dict[str, str]


DEMO_SCHOOLS: Final = (
    SchoolDefinition("acme", "Acme Learning", {"primary_color": "#1d4ed8", "accent_color": "#f59e0b"}),
    SchoolDefinition("techu", "TechU Academy", {"primary_color": "#047857", "accent_color": "#7c3aed"}),
)


def _stand_still(_steps: int) -> None:
    """Show nobody how far the seeding is."""


@dataclass(kw_only=True)
class DemoSchool:
    """What an app's `seed_demo` works with.

    Args:
        tenant: the school; its context is open.
        random: chance that is the same at every run, of its own for each app and school.
        now: the moment that all times count back from.
        shared: what an app hands to those behind it, by names such as `users.learners`.
    """

    tenant: Tenant
    random: Random
    now: datetime
    shared: dict[str, Any] = field(default_factory=dict)
    on_advance: Callable[[int], None] = _stand_still

    @property
    def slug(self) -> str:
        return self.tenant.slug

    @property
    def mail_domain(self) -> str:
        """The domain of the school's demo addresses: `acme.local`."""
        return f"{self.tenant.slug}.local"

    def advance(self, n: int = 1) -> None:
        """Move the progress bar by `n` steps."""
        self.on_advance(n)


def ensure_demo_schools() -> list[Tenant]:
    """Return the demo schools as they are defined, made or put right where they were not."""
    with platform_context(reason="demo schools"):
        return [
            Tenant.objects.update_or_create(
                slug=definition.slug, defaults={"name": definition.name, "theme": definition.theme, "status": "active"}
            )[0]
            for definition in DEMO_SCHOOLS
        ]


def demo_modules() -> Iterator[tuple[str, ModuleType]]:
    """Yield label and `demo` module of each app that has demo data, in the order of `INSTALLED_APPS`."""
    for config in apps.get_app_configs():
        if not config.name.startswith("apps.") or not module_has_submodule(config.module, "demo"):
            continue
        module = import_module(f"{config.name}.demo")
        if hasattr(module, "seed_demo"):
            yield config.label, module
