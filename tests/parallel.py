"""Several connections at once: for everything that checks and then writes."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection


def in_parallel(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run the calls at the same moment, each on a connection of its own.

    Returns:
        What each returned, or the exception that it raised.
    """
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            barrier.wait(5)
            return call()
        except Exception as error:  # noqa: BLE001  the outcome is what the test is about
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
