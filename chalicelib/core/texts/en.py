"""English."""

TEXTS = {
    "instant_reply": (
        "Hi {first_name}, thank you for your message! We will answer {usual_response_time}."
    ),
    "away_message": "Thank you for your message! We are closed now and will be back {opens_at}.",
    "handover_notice": "Thank you! One of us will answer you as soon as we can.",
    "notification_request": "Hi {first_name}, we will let you know.",
    "stop_confirmation": (
        "All right, we will send you no more notifications. Write START if you change your mind."
    ),
    "start_confirmation": "Welcome back! You will get our notifications again.",
    "contact_information": "This is how you reach us:",
    "phone_label": "Phone",
    "email_label": "E-mail",
    "contact_details": (
        "How may we reach you? Please share your phone number or your e-mail address."
    ),
    "ad_questions": "Hi {first_name}, good to see you! What would you like to know?",
    "list_button": "Choose",
    "notification_word": "Tell me",
    "opt_in_list": "This is what you want to be told about. Tap what you want to hear no more of:",
    "opt_in_list_empty": "There is nothing that you want to be told about at the moment.",
    "marketing_topic": "Offers and news",
    "stop_all": "Stop all",
    "stop_topic_confirmation": "All right, we will not write to you about this any more.",
    "handover_request": "Of course. One of us will take over and answer you here.",
    "handover_missed": "One of us will take over and answer you here.",
    "handover_closed": (
        "Thank you! We are closed now, one of us will answer you here when we are back {opens_at}."
    ),
    "still_waiting": "We are sorry that you have to wait. One of us will answer you here.",
    "other_ways": "You can also reach us this way:",
    "closing_message": (
        "Thank you for writing to us! If there is anything else, just send a message."
    ),
    "feedback_request": "How satisfied are you with our help?",
    "feedback_title": "How did we do?",
    "feedback_subtitle": "One question, answered by a tap",
    "feedback_button": "Rate us",
    "feedback_thanks": "Thank you for your feedback!",
    "feedback_1": "Very dissatisfied",
    "feedback_2": "Dissatisfied",
    "feedback_3": "Neither",
    "feedback_4": "Satisfied",
    "feedback_5": "Very satisfied",
    "disclosure": (
        "You are talking to an automated assistant. You may ask for a person at any time."
    ),
    "page_recommended": "Hi {first_name}, thank you for recommending us! That makes us very happy.",
    "page_not_recommended": (
        "Hi {first_name}, we are sorry that you were not satisfied. "
        "Please tell us what went wrong, we want to make it right."
    ),
    "job_application": (
        "Hi {first_name}, thank you for your application! We will look at it and get back to you."
    ),
    "private_reply": (
        "Hi {first_name}, thank you for your comment! How can we help you? Just answer here."
    ),
}

KEYWORDS = {
    "opt_in_list": (
        *("my notifications", "my subscriptions", "my alerts", "list notifications"),
        *("list my notifications", "which notifications"),
    ),
    "contact_information": (
        *(
            "contact information",
            "contact info",
            "contact details",
            "contact number",
            "your phone number",
            "phone number please",
            "have a phone number",
            "is there a phone number",
        ),
        *("your telephone number", "your number", "your contact"),
        *("your email", "your e-mail", "your website", "how can i reach you", "how do i reach you"),
    ),
    "location": (
        *("your address", "shop address", "store address", "address please", "your location"),
        *("shop location", "store location", "directions please", "directions to"),
        *("where are you", "where is your shop", "where is your store", "how do i get there"),
        *("where can i find you", "how to get to you"),
    ),
    "contact_details": (
        *("call me", "call me back", "callback", "email me", "e-mail me", "contact me"),
        *("give me a call", "get in touch with me"),
    ),
}

# Asked for as the whole message: "my address is ..." does not ask for ours.
ALONE = {
    "contact_information": (
        *("phone number", "telephone number", "email address", "e-mail address"),
        *("what is the phone number", "what's the phone number"),
    ),
    "location": (
        *("address", "location", "directions", "the address", "what is the address"),
        *("what's the address",),
    ),
}

# `core/personalisation.py` writes times and waits with these.
FALLBACKS = {
    "first_name": "there",
    "usual_response_time": "as soon as we can",
    "opens_at": "soon",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
AT_TODAY = "at {clock}"
AT_WEEKDAY = "on {weekday} at {clock}"
AT_DATE = "on {weekday}, {day} {month} at {clock}"
IN_ABOUT = "in about {count}"
COUNTS = {
    "minute": ("a minute", "{n} minutes"),
    "hour": ("an hour", "{n} hours"),
    "day": ("a day", "{n} days"),
}
