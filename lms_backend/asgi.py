"""The ASGI application, for hosts that speak nothing else: the views are synchronous, WSGI is faster."""

from django.core.asgi import get_asgi_application

from lms_backend.environment import select_settings

select_settings()

application = get_asgi_application()
