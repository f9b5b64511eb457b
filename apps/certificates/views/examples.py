"""Examples of the schema."""

from drf_spectacular.utils import OpenApiExample

CERTIFICATE = {
    "id": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f70",
    "number": "LMS-2026-7K3Q-9XBM-2R4T-C",
    "status": "valid",
    "is_in_force": True,
    "user": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f71",
    "recipient_name": "Alice Williams",
    "course": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f72",
    "course_title": "Python Programming Fundamentals",
    "enrollment": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f73",
    "completed_at": "2026-03-04T12:00:00Z",
    "issued_at": "2026-03-04T12:00:01Z",
    "expires_at": None,
    "revoked_at": None,
    "supersedes": None,
    "verification_url": "http://localhost:8000/verify/LMS-2026-7K3Q-9XBM-2R4T-C/",
}
DESIGN = {
    "layout": "modern",
    "page": "a4",
    "colors": {"primary": "#1d4ed8", "accent": "#f59e0b"},
    "texts": {"title": "Certificate of Completion", "footer": "{school}"},
    "signatories": [{"name": "Grace Hopper", "title": "Head of Studies"}],
}
TEMPLATE = {
    "id": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f74",
    "name": "Course completion",
    "design": DESIGN,
    "language": "en",
    "is_default": True,
    "valid_days": None,
    "version": 1,
    "created_at": "2026-01-05T08:00:00Z",
    "updated_at": "2026-01-05T08:00:00Z",
}
VERIFICATION = {
    "number": "LMS-2026-7K3Q-9XBM-2R4T-C",
    "status": "valid",
    "recipient_name": "Alice Williams",
    "course_title": "Python Programming Fundamentals",
    "school": "Acme Learning",
    "issued_at": "2026-03-04T12:00:01Z",
    "expires_at": None,
    "revoked_at": None,
}

ROW = OpenApiExample("Certificate", value=CERTIFICATE, response_only=True)
ONE = OpenApiExample("Certificate", value={**CERTIFICATE, "revocation_reason": ""}, response_only=True)
REASON = OpenApiExample("Revocation", value={"reason": "Issued to the wrong person."}, request_only=True)
REVOKED = OpenApiExample(
    "Revoked",
    value={
        **CERTIFICATE,
        "status": "revoked",
        "is_in_force": False,
        "revoked_at": "2026-05-06T07:08:09Z",
        "revocation_reason": "Issued to the wrong person.",
    },
    response_only=True,
)
TEMPLATE_REQUEST = OpenApiExample(
    "Template",
    value={"name": "Course completion", "design": DESIGN, "language": "en", "is_default": True, "valid_days": None},
    request_only=True,
)
TEMPLATE_ANSWER = OpenApiExample("Template", value=TEMPLATE, response_only=True)
PREVIEW_REQUEST = OpenApiExample("Try a language", value={"language": "ar"}, request_only=True)
VERIFICATION_ANSWER = OpenApiExample("Valid", value=VERIFICATION, response_only=True)
