"""Reads of the gradebook."""

from apps.gradebook.selectors.setup import gradebook_of

__all__ = ["gradebook_of"]
