"""Accounts, sessions, invitations and groups on the wire."""
