"""Writes of folders, files, uploads and what they take."""
