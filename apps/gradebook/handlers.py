"""What gradebooks do when assessments change, and when attempts are graded."""

from apps.assessments.events import AssessmentDeleted, AssessmentSaved, AttemptGraded
from apps.core.events import handles
from apps.gradebook.services import forget_assessment, sync_grade, sync_item


@handles(AssessmentSaved)
def follow_the_assessment(event: AssessmentSaved) -> None:
    """The item says what the assessment says, and the cells are scaled to it."""
    sync_item(assessment_id=event.assessment_id)


@handles(AssessmentDeleted)
def forget_the_assessment(event: AssessmentDeleted) -> None:
    """The item goes; with grades in it, it stays as an item that people grade."""
    forget_assessment(assessment_id=event.assessment_id)


@handles(AttemptGraded)
def enter_the_score(event: AttemptGraded) -> None:
    """The learner's cell says what counts of their attempts, however late the event arrives."""
    sync_grade(assessment_id=event.assessment_id, user_id=event.user_id)
