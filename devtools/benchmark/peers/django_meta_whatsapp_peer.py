"""django-meta-whatsapp: its view, called without Django's own handling of HTTP, which spares it
work, and with its tables in SQLite in memory, which spares it the disk. It stores each message
before it answers: nobody else here does. It checks no signature, so the check is ours."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command

from devtools.benchmark.peers.contract import Handle, Peer, check

SETTINGS = {
    "SECRET_KEY": "none",
    "USE_TZ": True,
    "INSTALLED_APPS": [
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django_meta_whatsapp",
    ],
    "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    "WHATSAPP": {"ACCESS_TOKEN": "token", "PHONE_NUMBER_ID": "106540352242922"},
}


def connect(secret: bytes, handle: Handle) -> Peer:
    settings.configure(**SETTINGS)
    django.setup()
    call_command("migrate", verbosity=0)
    from django_meta_whatsapp import models, signals, views

    def received(message: Any, **_: object) -> None:
        handle(message)

    signals.whatsapp_message_received.connect(received, weak=False)
    view = views.WebhookView()

    def read(raw: bytes, signature: str) -> None:
        check(secret, raw, signature)
        view.post(SimpleNamespace(body=raw))

    def forget() -> None:
        for model in (
            models.WhatsAppMessage,
            models.WhatsAppConversation,
            models.WhatsAppContact,
            models.WhatsAppWebhookLog,
        ):
            model.objects.all().delete()

    return Peer(read, forget)
