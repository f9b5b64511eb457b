"""Soft delete: one mechanism for every app (see `apps.core.trash.services`)."""
