"""Why a send went wrong, and what to do about it, in everyday words.

A reason code is one of ours, one of the policy's, or what to do about an error of Meta's, followed
by its numbers: "policy_368", "window_10_2018278". A subcode says more than its code, and a number
more than its class. The meanings of Meta's numbers are those of the pages
messenger-platform/error-codes (2026-06-25) and whatsapp/cloud-api/support/error-codes (2025-11-19).
"""

from __future__ import annotations

import re

from msgspec import Struct

from chalicelib.core.messaging_policy.reasons import INSTEAD, REASONS


class Explanation(Struct, frozen=True):
    """A sentence that says what happened, and one that says what to do."""

    sentence: str
    advice: str


def explain(reason: str, platform: str) -> Explanation:
    """The explanation of any reason code."""
    if reason in REASONS:
        advice = INSTEAD.get((reason, platform)) or INSTEAD.get(reason) or _NO_WAY
        return Explanation(REASONS[reason], advice)
    known = _OURS.get(reason) or _of_numbers(reason)
    return known or _OF_CLASS.get(_class_of(reason), _NOBODY_KNOWS)


def _of_numbers(reason: str) -> Explanation | None:
    """Of Meta's numbers in it, the last that we know."""
    if "_http_" in reason:
        return None
    numbers = [int(number) for number in re.findall(r"(?<=_)\d+", reason)]
    return next((_OF_NUMBER[each] for each in reversed(numbers) if each in _OF_NUMBER), None)


def _class_of(reason: str) -> str:
    return next((name for name in _OF_CLASS if reason.startswith(name)), "")


_NO_WAY = "Nothing can be sent here for now."
_AGAIN = "Send it again."
_ASK_META = (
    "Look at the account's quality and restrictions in Meta Business Suite before sending on."
)
_LEAVE = "Do not send it again; wait for the customer to write."
_RENEW = "Renew the channel's access token with the permissions for messaging, then send it again."
_FIX = "Correct what is named here, then send a new message."
_LOOK_FIRST = "Look into the conversation at the platform; send it again only if it is not there."

_OURS = {
    "too_many_notifications": Explanation(
        "The customer has had as many notifications as the channel's settings allow for now.",
        "Send it later, or allow more in the channel's settings.",
    ),
    "notification_expired": Explanation(
        "It could not be sent before the notification's own end.",
        "Plan a new notification with a later end.",
    ),
    "campaign_cancelled": Explanation(
        "The notification was cancelled before this customer's turn.",
        "Plan a new notification if it is wanted after all.",
    ),
    "cancelled": Explanation(
        "A person cancelled it before its time came.",
        "Send a new message if it is wanted after all.",
    ),
    "superseded": Explanation(
        "It was to be sent later, and what happened meanwhile made it unwanted.",
        "Nothing: the conversation has moved on.",
    ),
    "too_late_to_retry": Explanation(
        "The platform did not take it for so long that the permission to send it ran out.",
        "See whether the messaging window is open again, then send it again.",
    ),
    "not_delivered": Explanation(
        "We looked several times and the conversation at the platform does not have it.", _AGAIN
    ),
    "not_seen_yet": Explanation(
        "We do not know whether it arrived; the platform does not show it yet.",
        "Wait: within some 15 minutes it is either found or known to be missing.",
    ),
    "not_found_out": Explanation(
        "We tried for a day and could not find out whether it arrived.", _LOOK_FIRST
    ),
    "unconfirmed": Explanation(
        "It was posted twice with the customer's permission for one message, and the platform says "
        "that this is used up: most likely the first one arrived.",
        "Look into the conversation at the platform; ask the customer again if it is not there.",
    ),
    "ambiguous_worker_died": Explanation(
        "Our own program stopped while it was sending; it may have arrived.", _LOOK_FIRST
    ),
    "ambiguous_no_answer": Explanation(
        "The connection broke before the platform answered; it may have arrived.", _LOOK_FIRST
    ),
    "ambiguous_unreadable_answer": Explanation(
        "The platform's answer could not be read; it may have arrived.", _LOOK_FIRST
    ),
    "retry_no_connection": Explanation("The platform could not be reached.", _AGAIN),
    "contact_erased": Explanation(
        "The contact was erased before its time came.", "Nothing: it has no content any more."
    ),
    "token_missing": Explanation("The channel has no access token.", _RENEW),
    "one_time_token_spent": Explanation(
        "The customer's permission for one message was used before.",
        "Ask the customer again while the messaging window is open.",
    ),
    "one_time_token_missing": Explanation(
        "The customer's permission for one message is missing.",
        "Ask the customer again while the messaging window is open.",
    ),
    "bad_request_unsendable": Explanation(
        "The message or the access token has characters that cannot be sent.", _FIX
    ),
    "text_missing": Explanation("The message has no text.", _FIX),
    "text_too_long": Explanation("The text is longer than the platform allows.", _FIX),
    "title_or_topic_missing": Explanation("The request names no title or no topic.", _FIX),
    "title_too_long": Explanation("The title is longer than the platform allows.", _FIX),
    "template_missing": Explanation("The message names no template.", _FIX),
    "attachment_not_offered": Explanation(
        "The platform does not take such an attachment.", "Send another kind of file, or a link."
    ),
    "choices_not_offered": Explanation(
        "The platform does not take these quick replies or buttons.",
        "Send fewer or shorter ones, or a text alone.",
    ),
    "comment_missing": Explanation("The message names no comment to answer.", _FIX),
    "location_missing": Explanation("The message has no place to show.", _FIX),
    "feedback_missing": Explanation("The message has no question to ask.", _FIX),
    "feedback_not_offered": Explanation(
        "The platform does not show this feedback form.", "See that its texts are short enough."
    ),
}

