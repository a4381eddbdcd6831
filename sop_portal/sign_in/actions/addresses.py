"""Changing one's own mail address: asked for on the account, carried out from the new mailbox, stopped from the old."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.fitting import refuse_unfit
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow.engine import note
from sop_portal.sign_in.actions.events import Origin, log_event, write_mail
from sop_portal.sign_in.actions.invitations import verify_address
from sop_portal.sign_in.actions.links import end_address_changes, end_invitations
from sop_portal.sign_in.actions.sessions import report_stranger
from sop_portal.sign_in.models import AddressChange, SecurityEvent
from sop_portal.sign_in.tokens import hash_of_token, new_token
from sop_portal.sign_in.wording import letter_of_changed_address, letter_to_new_address, letter_to_old_address

What = SecurityEvent.What
# The link in the new mailbox works this long; that in the old one works days, also once the address is changed.
TO_CONFIRM, TO_STOP = timedelta(hours=1), timedelta(days=7)
# So often somebody asks within the time a link works: no mailbox is filled from here.
MOST_ASKED = 3


def stoppable_until(change: AddressChange) -> datetime:
    """Until when the link in the old mailbox brings the old address back."""
    return change.made_at + TO_STOP


@transaction.atomic
def ask_address(person: User, email: str, *, at: datetime, origin: Origin) -> AddressChange:
    """Ask for another address: mails go to both, and nothing changes before the link in the new mailbox is followed.

    An address that somebody has is answered alike, and gets no mail: nobody learns here who has an account.
    """
    locked = User.objects.select_for_update().get(pk=person.pk)
    _refuse_asking(locked, email := email.strip().lower(), at)
    end_address_changes(locked, at=at)
    token, stop = new_token(), new_token()
    change = AddressChange(person=locked, before=locked.email, email=email, made_at=at, until=at + TO_CONFIRM)
    refuse_unfit(change, ["email"])
    change.hash, change.stop_hash = hash_of_token(token), hash_of_token(stop)
    change.save()
    event = log_event(locked, What.ADDRESS_ASKED, at=at, origin=origin, about=email)
    write_mail(locked, *letter_to_old_address(change, event, stop, stoppable_until(change)), at=at, to=change.before)
    if not _is_taken(email, locked):
        write_mail(locked, *letter_to_new_address(change, token), at=at, to=change.email)
    return change


def _refuse_asking(person: User, email: str, at: datetime) -> None:
    if email == person.email.lower():
        raise NotReady(_("This is your address already."), [], _("Write another one.")).about("email")
    asked = AddressChange.objects.filter(person=person, made_at__gt=at - TO_CONFIRM).order_by("made_at")
    if len(asked) >= MOST_ASKED:
        words = {"time": formats.clock(asked[0].made_at + TO_CONFIRM)}
        sentence = _("You asked for this several times within the hour.")
        way_out = interpolate(_("Look for the newest mail, or ask again after %(time)s."), words)
        raise NotReady(sentence, [], way_out).about("email")


def _is_taken(email: str, person: User) -> bool:
    return User.objects.filter(email__iexact=email).exclude(pk=person.pk).exists()


@transaction.atomic
def confirm_address(change: AddressChange, signed_in: User, *, at: datetime, origin: Origin) -> User:
    """Change the address: whoever has the new mailbox is signed in as the person, so it is theirs."""
    locked = AddressChange.objects.select_for_update().get(pk=change.pk)
    person = User.objects.select_for_update().get(pk=locked.person_id)
    if signed_in.pk != person.pk or not person.is_active or not locked.is_open(at) or _is_taken(locked.email, person):
        raise NotNow(_("This link no longer works."), _("Ask for a new one on the page of your account."))
    AddressChange.objects.filter(pk=locked.pk).update(used_at=at)
    _give_address(person, locked.email)
    note("person", person, "change-address", by=person, at=at)
    log_event(person, What.ADDRESS_CHANGED, at=at, origin=origin, about=locked.email)
    write_mail(person, *letter_of_changed_address(locked, at, stoppable_until(locked)), at=at, to=locked.before)
    return person


def _give_address(person: User, email: str) -> None:
    person.email = email
    person.save(update_fields=["email"])
    verify_address(person)


@transaction.atomic
def stop_address(change: AddressChange, *, at: datetime, origin: Origin) -> bool:
    """Stop it from the old mailbox, or bring the old address back; whether it had been changed.

    Whoever asked was signed in as the person, so every session ends and the administrators are told. What was asked
    for later ends with it: its links went to mailboxes that may be the other's.
    """
    locked = AddressChange.objects.select_for_update().get(pk=change.pk)
    person = User.objects.select_for_update().get(pk=locked.person_id)
    if not may_stop(locked, person, at):
        raise NotNow(_("This link no longer works."), _("If your account is not safe, tell your administrator."))
    AddressChange.objects.filter(person=person, pk__gte=locked.pk, ended_at=None).update(ended_at=at)
    is_back = person.email != locked.before
    if is_back:
        end_invitations(person, at=at)
        _give_address(person, locked.before)
    note("person", person, "stop-address", by=None, at=at)
    log_event(person, What.ADDRESS_STOPPED, at=at, origin=origin, about=locked.email)
    report_stranger(person, "", at=at, origin=origin)
    return is_back


def may_stop(change: AddressChange, person: User, at: datetime) -> bool:
    """Whether there is still something to stop: it waits, or it was carried out a few days ago."""
    waits = change.is_open(at) or (change.used_at is not None and change.ended_at is None)
    return waits and person.is_active and at < stoppable_until(change) and not _is_taken(change.before, person)


@transaction.atomic
def drop_address(person: User, *, at: datetime, origin: Origin) -> bool:
    """Give one's own wish for another address up; whether there was one."""
    waiting = AddressChange.objects.filter(person=person, used_at=None, ended_at=None).first()
    if waiting is None:
        return False
    end_address_changes(person, at=at)
    log_event(person, What.ADDRESS_STOPPED, at=at, origin=origin, done_by=person, about=waiting.email)
    return True
