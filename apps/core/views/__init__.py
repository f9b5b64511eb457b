"""The platform's own resources over HTTP."""
