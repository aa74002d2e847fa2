"""Every reason code has a sentence and an advice in everyday words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import chalicelib
from chalicelib.core import looking
from chalicelib.core.messaging_policy.reasons import REASONS
from chalicelib.core.send_reasons import Explanation, explain
from chalicelib.platforms import ErrorClass
from chalicelib.platforms._graph_answers import ONE_TIME_TOKEN_SPENT, classify_status_errors
from chalicelib.platforms._graph_errors import CLOUD_API, SEND_API

SOURCES = "\n".join(path.read_text() for path in Path(chalicelib.__path__[0]).rglob("*.py"))
NAMED = {
    *re.findall(r'\brefused\("(\w+)"\)', SOURCES),
    *re.findall(r'\bSendError\("(\w+)"', SOURCES),
    *re.findall(r'failure="(\w+)"', SOURCES),
    *(looking.NOT_SEEN_YET, looking.NOT_DELIVERED, looking.NOT_FOUND_OUT, looking.WORKER_DIED),
    *("too_late_to_retry", ONE_TIME_TOKEN_SPENT),
}
NUMBERS = sorted(
    {
        (error_class, number)
        for table in (SEND_API, CLOUD_API)
        for error_class, numbers in table.items()
        for number in numbers
    }
)
NOBODY_KNOWS = explain("something_new", "messenger")


def words(explanation: Explanation) -> str:
    return f"{explanation.sentence} {explanation.advice}"


def of_class(error_class: ErrorClass) -> Explanation:
    return explain(f"{error_class}_http_599", "messenger")


def test_the_codes_of_our_own_are_found_in_the_source():
    assert {"token_missing", "ambiguous_no_answer", "text_missing"} <= NAMED


@pytest.mark.parametrize("reason", sorted(NAMED))
def test_every_code_of_our_own_has_words_of_its_own(reason):
    classes = [of_class(error_class) for error_class in ErrorClass]
    assert explain(reason, "messenger") not in [NOBODY_KNOWS, *classes]


@pytest.mark.parametrize("reason", sorted(REASONS))
@pytest.mark.parametrize("platform", ["messenger", "instagram", "whatsapp"])
def test_every_reason_of_the_policy_has_its_sentence_and_an_advice(reason, platform):
    explanation = explain(reason, platform)
    assert (explanation.sentence, bool(explanation.advice)) == (REASONS[reason], True)


@pytest.mark.parametrize("error_class", list(ErrorClass))
def test_every_class_of_errors_has_words(error_class):
    assert of_class(error_class) != NOBODY_KNOWS


@pytest.mark.parametrize(("error_class", "number"), NUMBERS)
def test_every_number_of_metas_tables_is_explained_by_itself(error_class, number):
    alone = explain(f"something_new_{number}", "messenger")
    assert alone != NOBODY_KNOWS
    assert explain(f"{error_class}_{number}", "messenger") == alone


@pytest.mark.parametrize("number", [131047, 131026, 131049, 131042])
def test_what_a_late_status_says_is_explained(number):
    reason = classify_status_errors([{"code": number}]).reason
    assert explain(reason, "whatsapp") == explain(f"something_new_{number}", "whatsapp")


def test_a_subcode_says_more_than_its_code():
    assert "restricted" in explain("policy_10_1893063", "messenger").sentence


def test_an_unknown_subcode_leaves_the_code():
    assert explain("token_190_463", "messenger") == explain("token_190", "messenger")


def test_the_status_of_http_is_no_number_of_metas():
    assert explain("ambiguous_http_400", "messenger") == of_class(ErrorClass.AMBIGUOUS)


def test_a_kind_that_a_platform_does_not_have_is_named():
    assert "kind" in explain("kind_not_offered_template", "instagram").sentence


def test_what_may_have_arrived_is_not_advised_to_be_sent_again_at_once():
    assert "Look into the conversation" in explain("ambiguous_no_answer", "messenger").advice


@pytest.mark.parametrize("reason", [*sorted(NAMED), *sorted(REASONS), "policy_368", "new"])
def test_the_words_are_whole_sentences(reason):
    text = words(explain(reason, "messenger"))
    assert re.fullmatch(r"[A-Z][^_]+\. [A-Z][^_]+\.", text)
