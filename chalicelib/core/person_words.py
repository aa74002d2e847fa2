"""Words by which customers ask for a person instead of a machine, language by language: in the
languages of the ready texts, and those that customers use most beside them.

`ALONE` is a request only as the whole message: "agent" asks for one, "the agent was late" does not.
`ANYWHERE` is one wherever it stands. Letters count as in `keywords.py`.
"""

from __future__ import annotations

from chalicelib.core.keywords import folded, is_asked

ALONE: dict[str, tuple[str, ...]] = {
    "en": ("agent", "human", "person", "operator", "representative", "someone", "support agent"),
    "tr": ("insan", "temsilci", "operatör", "yetkili", "müşteri temsilcisi"),
    "az": ("insan", "operator", "nümayəndə", "əməkdaş"),
    "ko": ("상담원", "상담사", "사람", "직원"),
    "de": ("mensch", "mitarbeiter", "berater"),
    "fr": ("humain", "conseiller", "agent"),
    "es": ("humano", "agente", "persona", "asesor"),
    "pt": ("humano", "atendente", "pessoa"),
    "ru": ("оператор", "человек", "менеджер"),
    "ar": ("موظف", "انسان", "إنسان"),
}
ANYWHERE: dict[str, tuple[str, ...]] = {
    "en": (
        *("real person", "real human", "human being", "live agent", "human agent", "live person"),
        *("talk to a human", "talk to a person", "talk to someone", "talk to an agent"),
        *("speak to a human", "speak to a person", "speak to someone", "speak to an agent"),
        *("speak with a human", "speak with a person", "speak with someone"),
        *("customer service representative", "not a bot", "not a robot"),
    ),
    "tr": (
        *("gerçek kişi", "gerçek bir kişi", "gerçek bir insan", "gerçek insan", "canlı destek"),
        *("insanla konuş", "insanla konuşmak", "biriyle konuşmak", "birisiyle konuşmak"),
        *("temsilciye bağla", "temsilciye bağlan", "temsilciyle görüşmek", "yetkiliyle görüşmek"),
        *("müşteri temsilcisine", "müşteri temsilcisi ile", "yetkili biriyle"),
    ),
    "az": (
        *("canlı operator", "real insan", "canlı insan", "insanla danışmaq", "canlı dəstək"),
        *("operatorla danışmaq", "operatora qoş", "operatora bağla", "əməkdaşla danışmaq"),
    ),
    "ko": ("상담원 연결", "상담사 연결", "사람과 이야기", "사람이랑", "직원과 통화", "사람 연결"),
    "de": (
        *("echter mensch", "echten menschen", "mit einem menschen", "mit einem mitarbeiter"),
        *("mit einer person", "mit jemandem sprechen"),
    ),
    "fr": ("parler à un humain", "parler à quelqu'un", "vraie personne", "un conseiller"),
    "es": ("hablar con una persona", "hablar con un humano", "persona real", "hablar con alguien"),
    "pt": ("falar com uma pessoa", "falar com um humano", "pessoa real", "falar com atendente"),
    "ru": ("живой человек", "живого человека", "позовите оператора", "нужен оператор"),
    "ar": ("التحدث مع شخص", "التحدث إلى شخص", "شخص حقيقي", "التحدث مع موظف"),
}
_AROUND = " .!?…,;:¡¿؟。'\"()"  # wide ones are folded


def asks_for_person(text: str | None) -> bool:
    """Whether the customer asks for a person, in whatever of the known languages."""
    if not text:
        return False
    whole = folded(text).strip(_AROUND)
    if any(folded(word) == whole for words in ALONE.values() for word in words):
        return True
    return any(is_asked(words, text) for words in ANYWHERE.values())
