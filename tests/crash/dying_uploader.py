"""Processes that reserve, complete and abort uploads without end, until each is killed (SIGKILL) at some statement.

Run as a program: `python -m tests.crash.dying_uploader`. Django is loaded once; the work happens in forks, several
at once, again and again. At which statement each dies is drawn by lot: before it has run, or right after.
"""

import hashlib
import json
import os
import random
import signal
import sys
from collections.abc import Callable
from typing import Any
from uuid import UUID

DATABASE = "DYING_UPLOADER_DATABASE"
MEDIA = "DYING_UPLOADER_MEDIA"
TENANT = "DYING_UPLOADER_TENANT"
ROUNDS = "DYING_UPLOADER_ROUNDS"
UPLOADERS = 5
LIFE = (20, 300)  # statements; an upload takes some twenty


class Death:
    """Counts the statements of a process, and kills it at one of them."""

    def __init__(self, chance: random.Random) -> None:
        self.left = chance.randrange(*LIFE)
        self.is_before = chance.random() < 0.5

    def __call__(self, execute: Callable[..., Any], *statement: Any) -> Any:
        self.left -= 1
        if self.left <= 0 and self.is_before:
            os.kill(os.getpid(), signal.SIGKILL)
        result = execute(*statement)
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result


def upload_without_end(seed: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from apps.core.errors import DomainError
    from apps.core.storage import object_store
    from apps.core.tenancy.context import tenant_context
    from apps.files.services.uploads import abort_upload, complete_upload, reserve_upload
    from apps.users.models import User

    chance = random.Random(seed)
    with tenant_context(UUID(os.environ[TENANT])), connection.execute_wrapper(Death(chance)):
        person = User.objects.get(email="learner@maple.test")
        while True:
            body = f"text {chance.random()}\n".encode() * 1000
            digest = hashlib.sha256(body).hexdigest()
            try:
                upload = reserve_upload(
                    by=person, name="x.txt", size_bytes=len(body), sha256=digest, now=timezone.now()
                )
                object_store().write(upload.key, [body], media_type="text/plain")
                if chance.random() < 0.5:
                    complete_upload(upload=upload, by=person, now=timezone.now())
                else:
                    abort_upload(upload=upload, by=person)
            except DomainError:
                continue  # the quota is full: somebody will abort


def main() -> None:
    import django
    from django.conf import settings

    settings.DATABASES["default"].update(json.loads(os.environ[DATABASE]))
    settings.MEDIA_ROOT = os.environ[MEDIA]
    django.setup()
    for round_number in range(int(os.environ[ROUNDS])):
        children = []
        for number in range(UPLOADERS):
            child = os.fork()
            if child == 0:
                upload_without_end(round_number * UPLOADERS + number)
            children.append(child)
        if any(os.WTERMSIG(os.waitpid(child, 0)[1]) != signal.SIGKILL for child in children):
            sys.exit("An uploader ended by itself.")


if __name__ == "__main__":
    main()
