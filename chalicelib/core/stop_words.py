"""What a customer says to hear no more from us but answers, and to hear from us again.

Only a message that is nothing else counts. Words that in a shop as often mean an order or a wait
("cancel", "end", "iptal", "basta", "no") are left out: a stop is kept until it is taken back.
"""

from __future__ import annotations

from functools import cache

from msgspec import Struct

from chalicelib.core.keywords import in_ascii

# By language, as people write them; case, width, the Turkish I and marks around do not count.
STOP = {
    "en": (
        *("stop", "stop all", "stopall", "unsubscribe", "opt out", "opt-out", "optout"),
        *("stop messages", "stop notifications", "stop messaging me", "no more messages"),
    ),
    "tr": (
        *("durdur", "ret", "abonelikten çık", "aboneliği iptal et", "aboneliği durdur"),
        *("mesaj istemiyorum", "mesaj atmayın", "mesaj göndermeyin", "bildirim istemiyorum"),
    ),
    "az": (
        *("dayandır", "abunəlikdən çıx", "abunəliyi ləğv et", "abunəliyi dayandır"),
        *("mesaj istəmirəm", "mesaj göndərməyin", "bildiriş istəmirəm"),
    ),
    "ko": (
        *("중지", "그만", "수신거부", "수신 거부", "구독취소", "구독 취소", "구독해지"),
        *("구독 해지", "알림 중지", "알림 그만", "메시지 중지", "메시지 그만"),
    ),
    "de": ("stopp", "abmelden", "abbestellen", "austragen", "keine nachrichten mehr"),
    "fr": (
        *("arrêt", "arret", "arrêter", "arreter", "désabonner", "desabonner", "me désabonner"),
        *("me desabonner", "désinscription", "desinscription", "plus de messages"),
    ),
    "es": (
        *("parar", "detener", "baja", "darme de baja", "cancelar suscripción"),
        *("cancelar suscripcion", "no más mensajes", "no mas mensajes"),
    ),
    "pt": (
        *("parar", "sair", "descadastrar", "cancelar inscrição", "cancelar inscricao"),
        *("não quero mensagens", "nao quero mensagens"),
    ),
    "ar": (
        *("إيقاف", "ايقاف", "توقف", "أوقف", "اوقف", "إلغاء الاشتراك", "الغاء الاشتراك"),
        *("إيقاف الرسائل", "ايقاف الرسائل"),
    ),
    "ru": ("стоп", "отписаться", "отписка", "отпишите меня", "не пишите мне", "без рассылки"),
    "it": ("disiscrivimi", "disiscrizione", "annulla iscrizione", "niente messaggi"),
    "nl": ("afmelden", "uitschrijven", "geen berichten meer"),
    "id": ("berhenti", "berhenti berlangganan"),
}
START = {
    "en": ("start", "unstop", "subscribe", "opt in", "opt-in", "optin", "start messages"),
    "tr": ("başlat", "abone ol", "mesaj istiyorum"),
    "az": ("başlat", "abunə ol", "mesaj istəyirəm"),
    "ko": ("시작", "수신동의", "수신 동의", "구독"),
    "de": ("wieder anmelden", "abonnieren"),
    "fr": ("reprendre", "s'abonner", "me réabonner", "me reabonner"),
    "es": ("reanudar", "suscribirme", "darme de alta"),
    "pt": ("retomar", "inscrever", "quero mensagens"),
    "ar": ("ابدأ", "ابدا", "استئناف", "اشتراك"),
    "ru": ("старт", "подписаться", "возобновить"),
    "it": ("iscrivimi", "riprendi"),
    "nl": ("hervatten", "aanmelden"),
    "id": ("mulai", "berlangganan"),
}
_PAYLOADS = {"stop": True, "start": False}  # what our buttons bring back, before a topic or alone


class Wish(Struct, frozen=True):
    """To hear no more, or again: of this topic, or (None) of everything."""

    is_stop: bool
    topic: str | None = None


def wish(text: str | None, payload: str | None = None) -> Wish | None:
    """What a message or tap asks for; None: nothing of the kind. A payload is "stop", "start",
    "stop:mug" or "start:mug". Of a button with another payload the title may stop, but takes no
    stop back: "Start" is what many first buttons are called."""
    name, _, topic = (payload or "").partition(":")
    if name in _PAYLOADS:
        return Wish(_PAYLOADS[name], topic or None)
    is_stop = _words().get(_bare(text or ""))
    if is_stop is None or (not is_stop and payload not in (None, "", text)):
        return None
    return Wish(is_stop)


@cache
def _words() -> dict[str, bool]:
    stops = {_bare(word): True for words in STOP.values() for word in words}
    return {_bare(word): False for words in START.values() for word in words} | stops


def _bare(text: str) -> str:
    """Without the marks around: "STOP!" and "« stop »" are the word."""
    words = in_ascii(text)
    ends = [place for place, sign in enumerate(words) if sign.isalnum()]
    return words[ends[0] : ends[-1] + 1] if ends else ""
