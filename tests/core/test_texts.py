"""The ready texts: complete in every language, alike in what they hold, fit for every platform."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import texts
from chalicelib.core.keywords import folded, is_all, is_asked
from chalicelib.core.personalisation import (
    MAX_VALUE_BYTES,
    MAX_VALUE_CHARACTERS,
    Values,
    fill,
    problem,
    say_duration,
    say_time,
)
from chalicelib.platforms._send_api import text_limit_instagram

NAMES = sorted(texts.words("en").TEXTS)
ASKED = sorted(texts.words("en").KEYWORDS)
ALL = [(name, language) for name in NAMES for language in texts.LANGUAGES]
BY_PLATFORM = {"feedback_title": 65, "feedback_subtitle": 80, "feedback_button": 20} | {
    name: 20
    for name in (
        "list_button",
        "notification_word",
        "stop_all",
        *(f"feedback_{score}" for score in range(1, 6)),
    )
}
LANGUAGES = st.sampled_from(texts.LANGUAGES)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
SAMPLES = {
    "contact_information": (
        *("What's your phone number?", "Telefon numaranız nedir?", "TELEFON NUMARANIZ?"),
        *("Əlaqə nömrəniz var?", "전화번호가 어떻게 되나요?"),
    ),
    "location": (
        *("Where are you?", "Adresiniz nerede?", "ADRESİNİZ", "Ünvanınız haradadır?"),
        "매장 위치가 어디예요?",
    ),
    "opt_in_list": (
        *("What are my notifications?", "Bildirimlerim neler?", "Abunəliklərimi göstər"),
        *("내 알림 보여 주세요", "Please list my notifications"),
    ),
    "contact_details": (
        *("Please call me back", "Beni arar mısınız?", "Mənə zəng edin", "전화 주세요!"),
    ),
}
CHATTER = (
    *("Is the blue mug back?", "Mavi kupa geldi mi?", "Mavi fincan var?", "파란 머그컵 있나요?"),
    *("Thank you!", "Teşekkürler", "Sağ olun", "감사합니다"),
)


TOLD = (
    *("My address is Main Street 5", "Please change my delivery address", "My phone number is 5"),
    *("Siparişimin adresi yanlış", "Telefon numarası yanlış yazılmış", "Sizinle iletişim kurdum"),
    *(
        "Mənim ünvanı dəyişin",
        "Sizinlə əlaqə saxladım",
        "배송 주소 변경해 주세요",
        "제 전화번호는 010-1",
    ),
)
ONLY = (
    *(("location", word) for word in ("Address?", "ADRES", "ünvan", "konum?", "주소", "위치요")),
    *(("contact_information", word) for word in ("Phone number?", "İletişim", "Əlaqə", "연락처")),
)


def _placeholders(name: str, language: str) -> list[str]:
    return sorted(re.findall(r"\{(\w+)\}", texts.ready(name, language)))


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("table", ["TEXTS", "KEYWORDS", "ALONE", "FALLBACKS", "COUNTS"])
def test_every_language_has_the_same_names(language: str, table: str) -> None:
    assert set(getattr(texts.words(language), table)) == set(getattr(texts.words("en"), table))


@pytest.mark.parametrize(("name", "language"), ALL)
def test_a_text_has_the_same_placeholders_in_all_languages(name: str, language: str) -> None:
    assert _placeholders(name, language) == _placeholders(name, "en")


@pytest.mark.parametrize(("name", "language"), ALL)
def test_a_ready_text_fits_every_platform(name: str, language: str) -> None:
    assert problem(texts.ready(name, language), text_limit_instagram) is None


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize(("name", "most"), BY_PLATFORM.items())
def test_what_stands_on_a_form_is_short_enough(name: str, most: int, language: str) -> None:
    assert len(texts.ready(name, language)) <= most


@pytest.mark.parametrize("language", texts.LANGUAGES[1:])
def test_no_text_is_left_untranslated(language: str) -> None:
    same = [name for name in NAMES if texts.ready(name, language) == texts.ready(name, "en")]
    assert same == []


@pytest.mark.parametrize("name", ["away_massage", ""])
def test_there_is_no_other_text(name: str) -> None:
    with pytest.raises(KeyError):
        texts.ready(name, "en")


@pytest.mark.parametrize("language", ["de", "", "EN"])
def test_there_is_no_other_language(language: str) -> None:
    with pytest.raises(KeyError):
        texts.ready("away_message", language)


def test_all_texts_are_listed_by_name_and_language() -> None:
    listed = texts.in_all_languages()
    assert [(name, language) for name, by in listed.items() for language in by] == ALL


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, said in SAMPLES.items() for text in said]
)
def test_ready_keywords_find_who_asks_in_every_language(name: str, text: str) -> None:
    assert is_asked(texts.keywords(name), text)


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("text", CHATTER)
def test_ready_keywords_leave_other_messages_alone(name: str, text: str) -> None:
    assert not is_asked(texts.keywords(name), text)


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("text", TOLD)
def test_who_tells_an_address_or_a_number_does_not_ask_for_ours(name: str, text: str) -> None:
    assert not is_asked(texts.keywords(name), text)
    assert not is_all(texts.alone(name), text)


@pytest.mark.parametrize(("name", "text"), ONLY)
def test_a_bare_word_asks_as_the_whole_message(name: str, text: str) -> None:
    assert is_all(texts.alone(name), text)


@pytest.mark.parametrize("name", ASKED)
def test_a_keyword_stands_once(name: str) -> None:
    known = [folded(word) for word in texts.keywords(name)]
    assert sorted(set(known)) == sorted(known)


@given(LANGUAGES, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_time_is_a_value_of_at_most_its_length(
    language: str, at: datetime, ahead: timedelta
) -> None:
    said = say_time(at + ahead, at, ZoneInfo("Asia/Baku"), language)
    assert len(said) <= MAX_VALUE_CHARACTERS
    assert len(said.encode()) <= MAX_VALUE_BYTES


@given(LANGUAGES, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_wait_is_a_value_of_at_most_its_length(language: str, wait: timedelta) -> None:
    assert len(say_duration(wait, language).encode()) <= MAX_VALUE_BYTES


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "there | in about 10 minutes | at 09:00"),
        (
            "tr",
            "değerli müşterimiz | yaklaşık 10 dakika içinde | saat 09:00 itibarıyla",
        ),
        ("az", "hörmətli müştəri | təxminən 10 dəqiqə ərzində | saat 09:00"),
        ("ko", "고객 | 약 10분 이내에 | 09:00에"),
    ],
)
def test_placeholders_are_filled_in_the_language_of_the_channel(language: str, said: str) -> None:
    nine = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    values = Values(
        zone=ZoneInfo("UTC"),
        now=nine - timedelta(hours=2),
        usual_response_time=timedelta(minutes=10),
        opens_at=nine,
        language=language,
    )
    text = "{first_name} | {usual_response_time} | {opens_at}"
    assert fill(text, values) == said


@pytest.mark.parametrize(
    ("language", "on_weekday", "on_date"),
    [
        ("tr", "Pazartesi 09:00 itibarıyla", "4 Ocak Pazartesi 09:00 itibarıyla"),
        ("az", "bazar ertəsi, saat 09:00", "4 yanvar, bazar ertəsi, saat 09:00"),
        ("ko", "월요일 09:00에", "1월 4일 월요일 09:00에"),
    ],
)
def test_a_later_time_names_the_day(language: str, on_weekday: str, on_date: str) -> None:
    monday = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
    before = (monday - timedelta(days=2), monday - timedelta(days=20))
    assert [say_time(monday, at, ZoneInfo("UTC"), language) for at in before] == [
        on_weekday,
        on_date,
    ]
