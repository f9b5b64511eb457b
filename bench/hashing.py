"""What one password hash costs. Import after Django is set up."""

import time
from statistics import median

from django.contrib.auth.hashers import check_password, make_password

from bench.build import PASSWORD

TIMES = 25


def cpu_seconds_of_one_hash() -> float:
    """Return the CPU time of checking one password with the parameters of the installation."""
    encoded = make_password(PASSWORD)
    times = []
    for _ in range(TIMES):
        before = time.process_time()
        check_password(PASSWORD, encoded)
        times.append(time.process_time() - before)
    return median(times)
