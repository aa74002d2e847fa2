"""Why a send is refused, in one sentence each, and what would be allowed instead."""

from __future__ import annotations

# Codes are stored with messages and shown through the API: never change one, add another.
REASONS = {
    "window_closed": "The customer's last action is too long ago to write to them freely.",
    "no_opt_in": "The customer has not asked to be told about this topic.",
    "other_topic": "The customer asked to be told about another topic.",
    "opt_in_stopped": "The customer asked to hear no more about this topic.",
    "already_asked": (
        "The customer was asked about this topic and has not answered, or has agreed already."
    ),
    "opt_in_used": "The one message that the customer agreed to has been sent already.",
    "opt_in_expired": "The customer agreed too long ago.",
    "no_token": "The opt-in came without a token, so the platform would not take the message.",
    "one_time_notifications_off": "One-time notifications are switched off for this channel.",
    "template_not_approved": "The message template is not known to be approved.",
    "not_available_on_platform": "This platform has no such message.",
    "standby": "Another app has control of this conversation.",
    "recipient_gone": "The platform says that the customer cannot be reached any more.",
    "channel_blocked": "The platform has blocked this channel from sending.",
    "stopped_all": "The customer asked for no messages but answers.",
    "marketing_stopped": "The customer asked for no more marketing.",
    "marketing_wait": "The platform asked to send this customer no marketing for a while.",
    "marketing_paused_in_region": "The platform takes no marketing to the customer's country.",
    "not_in_region": "The platform does not allow such a message in the customer's country.",
    "pair_limit": "Too many messages went to this customer in a short time.",
    "portfolio_limit": "The business may start no more conversations for now.",
    "budget_reached": "The channel's own limit for paid automatic answers is reached.",
    "rules_stale": "Nobody has compared the rules with the platform's for more than 180 days.",
    "template_paused": "The platform has paused the message template.",
    "template_disabled": "The platform has switched the message template off.",
    "template_rejected": "The platform has rejected the message template.",
    "template_pending": "The platform has not yet looked at the message template.",
    "template_low_quality": "Customers dislike the message template, so campaigns leave it alone.",
    "category_not_available": "This platform has no templates of this category.",
    "promotional_utility": "A utility template must not be promotional.",
    "promotional_outside_window": "Promotion needs an open messaging window.",
    "persons_only": "The Human Agent tag is for persons only.",
    "tag_retired": "The platform takes this tag no more.",
    "unknown_tag": "There is no such tag.",
    "feedback_form_missing": "This tag goes with the platform's feedback form only.",
    "feedback_already_asked": "The customer was asked for feedback already.",
    "comment_too_old": "The comment was written too long ago, or nobody knows when.",
    "comment_answered": "The comment was answered in private already.",
    "recurring_retired": "The platform has ended recurring notifications.",
    "recurring_too_soon": "The last notification by this token was too short a time ago.",
    "news_not_available": "News messages are for registered publishers, who are not served here.",
    "sponsored_not_available": "Sponsored messages are bought as ads, they are not sent here.",
}

_ASK = "Ask the customer while the messaging window is open."
_TEXT = "A text, while the messaging window is open."
_UTILITY = "An approved utility template, if the customer has opted in."

# What would be allowed instead, by reason, or by reason and platform where that makes a difference.
INSTEAD: dict[str | tuple[str, str], str] = {
    ("window_closed", "messenger"): (
        "A person may answer for 7 days after the customer's last message if Meta granted the "
        "Human Agent feature; a one-time notification may be sent to those who asked for it."
    ),
    ("window_closed", "instagram"): (
        "A person may answer for 7 days after the customer's last message if Meta granted the "
        "Human Agent feature."
    ),
    ("window_closed", "whatsapp"): "An approved template, if the customer has opted in.",
    "no_opt_in": _ASK,
    "other_topic": "Ask the customer about this topic while the messaging window is open.",
    "opt_in_used": "Ask the customer again while the messaging window is open.",
    "opt_in_expired": "Ask the customer again while the messaging window is open.",
    "no_token": "Anything, while the messaging window is open.",
    "one_time_notifications_off": "Switch them on if Meta offers them to this Page.",
    "template_not_approved": _TEXT,
    "standby": "Take control of the conversation, or write in the app that has it.",
    "stopped_all": "An answer, when the customer writes.",
    "marketing_stopped": "A utility template about something that the customer asked for.",
    "marketing_wait": "The same later, or a utility template that is not promotional.",
    "marketing_paused_in_region": _UTILITY,
    "not_in_region": _TEXT,
    "pair_limit": "The same a little later.",
    "portfolio_limit": "Answers in open windows; the same in 24 hours.",
    "budget_reached": "A person may answer; or raise the limit in the channel's settings.",
    "rules_stale": "Answers and utility templates; compare the rules with Meta's pages.",
    "template_paused": "Another template, or the same when the pause is over.",
    "template_disabled": "Another template.",
    "template_rejected": "Another template, or this one once it is corrected and approved.",
    "template_pending": "The same once it is approved.",
    "template_low_quality": "Another template.",
    ("category_not_available", "messenger"): _UTILITY,
    "promotional_utility": "A marketing template where the platform has them, or a text while the "
    "messaging window is open.",
    "promotional_outside_window": "Words that are not promotional.",
    "persons_only": _TEXT,
    ("tag_retired", "messenger"): _UTILITY,
    "unknown_tag": _TEXT,
    "feedback_form_missing": "The feedback form.",
    "feedback_already_asked": "The same after the customer's next message.",
    "comment_too_old": "A public answer.",
    "comment_answered": "Anything, once the customer answers in private.",
    "recurring_retired": _UTILITY,
    "recurring_too_soon": "The same later.",
}
