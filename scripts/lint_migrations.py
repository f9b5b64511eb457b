"""Lint the migrations of our apps: none may lock a table for long or break the release that still runs."""

import sys
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Lint every migration under `apps/`; 0 when none is dangerous."""
    sys.path.insert(0, str(ROOT))
    from lms_backend.environment import select_settings  # noqa: PLC0415  needs the path above

    select_settings()
    django.setup()
    from django.apps import apps  # noqa: PLC0415  needs django.setup()
    from django_migration_linter import MigrationLinter  # noqa: PLC0415

    ours = [app.label for app in apps.get_app_configs() if app.name.startswith("apps.")]
    linter = MigrationLinter(str(ROOT), include_apps=ours, no_cache=True, quiet=["ok", "ignore"])
    linter.lint_all_migrations()
    linter.print_summary()
    return 1 if linter.has_errors else 0


if __name__ == "__main__":
    sys.exit(main())
