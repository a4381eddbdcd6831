"""What mails about somebody's account say, in its reader's language."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.models import Organisation, User
from sop_portal.sign_in.models import Invitation, SecurityEvent

Letter = tuple[str, str]


def letter_about(event: SecurityEvent, person: User) -> Letter:
    """Subject and text of the mail that tells somebody what happened around their account."""
    with translation.override(person.language):
        words = {"name": person.name, "day": formats.day_of_year(localtime(event.at).date())}
        words |= {"time": f"{localtime(event.at):%H:%M}"}
        parts = [_("Hello %(name)s,") % words, sentence_of(event), _("When: %(day)s, %(time)s") % words]
        if event.browser or event.caller:
            places = ", ".join(part for part in (event.browser, event.caller) if part)
            parts.append(_("Where from: %(places)s") % {"places": places})
        if event.by_id and event.by_id != person.pk:
            parts.append(interpolate(_("By: %(person)s"), {"person": event.by.name if event.by else ""}))
        doubt = _("If you do not expect this, open your account and press “This was not me”:")
        parts.append(f"{doubt}\n{settings.BASE_URL}{reverse('account')}")
        return str(event.get_what_display()), "\n\n".join(parts) + "\n"


def sentence_of(event: SecurityEvent) -> str:
    """What happened, with what it was about."""
    what = str(event.get_what_display())
    return f"{what}{formats.COLON[formats.language_code()]}{event.about}" if event.about else what


def letter_with_invitation(invitation: Invitation, token: str) -> Letter:
    """The mail that lets somebody in for the first time."""
    person = invitation.person
    with translation.override(person.language):
        organisation = Organisation.current().name
        begin = (
            _("%(organisation)s plans its year in SOP Portal, and you are invited.") % {"organisation": organisation}
            if organisation
            else _("You are invited to SOP Portal.")
        )
        words = {"day": formats.day_of_year(localtime(invitation.until).date())}
        parts = [
            _("Hello %(name)s,") % {"name": person.name},
            begin,
            _("Choose your password here. The link works once, until %(day)s:") % words,
            settings.BASE_URL + reverse("invitation", args=[token]),
            _("You sign in with this address: %(email)s") % {"email": invitation.email},
        ]
        return _("Your invitation to SOP Portal"), "\n\n".join(parts) + "\n"
