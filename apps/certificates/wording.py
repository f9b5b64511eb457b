"""The words that a certificate needs beside those of its template, in the languages of the platform."""

from dataclasses import dataclass
from typing import Final

RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})


@dataclass(frozen=True, slots=True)
class Words:
    """The default texts, which may hold placeholders, and the labels of the small print."""

    title: str
    preamble: str
    body: str
    issued: str
    expires: str
    number: str
    verify: str


_WORDS: Final = {
    "en": Words(
        "Certificate of Completion", "This is to certify that",
        "has successfully completed the course {course_title} on {completed_date}.",
        "Issued", "Valid until", "Certificate number", "Verify this certificate",
    ),
    "ar": Words(
        "شهادة إتمام", "نشهد بأن", "قد أتم بنجاح دورة {course_title} بتاريخ {completed_date}.",
        "تاريخ الإصدار", "صالحة حتى", "رقم الشهادة", "التحقق من هذه الشهادة",
    ),
    "de": Words(
        "Zertifikat", "Hiermit wird bescheinigt, dass",
        "den Kurs {course_title} am {completed_date} erfolgreich abgeschlossen hat.",
        "Ausgestellt", "Gültig bis", "Zertifikatsnummer", "Dieses Zertifikat prüfen",
    ),
    "es": Words(
        "Certificado de finalización", "Se certifica que",
        "ha completado con éxito el curso {course_title} el {completed_date}.",
        "Emitido", "Válido hasta", "Número de certificado", "Verificar este certificado",
    ),
    "fr": Words(
        "Certificat de réussite", "Le présent certificat atteste que",
        "a suivi avec succès le cours {course_title}, terminé le {completed_date}.",
        "Délivré le", "Valable jusqu'au", "Numéro de certificat", "Vérifier ce certificat",
    ),
    "he": Words(
        "תעודת סיום", "הרינו לאשר כי", "השלים/ה בהצלחה את הקורס {course_title} בתאריך {completed_date}.",
        "תאריך הנפקה", "בתוקף עד", "מספר תעודה", "אימות תעודה זו",
    ),
    "hi": Words(
        "पूर्णता प्रमाणपत्र", "यह प्रमाणित किया जाता है कि",
        "ने {completed_date} को पाठ्यक्रम {course_title} सफलतापूर्वक पूरा किया है।",
        "जारी करने की तिथि", "मान्य तिथि", "प्रमाणपत्र संख्या", "इस प्रमाणपत्र को सत्यापित करें",
    ),
    "pt": Words(
        "Certificado de conclusão", "Certificamos que",
        "concluiu com êxito o curso {course_title} em {completed_date}.",
        "Emitido em", "Válido até", "Número do certificado", "Verificar este certificado",
    ),
    "zh-hans": Words(
        "结业证书", "兹证明", "已于 {completed_date} 成功完成课程 {course_title}。",
        "颁发日期", "有效期至", "证书编号", "验证此证书",
    ),
}  # fmt: skip


def words_of(language: str) -> Words:
    """Return the words of a language tag (`de-AT` speaks as `de`); English where we have none."""
    tag = language.lower()
    return _WORDS.get(tag) or _WORDS.get(tag.partition("-")[0]) or _WORDS["en"]


def is_right_to_left(language: str) -> bool:
    """Whether the language is written from the right."""
    return language.lower().partition("-")[0] in RIGHT_TO_LEFT
