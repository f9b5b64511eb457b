"""The resources of this app on the wire, one module per noun."""

from apps.assessments.serializers.accommodations import (
    AccommodationSerializer,
)
from apps.assessments.serializers.assessments import (
    ASSESSMENT_FIELDS,
    AssessmentRowSerializer,
    AssessmentSerializer,
    CopySerializer,
    ResultsSerializer,
    TakenAssessmentSerializer,
    TermsSerializer,
)
from apps.assessments.serializers.attempts import (
    AttemptRowSerializer,
    AttemptSerializer,
    JournalEntrySerializer,
    JournalVerdictSerializer,
    ReceiptSerializer,
    SavedSerializer,
    SlotSerializer,
    StartSerializer,
    TakeSerializer,
)
from apps.assessments.serializers.grading import (
    MOST_GRADES,
    ClaimSerializer,
    FeedbackSerializer,
    GradeChangeSerializer,
    GradedSerializer,
    GradeRowSerializer,
    GradeSerializer,
    OpenAnswerSerializer,
    QueueQuerySerializer,
)
from apps.assessments.serializers.items import (
    AssessmentItemOrderSerializer,
    AssessmentItemSerializer,
)
from apps.assessments.serializers.questions import (
    CategorySerializer,
    CorrectionSerializer,
    KeyCorrectionSerializer,
    QuestionSerializer,
    QuestionUsageSerializer,
    QuestionVersionSerializer,
)
from apps.assessments.serializers.regrading import (
    AttemptChangeSerializer,
    GradeStandingSerializer,
    PointsChangeSerializer,
    RegradedSerializer,
    RegradeSerializer,
)
from apps.assessments.serializers.statistics import (
    AssessmentStatisticsSerializer,
    QuestionStatisticsSerializer,
    ResponseStatisticsSerializer,
    StatisticsQuerySerializer,
)

__all__ = [
    "ASSESSMENT_FIELDS",
    "MOST_GRADES",
    "AccommodationSerializer",
    "AssessmentItemOrderSerializer",
    "AssessmentItemSerializer",
    "AssessmentRowSerializer",
    "AssessmentSerializer",
    "AssessmentStatisticsSerializer",
    "AttemptChangeSerializer",
    "AttemptRowSerializer",
    "AttemptSerializer",
    "CategorySerializer",
    "ClaimSerializer",
    "CopySerializer",
    "CorrectionSerializer",
    "FeedbackSerializer",
    "GradeChangeSerializer",
    "GradeRowSerializer",
    "GradeSerializer",
    "GradeStandingSerializer",
    "GradedSerializer",
    "JournalEntrySerializer",
    "JournalVerdictSerializer",
    "KeyCorrectionSerializer",
    "OpenAnswerSerializer",
    "PointsChangeSerializer",
    "QuestionSerializer",
    "QuestionStatisticsSerializer",
    "QuestionUsageSerializer",
    "QuestionVersionSerializer",
    "QueueQuerySerializer",
    "ReceiptSerializer",
    "RegradeSerializer",
    "RegradedSerializer",
    "ResponseStatisticsSerializer",
    "ResultsSerializer",
    "SavedSerializer",
    "SlotSerializer",
    "StartSerializer",
    "StatisticsQuerySerializer",
    "TakeSerializer",
    "TakenAssessmentSerializer",
    "TermsSerializer",
]
