"""What mails about somebody's account say, in its reader's language."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.models import Organisation, User
from sop_portal.sign_in.models import AddressChange, Invitation, SecurityEvent

Letter = tuple[str, str]


def letter_about(event: SecurityEvent, person: User) -> Letter:
    """Subject and text of the mail that tells somebody what happened around their account."""
    with translation.override(person.language):
        parts = [_("Hello %(name)s,") % {"name": person.name}, sentence_of(event), *_when_and_where(event)]
        if event.by_id and event.by_id != person.pk:
            parts.append(interpolate(_("By: %(person)s"), {"person": event.by.name if event.by else ""}))
        doubt = _("If this was not you, open your account and press “This was not me”:")
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


def _when_and_where(event: SecurityEvent) -> list[str]:
    """When something happened, and where it came from as far as that is known."""
    words = {"day": formats.day_of_year(localtime(event.at).date()), "time": formats.clock(event.at)}
    places = formats.joined([event.browser, event.caller])
    origin = [_("Where from: %(places)s") % {"places": places}] if places else []
    return [_("When: %(day)s, %(time)s") % words, *origin]


def letter_to_new_address(change: AddressChange, token: str) -> Letter:
    """The mail to the new address: its link changes the address, once."""
    with translation.override(change.person.language):
        words = {"name": change.person.name, "email": change.email, "time": formats.clock(change.until)}
        parts = [
            _("Hello %(name)s,") % words,
            _("You want to sign in to SOP Portal with this address, and to get your mail here: %(email)s") % words,
            _("Open this link and confirm it. It works once, until %(time)s:") % words,
            settings.BASE_URL + reverse("address-confirm", args=[token]),
            _("If you do not know of this, there is nothing to do: without the link nothing changes."),
        ]
        return _("Confirm your new mail address"), "\n\n".join(parts) + "\n"


def letter_to_old_address(change: AddressChange, event: SecurityEvent, stop: str, until: datetime) -> Letter:
    """The mail to the old address: what was asked for, and how it is stopped."""
    with translation.override(change.person.language):
        words = {"name": change.person.name, "email": change.email}
        words |= {"day": formats.day_of_year(localtime(until).date())}
        parts = [
            _("Hello %(name)s,") % words,
            _("Your address in SOP Portal is to become %(email)s. It changes once a link sent there is followed.")
            % words,
            *_when_and_where(event),
            _("If it was you, there is nothing to do. If it was not you, stop it here, until %(day)s:") % words,
            settings.BASE_URL + reverse("address-stop", args=[stop]),
        ]
        return _("Your mail address is to be changed"), "\n\n".join(parts) + "\n"


def letter_of_changed_address(change: AddressChange, at: datetime, until: datetime) -> Letter:
    """The last mail to the old address: it was changed, and how it comes back."""
    with translation.override(change.person.language):
        words = {"name": change.person.name, "email": change.email, "asked": formats.moment_long(change.made_at)}
        words |= {"day": formats.day_of_year(localtime(until).date())}
        doubt = _(
            "If it was not you: the link in the mail “%(subject)s” of %(asked)s brings this address back until %(day)s."
        )
        parts = [
            _("Hello %(name)s,") % words,
            _("You now sign in to SOP Portal with %(email)s, and all mail goes there.") % words,
            doubt % {**words, "subject": _("Your mail address is to be changed")},
        ]
        return _("Your mail address was changed"), "\n\n".join(parts) + "\n"
