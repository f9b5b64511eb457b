"""The composition root: settings, root URLs, the Celery application. No app imports it."""

from lms_backend.celery import app as celery_app

__all__ = ["celery_app"]
