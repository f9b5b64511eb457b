"""Writes of accounts, sessions, invitations and groups."""
