"""Sentences that know which of their words somebody typed."""

from unittest.mock import patch

import pytest
from django.template import Context, Engine
from django.utils import translation
from django.utils.translation import trans_real

from sop_portal.foundation.kit.sentences import (
    Sentence,
    concatenate,
    interpolate,
    marked,
    names_in,
    restore_typed,
    typed,
)
from sop_portal.foundation.kit.templatetags.chinese import closed_up

ZH = "%(who)s 的账户"
NAME = '<span translate="no">Arts &lt;b&gt;</span>'


def test_a_sentence_is_plain_text_until_a_page_asks_which_words_were_typed() -> None:
    sentence = interpolate("Forecast %(year)s, %(department)s", {"year": 2027, "department": typed("Arts <b>")})

    assert sentence == "Forecast 2027, Arts <b>"
    assert marked(sentence) == f"Forecast 2027, {NAME}"


def test_a_sentence_inside_a_sentence_keeps_what_was_typed_and_the_portals_own_words_are_escaped() -> None:
    record = interpolate("Forecast of %(department)s", {"department": typed("Arts <b>")})
    sentence = interpolate("<Submit>: %(record)s, %(state)s", {"record": record, "state": "a < b"})

    assert marked(sentence) == f"&lt;Submit&gt;: Forecast of {NAME}, a &lt; b"


@pytest.mark.parametrize(
    ("person", "said"),
    [("陈静", "由陈静提交，共 3 项。陈静"), ("Chen Jing", "由 Chen Jing 提交，共 3 项。Chen Jing")],
)
def test_a_chinese_name_has_no_blanks_around_it_in_a_chinese_sentence(person: str, said: str) -> None:
    sentence = interpolate("由 %(person)s 提交，共 %(count)s 项。%(person)s", {"person": typed(person), "count": 3})

    assert sentence == said
    assert marked(sentence) == said.replace(person, f'<span translate="no">{person}</span>')


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ("陈静", "由<b>陈静</b>提交，共 3 项"),
        ("林 晓梅", "由<b>林 晓梅</b>提交，共 3 项"),
        ("Chen", "由 <b>Chen</b> 提交，共 3 项"),
    ],
)
def test_a_chinese_name_has_no_blanks_around_it_on_a_chinese_page(person: str, said: str) -> None:
    assert closed_up(f"由 <b>{person}</b> 提交，共 3 项") == said


def test_a_chinese_name_is_closed_up_in_an_attribute_and_in_a_sentence_that_is_kept() -> None:
    said = "{% blocktranslate with who=who asvar kept %}Account of {{ who }} here{% endblocktranslate %}{{ kept }}"
    shown = []
    with (
        translation.override("zh-hans"),
        patch.object(trans_real.DjangoTranslation, "gettext", lambda _self, _text: ZH),
    ):
        shown += [Engine.get_default().from_string(said).render(Context({"who": who})) for who in ("窦蕾", "Dora")]
    assert shown == ["窦蕾的账户", "Dora 的账户"]


def test_two_chinese_words_beside_each_other_have_no_blank_between_them() -> None:
    words = {"person": typed("迟迪"), "happened": "创建了本版本"}
    with translation.override("zh-hans"):
        assert interpolate("%(person)s %(happened)s", words) == "迟迪创建了本版本"
        assert interpolate("%(person)s %(happened)s", words | {"person": typed("Chidi")}) == "Chidi 创建了本版本"
    assert interpolate("%(person)s %(happened)s", words) == "迟迪 创建了本版本"


def test_words_put_together_keep_what_was_typed_and_plain_words_stay_plain() -> None:
    assert marked(concatenate([typed("Arts <b>"), "Sports"], ", ")) == f"{NAME}, Sports"
    assert not isinstance(concatenate(["Arts", "Sports"], ", "), Sentence)
    assert (concatenate(["迟迪", "陈静"], " 或 "), concatenate(["迟迪", "Ann"], " 或 ")) == (
        "迟迪或陈静",
        "迟迪 或 Ann",
    )


def test_typed_words_are_known_again_in_a_sentence_that_was_kept_as_text() -> None:
    kept = interpolate("%(person)s accepted %(what)s", {"person": typed("Ann"), "what": typed("Ann’s plan")})

    known = restore_typed(str(kept), names_in([kept]))

    assert known == "Ann accepted Ann’s plan"
    assert marked(known) == '<span translate="no">Ann</span> accepted <span translate="no">Ann’s plan</span>'
    assert restore_typed("Nothing typed", []) == "Nothing typed"
