"""What may go wrong before the first test."""


class ServiceError(Exception):
    """A service cannot be had; the message says which, why, and what to do, in one line."""
