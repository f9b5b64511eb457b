"""`seed_demo_data`: two demo schools with people, courses and history."""

import sys
from argparse import ArgumentParser
from dataclasses import replace
from datetime import datetime
from random import Random
from types import ModuleType
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from apps.core.demo import DemoSchool, demo_modules, ensure_demo_schools
from apps.core.models import Tenant
from apps.core.services import delete_tenant_objects, delete_tenant_rows
from apps.core.tenancy.context import platform_context, tenant_context
from apps.core.tenancy.models import is_tenant_model


class Command(BaseCommand):
    """Fill two demo schools; what is there already stays as it is."""

    help = "Fill two demo schools (Acme Learning, TechU Academy) with realistic data. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--clear", action="store_true", help="first delete everything that the two schools hold")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed app by app and school by school, then print how much there is."""
        schools = ensure_demo_schools()
        if options["clear"]:
            for school in schools:
                delete_tenant_rows(tenant=school)
                delete_tenant_objects(tenant=school)
        modules = list(demo_modules())
        total = len(schools) * sum(steps_of(module) for _, module in modules)
        with tqdm(total=total, desc="Demo data", unit="step", file=sys.stderr, disable=options["verbosity"] < 1) as bar:
            seed(schools, modules, bar)
        if options["verbosity"]:
            self.stdout.write(summary(schools))


def steps_of(module: ModuleType) -> int:
    """Return the share of an app in the progress bar, per school."""
    return int(getattr(module, "DEMO_STEPS", 1))


def seed(schools: list[Tenant], modules: list[tuple[str, ModuleType]], bar: "tqdm[Any]") -> None:
    """Let every app add its rows: first those of the platform, then school by school."""
    with platform_context(reason="demo data of the platform"):
        for _, module in modules:
            if hasattr(module, "seed_platform_demo"):
                module.seed_platform_demo()
    now = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    for tenant in schools:
        seed_school(tenant, modules, bar, now=now)


def seed_school(tenant: Tenant, modules: list[tuple[str, ModuleType]], bar: "tqdm[Any]", *, now: datetime) -> None:
    """Let every app add its rows to one school, each in a transaction of its own: events flow in between."""
    school = DemoSchool(tenant=tenant, random=Random(tenant.slug), now=now)  # noqa: S311  demo data
    for label, module in modules:
        share = Share(bar, steps_of(module))
        dice = Random(f"{tenant.slug}/{label}")  # noqa: S311  an app's changes leave the others' data as it is
        with tenant_context(tenant), transaction.atomic():
            module.seed_demo(replace(school, random=dice, on_advance=share.advance))
        share.finish()


class Share:
    """The part of the progress bar that belongs to one app and school."""

    def __init__(self, bar: "tqdm[Any]", steps: int) -> None:
        self.bar = bar
        self.left = steps

    def advance(self, steps: int) -> None:
        """Move on, but not beyond the share."""
        steps = min(steps, self.left)
        self.left -= steps
        self.bar.update(steps)

    def finish(self) -> None:
        """Move to the end of the share."""
        self.advance(self.left)


def summary(schools: list[Tenant]) -> str:
    """Return a table: what the schools hold, one line per kind of row."""
    lines = [f"{'':32}" + "".join(f"{school.name:>16}" for school in schools)]
    for model in apps.get_models():
        if not is_tenant_model(model) or model._meta.app_label == "core":
            continue
        counts = []
        for school in schools:
            with tenant_context(school):
                counts.append(model._default_manager.count())
        if any(counts):
            lines.append(f"{model._meta.verbose_name_plural!s:32}" + "".join(f"{count:>16,}" for count in counts))
    return "\n".join(lines)
