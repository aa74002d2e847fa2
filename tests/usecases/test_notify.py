"""One-time notifications: asked for, agreed to, sent once at their time, or refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.core.attempts import attempts
from chalicelib.core.channel import (
    ApprovedTemplate,
    ChannelSettings,
    NotificationTopic,
    TemplateButton,
)
from chalicelib.core.events import MessageReceived
from chalicelib.core.messages import Button, Message, MessageKind, State
from chalicelib.core.opt_in import How
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    answer_message,
    notify,
    read_decisions,
    read_refusal,
    record_consent,
    reply_as_person,
    send_due,
)
from chalicelib.usecases.errors import InvalidInput, NotFound
from tests import builders, fakes
from tests.builders import CHANNEL, CONTACT, NOON

MUG = NotificationTopic(
    topic="mug",
    title="When the mug is back",
    keywords=("mug",),
    template_name="back_in_stock",
    template_language="en",
)
BARE = NotificationTopic(topic="mug", title="When the mug is back")
IN_TWO_DAYS = NOON + timedelta(days=2)
DAY = timedelta(days=1)


def channel(platform: str = "messenger", **facts: Any) -> ChannelSettings:
    settings = {"one_time_notifications": True, "notification_topics": (MUG,)}
    return builders.channel(platform=platform, **(settings | facts))


def conversation(platform: str = "messenger") -> str:
    return builders.conversation(platform=platform).conversation_id


def wrote(settings: ChannelSettings, **facts: Any) -> Runtime:
    """A customer of this channel wrote at noon."""
    rt = fakes.runtime(settings)
    event = builders.message_received(**({"platform": settings.platform, "text": "Hi"} | facts))
    answer_message.run(event, settings, rt)
    rt.sender.posts.clear()
    return rt


def agreed(settings: ChannelSettings, **facts: Any) -> Runtime:
    """And agreed to be told about the mug."""
    rt = wrote(settings)
    token = "token-1" if settings.platform == "messenger" else None
    defaults = {"platform": settings.platform, "token": token}
    identity = {"conversation_id": conversation(settings.platform)}
    rt.opt_ins.record(builders.opt_in(**(identity | defaults | facts)))
    return rt


def schedule(rt: Runtime, key: str = "k", **facts: Any) -> Message:
    (settings,) = rt.channels.all()
    defaults: dict[str, Any] = {
        "conversation_id": conversation(settings.platform),
        "topic": "mug",
        "text": "The mug is back",
        "send_at": IN_TWO_DAYS,
    }
    return notify.schedule(**(defaults | facts), idempotency_key=key, rt=rt)


def minute_of(rt: Runtime, moment: datetime) -> int:
    """The minute schedule at this time; how many posts there are by then."""
    rt.now.at = moment
    send_due.run(rt)
    return len(rt.sender.posts)


def stored(rt: Runtime, row: Message) -> Message:
    found = rt.messages.load(row.conversation_id, row.message_id)
    assert found is not None
    return found


IN_WORDS = (
    channel(one_time_notifications=False),
    channel("instagram"),
    channel("whatsapp"),
)


class TestAtItsTime:
    def test_until_then_it_is_planned(self) -> None:
        rt = agreed(channel())
        assert (schedule(rt).state, minute_of(rt, IN_TWO_DAYS - timedelta(seconds=1))) == (
            State.PLANNED,
            0,
        )

    def test_on_messenger_it_spends_the_token(self) -> None:
        rt = agreed(channel())
        row = schedule(rt)
        minute_of(rt, IN_TWO_DAYS)
        assert rt.sender.bodies[0]["recipient"] == {"one_time_notif_token": "token-1"}
        assert (stored(rt, row).state, stored(rt, row).basis) == (State.SENT, "one_time_token")

    def test_on_whatsapp_it_is_the_approved_template(self) -> None:
        rt = agreed(channel("whatsapp"))
        row = schedule(rt)
        minute_of(rt, IN_TWO_DAYS)
        assert rt.sender.bodies[0]["template"]["name"] == "back_in_stock"
        assert stored(rt, row).basis == "approved_template"

    def test_on_instagram_it_is_sent_in_the_window(self) -> None:
        rt = agreed(channel("instagram"))
        row = schedule(rt, send_at=NOON + timedelta(hours=2))
        minute_of(rt, NOON + timedelta(hours=2))
        assert (stored(rt, row).state, stored(rt, row).basis) == (State.SENT, "standard_window")

    def test_on_instagram_after_the_window_it_is_refused_when_it_is_due(self) -> None:
        rt = agreed(channel("instagram"))
        row = schedule(rt)
        assert minute_of(rt, IN_TWO_DAYS) == 0
        assert (stored(rt, row).state, stored(rt, row).failure) == (State.REFUSED, "window_closed")

    def test_without_a_time_it_goes_out_at_once(self) -> None:
        assert schedule(agreed(channel()), send_at=None).state is State.SENT

    def test_a_time_that_has_passed_is_at_once(self) -> None:
        assert schedule(agreed(channel()), send_at=NOON - DAY).state is State.SENT


class TestInTheFormThatIsPermitted:
    def sent(self, rt: Runtime, **facts: Any) -> tuple[str | None, list[dict[str, Any]]]:
        row = schedule(rt, **facts)
        minute_of(rt, facts.get("send_at", IN_TWO_DAYS))
        return stored(rt, row).basis, rt.sender.bodies

    def test_on_messenger_without_tokens_it_is_the_utility_template(self) -> None:
        basis, (body,) = self.sent(agreed(channel(one_time_notifications=False)))
        assert basis == "approved_template"
        assert body["message"]["template"]["name"] == "back_in_stock"

    def test_a_consent_without_a_token_is_served_by_the_template(self) -> None:
        basis, bodies = self.sent(agreed(channel(), token=None))
        assert (basis, len(bodies)) == ("approved_template", 1)

    def test_without_template_it_is_sent_in_the_window(self) -> None:
        settings = channel(one_time_notifications=False, notification_topics=(BARE,))
        basis, bodies = self.sent(agreed(settings), send_at=NOON + timedelta(hours=1))
        assert (basis, bodies[0]["recipient"]) == ("standard_window", {"id": CONTACT})

    def test_tokens_that_are_switched_off_after_planning_give_way_to_the_template(self) -> None:
        rt = agreed(channel())
        row = schedule(rt)
        rt.channels.save(channel(one_time_notifications=False, version=1))
        minute_of(rt, IN_TWO_DAYS)
        minute_of(rt, IN_TWO_DAYS + DAY)
        assert (stored(rt, row).basis, len(rt.sender.posts)) == ("approved_template", 1)

    def test_a_template_that_is_taken_away_gives_way_to_the_window(self) -> None:
        rt = agreed(channel("whatsapp"))
        row = schedule(rt, send_at=NOON + timedelta(hours=2))
        rt.channels.save(channel("whatsapp", notification_topics=(BARE,), version=1))
        minute_of(rt, NOON + timedelta(hours=2))
        assert (stored(rt, row).basis, rt.sender.bodies[0]["type"]) == ("standard_window", "text")

    def test_what_went_out_as_a_template_answers_the_same_key(self) -> None:
        rt = agreed(channel("whatsapp"))
        schedule(rt)
        minute_of(rt, IN_TWO_DAYS)
        assert (schedule(rt).state, len(rt.sender.posts)) == (State.SENT, 1)


class TestWithAButton:
    BUTTON = Button(title="Keep one for me", payload="question:mug")

    def test_the_token_brings_it_along(self) -> None:
        rt = agreed(channel())
        schedule(rt, button=self.BUTTON)
        minute_of(rt, IN_TWO_DAYS)
        assert "question:mug" in str(rt.sender.bodies[0]["message"])

    def test_the_template_takes_what_its_tap_brings_back(self) -> None:
        template = ApprovedTemplate(
            name="back_in_stock",
            language="en",
            category="utility",
            parameters=1,
            buttons=(TemplateButton(index=0, kind="quick_reply"),),
        )
        rt = agreed(channel("whatsapp", templates=(template,)))
        schedule(rt, button=self.BUTTON)
        minute_of(rt, IN_TWO_DAYS)
        assert rt.sender.bodies[0]["template"]["components"][1]["parameters"] == [
            {"type": "payload", "payload": "question:mug"}
        ]

    def test_one_that_the_platform_would_not_take_is_refused_by_its_name(self) -> None:
        with pytest.raises(InvalidInput) as caught:
            schedule(agreed(channel()), button=Button(title="Both", payload="a", url="https://a.b"))
        assert caught.value.field.startswith("button")


class TestNeverTwice:
    def test_the_schedule_sends_it_once(self) -> None:
        rt = agreed(channel())
        schedule(rt)
        posts = [minute_of(rt, IN_TWO_DAYS + timedelta(minutes=n)) for n in range(3)]
        assert posts == [1, 1, 1]

    def test_asking_again_with_the_same_key_returns_the_same(self) -> None:
        rt = agreed(channel())
        assert schedule(rt) == schedule(rt)

    def test_asking_again_with_the_same_key_afterwards_tells_what_became_of_it(self) -> None:
        rt = agreed(channel())
        schedule(rt)
        minute_of(rt, IN_TWO_DAYS)
        assert (schedule(rt).state, len(rt.sender.posts)) == (State.SENT, 1)

    def test_a_second_one_is_refused(self) -> None:
        rt = agreed(channel())
        schedule(rt, "first")
        second = schedule(rt, "second")
        assert (second.state, second.failure) == (State.REFUSED, "opt_in_used")

    def test_two_consents_carry_two(self) -> None:
        rt = agreed(channel())
        rt.opt_ins.record(builders.opt_in(opt_in_id="second", token="token-2"))
        assert [schedule(rt, key).state for key in "abc"] == [
            State.PLANNED,
            State.PLANNED,
            State.REFUSED,
        ]

    def test_an_ambiguous_answer_is_not_followed_by_another_post(self) -> None:
        rt = agreed(channel())
        schedule(rt)
        rt.sender.outcomes = [SendError("?", error_class=ErrorClass.AMBIGUOUS)]
        minute_of(rt, IN_TWO_DAYS)
        assert minute_of(rt, IN_TWO_DAYS + DAY) == 1

    def test_what_meta_could_not_take_is_sent_with_the_same_token(self) -> None:
        rt = agreed(channel())
        row = schedule(rt)
        rt.sender.outcomes = [SendError("busy", error_class=ErrorClass.RETRY)]
        minute_of(rt, IN_TWO_DAYS)
        minute_of(rt, IN_TWO_DAYS + timedelta(minutes=1))
        tokens = [body["recipient"]["one_time_notif_token"] for body in rt.sender.bodies]
        assert (tokens, stored(rt, row).state) == (["token-1", "token-1"], State.SENT)


class TestRefused:
    def reason(self, rt: Runtime, **facts: Any) -> str | None:
        row = schedule(rt, **facts)
        assert (row.state, rt.sender.posts) == (State.REFUSED, [])
        return row.failure

    @pytest.mark.parametrize("platform", ["messenger", "whatsapp"])
    def test_without_consent(self, platform: str) -> None:
        assert self.reason(wrote(channel(platform))) == "no_opt_in"

    @pytest.mark.parametrize("platform", ["messenger", "whatsapp"])
    def test_for_another_topic(self, platform: str) -> None:
        assert self.reason(agreed(channel(platform), topic="teapot")) == "other_topic"

    @pytest.mark.parametrize("platform", ["messenger", "whatsapp"])
    def test_when_the_consent_will_have_expired(self, platform: str) -> None:
        rt = agreed(channel(platform), expires_at=NOON + DAY)
        assert self.reason(rt) == "opt_in_expired"

    def test_after_the_customer_asked_to_hear_no_more(self) -> None:
        rt = agreed(channel())
        rt.opt_ins.stop(conversation(), "mug", NOON + timedelta(minutes=1))
        assert self.reason(rt) == "opt_in_stopped"

    def test_when_the_page_has_no_one_time_notifications(self) -> None:
        settings = channel(one_time_notifications=False, notification_topics=(BARE,))
        assert self.reason(agreed(settings)) == "one_time_notifications_off"

    def test_when_the_topic_has_no_template(self) -> None:
        rt = agreed(channel("whatsapp", notification_topics=(BARE,)))
        row = schedule(rt)
        assert (minute_of(rt, IN_TWO_DAYS), stored(rt, row).state) == (0, State.REFUSED)

    def test_a_consent_withdrawn_after_planning_stops_it(self) -> None:
        rt = agreed(channel())
        row = schedule(rt)
        rt.opt_ins.stop(conversation(), "mug", NOON + DAY)
        assert (minute_of(rt, IN_TWO_DAYS), stored(rt, row).failure) == (0, "opt_in_stopped")

    def test_beforehand_it_is_dated_by_the_decision(self) -> None:
        rt = agreed(channel(), expires_at=NOON + DAY)
        rt.now.advance(hours=1)
        row = schedule(rt)
        (attempt,) = attempts(row)
        assert (row.occurred_at, row.day) == (rt.now(), channel().local_day(rt.now()))
        assert (attempt.at, attempt.send_at) == (rt.now(), IN_TWO_DAYS)

    def test_the_ledger_has_what_was_asked_about_the_time_ahead(self) -> None:
        rt = agreed(channel(), expires_at=NOON + DAY)
        rt.now.advance(hours=1)
        row = schedule(rt)
        (attempt,) = attempts(row)
        assert attempt.inputs is not None
        assert attempt.inputs["opt_in"]["expires_at"] == NOON + DAY
        assert read_refusal.run(row, rt) is not None

    def test_the_ledger_of_a_day_has_it_on_the_day_of_the_decision(self) -> None:
        rt = agreed(channel(), expires_at=NOON + DAY)
        row = schedule(rt)
        page = read_decisions.of_channel(
            CHANNEL, since=NOON, until=NOON + DAY, cursor=None, limit=9, rt=rt
        )
        assert row.message_id in [each.message_id for each in page.items]

    def test_at_once_it_was_asked_about_that_moment(self) -> None:
        (attempt,) = attempts(schedule(wrote(channel()), send_at=None))
        assert attempt.send_at is None

    def test_a_refused_one_spends_no_consent(self) -> None:
        rt = agreed(channel(), expires_at=NOON + DAY)
        schedule(rt, "late")
        assert schedule(rt, "in time", send_at=NOON + timedelta(hours=1)).state is State.PLANNED

    def test_f08_a_consent_that_was_never_used_is_given_back(self) -> None:
        rt = agreed(channel("instagram"))
        late = schedule(rt, "late")
        minute_of(rt, IN_TWO_DAYS)
        answer_message.run(
            builders.message_received(
                platform="instagram", message_id="mid.2", occurred_at=IN_TWO_DAYS
            ),
            channel("instagram"),
            rt,
        )
        again = schedule(rt, "again", send_at=None)
        assert (stored(rt, late).state, again.state) == (State.REFUSED, State.SENT)

    def test_nothing_is_sent_after_a_stop_of_everything(self) -> None:
        rt = agreed(channel())
        row = schedule(rt)
        rt.opt_ins.stop(conversation(), None, NOON + DAY)
        assert (minute_of(rt, IN_TWO_DAYS), stored(rt, row).state) == (0, State.REFUSED)

    def test_a_resume_before_its_time_lets_it_go(self) -> None:
        rt = agreed(channel())
        schedule(rt)
        rt.opt_ins.stop(conversation(), None, NOON + timedelta(hours=1))
        rt.opt_ins.resume(conversation(), None, NOON + timedelta(hours=2))
        assert minute_of(rt, IN_TWO_DAYS) == 1

    def test_for_an_unknown_conversation(self) -> None:
        with pytest.raises(NotFound):
            schedule(wrote(channel()), conversation_id="unknown")

    def test_a_text_that_is_too_long(self) -> None:
        with pytest.raises(InvalidInput):
            schedule(agreed(channel()), text="x" * 5000)


class TestAsking:
    def test_a_keyword_sends_the_request_template(self) -> None:
        rt = fakes.runtime(channel())
        answer_message.run(builders.message_received(text="the mug?"), channel(), rt)
        attachment = rt.sender.bodies[0]["message"]["attachment"]["payload"]
        assert (attachment["template_type"], attachment["payload"]) == ("one_time_notif_req", "mug")

    def test_on_whatsapp_the_customers_own_words_are_the_consent(self) -> None:
        rt = wrote(channel("whatsapp"), text="tell me when the mug is back")
        assert schedule(rt).state is State.PLANNED

    def test_the_api_sends_the_request_template_in_the_window(self) -> None:
        rt = wrote(channel())
        row = ask(rt)
        assert (row.state, row.kind) == (State.SENT, MessageKind.OPT_IN_REQUEST)

    def test_the_api_asks_once_for_a_key(self) -> None:
        rt = wrote(channel())
        ask(rt)
        ask(rt)
        assert len(rt.sender.posts) == 1

    def test_after_the_window_it_is_refused(self) -> None:
        rt = wrote(channel())
        rt.now.at = NOON + DAY
        assert ask(rt).failure == "window_closed"

    def test_an_unknown_topic_is_an_error_that_names_the_field(self) -> None:
        with pytest.raises(InvalidInput) as caught:
            ask(wrote(channel()), topic="teapot")
        assert caught.value.field == "topic"


class TestAskingInWords:
    """Where no token is to be had, the title is said with a word to tap: the tap is the consent."""

    @pytest.mark.parametrize("settings", IN_WORDS, ids=lambda known: known.platform)
    def test_the_api_asks_with_a_word_to_tap(self, settings: ChannelSettings) -> None:
        rt = wrote(settings)
        row = asked_of(rt, settings)
        assert (row.state, row.kind, row.text) == (State.SENT, MessageKind.TEXT, MUG.title)
        assert "notify:mug" in str(rt.sender.bodies[-1])

    @pytest.mark.parametrize("settings", IN_WORDS, ids=lambda known: known.platform)
    def test_the_tap_is_the_consent(self, settings: ChannelSettings) -> None:
        rt = wrote(settings)
        asked_of(rt, settings)
        answer_message.run(wants(settings, payload="notify:mug"), settings, rt)
        (consent,) = rt.opt_ins.of_topic(CHANNEL, "mug")
        assert (consent.how, consent.token) == (How.POSTBACK, None)

    @pytest.mark.parametrize("settings", IN_WORDS, ids=lambda known: known.platform)
    def test_the_tap_is_the_consent_while_a_person_is_at_it(
        self, settings: ChannelSettings
    ) -> None:
        rt = wrote(settings)
        person_answers(rt, settings)
        asked_of(rt, settings)
        posts = len(rt.sender.posts)
        answer_message.run(wants(settings, payload="notify:mug"), settings, rt)
        (consent,) = rt.opt_ins.of_topic(CHANNEL, "mug")
        assert (consent.how, consent.evidence) == (How.POSTBACK, "mid.tap")
        assert len(rt.sender.posts) == posts

    @pytest.mark.parametrize("settings", IN_WORDS, ids=lambda known: known.platform)
    def test_the_tap_is_the_consent_however_late_it_is_told(
        self, settings: ChannelSettings
    ) -> None:
        rt = wrote(settings)
        rt.now.at = NOON + DAY
        answer_message.run(wants(settings, payload="notify:mug"), settings, rt)
        (consent,) = rt.opt_ins.of_topic(CHANNEL, "mug")
        assert consent.opted_in_at == NOON + timedelta(minutes=1)

    @pytest.mark.parametrize(("group", "consents"), [(None, 1), ("group-1", 0)])
    def test_a_word_of_the_topic_is_no_consent_in_a_group(
        self, group: str | None, consents: int
    ) -> None:
        settings = IN_WORDS[-1]
        rt = wrote(settings)
        person_answers(rt, settings)
        event = replace(wants(settings, text="Tell me about the mug"), group_id=group)
        answer_message.run(event, settings, rt)
        assert len(rt.opt_ins.of_topic(CHANNEL, "mug")) == consents

    @pytest.mark.parametrize("settings", IN_WORDS, ids=lambda known: known.platform)
    def test_after_the_window_nobody_is_asked(self, settings: ChannelSettings) -> None:
        rt = wrote(settings)
        rt.now.at = NOON + DAY
        assert asked_of(rt, settings).failure == "window_closed"

    @pytest.mark.parametrize("settings", IN_WORDS, ids=lambda known: known.platform)
    @pytest.mark.parametrize(
        ("topic", "reason"), [(None, "stopped_all"), ("mug", "opt_in_stopped"), ("cup", None)]
    )
    def test_whoever_stopped_it_is_not_asked(
        self, settings: ChannelSettings, topic: str | None, reason: str | None
    ) -> None:
        rt = wrote(settings)
        rt.opt_ins.stop(conversation(settings.platform), topic, NOON)
        assert asked_of(rt, settings).failure == reason

    def test_consent_after_the_stop_takes_it_back(self) -> None:
        settings = IN_WORDS[0]
        rt = wrote(settings)
        rt.opt_ins.stop(conversation(settings.platform), "mug", NOON)
        rt.opt_ins.record(
            builders.opt_in(
                conversation_id=conversation(settings.platform), opted_in_at=NOON + DAY / 24
            )
        )
        assert asked_of(rt, settings).state is State.SENT


def wants(settings: ChannelSettings, **more: Any) -> MessageReceived:
    facts = {"text": "Tell me", "occurred_at": NOON + timedelta(minutes=1)} | more
    return builders.message_received(message_id="mid.tap", platform=settings.platform, **facts)


def person_answers(rt: Runtime, settings: ChannelSettings) -> None:
    reply_as_person.run(
        conversation_id=conversation(settings.platform),
        text="We do.",
        author="Mia",
        idempotency_key="mia-1",
        rt=rt,
    )


def asked_of(rt: Runtime, settings: ChannelSettings) -> Message:
    return notify.request(
        conversation_id=conversation(settings.platform), topic="mug", idempotency_key="k", rt=rt
    )


def ask(rt: Runtime, topic: str = "mug") -> Message:
    return notify.request(conversation_id=conversation(), topic=topic, idempotency_key="k", rt=rt)


class TestTheConsent:
    def test_it_is_stored_with_topic_token_and_expiry(self) -> None:
        rt = wrote(channel())
        record_consent.opted_in(opted_in(), channel(), rt)
        (known,) = rt.opt_ins.of_topic(CHANNEL, "mug")
        year = timedelta(days=365)
        assert (known.token, known.opted_in_at, known.expires_at) == ("t-9", NOON, NOON + year)

    def test_what_the_platform_says_about_its_end_counts(self) -> None:
        rt = wrote(channel())
        record_consent.opted_in(opted_in(expires_at=NOON + DAY), channel(), rt)
        (known,) = rt.opt_ins.of_topic(CHANNEL, "mug")
        assert known.expires_at == NOON + DAY

    def test_told_again_it_is_one(self) -> None:
        rt = wrote(channel())
        record_consent.opted_in(opted_in(), channel(), rt)
        record_consent.opted_in(opted_in(), channel(), rt)
        assert len(rt.opt_ins.of_topic(CHANNEL, "mug")) == 1

    def test_it_opens_no_window(self) -> None:
        rt = wrote(channel())
        before = rt.conversations.load(conversation())
        record_consent.opted_in(opted_in(occurred_at=NOON + DAY), channel(), rt)
        assert rt.conversations.load(conversation()) == before

    def test_one_of_a_plugin_opens_the_window(self) -> None:
        rt = fakes.runtime(channel())
        record_consent.opted_in(opted_in(kind="plugin", token=None), channel(), rt)
        row = rt.conversations.load(conversation())
        assert row is not None
        assert row.window_ends_at == NOON + DAY


def opted_in(**facts: Any) -> Any:
    from chalicelib.core.events import OptedIn

    defaults: dict[str, Any] = {
        "event_id": "messenger:opt_in:t-9",
        "platform": "messenger",
        "channel_id": CHANNEL,
        "contact_id": CONTACT,
        "occurred_at": NOON,
        "item": builders.ITEM,
        "kind": "one_time",
        "topic": "mug",
        "token": "t-9",
    }
    return OptedIn(**(defaults | facts))
