"""Words by which customers ask for a person instead of a machine, language by language: in the
languages of the ready texts, and those that customers use most beside them.

`ALONE` is a request only as the whole message: "agent" asks for one, "the agent was late" does not.
`ANYWHERE` is one wherever it stands. Letters count as in `keywords.py`.
"""

from __future__ import annotations

from functools import cache

from chalicelib.core.keywords import in_ascii, is_asked

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
        *("speak with an agent", "talk with a human", "talk with a person", "talk with an agent"),
        *("speak to a representative", "talk to a representative", "customer support agent"),
        *("connect me to an agent", "connect me with an agent", "connect me to a human"),
        *("agent please", "human please", "operator please", "representative please"),
        *("customer service representative", "not a bot", "not a robot"),
    ),
    "tr": (
        *("gerçek kişi", "gerçek bir kişi", "gerçek bir insan", "gerçek insan", "canlı destek"),
        *("insanla konuş", "insanla konuşmak", "biriyle konuşmak", "birisiyle konuşmak"),
        *("temsilciye bağla", "temsilciye bağlan", "temsilciyle görüşmek", "yetkiliyle görüşmek"),
        *("müşteri temsilcisine", "müşteri temsilcisi ile", "yetkili biriyle"),
        *("müşteri temsilcisiyle", "müşteri temsilcisi istiyorum", "temsilci istiyorum"),
        *("temsilciye bağlayın", "temsilciye bağlar mısınız", "temsilciye bağlanmak"),
        *("temsilciye bağlanabilir", "temsilci ile görüşmek", "canlı temsilci", "canlı desteğe"),
        *("operatöre bağla", "operatöre bağlan", "operatöre bağlayın", "operatöre bağlanmak"),
        *("müşteri hizmetlerine bağla", "müşteri hizmetlerine bağlan"),
        *("müşteri hizmetlerine bağlayın", "müşteri hizmetlerine bağlanmak"),
        *("insanla görüşmek", "insan ile görüşmek", "insan ile konuşmak", "biriyle görüşmek"),
    ),
    "az": (
        *("canlı operator", "real insan", "canlı insan", "insanla danışmaq", "canlı dəstək"),
        *("operatorla danışmaq", "operatora qoş", "operatora bağla", "əməkdaşla danışmaq"),
        *("operatora qoşun", "operatora bağlayın", "operatorla əlaqə", "operator istəyirəm"),
        *("insanla danışım", "əməkdaşa qoşun", "nümayəndə ilə danışmaq", "canlı operatora"),
    ),
    "ko": (
        *("상담원 연결", "상담사 연결", "사람과 이야기", "사람이랑", "직원과 통화", "사람 연결"),
        *("상담원연결", "상담사연결", "사람연결", "직원 연결", "상담원과", "상담원이랑"),
        *("상담사와", "상담사랑", "상담원 바꿔", "사람 바꿔", "사람과 대화", "사람하고 얘기"),
    ),
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
    plain, (alone, anywhere) = in_ascii(text), _words()
    return plain.strip(_AROUND) in alone or is_asked(anywhere, plain)


@cache
def _words() -> tuple[frozenset[str], tuple[str, ...]]:
    """Of all languages, as they are compared."""
    alone = frozenset(in_ascii(word) for words in ALONE.values() for word in words)
    return alone, tuple(in_ascii(word) for words in ANYWHERE.values() for word in words)
