"""The questions the engine asks before an act, each answered with a sentence and the way out."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.reasons import CHOSEN
from sop_portal.foundation.kit.refusals import Changed, Difference, NotNow, NotReady, NotYours
from sop_portal.foundation.kit.sentences import concatenate, interpolate, typed
from sop_portal.foundation.organisation.actor import Actor, Grant, people_who_can
from sop_portal.foundation.organisation.models import Delegation, Department, Membership, User, held_in
from sop_portal.foundation.organisation.roles import ONLY_WHEN_NAMED, ROLES, Can, roles_that, stands_for_departments
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.trail.wording import field_called
from sop_portal.foundation.workflow.models import Contributor, Record
from sop_portal.foundation.workflow.table import Step, WindowCheck, Workflow
from sop_portal.foundation.workflow.years import open_year

MOST_NAMED = 6
Whose = Callable[[Workflow[Any], Step[Any], Record, Actor], Grant]


def state(workflow: Workflow[Any], step: Step[Any], record: Record) -> None:
    """Refuse a step that starts elsewhere; whoever was faster is named."""
    if record.state in step.sources:
        return
    last = Entry.objects.of(workflow.kind, record.pk).exclude(state_to="").first()
    now = workflow.states(record.state).label
    sentence = _("“%(step)s” is not possible: the state is “%(state)s”.") % {"step": step.label, "state": now}
    if last is None or last.by_id is None or last.verb not in workflow.names:
        raise NotNow(sentence, _("Open the record to see what is possible now."))
    person = User.objects.filter(pk=last.by_id).values_list("name", flat=True).first() or _("Somebody")
    happened = interpolate(workflow[last.verb].done, {"person": typed(person)})
    words = {"happened": happened, "moment": formats.moment_long(last.at)}
    raise NotNow(sentence, interpolate(_("%(happened)s on %(moment)s."), words))


def editable(workflow: Workflow[Any], record: Record) -> None:
    """Refuse to change content that has been handed over."""
    if record.state not in workflow.editable:
        now = workflow.states(record.state).label
        sentence = _("This can no longer be edited: the state is “%(state)s”.") % {"state": now}
        raise NotNow(sentence, lambda: back_to_editing(workflow, record))


def back_to_editing(workflow: Workflow[Any], record: Record) -> str:
    """Which steps let a record be edited again and who takes them, or what there is instead."""
    steps = [step for step in workflow.steps_from(record.state) if step.main and step.target in workflow.editable]
    if not steps:
        return str(workflow.instead)
    roles = dict.fromkeys(str(ROLES[role].called) for step in steps for role in roles_that(step.by))
    words = {
        "steps": concatenate([f"“{step.label}”" for step in steps], _(" or ")),
        "roles": pgettext("roles", " or ").join(roles),
    }
    return interpolate(_("%(steps)s makes it editable again: %(roles)s can do that."), words)


def window(step: Step[Any], record: Record, at: datetime) -> WindowCheck:
    """Refuse outside the window of this department, and say who can extend it."""
    if step.window is None:
        return WindowCheck(is_open=True)
    return open_window(step.window(record, at))


def open_window(found: WindowCheck) -> WindowCheck:
    """The window itself if it is open, else the refusal it names."""
    if not found.is_open:
        raise NotNow(found.sentence, found.way_out)
    return found


def whose(workflow: Workflow[Any], step: Step[Any], record: Record, actor: Actor) -> Grant:
    """The role in which the person may take a step; what it says is the same for all steps of one capability."""
    grant = capability(workflow, step, record, actor)
    return four_eyes(workflow, step, record, actor) if step.four_eyes else grant


def capability(workflow: Workflow[Any], step: Step[Any], record: Record, actor: Actor) -> Grant:
    """The role in which the person may act, or a refusal that names who can."""
    grants = actor.authorities(step.by, record)
    if not grants:
        sentence, _everybody = who_instead(step.by, record, actor.on)
        raise NotYours(sentence, lambda: named(who_can_take(workflow, step, record, actor)))
    return grants[0]


def who_can_take(workflow: Workflow[Any], step: Step[Any], record: Record, actor: Actor) -> list[User]:
    """Who else can take a step, never the refused person."""
    return list(able_people(workflow, step, record, actor.on).exclude(pk=actor.user.pk)[:MOST_NAMED])


def able_people(workflow: Workflow[Any], step: Step[Any], record: Record, on: date) -> QuerySet[User]:
    """Those in the role of a step whom four eyes do not keep from it."""
    people = people_who_can(step.by, record, on)
    if not step.four_eyes:
        return people
    if record.department_id is not None:
        heads = Membership.objects.on(on).filter(
            held_in(record.department_id), role__in=stands_for_departments(step.by)
        )
        people = people.exclude(pk__in=heads.values("person_id"))
    return people.exclude(pk__in=asking_side(workflow, record, on))


def takes_part(department: Department) -> None:
    """Refuse to begin something for a department that no longer takes part, and say who took over."""
    if department.is_active:
        return
    sentence = interpolate(
        _("%(department)s no longer takes part, so nothing new begins there."), {"department": department}
    )
    way_out = _("Let it take part again first, or choose another department.")
    if department.merged_into is not None:
        way_out = interpolate(
            _("It became part of %(department)s: do it there."), {"department": department.merged_into}
        )
    raise NotNow(sentence, way_out)


def authority(can: Can, record: Model | None, by: User, at: datetime) -> Grant:
    """The role in which somebody may act, an own one before a borrowed one, or a refusal that names who can."""
    grants = Actor.of(by, at).authorities(can, record)
    if not grants:
        raise NotYours(*who_instead(can, record, at))
    return grants[0]


def who_instead(can: Can, record: Model | None, at: date) -> tuple[str, Callable[[], str]]:
    """ "Only the resource team may …. Chidi Okafor and Chen Jing can." """
    on = localtime(at).date() if isinstance(at, datetime) else at
    if can in ONLY_WHEN_NAMED:
        sentence = _("Only those responsible may %(do)s.") % {"do": can.label}
    else:
        roles = pgettext("roles", " or ").join(str(ROLES[role].called) for role in roles_that(can))
        sentence = _("Only %(roles)s may %(do)s.") % {"roles": roles, "do": can.label}
    return sentence, lambda: named(list(people_who_can(can, record, on)[:MOST_NAMED]))


def who_may(can: Can, on: date) -> str:
    """Whose work it is, for a page on which the reader cannot do it."""
    sentence, others = who_instead(can, None, on)
    return formats.sentences([sentence, others()])


def named(people: list[User]) -> str:
    """ "Li Wei and 2 others can." or who to ask where nobody can."""
    if not people:
        return _("Nobody else can yet: the administrator gives somebody the role.")
    if len(people) <= 2:
        return interpolate(_("%(names)s can."), {"names": concatenate(people, _(" or "))})
    rest = len(people) - 1
    sentence = ngettext("%(name)s and %(rest)s other can.", "%(name)s and %(rest)s others can.", rest)
    return interpolate(sentence, {"name": people[0], "rest": rest})


def four_eyes(workflow: Workflow[Any], step: Step[Any], record: Record, actor: Actor) -> Grant:
    """The role in which an untouched person may decide; nobody decides on their own work or department."""
    barred = ""
    for grant in actor.authorities(step.by, record):
        barred = why_barred(workflow, step, record, actor, grant)
        if not barred:
            return grant
    raise NotYours(barred, lambda: named(who_can_take(workflow, step, record, actor)))


def contributors_of(workflow: Workflow[Any], record: Record) -> list[int]:
    """Who wrote or submitted this record."""
    shaped = Contributor.objects.filter(kind=workflow.kind, record_id=record.pk)
    return list(shaped.values_list("person_id", flat=True))


def shaping(workflow: Workflow[Any], record: Record) -> QuerySet[Contributor]:
    """The contributors of this record, and in those it rests on."""
    shaped = Q(kind=workflow.kind, record_id=record.pk)
    for kind, record_id in workflow.rests_on(record) if workflow.rests_on else []:
        shaped |= Q(kind=kind, record_id=record_id)
    return Contributor.objects.filter(shaped)


def why_barred(workflow: Workflow[Any], step: Step[Any], record: Record, actor: Actor, grant: Grant) -> str:
    """Why this person does not decide on this record; empty if they may."""
    found = shaping(workflow, record).filter(touched_by(actor, lender_id=grant.behalf))
    worked = {contributor.person_id: contributor for contributor in found}
    if own := worked.get(actor.user.pk):
        return _("You worked on this on %(moment)s, so somebody else decides it.") % {
            "moment": formats.moment_long(own.at)
        }
    if grant.behalf in worked:
        return _("The person you stand in for worked on this, so somebody else decides it.")
    if worked:
        return _(
            "You stand in for both sides: for somebody who worked on this, or did when it was written, and for whoever "
            "decides. So somebody else decides it."
        )
    return why_own_side(actor, record.department_id, step.by)


def why_own_side(actor: Actor, department_id: int | None, can: Can) -> str:
    """Why somebody who stands for a department does not decide on what it does; empty if they may."""
    if not actor.counts_as_head(department_id, can):
        return ""
    if department_id in actor.headed_ids:
        return _("This belongs to the department you head, so somebody else decides it.")
    return _("This belongs to the division whose programme manager you are, so somebody else decides it.")


def touched_by(actor: Actor, *, lender_id: int | None) -> Q:
    """Which contributions keep a person from deciding, in their own role or in one that `lender_id` lent them.

    In their own role it is their own work alone: two people look, whoever stands in for whom meanwhile. A borrowed role
    is no second pair of eyes on the work of whoever lent it, nor of anybody they stand in for or did at that time.
    """
    own = Q(person_id=actor.user.pk)
    if lender_id is None:
        return own
    sides = [Q(person_id=giver, at__date__lte=last) for giver, last in actor.stood_in_for]
    return reduce(or_, sides, own | Q(person_id=lender_id))


def touched_in_any_role(actor: Actor, can: Can) -> Q:
    """Which contributions keep a person from what `can` allows, whether the role is their own or borrowed."""
    lenders = [grant.behalf for grant in actor.grants if can in ROLES[grant.role].may]
    if not lenders or None in lenders:
        return touched_by(actor, lender_id=None)
    return reduce(or_, (touched_by(actor, lender_id=lender) for lender in lenders))


def asking_side(workflow: Workflow[Any], record: Record, on: date) -> set[int]:
    """Whoever is no second pair of eyes on a record: all behind it and what it rests on, and their deputies since."""
    return side_of(workflow, list(shaping(workflow, record)), on)


def side_of(workflow: Workflow[Any], contributions: Iterable[Contributor], on: date) -> set[int]:
    """Everybody behind these contributions, and their deputies since who hold no role of their own."""
    worked = {row.person_id: localtime(row.at).date() for row in contributions}
    lent = Delegation.objects.filter(giver_id__in=worked, from_on__lte=on)
    deputies = {row.deputy_id for row in lent if row.until_on >= worked[row.giver_id]}
    deciding = {role for step in workflow.steps if step.four_eyes for role in roles_that(step.by)}
    own = Membership.objects.on(on).filter(person_id__in=deputies, role__in=deciding)
    return {*worked, *(deputies - set(own.values_list("person_id", flat=True)))}


def version(workflow: Workflow[Any], record: Record, seen: int) -> None:
    """Refuse if the content changed since the person saw it, with the difference."""
    if record.version != seen:
        sentence = _("This changed since you opened it, so nothing was decided or saved.")
        raise Changed(sentence, differences(workflow, record, seen), _("Look at the difference, then decide again."))


def answered(workflow: Workflow[Any], taken: Step[Any], record: Record, comment: str) -> None:
    """Refuse to hand in again what was sent back, unchanged and without a word about why."""
    if not taken.authors or workflow.tones.get(record.state) != "back" or comment.strip():
        return
    back = Entry.objects.of(workflow.kind, record.pk).filter(state_to=record.state).first()
    if back is not None and back.version == record.version:
        way_out = _("Change what was asked for, or say in the comment why it stays as it is.")
        raise NotReady(_("Nothing changed since it was sent back."), [], way_out)


def differences(workflow: Workflow[Any], record: Record, seen: int) -> list[Difference]:
    """What changed after the version a person saw: first old and last new value of each field."""
    found: dict[tuple[str, str], list[str]] = {}
    for entry in Entry.objects.of(workflow.kind, record.pk).filter(version__gt=seen).order_by("position"):
        for change in (change for change in entry.changes if change["field"] != CHOSEN):
            found.setdefault((change["where"], change["field"]), [change["old"], ""])[1] = change["new"]
    return [
        Difference(
            formats.under(where and workflow.place_called(where), field_called(workflow.fields, name)),
            workflow.value_called(name, old),
            workflow.value_called(name, new),
            where,
        )
        for (where, name), (old, new) in found.items()
        if old != new
    ]


def check_step(
    workflow: Workflow[Any], taken: Step[Any], record: Record, actor: Actor, at: datetime, ask: Whose | None = None
) -> tuple[Grant, WindowCheck]:
    """Year, state, window, capability, four eyes and readiness, in that order; the first that fails refuses."""
    open_year(workflow.kind, record, taken.name)
    state(workflow, taken, record)
    found = window(taken, record, at)
    grant = (ask or whose)(workflow, taken, record, actor)
    missing = taken.missing(record, at) if taken.missing else []
    if missing:
        raise NotReady(_("“%(step)s” is not possible yet.") % {"step": taken.label}, missing)
    return grant, found
