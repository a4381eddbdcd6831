"""What was brought in, and what columns of people's own tables are called."""

from django.db.models import QuerySet

from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.workbook.models import BroughtSheet, SaidColumn
from sop_portal.workbook.sheet import Sheet
from sop_portal.workbook.sheets import ALL_SHEETS, SHEETS


def headers_said() -> dict[str, dict[str, str]]:
    """What people said once of their own columns: by sheet and name, which column it is."""
    found: dict[str, dict[str, str]] = {}
    for said in SaidColumn.objects.order_by("pk"):
        found.setdefault(said.sheet, {})[said.called] = said.column
    return found


def sheets_for(actor: Actor) -> list[Sheet]:
    """The sheets of the template that this person may bring."""
    return [sheet for sheet in SHEETS if sheet.is_for(actor)]


def may_bring(actor: Actor) -> bool:
    """Whether this person may bring anything, their own forecast too."""
    return any(sheet.is_for(actor) for sheet in ALL_SHEETS)


def person_of(address: str | None) -> User | None:
    """The person of an address; without one, whoever alone administers the portal."""
    people = User.objects.filter(is_active=True)
    if address:
        return people.filter(email__iexact=address).first()
    administrators = list(people.filter(memberships__role=Role.ADMINISTRATOR).distinct()[:2])
    return administrators[0] if len(administrators) == 1 else None


def brought_by(actor: Actor) -> QuerySet[BroughtSheet]:
    """What was brought in: everything for whoever may bring everything, else one's own."""
    found = BroughtSheet.objects.select_related("by", "undone_by")
    return found if len(sheets_for(actor)) == len(SHEETS) else found.filter(by=actor.user)
