"""What one password hash costs. Import after Django is set up."""

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from statistics import median

from django.contrib.auth.hashers import check_password, make_password

from bench.build import PASSWORD
from bench.servers import WORKERS

TIMES = 25


def cpu_seconds_of_one_hash() -> float:
    """Return the CPU time of checking one password with the parameters of the installation.

    As many processes as the server has workers do it at once: on cores that share caches and memory a hash
    costs more CPU time beside others than alone.
    """
    encoded = make_password(PASSWORD)
    with ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("fork")) as pool:
        return median(seconds for times in pool.map(_cpu_times, [encoded] * WORKERS) for seconds in times)


def _cpu_times(encoded: str) -> list[float]:
    times = []
    for _ in range(TIMES):
        before = time.process_time()
        check_password(PASSWORD, encoded)
        times.append(time.process_time() - before)
    return times
