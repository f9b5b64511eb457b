"""What follows from a grade."""

from apps.assessments.events import AttemptGraded
from apps.assessments.services import complete_quiz_items
from apps.core.events import handles


@handles(AttemptGraded)
def complete_the_quiz(event: AttemptGraded) -> None:
    """Who passes has completed the content items that ask for the assessment; what they say of the course follows."""
    if event.is_passed:
        complete_quiz_items(assessment_id=event.assessment_id, user_id=event.user_id)
