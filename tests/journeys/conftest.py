"""People of the demo schools, who log in with their password."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

LogIn = Callable[[str], APIClient]


@pytest.fixture
def log_in(demo_schools: None) -> LogIn:
    """Return a function from an address to a client that has logged in with the demo password."""

    def with_password(email: str) -> APIClient:
        client = APIClient(SERVER_NAME="localhost")
        answer = client.post("/api/auth/login/", {"email": email, "password": "password123"})
        assert answer.status_code == 200, answer.content
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access']}")
        return client

    return with_password
