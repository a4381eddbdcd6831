import re

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from sop_portal.foundation.kit.components import Button, ConflictRow, Missing, NextBox, Remark
from sop_portal.tests.page_text import tight

NASTY = '<script>alert("x")</script>'


def render(source, address="/", **context):
    return engines["django"].from_string(source).render(context, RequestFactory().get(address))


class RequestLine(forms.Form):
    quantity = forms.IntegerField(label="Quantity", help_text="In days.")
    source = forms.ChoiceField(label="Source", choices=[("h", "History")], widget=forms.RadioSelect)


def test_what_people_typed_is_escaped_and_not_translated():
    assert render("{% typed text %}", text="<b>") == '<span translate="no">&lt;b&gt;</span>'
    assert "<script" not in render("{% typed text True %}", text=NASTY)


def test_every_form_gets_a_key_of_its_own():
    pattern = r'<input type="hidden" name="key" value="[0-9a-f-]{36}">'
    first, second = render("{% key_field %}"), render("{% key_field %}")
    assert re.fullmatch(pattern, first)
    assert first != second


@pytest.mark.parametrize(
    ("tone", "icon"),
    [
        ("draft", "pencil"),
        ("sent", "send"),
        ("review", "eye"),
        ("back", "arrow-return-left"),
        ("ok", "check-lg"),
        ("no", "x-lg"),
        ("late", "clock"),
        ("shut", "lock"),
    ],
)
def test_a_state_is_an_icon_a_word_and_a_colour(tone, icon):
    html = render("{% state tone 'A word' %}", tone=tone)
    assert f'class="state is-{tone}"' in html
    assert f"icons.svg#{icon}" in html
    assert html.endswith("A word</span>")


def test_the_language_is_named_as_html_names_it():
    assert render("{% html_lang %}") == "en"
    with translation.override("zh-hans"):
        assert render("{% html_lang %}") == "zh-Hans"


def test_a_button_one_may_not_press_is_linked_with_its_reason_and_the_reason_stands_once():
    why = "Only the resource team may accept a forecast."
    buttons = [Button("Accept", is_disabled=True, why=why), Button("Send back", is_disabled=True, why=why)]
    html = render("{% next_step step %}", step=NextBox("Waits", buttons=buttons, tone="wait"))
    assert html.count('aria-describedby="why1"') == 2
    assert html.count(why) == 1


def test_a_button_that_acts_is_a_form_with_its_key():
    html = render(
        "{% next_step step %}", step=NextBox("Go", buttons=[Button("Go", "/go/", method="post", fields=[("seen", 3)])])
    )
    assert 'action="/go/"' in html
    assert 'name="key"' in html
    assert 'name="seen" value="3"' in html
    assert "csrfmiddlewaretoken" in html


def test_what_is_missing_links_to_where_it_is_put_right():
    html = render(
        "{% next_step step %}", step=NextBox("Go", missing=[Missing("Materials are missing", "/m/"), Missing("Plain")])
    )
    assert '<a href="/m/">Materials are missing</a>' in html
    assert "<span>Plain</span>" in tight(html)


def test_the_error_summary_links_to_every_wrong_field():
    html = render("{% error_summary form %}", form=RequestLine({"quantity": "a dozen"}))
    assert 'href="#id_quantity"' in html
    assert 'href="#id_source_0"' in html
    assert 'role="alert"' in html


def test_without_an_error_there_is_no_summary():
    assert render("{% error_summary form %}", form=RequestLine()).strip() == ""
    assert render("{% error_summary form %}").strip() == ""


def test_a_wrong_field_names_its_error_and_its_hint_to_a_screen_reader():
    html = render("{% load crispy_forms_filters %}{{ form|crispy }}", form=RequestLine({"quantity": "a dozen"}))
    assert 'aria-describedby="id_quantity_helptext id_quantity_error"' in html
    assert 'aria-invalid="true"' in html
    assert (
        html.index('id="id_quantity_helptext"') < html.index('id="id_quantity_error"') < html.index('name="quantity"')
    )


