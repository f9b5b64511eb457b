"""The people of every test: two schools, and somebody of each role in the first."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from apps.core.factories import TenantFactory
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.choices import Role
from apps.users.factories import PlatformStaffFactory, UserFactory, client_of
from apps.users.models import User

ClientOf = Callable[[User | None], APIClient]


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Throttles and other cached facts of one test do not reach the next."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def school(db: None) -> Tenant:
    """Return the school at hand, without opening its context."""
    return TenantFactory.create(slug="maple", name="Maple School")


@pytest.fixture
def other_school(db: None) -> Tenant:
    """Return the neighbour."""
    return TenantFactory.create(slug="birch", name="Birch School")


def _person(tenant: Tenant, *roles: Role, email: str) -> User:
    with tenant_context(tenant):
        return UserFactory.create(roles=list(roles), email=email)


@pytest.fixture
def learner(school: Tenant) -> User:
    return _person(school, Role.LEARNER, email="learner@maple.test")


@pytest.fixture
def instructor(school: Tenant) -> User:
    return _person(school, Role.INSTRUCTOR, email="instructor@maple.test")


@pytest.fixture
def admin(school: Tenant) -> User:
    return _person(school, Role.ADMIN, email="admin@maple.test")


@pytest.fixture
def principal(school: Tenant) -> User:
    return _person(school, Role.PRINCIPAL, email="principal@maple.test")


@pytest.fixture
def stranger(other_school: Tenant) -> User:
    """Return the admin of the neighbour: the most powerful person who must see nothing."""
    return _person(other_school, Role.ADMIN, email="admin@birch.test")


@pytest.fixture
def platform_staff(db: None) -> User:
    return PlatformStaffFactory.create(email="staff@platform.test")


@pytest.fixture
def as_user() -> ClientOf:
    """Return a function from a person to an API client with their access token."""
    return client_of


@pytest.fixture
def in_school(school: Tenant) -> Iterator[Tenant]:
    """Open the school's context for the test's own queries."""
    with tenant_context(school):
        yield school
