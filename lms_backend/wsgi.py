"""The WSGI application: `granian --interface wsgi lms_backend.wsgi:application`."""

import gc
import sys
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from lms_backend.environment import select_settings

select_settings()

# Django REST framework loads requests, for its test client, where it finds it: 5 MB in every process.
modules: dict[str, Any] = sys.modules
modules.setdefault("requests", None)  # not to be found
application = get_wsgi_application()

# What has been loaded stays for good, all views among it: without this the garbage collector looks through it again in
# the middle of large answers, which doubles the time of one in twenty.
_ = get_resolver().url_patterns
if modules["requests"] is None:
    del modules["requests"]
gc.collect()
gc.freeze()