_OF_CLASS = {
    "kind_not_offered": Explanation(
        "The platform has no messages of this kind.", "Send a text instead."
    ),
    "retry": Explanation("The platform had trouble of its own for the moment.", _AGAIN),
    "fetch": Explanation(
        "The platform could not fetch the attachment, or it is too large.",
        "See that its address answers quickly and to everybody, then send it again.",
    ),
    "rate": Explanation(
        "Too many messages were sent in too short a time.", "Wait some minutes, then send it again."
    ),
    "window": Explanation(
        "The platform says that the customer wrote too long ago to be written to freely.",
        "Send it again once the customer has written, or use a template or notification that the "
        "customer agreed to.",
    ),
    "policy": Explanation("The platform forbids it by its rules.", _ASK_META),
    "recipient_gone": Explanation("The customer cannot be reached there.", _LEAVE),
    "token": Explanation("The platform did not accept the channel's access token.", _RENEW),
    "ambiguous": Explanation(
        "The platform reported an error after it got the message; it may have arrived.", _LOOK_FIRST
    ),
    "bad_request": Explanation(
        "The platform did not understand the message: most likely a defect of ours.",
        "Report the reason code; sending it again will hardly help.",
    ),
}
_NOBODY_KNOWS = Explanation(
    "It was not sent, for a reason that has no name here.", "Report the reason code."
)

_GROUPS: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    (_OF_CLASS["retry"].sentence, _AGAIN, (1, 2, 1200, 131000, 131016, 133004, 2494100)),
    (
        _OF_CLASS["fetch"].sentence,
        _OF_CLASS["fetch"].advice,
        (2018294, 2018008, 2018047, 2018109, 131052, 131053),
    ),
    ("The number is just being upgraded by WhatsApp.", _AGAIN, (131057,)),
    (
        _OF_CLASS["rate"].sentence,
        _OF_CLASS["rate"].advice,
        (4, 17, 32, 341, 613, 2534040, *range(80001, 80015), 130429, 133016),
    ),
    (
        "Too many messages went to this one customer in a short time.",
        "Wait some minutes, then send it again.",
        (131056,),
    ),
    (
        _OF_CLASS["window"].sentence,
        _OF_CLASS["window"].advice,
        (2018278, 2534022, 131047, 470),
    ),
    (
        "Meta has not granted the permission to answer outside the messaging window.",
        "Apply for the Human Agent feature, or switch it off in the channel's settings.",
        (2018065,),
    ),
    (
        "The platform has restricted this account.",
        _ASK_META,
        (368, 2022, 1893063, 1404170, 2534029, 2018338, 400, 131031),
    ),
    ("The country of the customer is closed to this business.", _LEAVE, (130497,)),
    (
        "The customer does not want such messages, or was asked too often.",
        _LEAVE,
        (1893015, 2018352, 1893016, 2018354, 131050),
    ),
    ("WhatsApp does not deliver such messages to this customer.", _LEAVE, (130472, 131063, 137000)),
    (
        "WhatsApp holds back more messages of this kind to this customer for now.",
        "Wait at least a day, then send it again.",
        (131049,),
    ),
    (
        "Another app has control of this conversation.",
        "Take control of the conversation, or write in the app that has it.",
        (2018300, 2018321, 2534037),
    ),
    (
        "WhatsApp has limited this number because of the quality of its messages.",
        _ASK_META,
        (131048, 131064, 132015, 132069),
    ),
    (
        "WhatsApp has no valid way of payment for this account.",
        "Add or repair the payment method in Meta Business Suite, then send it again.",
        (131042, 131044, 134011),
    ),
    (
        "The number is not, or no longer, ready to send on WhatsApp.",
        "Finish its registration and display name in WhatsApp Manager, then send it again.",
        (131037, 131045, 133000, 133005, 133006, 133008, 133009, 133010, 133015),
    ),
    (
        "The customer cannot be reached there: gone, blocked us, or never was.",
        _LEAVE,
        (551, 1545041, 2018108, 2018001, 2534014, 9000001, 9010, 131026),
    ),
    ("The message went to the number that sent it.", "Choose another recipient.", (131021,)),
    (
        "The platform did not accept the channel's access token or its permissions.",
        _RENEW,
        (0, 3, 10, 190, *range(200, 300), 2018028, 2534041, 131005),
    ),
    (
        "The template and what it was filled with do not fit what Meta approved.",
        "Compare name, language and number of values with the template in WhatsApp Manager.",
        (132000, 132001, 132005, 132007, 132008, 132012, 132018, 132068, 131062, 2593002),
    ),
    ("Meta has switched this template off.", "Use another template.", (132016,)),
    ("The platform does not take this kind of message.", "Send a text instead.", (131051,)),
    (
        _OF_CLASS["bad_request"].sentence,
        _OF_CLASS["bad_request"].advice,
        (
            *(100, 33, 2018074, 2534013, 2534015, 2534025, 2534077, 2018218, 2018247, 10303),
            *(131008, 131009, 135000, 134100, 134101, 134102, 134103, 131055),
            *(200005, 200006, 200007),
        ),
    ),
    ("The story that this answers is gone.", "Send it as a message of its own.", (1609005,)),
    (_OF_CLASS["ambiguous"].sentence, _LOOK_FIRST, (1357046,)),
)
_OF_NUMBER = {
    number: Explanation(sentence, advice)
    for sentence, advice, numbers in _GROUPS
    for number in numbers
}
