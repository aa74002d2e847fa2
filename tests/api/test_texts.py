from __future__ import annotations

from chalicelib.core.texts import LANGUAGES, ready


def test_the_ready_texts_are_listed_in_every_language(api):
    items = api.get("/v1/texts").body["items"]
    [away] = [each["texts"] for each in items if each["name"] == "away_message"]
    assert away == {language: ready("away_message", language) for language in LANGUAGES}


def test_the_ready_texts_fit_on_one_page(api):
    assert api.get("/v1/texts").body["next_cursor"] is None
