"""Django's PostgreSQL backend, with the open scope kept in step on every connection."""
