"""The Celery application: `celery -A lms_backend worker --loglevel=info`."""

from celery import Celery

from lms_backend.environment import select_settings

select_settings()

app = Celery("lms_backend")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
