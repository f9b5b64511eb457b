"""The WSGI application: `granian --interface wsgi lms_backend.wsgi:application`."""

import gc

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from lms_backend.environment import select_settings

select_settings()

application = get_wsgi_application()

# What has been loaded stays for good, all views among it: without this the garbage collector looks through it again in
# the middle of large answers, which doubles the time of one in twenty.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
