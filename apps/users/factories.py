"""Test data: accounts and their sessions. Make them inside the tenant's context."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory
from rest_framework.test import APIClient

from apps.core.ids import new_id
from apps.core.tenancy.context import platform_context, tenant_context
from apps.users.choices import Role
from apps.users.models import Group, Session, User
from apps.users.tokens import Claims, sign_access_token, sign_refresh_token

PASSWORD = "correct horse battery staple"


class UserFactory(DjangoModelFactory[User]):
    """A learner whose password is not usable; `with_password=True` sets `PASSWORD` (and costs a hash)."""

    email = factory.Sequence(lambda n: f"person-{n}@school.test")
    first_name = "Pat"
    last_name = factory.Sequence(lambda n: f"Person {n}")
    roles = factory.LazyFunction(lambda: [Role.LEARNER])
    password = "!"

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        with_password = factory.Trait(password=factory.django.Password(PASSWORD))


class PlatformStaffFactory(UserFactory):
    """An account of the platform's staff: no tenant, no roles."""

    tenant = None
    roles = factory.LazyFunction(list)
    is_platform_staff = True

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        with platform_context(reason="test data"):
            return super()._create(model_class, *args, **kwargs)


class GroupFactory(DjangoModelFactory[Group]):
    name = factory.Sequence(lambda n: f"Group {n}")

    class Meta:
        model = Group


def start_session_of(user: User) -> Session:
    """Give `user` a session without going through the login."""
    now = timezone.now()
    scope = tenant_context(user.tenant_id) if user.tenant_id else platform_context(reason="test data")
    with scope:
        return Session.objects.create(
            tenant_id=user.tenant_id,
            user=user,
            refresh_jti=new_id(),
            created_at=now,
            last_used_at=now,
            expires_at=now + timedelta(days=30),
        )


def refresh_token_of(session: Session) -> str:
    """Return the refresh token that the session expects."""
    claims = Claims(
        user_id=session.user_id, tenant_id=session.tenant_id, session_id=session.id, token_id=session.refresh_jti
    )
    return sign_refresh_token(claims, now=timezone.now())


def client_of(user: User | None, **headers: str) -> APIClient:
    """Return an API client that sends an access token of `user`; of nobody when None."""
    client = APIClient(headers=headers)
    if user is not None:
        session = start_session_of(user)
        token = sign_access_token(
            user_id=user.id,
            tenant_id=user.tenant_id,
            session_id=session.id,
            roles=user.roles,
            now=timezone.now(),
        )
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client
