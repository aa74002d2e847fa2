"""Raw events, made small: compressed with a dictionary of what such events say anyway, and of what
the row beside them says already. The row must still say it when the event is read back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable

# Rows refer to a dictionary by its number: never change one, add another.
_DICTIONARIES = {
    1: (
        b'"kind":"image","video","audio","file","sticker","location","contacts","interactive","button",'
        b'"status":"sent","delivered","read","failed","errors":[{"code":"title":"error_data":'
        b'"attachments":[{"type":"template","payload":{"url":"https://lookaside.fbsbx.com/ig_messaging_cdn/'
        b'?asset_id=","https://scontent.xx.fbcdn.net/v/t39.30808-6/","caption":"","mime_type":"image/jpeg",'
        b'"sha256":"","id":"","filename":"","voice":false}],'
        b'"context":{"from":"","id":"wamid."},"referral":{"source_url":"","source_id":"","source_type":"ad",'
        b'"headline":"","body":"","ctwa_clid":"","ref":"","source":"SHORTLINK","type":"OPEN_THREAD",'
        b'"ads_context_data":{"ad_title":"","photo_url":""}},'
        b'"interactive":{"type":"button_reply","button_reply":{"id":"","title":""}},'
        b'"postback":{"title":"","payload":"","mid":""},"quick_reply":{"payload":""},'
        b'"is_echo":true,"app_id":,"metadata":"","reply_to":{"mid":"","story":{"url":"","id":""}},'
        b'"is_deleted":true,"is_unsupported":true,"nlp":{"entities":{},"detected_locales":[]},'
        b'{"object":"instagram","section":"standby","body":{"sender":{"id":""},"recipient":{"id":""},'
        b'{"object":"whatsapp_business_account","section":"messages","body":{"from":"","from_user_id":"",'
        b'"id":"wamid.HBg","timestamp":"17","text":{"body":""},"type":"text"},"entry_id":"",'
        b'"field":"messages","frame":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"",'
        b'"phone_number_id":""},"contacts":[{"profile":{"name":""},"wa_id":"","user_id":""}]}}'
        b'{"object":"page","section":"messaging","body":{"sender":{"id":""},"recipient":{"id":""},'
        b'"timestamp":17,"message":{"mid":"m_","text":""}},"entry_id":"","entry_time":17'
    ),
}
_NEWEST = max(_DICTIONARIES)
_RAW_DEFLATE = -15


def compress(item: bytes, said: Iterable[str | None] = ()) -> bytes:
    """The Item's JSON as bytes for `decompress` with the same `said`."""
    packer = zlib.compressobj(9, zlib.DEFLATED, _RAW_DEFLATE, 9, zdict=_dictionary(_NEWEST, said))
    return bytes([_NEWEST]) + packer.compress(item) + packer.flush()


def decompress(packed: bytes, said: Iterable[str | None] = ()) -> bytes:
    """What was compressed, when the row still says the same."""
    unpacker = zlib.decompressobj(_RAW_DEFLATE, zdict=_dictionary(packed[0], said))
    return unpacker.decompress(packed[1:]) + unpacker.flush()


def _dictionary(number: int, said: Iterable[str | None]) -> bytes:
    spelled = "".join(json.dumps(text, ensure_ascii=False) for text in said if text)
    return _DICTIONARIES[number] + spelled.encode("utf-8", "surrogatepass")
