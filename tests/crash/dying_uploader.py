"""A process that reserves, completes and aborts uploads without end, until it is killed (SIGKILL) wherever it is.

Run as a program: `python -m tests.crash.dying_uploader`. Django is loaded once; the work happens in forks, several
at once, that are killed after a random moment, again and again.
"""

import hashlib
import json
import os
import random
import signal
import sys
import time
from uuid import UUID

DATABASE = "DYING_UPLOADER_DATABASE"
MEDIA = "DYING_UPLOADER_MEDIA"
TENANT = "DYING_UPLOADER_TENANT"
ROUNDS = "DYING_UPLOADER_ROUNDS"
UPLOADERS = 5


def upload_without_end(seed: int) -> None:
    from django.utils import timezone

    from apps.core.errors import DomainError
    from apps.core.storage import object_store
    from apps.core.tenancy.context import tenant_context
    from apps.files.services.uploads import abort_upload, complete_upload, reserve_upload
    from apps.users.models import User

    chance = random.Random(seed)
    with tenant_context(UUID(os.environ[TENANT])):
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
                time.sleep(0.001)


def main() -> None:
    import django
    from django.conf import settings

    settings.DATABASES["default"].update(json.loads(os.environ[DATABASE]))
    settings.MEDIA_ROOT = os.environ[MEDIA]
    django.setup()
    chance = random.Random(7)
    for round_number in range(int(os.environ[ROUNDS])):
        children = []
        for number in range(UPLOADERS):
            child = os.fork()
            if child == 0:
                upload_without_end(round_number * UPLOADERS + number)
            children.append(child)
        time.sleep(0.3 + chance.random() * 0.5)
        for child in children:
            os.kill(child, signal.SIGKILL)
        if any(os.WTERMSIG(os.waitpid(child, 0)[1]) != signal.SIGKILL for child in children):
            sys.exit("An uploader ended by itself.")


if __name__ == "__main__":
    main()
