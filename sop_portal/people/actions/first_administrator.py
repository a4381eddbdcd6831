"""The way in: a one-time code, and the first administrator who is made with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.organisation.models import FirstCode, Membership, User
from sop_portal.foundation.organisation.portal import ONLY_ROW
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.workflow.engine import note
from sop_portal.people.actions.people import new_person
from sop_portal.people.codes import hash_of, new_code

# Several web processes start at once; the first one says the code for all of them.
ONE_START = timedelta(minutes=2)


@dataclass(frozen=True)
class Newcomer:
    """Who is let in first: name, address, language, and a password where one was chosen."""

    name: str
    email: str
    language: str = "en"
    password: str | None = None


def has_administrator(at: datetime) -> bool:
    """Whether somebody administers the portal, or is going to."""
    holding = Membership.objects.filter(role=Role.ADMINISTRATOR, person__is_active=True)
    return holding.on_or_after(localdate(at)).exists()


def refuse_second(at: datetime) -> None:
    """Nobody comes in by a code where an administrator can let people in."""
    if has_administrator(at):
        raise NotNow(
            _("There is an administrator already."), _("Sign in, or ask the administrator to add you and give a role.")
        )


@transaction.atomic
def renew_code(*, at: datetime, email: str = "") -> str:
    """Make a new code, for whom it is said or for anybody who has it; the one before stops working."""
    _locked(at)
    refuse_second(at)
    code = new_code()
    values = {"hash": hash_of(code), "made_at": at, "used_at": None, "email": email.strip().lower()}
    FirstCode.objects.update_or_create(pk=ONLY_ROW, defaults=values)
    return code


@transaction.atomic
def code_of_start(*, at: datetime) -> str | None:
    """The code that a starting server says; none where another process just said it, or nobody needs one."""
    known = _locked(at)
    said_just_now = known.hash and known.used_at is None and at - known.made_at < ONE_START
    return None if said_just_now or has_administrator(at) else renew_code(at=at)


def _locked(at: datetime) -> FirstCode:
    """The one row, held until the transaction ends; made where there is none, as a code that was used."""
    unused = {"hash": "", "made_at": at, "used_at": at}
    return FirstCode.objects.select_for_update().get_or_create(pk=ONLY_ROW, defaults=unused)[0]


@transaction.atomic
def make_first_administrator(newcomer: Newcomer, *, code: str, at: datetime) -> User:
    """Let the first person in who has the code; whoever comes second with it is refused."""
    known = _locked(at)
    refuse_second(at)
    _refuse_wrong(known, code)
    if known.email and known.email != newcomer.email.strip().lower():
        way_out = _("Ask the server for a new one.")
        raise NotYours(_("This code was made for another address."), way_out).about("email")
    person = let_in_first(newcomer, at=at)
    FirstCode.objects.filter(pk=known.pk).update(hash="", used_at=at, email="")
    return person


def refuse_wrong_code(code: str) -> None:
    """Refuse what is not the code, before anything else is in order."""
    _refuse_wrong(FirstCode.objects.filter(pk=ONLY_ROW).first(), code)


def _refuse_wrong(known: FirstCode | None, code: str) -> None:
    if not (known and known.hash and constant_time_compare(known.hash, hash_of(code))):
        way_out = _("Look at what the server said last, or ask it anew.")
        raise NotReady(_("This is not the code."), way_out=way_out).about("code")


@transaction.atomic
def let_in_first(newcomer: Newcomer, *, at: datetime) -> User:
    """Make the first administrator: the beginning of the trail, for somebody has to let the others in."""
    refuse_second(at)
    person = new_person(
        newcomer.email, newcomer.password, name=newcomer.name, language=newcomer.language, invited_at=at
    )
    note("person", person, "first-administrator", by=person, at=at)
    held = Membership.objects.create(person=person, role=Role.ADMINISTRATOR, from_on=localdate(at))
    note("membership", held, "give-role", by=person, at=at, comment=f"{person.pk} {Role.ADMINISTRATOR}")
    return person
