"""Argon2id with parameters for a server: t=2, m=19 MiB, p=1 (OWASP Password Storage Cheat Sheet).

A cap on concurrent hashes keeps a storm of log-ins from taking all memory and all CPU.
"""

import threading

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

_slots = threading.BoundedSemaphore(settings.MAX_CONCURRENT_PASSWORD_HASHES)


class LmsArgon2PasswordHasher(Argon2PasswordHasher):
    """Django's hasher with a smaller memory cost and a bounded number of hashes at a time."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with _slots:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _slots:
            return super().verify(password, encoded)
