from types import SimpleNamespace

import pytest
from django import forms
from django.template import TemplateSyntaxError, engines
from django.utils.safestring import SafeString

NASTY = '<b onclick="x">[[name]]</b>'
ESCAPED = "&lt;b onclick=&quot;x&quot;&gt;[[name]]&lt;/b&gt;"


def render(source, **context):
    return engines["django"].from_string(source).render(context)


def row(**values):
    return SimpleNamespace(**values)


def test_every_row_is_written_with_its_own_values_and_the_pages_words():
    source = '{% each rows %}<td data-label="{{ head }}">[[name]], [[amount]]</td>{% endeach %}'
    rows = [row(name="Choir", amount="1,200"), row(name="Dance", amount="–")]
    assert render(source, rows=rows, head="Project") == (
        '<td data-label="Project">Choir, 1,200</td><td data-label="Project">Dance, –</td>'
    )
    assert render(source, rows=[], head="Project") == ""


def test_what_people_typed_is_escaped_and_never_read_as_a_place():
    source = '{% each rows %}<td title="{{ typed }}">[[name]]</td>{% endeach %}'
    assert render(source, rows=[row(name=NASTY)], typed=NASTY) == f'<td title="{ESCAPED}">{ESCAPED}</td>'


def test_what_is_safe_already_stays_as_it_is():
    assert render("{% each rows %}[[state]]{% endeach %}", rows=[row(state=SafeString("<i>on</i>"))]) == "<i>on</i>"


def test_a_row_decides_what_is_written_for_it_alone():
    source = (
        "{% each rows %}{% when late %}{{ word }} [[late]]{% when is_bad %}!{% endwhen %}{% otherwise %}on time"
        "{% endwhen %};{% endeach %}"
    )
    rows = [row(late="3 days", is_bad=True), row(late="", is_bad=True), row(late="<1>", is_bad=False)]
    assert render(source, rows=rows, word="late") == "late 3 days!;on time;late &lt;1&gt;;"


def test_a_choice_by_row_stands_directly_in_the_rows():
    with pytest.raises(TemplateSyntaxError):
        render("{% when late %}late{% endwhen %}", late=True)


class Narrowing(forms.Form):
    place = forms.ChoiceField(
        choices=[("", "All"), ("arts", 'Arts "&" crafts')], required=False,
        widget=forms.Select(attrs={"translate": "no"}),
    )  # fmt: skip


def test_a_select_is_written_with_its_choice_marked():
    written = render("{% select_box form.place 'small' %}", form=Narrowing({"place": "arts"}))
    assert written == (
        '<select class="small" id="id_place" name="place" translate="no"><option value="">All</option>'
        '<option value="arts" selected>Arts &quot;&amp;&quot; crafts</option></select>'
    )


def test_a_wrong_choice_is_told_to_everybody():
    written = render("{% select_box form.place 'small' %}", form=Narrowing({"place": "nowhere"}))
    assert written.startswith(
        '<select aria-describedby="id_place_error" aria-invalid="true" class="small is-invalid" id="id_place" '
        'name="place"'
    )
    assert "selected" not in written
