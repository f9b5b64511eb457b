"""The WSGI application: `granian --interface wsgi lms_backend.wsgi:application`."""

from django.core.wsgi import get_wsgi_application

from lms_backend.environment import select_settings

select_settings()

application = get_wsgi_application()
