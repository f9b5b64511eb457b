"""Where files lie: the local disk, a bucket that speaks S3, or a container of Azure Blob Storage."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from lms_backend.environment import env

CONNECT_SECONDS = 3
READ_SECONDS = 20
ATTEMPTS = 2


def from_environment() -> dict[str, Any]:
    """Return the entry `default` of STORAGES: S3 if a bucket is named, Azure if a container is, else the disk.

    Raises:
        ImproperlyConfigured: both are named, or the container comes without an account.
    """
    bucket, container = env.str("AWS_STORAGE_BUCKET_NAME", default=""), env.str("AZURE_CONTAINER", default="")
    if bucket and container:
        message = "AWS_STORAGE_BUCKET_NAME and AZURE_CONTAINER are both set: keep the one where the files are."
        raise ImproperlyConfigured(message)
    if bucket:
        return s3(
            bucket,
            access_key=env.str("AWS_ACCESS_KEY_ID", default=""),
            secret_key=env.str("AWS_SECRET_ACCESS_KEY", default=""),
            region=env.str("AWS_S3_REGION_NAME", default=""),
            endpoint_url=env.str("AWS_S3_ENDPOINT_URL", default=""),
            custom_domain=env.str("AWS_S3_CUSTOM_DOMAIN", default=""),
        )
    if container:
        return azure(
            container,
            connection_string=env.str("AZURE_CONNECTION_STRING", default=""),
            account_name=env.str("AZURE_ACCOUNT_NAME", default=""),
            account_key=env.str("AZURE_ACCOUNT_KEY", default=""),
        )
    return {"BACKEND": "django.core.files.storage.FileSystemStorage"}


def s3(
    bucket: str,
    *,
    access_key: str = "",
    secret_key: str = "",
    region: str = "",
    endpoint_url: str = "",
    custom_domain: str = "",
) -> dict[str, Any]:
    """Return the storage on a bucket; without keys boto3 finds those of the machine."""
    from botocore.config import Config  # noqa: PLC0415  not loaded where no bucket is

    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "access_key": access_key or None,
            "secret_key": secret_key or None,
            "region_name": region or None,
            "endpoint_url": endpoint_url or None,
            "custom_domain": custom_domain or None,
            "querystring_auth": True,
            "file_overwrite": False,
            "client_config": Config(
                signature_version="s3v4",
                # AWS: the bucket in the host name, which is that of its region. Others: a path below their one name.
                s3={"addressing_style": "path" if endpoint_url else "virtual"},
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                # Many that speak S3 refuse the checksums that newer SDKs add unasked.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        },
    }


def azure(
    container: str, *, connection_string: str = "", account_name: str = "", account_key: str = ""
) -> dict[str, Any]:
    """Return the storage on a container; signing needs the account's key, alone or in the connection string.

    Raises:
        ImproperlyConfigured: no account, or no key to sign with.
    """
    if not ("AccountKey=" in connection_string or (account_name and account_key)):
        message = (
            "AZURE_CONTAINER is set without its account: give AZURE_CONNECTION_STRING with an AccountKey, "
            "or AZURE_ACCOUNT_NAME and AZURE_ACCOUNT_KEY."
        )
        raise ImproperlyConfigured(message)
    return {
        "BACKEND": "storages.backends.azure_storage.AzureStorage",
        "OPTIONS": {
            "azure_container": container,
            "connection_string": connection_string or None,
            "account_name": account_name or None,
            "account_key": account_key or None,
            "overwrite_files": False,
            "timeout": READ_SECONDS,
        },
    }
