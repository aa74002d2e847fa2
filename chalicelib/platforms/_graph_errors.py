"""Which class a Graph error code belongs to: the two tables of Meta, as data.

Codes are looked up as (code, subcode), then by a subcode that speaks for itself, then by code.
"""

from __future__ import annotations

from chalicelib.platforms import ErrorClass

_RETRY, _RATE, _WINDOW = ErrorClass.RETRY, ErrorClass.RATE, ErrorClass.WINDOW
_POLICY, _GONE, _TOKEN = ErrorClass.POLICY, ErrorClass.RECIPIENT_GONE, ErrorClass.TOKEN
_AMBIGUOUS, _BAD = ErrorClass.AMBIGUOUS, ErrorClass.BAD_REQUEST

# Page messenger-platform/error-codes (2026-06-25); "seen" = in a recorded answer, not on the page.
SEND_API: dict[ErrorClass, tuple[int, ...]] = {
    _RETRY: (1, 2, 1200),  # 1200 seen: "Temporary send message failure. Please try again later."
    ErrorClass.FETCH: (2018294, 2018008, 2018047, 2018109),  # of an attachment, or its size
    _RATE: (4, 17, 32, 341, 613, 2534040, *range(80001, 80015)),
    _WINDOW: (2018278, 2534022, 2018065),
    _POLICY: (
        *(368, 2022, 1893063, 1404170, 2534029, 2018338),  # restricted
        400,  # seen: "The Instagram account is restricted."
        *(1893015, 2018352, 1893016, 2018354),  # the person said no, or was asked too often
        *(2018300, 2018321, 2534037),  # another app owns the thread
    ),
    _GONE: (551, 1545041, 2018108, 2018001, 2534014, 9000001, 9010),  # 9010 seen: no such IG user
    _TOKEN: (10, 190, *range(200, 300), 2018028, 2534041),
    _BAD: (
        *(100, 33, 2018074, 2534013, 2534015, 2534025, 2534077, 2018218, 2018247),
        *(1609005, 10303, 2593002),  # seen: story gone, account linking token, no such template
    ),
}

# Page whatsapp/cloud-api/support/error-codes (2025-11-19) and the platform changelog (2026).
CLOUD_API: dict[ErrorClass, tuple[int, ...]] = {
    _RETRY: (1, 2, 131000, 131016, 131057, 133004, 2494100),
    _RATE: (4, 80007, 130429, 131056, 133016),
    _WINDOW: (131047, 470),
    _POLICY: (
        *(131048, 131064, 132015, 132069, 131049),  # limits of quality: trying again makes it worse
        *(368, 131031, 130497),  # integrity
        *(131050, 130472, 131063, 137000),  # not this person
        *(131042, 131044, 134011),  # payment
        *(131037, 131045, 133000, 133005, 133006, 133008, 133009, 133010, 133015),  # registration
    ),
    _GONE: (131026,),
    _TOKEN: (0, 3, 10, 190, *range(200, 300), 131005),
    _BAD: (
        *(33, 100, 131008, 131009, 135000, 131021, 131062),
        *(132000, 132001, 132005, 132007, 132008, 132012, 132016, 132018, 132068),  # the template
        *(131051, 131052, 131053),  # media
        *(134100, 134101, 134102, 134103, 131055, 200005, 200006, 200007),
    ),
}

_PAIRS: dict[tuple[int, int], ErrorClass] = {
    # reliability of the page's own words: "an error, although all messages were sent".
    (1, 1357046): _AMBIGUOUS,
}
_SUBCODES_FROM = 1_000_000  # smaller subcodes (463, 33) mean something only below their code
_CODES = {
    code: error_class
    for table in (SEND_API, CLOUD_API)
    for error_class, codes in table.items()
    for code in codes
}


def error_class_of(code: int, subcode: int | None) -> ErrorClass | None:
    """The class of this error, or None if neither table knows the code."""
    if subcode is not None:
        if (code, subcode) in _PAIRS:
            return _PAIRS[code, subcode]
        if code != 190 and subcode >= _SUBCODES_FROM and subcode in _CODES:
            return _CODES[subcode]
    return _CODES.get(code)
