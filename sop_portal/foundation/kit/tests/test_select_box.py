from django import forms
from django.template import engines


def render(source, **context):
    return engines["django"].from_string(source).render(context)


class Narrowing(forms.Form):
    place = forms.ChoiceField(
        choices=[("", "All"), ("arts", 'Arts "&" crafts')],
        required=False,
        widget=forms.Select(attrs={"translate": "no"}),
    )


def test_a_select_is_written_with_its_choice_marked():
    written = render("{% select_box form.place 'small' %}", form=Narrowing({"place": "arts"}))
    assert written == (
        '<select class="small" id="id_place" name="place" translate="no"><option value="">All</option>'
        '<option value="arts" selected>Arts &quot;&amp;&quot; crafts</option></select>'
    )


def test_a_wrong_choice_says_so_to_everybody():
    written = render("{% select_box form.place 'small' %}", form=Narrowing({"place": "nowhere"}))
    assert written.startswith(
        '<select aria-describedby="id_place_error" aria-invalid="true" class="small is-invalid" id="id_place" '
        'name="place"'
    )
    assert "selected" not in written
