"""Where the services are: what `make test-services` said."""

import os

import pytest


def address_of(variable: str) -> str:
    """Return a variable that the runner sets."""
    value = os.environ.get(variable)
    if not value:
        pytest.fail(f"{variable} is not set. This test needs a real service: run it with `make test-services`.")
    return value
