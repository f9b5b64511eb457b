"""Which store the environment asks for."""

import os

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from apps.core.storage import object_store
from apps.core.storage.local import LocalStore
from apps.core.storage.s3 import S3Store
from lms_backend.settings import stores

ACCOUNT = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net"


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    found: dict[str, str] = {}
    monkeypatch.setattr(os, "environ", found)
    monkeypatch.setattr(environ.Env, "ENVIRON", found)
    return found


def test_nothing_named_is_the_local_disk(variables: dict[str, str]) -> None:
    assert stores.from_environment() == {"BACKEND": "django.core.files.storage.FileSystemStorage"}


def test_a_bucket_is_s3(variables: dict[str, str]) -> None:
    variables |= {"AWS_STORAGE_BUCKET_NAME": "media", "AWS_S3_ENDPOINT_URL": "http://objects:9000"}

    storage = stores.from_environment()

    assert storage["BACKEND"] == "storages.backends.s3.S3Storage"
    assert storage["OPTIONS"]["bucket_name"] == "media"
    assert storage["OPTIONS"]["client_config"].s3 == {"addressing_style": "path"}


@pytest.mark.parametrize(
    "account",
    [{"AZURE_CONNECTION_STRING": ACCOUNT}, {"AZURE_ACCOUNT_NAME": "a", "AZURE_ACCOUNT_KEY": "c2VjcmV0"}],
)
def test_a_container_is_azure(variables: dict[str, str], account: dict[str, str]) -> None:
    variables |= {"AZURE_CONTAINER": "media", **account}

    storage = stores.from_environment()

    assert storage["BACKEND"] == "storages.backends.azure_storage.AzureStorage"
    assert storage["OPTIONS"]["azure_container"] == "media"


def test_a_container_without_a_key_is_refused(variables: dict[str, str]) -> None:
    variables |= {"AZURE_CONTAINER": "media", "AZURE_ACCOUNT_NAME": "a"}

    with pytest.raises(ImproperlyConfigured, match="AZURE_ACCOUNT_KEY"):
        stores.from_environment()


def test_two_stores_at_once_are_refused(variables: dict[str, str]) -> None:
    variables |= {"AZURE_CONTAINER": "media", "AWS_STORAGE_BUCKET_NAME": "media"}

    with pytest.raises(ImproperlyConfigured, match="both set"):
        stores.from_environment()


def test_the_store_follows_the_settings(settings: Settings) -> None:
    assert isinstance(object_store(), LocalStore)
    assert object_store() is object_store()

    bucket = stores.s3("media", access_key="id", secret_key="secret", region="eu-west-1")
    settings.STORAGES = settings.STORAGES | {"default": bucket}

    assert isinstance(object_store(), S3Store)


def test_a_storage_that_has_no_object_store_is_refused(settings: Settings) -> None:
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = settings.STORAGES | {"default": memory}

    with pytest.raises(ImproperlyConfigured, match="InMemoryStorage"):
        object_store()
