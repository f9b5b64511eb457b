"""What the tests of the core share."""

from uuid import UUID

import pytest

from apps.core.events import handles, registry
from apps.core.ids import new_id
from apps.core.tests.bells import BellRang, Listener


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Listener:
    monkeypatch.setattr(registry, "_handlers", {})
    found = Listener()

    def on_bell(event: BellRang) -> None:
        found(event)

    handles(BellRang)(on_bell)
    return found


@pytest.fixture
def bell() -> UUID:
    return new_id()
