"""Reads of the gradebook."""

from apps.gradebook.selectors.setup import gradebook_of
from apps.gradebook.selectors.totals import Scores, rules_of, scores_of

__all__ = ["Scores", "gradebook_of", "rules_of", "scores_of"]
