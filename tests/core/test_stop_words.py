"""Words by which customers ask to hear no more from us, or again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.stop_words import START, STOP, Wish, wish

STOPS = [word for words in STOP.values() for word in words]
STARTS = [word for words in START.values() for word in words]
LANGUAGES = {"en", "tr", "az", "ko", "de", "fr", "es", "pt", "ar", "ru"}
AROUND = st.text(alphabet=" \t\n.!?*\"'()«»-/🛑", max_size=5)


def test_the_languages_of_our_customers_are_there() -> None:
    assert set(STOP) >= LANGUAGES
    assert set(START) == set(STOP)


@pytest.mark.parametrize("word", STOPS)
def test_a_stop_word_stops_everything(word: str) -> None:
    assert wish(word) == Wish(is_stop=True)


@pytest.mark.parametrize("word", STARTS)
def test_a_start_word_takes_the_stop_back(word: str) -> None:
    assert wish(word) == Wish(is_stop=False)


@given(st.sampled_from(STOPS), AROUND, AROUND)
def test_marks_and_emoji_around_do_not_count(word: str, before: str, after: str) -> None:
    assert wish(before + word + after) == Wish(is_stop=True)


@given(st.sampled_from(STOPS))
def test_capitals_do_not_count(word: str) -> None:
    assert wish(word.upper()) == wish(word.title()) == Wish(is_stop=True)


@pytest.mark.parametrize(
    "text",
    [
        "ABONELİKTEN ÇIK",
        "Abonelikten Çık",
        "ABONELIKTEN CIK".replace("CIK", "ÇIK"),
        "MESAJ İSTEMİYORUM",
    ],
)
def test_turkish_capitals_are_read(text: str) -> None:
    assert wish(text) == Wish(is_stop=True)


def test_wide_letters_are_read() -> None:
    assert wish("\uff33\uff34\uff2f\uff30") == Wish(is_stop=True)


@pytest.mark.parametrize(
    "text",
    [
        *(None, "", " ", "!", "Do you stop at five?", "don't stop", "stop it, please", "stops"),
        *("cancel", "Cancel my order", "iptal", "basta", "no", "Where is the bus stop?", "restart"),
        *("I started today", "end", "para", "dur"),
    ],
)
def test_other_words_are_no_wish(text: str | None) -> None:
    assert wish(text) is None


@given(st.sampled_from(STOPS + STARTS), st.text(alphabet="abcde", min_size=1))
def test_a_longer_message_is_no_wish(word: str, more: str) -> None:
    assert wish(f"{word} {more}z") is None
    assert wish(f"z{more} {word}") is None


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("stop", Wish(is_stop=True)),
        ("stop:mug", Wish(is_stop=True, topic="mug")),
        ("start", Wish(is_stop=False)),
        ("start:mug", Wish(is_stop=False, topic="mug")),
        ("stopping", None),
        ("notify:mug", None),
    ],
)
def test_a_tap_tells_by_its_payload(payload: str, expected: Wish | None) -> None:
    assert wish("Fewer messages", payload) == expected


@pytest.mark.parametrize("title", ["Start", "Mulai", "Subscribe"])
def test_a_button_of_other_meaning_takes_no_stop_back(title: str) -> None:
    assert wish(title, "GET_STARTED") is None


def test_a_button_that_brings_back_its_own_title_says_it() -> None:
    assert wish("Start", "Start") == Wish(is_stop=False)


def test_a_button_called_stop_stops_whatever_else_it_means() -> None:
    assert wish("Stop", "menu:end") == Wish(is_stop=True)


@pytest.mark.parametrize(
    "text", ["abonelikten cik", "ABONELIGI IPTAL ET", "abuneliyi legv et", "Mesaj gondermeyin!"]
)
def test_words_typed_without_turkish_letters_are_read(text: str) -> None:
    assert wish(text) == Wish(is_stop=True)
