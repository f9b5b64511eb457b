"""Settings per environment; `DJANGO_SETTINGS_ENV` picks one (see `lms_backend.environment`)."""
