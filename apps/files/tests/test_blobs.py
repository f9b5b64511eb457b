"""The school's one row for equal bytes."""

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from apps.core.models import Tenant
from apps.files.models import Blob
from apps.files.services.contents import Content
from apps.files.services.versions import _blob_of

CONTENT = Content(key="school/uploads/new", sha256="0" * 64, size_bytes=3, media_type="text/plain")


def test_bytes_that_are_collected_at_this_moment_are_stored_anew(in_school: Tenant) -> None:
    Blob.objects.create(key="school/uploads/old", sha256=CONTENT.sha256, size_bytes=3, media_type="text/plain")
    collected: list[str] = []

    def collect_first(execute: Callable[..., Any], sql: str, params: Any, many: Any, context: Any) -> Any:
        """Take the old row away between the two statements, as the nightly collection may."""
        if "FOR NO KEY UPDATE" in sql and not collected:
            collected.append(sql)
            Blob.objects.all().delete()
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(collect_first):
        blob, is_new = _blob_of(CONTENT)

    assert (blob.key, is_new, len(collected)) == (CONTENT.key, True, 1)
