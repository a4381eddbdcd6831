"""What was typed for one record is offered on no other: a form says what it is about where its address does not."""

import re
from pathlib import Path

from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
OPENING = re.compile(r"<form\b(?:[^>{]|{[{%].*?[%}]})*>", re.DOTALL)
HIDDEN = re.compile(r'type="hidden"\s+name="([^"]+)"')
# What a form carries beside its record: its key, what its page showed, where it leads back to.
NO_RECORD = re.compile(
    r"key|seen.*|known|back|next|confirmed|paper|part|sort|scenario|credential|{{ (name|input.name) }}"
)
# Forms without words of one's own that wait, or whose hidden field is what was typed itself.
LISTED = {
    "planning/forecasts/add.html name": "a button for a project of last year",
    "sign_in/ways_in.html account": "a button",
    "account/demo_accounts.html email": "a button at the door",
    "planning/requests/board_together.html ?": "the query is the filter of the board, and its lines stand in the form",
    "account/login.html ?": "the forms at the door keep nothing",
    "sign_in/invitation.html username": "the forms at the door keep nothing",
}


def silent_forms() -> set[str]:
    """The forms whose record stands in the query or in a hidden field, and that do not say what they are about."""
    found = set()
    for path in sorted(TEMPLATES.rglob("*.html")):
        name = str(path.relative_to(TEMPLATES))
        for form in FORM.findall(path.read_text()):
            opening = OPENING.match(form)
            head = opening.group(0) if opening else form[:400]
            if "data-about" in head or not ('method="post"' in head or "data-kept" in head):
                continue
            found |= {f"{name} {field}" for field in HIDDEN.findall(form) if not NO_RECORD.fullmatch(field)}
            action = re.search(r'action="([^"]*)"', head)
            if action and "?" in action.group(1):
                found.add(f"{name} ?")
    return found


def test_a_form_says_what_it_is_about_where_its_address_does_not() -> None:
    assert silent_forms() == set(LISTED), 'Write data-about="…" on the form, or say why nothing of it waits.'


def test_a_form_that_says_nothing_is_found() -> None:
    form = '<form method="post" action="/x/"><input type="hidden" name="line" value="5"></form>'
    assert HIDDEN.findall(FORM.findall(form)[0]) == ["line"]
    assert not NO_RECORD.fullmatch("line")
