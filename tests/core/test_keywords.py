"""Keywords in messages: whole words, in languages whose letters and words differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.keywords import folded, is_asked, occurs

TURKISH = "abcçdefgğhıijklmnoöprsştuüvyz"
AZERBAIJANI = "abcçdeəfgğhxıijkqlmnoöprsştuüvyz"
_UPPER = str.maketrans("iı", "İI")
WORDS = st.text(TURKISH + AZERBAIJANI, min_size=1, max_size=20)
SYLLABLES = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1)


def _capitals(word: str) -> str:
    """As a Turkish keyboard writes it."""
    return word.translate(_UPPER).upper()


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("iletişim", "İLETİŞİM"),
        ("iletişim", "ILETIŞIM bilgileri"),
        ("İletişim", "iletişim?"),
        ("I\u0307letişim", "iletişim"),  # an İ in two characters
        ("açık", "AÇIK mısınız"),
        ("ünvan", "ÜNVAN haradadır"),
        ("əlaqə", "ƏLAQƏ"),
        ("info", "INFO"),
        ("straße", "STRASSE"),
        ("contact details", "your  Contact\nDetails, please"),
        ("전화번호", "전화번호가 뭐예요?"),
        ("위치", "매장 위치는 어디인가요"),
        ("mug", "\uff4d\uff55\uff47"),
        ("VIP", "VIP는 어떻게 되나요?"),
    ],
)
def test_a_keyword_is_found_in_its_languages_forms(keyword: str, text: str) -> None:
    assert occurs(keyword, folded(text))


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("mug", "smuggler"),
        ("mug", "mugs"),
        ("adres", "adressiz"),
        ("위치", "재위치"),
        ("tel", "hotel"),
        ("c++", "c"),
    ],
)
def test_a_part_of_another_word_is_no_keyword(keyword: str, text: str) -> None:
    assert not occurs(keyword, folded(text))


@pytest.mark.parametrize("text", ["", "Hello!", "5 - 3", " "])
@pytest.mark.parametrize("keyword", ["", " ", "\u3000\n"])
def test_a_keyword_without_a_letter_or_sign_stands_nowhere(keyword: str, text: str) -> None:
    assert not occurs(keyword, folded(text))


@given(WORDS)
def test_a_word_is_found_in_turkish_and_azerbaijani_capitals(word: str) -> None:
    assert occurs(word, folded(_capitals(word)))


@given(WORDS, WORDS, WORDS)
def test_a_keyword_is_found_wherever_it_stands(before: str, keyword: str, after: str) -> None:
    assert occurs(keyword, folded(f"{before} {keyword}, {after}"))


@given(WORDS, WORDS)
def test_a_keyword_is_not_found_inside_a_longer_word(keyword: str, more: str) -> None:
    assert not occurs(f"x{keyword}", folded(f"x{keyword}{more}"))


@given(SYLLABLES, SYLLABLES)
def test_a_korean_keyword_is_found_with_particles_behind_it(keyword: str, particle: str) -> None:
    assert occurs(keyword, folded(keyword + particle))


@given(st.text(st.characters(codec="utf-8"), max_size=50))
def test_folding_again_changes_nothing_of_simple_texts(text: str) -> None:
    once = folded(text.encode("ascii", "ignore").decode())
    assert folded(once) == once


def test_one_of_several_keywords_is_enough() -> None:
    assert is_asked(("phone", "telefon"), "Telefon?")


@pytest.mark.parametrize("text", [None, "", "Hello"])
def test_without_a_keyword_nothing_is_asked(text: str | None) -> None:
    assert not is_asked(("phone",), text)
