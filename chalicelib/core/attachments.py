"""An image, video, audio or file to send, by reference: what every platform asks of it.

Meta fetches the address, we never do: how big the file is, and whether what is there is what the
name says, only shows in Meta's answer.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from chalicelib.core.messages import Media

KINDS = ("image", "video", "audio", "file")
# Our own limit, so that the row of the message stays small.
LONGEST_URL = 2000
LONGEST_FILENAME = 200

Problem = tuple[str, str]  # field by its path, and what was expected

_VISIBLE = r"[!-~]+"
_HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
_NOT_PUBLIC = (".local", ".localhost", ".internal", ".intranet", ".lan", ".home.arpa", ".test")
_MEDIA_ID = r"[0-9A-Za-z_-]{1,128}"
_FILENAME = rf"[^\x00-\x1f\x7f/\\]{{1,{LONGEST_FILENAME}}}"
ADDRESS = (
    f"an https address on a public host, at most {LONGEST_URL} visible ASCII characters, "
    "without user name and password"
)


def problem(media: Media) -> Problem | None:
    """The field at fault, None if every platform could take it."""
    if media.kind not in KINDS:
        return "attachment.kind", "one of " + ", ".join(KINDS)
    if (media.url is None) == (media.media_id is None):
        return "attachment", "either a url or a media_id"
    if media.url is not None and not is_public_address(media.url):
        return "attachment.url", ADDRESS
    if media.media_id is not None and not re.fullmatch(_MEDIA_ID, media.media_id):
        return "attachment.media_id", "the id that the platform gave the upload"
    if media.filename is not None and not re.fullmatch(_FILENAME, media.filename):
        return (
            "attachment.filename",
            f"a name of 1 to {LONGEST_FILENAME} characters without slashes",
        )
    return None


def is_public_address(url: str) -> bool:
    """Whether it is what `ADDRESS` says."""
    if len(url) > LONGEST_URL or not re.fullmatch(_VISIBLE, url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and _is_public_host(parts)
    except ValueError:  # brackets or a port that are none
        return False


def extension(media: Media) -> str:
    """What the last part of the address ends with, in lower case without the dot; "" if nothing."""
    if media.url is None:
        return ""
    name = urlsplit(media.url).path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def _is_public_host(parts: SplitResult) -> bool:
    """A name with a domain; no bare address, nothing that only a home or an office knows."""
    host = parts.hostname or ""
    if parts.username is not None or parts.password is not None or parts.port not in (None, 443):
        return False
    return re.fullmatch(_HOST, host) is not None and not host.endswith(_NOT_PUBLIC)