def test_a_header_sorts_one_way_then_the_other_and_keeps_the_filter():
    header = render("{% sort_header 'Asked' 'asked' True %}", "/?state=draft&after=7")
    up = render("{% sort_header 'Asked' 'asked' %}", "/?sort=asked")
    down = render("{% sort_header 'Asked' 'asked' %}", "/?sort=-asked")
    assert 'class="r"' in header
    assert 'href="?state=draft&amp;sort=asked"' in header
    assert ('aria-sort="ascending"' in up, 'href="?sort=-asked"' in up) == (True, True)
    assert ('aria-sort="descending"' in down, 'href="?sort=asked"' in down) == (True, True)


def test_a_conflict_offers_both_and_escapes_both():
    html = render("{% conflict rows %}", rows=[ConflictRow("Reason", "reason", NASTY, NASTY)])
    assert "<script" not in html
    assert html.count('name="keep-reason"') == 2
    assert html.split().count("checked>") == 1


def test_a_thread_without_an_address_has_no_field():
    remark = Remark("Ben Carter", "BC", "", None, "Moved.")
    assert "<form" not in render("{% talk comments %}", comments=[remark])
    assert "<form" in render("{% talk comments '/c/' %}", comments=[])


def test_a_label_that_asks_has_one_sign_in_the_summary():
    class Asking(forms.Form):
        came = forms.ChoiceField(label="Did it help?", choices=[("y", "Yes")], error_messages={"required": "Choose."})

    assert "Did it help: Choose." in render("{% error_summary form %}", form=Asking({}))


@pytest.mark.parametrize(
    ("language", "name", "said"),
    [
        ("zh-hans", "窦蕾", "<b>窦蕾</b>编辑了记录"),
        ("zh-hans", "Bao", "<b>Bao</b> 编辑了记录"),
        ("en", "窦蕾", "<b>窦蕾</b> 编辑了记录"),
        ("zh-hans", "<蕾>", "<b>&lt;蕾&gt;</b> 编辑了记录"),
    ],
)
def test_in_chinese_a_name_stands_close_to_what_was_done(language, name, said):
    with translation.override(language):
        html = render("{% closeup %}<b>{{ name }}</b> {{ done }}{% endcloseup %}", name=name, done="编辑了记录")
    assert html == said


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p>已保存。\n  <a href='/'>返回</a></p>", "<p>已保存。<a href='/'>返回</a></p>"),
        ("<p><b>预算。</b> 财务部门编制</p>", "<p><b>预算。</b>财务部门编制</p>"),
        ("<label>角色\n <small>（选填）</small></label>", "<label>角色<small>（选填）</small></label>"),
        # Names beside each other, what somebody typed, what stands in a field and in a mark of an element stay.
        ("<p>第 3 版 <span>已批准</span></p>", "<p>第 3 版 <span>已批准</span></p>"),
        ('<p translate="no">写明理由。 谢谢</p>', '<p translate="no">写明理由。 谢谢</p>'),
        ("<textarea>写明理由。 谢谢</textarea>", "<textarea>写明理由。 谢谢</textarea>"),
        ('<a title="写明理由。 谢谢">好</a>', '<a title="写明理由。 谢谢">好</a>'),
        ("<p>已保存。</p> <p>返回</p>", "<p>已保存。</p> <p>返回</p>"),
        ("<p>Saved. <a href='/'>Back</a></p>", "<p>Saved. <a href='/'>Back</a></p>"),
    ],
)
def test_in_chinese_no_blank_stands_beside_a_mark(html, said):
    with translation.override("zh-hans"):
        assert render("{% punctuated %}{{ html|safe }}{% endpunctuated %}", html=html) == said
    with translation.override("en"):
        assert render("{% punctuated %}{{ html|safe }}{% endpunctuated %}", html=html) == html
