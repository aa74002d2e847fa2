"""WhatsApp: deliveries of the Cloud API, cut into items and read one by one."""

from __future__ import annotations

from functools import partial

from chalicelib.platforms import _cloud_api, _sendable, _whatsapp, _whatsapp_contact
from chalicelib.platforms._contract import Platform

PLATFORM = Platform(
    name="whatsapp",
    object="whatsapp_business_account",
    walk=_whatsapp.walk,
    read=_whatsapp.read,
    render=_cloud_api.render,
    profile_path=None,
    text_limit=_cloud_api.text_limit,
    attachment_limit=partial(_sendable.attachment_limit, "whatsapp"),
    choices_limit=partial(_sendable.choices_limit, "whatsapp"),
    phone_beside=_whatsapp_contact.phone_beside,
)
