#!/usr/bin/env python3
"""The command line of the project: `python manage.py help`."""

import sys


def main() -> None:
    """Choose the settings by `DJANGO_SETTINGS_ENV` and run one command."""
    try:
        from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415  the error below explains
        from django.core.management import execute_from_command_line  # noqa: PLC0415

        try:
            from lms_backend.environment import select_settings  # noqa: PLC0415  needs the dependencies too

            select_settings()
        except ImproperlyConfigured as error:
            sys.exit(str(error))
    except ImportError as error:
        sys.exit(f"{error}. Install the dependencies first: `make install`, or `poetry install`.")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(str(error))


if __name__ == "__main__":
    main()
