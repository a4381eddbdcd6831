"""Erasing a person: the records stay, who they were does not."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.improvements.actions import follow_owner_name
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.notices.models import Mail, Notice, Preference
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.papers.actions import forget_waiting_of
from sop_portal.foundation.workflow.engine import note
from sop_portal.people.actions.rights import require_administrator
from sop_portal.sign_in.actions import end_sessions
from sop_portal.sign_in.models import AddressChange, FactorDuty, Invitation, SecurityEvent

# Rows that say nothing but who somebody is and what they were told.
OF_THE_PERSON = (
    EmailAddress.objects,
    Authenticator.objects,
    SocialAccount.objects,
)
AND_THEIRS = (
    Invitation.objects,
    AddressChange.objects,
    FactorDuty.objects,
    SecurityEvent.objects,
    Notice.objects,
    Preference.objects,
)


@transaction.atomic
def erase_person(person: User, *, by: User, at: datetime) -> User:
    """Replace the name everywhere and delete what only says who the person was; what they did stays, under a number."""
    require_administrator(by, at)
    if person.is_active:
        sentence = _("A person who may log in cannot be erased.")
        raise NotReady(sentence, way_out=_("End the access on the person’s page first."))
    locked = User.objects.select_for_update().get(pk=person.pk)
    before = locked.name
    end_sessions(locked)
    for rows in OF_THE_PERSON:
        rows.filter(user=locked).delete()
    Mail.objects.filter(person=locked).exclude(state=Mail.State.SENDING).delete()
    for rows in AND_THEIRS:
        rows.filter(person=locked).delete()
    forget_waiting_of(locked)
    locked.name, locked.email = erased_name(locked), f"erased-{locked.pk}@invalid.example"
    locked.set_unusable_password()
    locked.save()
    _replace_in_notices(before, locked.name)
    follow_owner_name(locked)
    note("person", locked, "erase-person", by=by, at=at)
    return locked


def erased_name(person: User) -> str:
    """What stands for somebody who was erased: a number, in no language."""
    return f"Person {person.pk}"


def _replace_in_notices(before: str, after: str) -> None:
    """What colleagues were told names the person no more; sentences were made by the portal, so they are changed."""
    for notice in Notice.objects.filter(texts__icontains=before).order_by("pk").iterator():
        notice.texts, notice.typed = _without(notice.texts, before, after), _without(notice.typed, before, after)
        notice.save(update_fields=["texts", "typed"])
    for mail in Mail.objects.filter(subject__icontains=before) | Mail.objects.filter(text__icontains=before):
        mail.subject, mail.text = mail.subject.replace(before, after), mail.text.replace(before, after)
        mail.save(update_fields=["subject", "text"])


def _without(value: object, before: str, after: str) -> object:
    if isinstance(value, dict):
        return {key: _without(inner, before, after) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without(inner, before, after) for inner in value]
    return value.replace(before, after) if isinstance(value, str) else value
