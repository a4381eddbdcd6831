"""The set-up as a checklist: what has to be there for a year to run, and what went wrong behind the scenes."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.models import Cycle
from sop_portal.dashboards.checks.readiness import orphan_steps
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Missing
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.notices.models import Mail
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.trail.models import Verification
from sop_portal.handbook.models import Edition


def setup_checklist(on: date) -> list[Missing]:
    """Every point of the set-up, done or not, with where it is put right."""
    return [departments(), people(), steps(on), handbook(), *years(), mail(), trail()]


def departments() -> Missing:
    """Whether there are departments that plan."""
    count = Department.objects.filter(is_active=True).count()
    sentence = ngettext("%(count)s department is set up", "%(count)s departments are set up", count)
    return Missing(sentence % {"count": formats.number(count)}, reverse("departments"), count > 0)


def people() -> Missing:
    """Whether everybody who can log in has a role."""
    without = User.objects.filter(is_active=True).exclude(memberships__isnull=False).order_by("name")
    names = list(without.values_list("name", flat=True)[:4])
    if not names:
        return Missing(_("Everybody has a role"), reverse("people"), True)
    words = ngettext("%(count)s person has no role: %(names)s", "%(count)s people have no role: %(names)s", len(names))
    return Missing(
        interpolate(words, {"count": without.count(), "names": formats.listed(typed(name) for name in names)}),
        f"{reverse('people')}?show=without",
    )


def steps(on: date) -> Missing:
    """Whether every step of the process can be taken by somebody."""
    nobody = orphan_steps(on)
    if not nobody:
        return Missing(_("Every step has somebody who can take it"), reverse("people"), True)
    return Missing(_("Nobody can take: %(steps)s") % {"steps": formats.listed(nobody)}, reverse("people"))


def handbook() -> Missing:
    """Whether a handbook is published."""
    number = Edition.objects.order_by("-number").values_list("number", flat=True).first()
    if number is None:
        return Missing(_("No handbook is published yet"), reverse("handbook"))
    return Missing(_("Version %(number)s of the handbook is in force") % {"number": number}, reverse("handbook"), True)


def years() -> list[Missing]:
    """Whether there is a year to plan, and which of them still have to be published."""
    open_years = list(Cycle.objects.exclude(state="closed").order_by("year"))
    if not open_years:
        return [Missing(_("No planning year is set up"), reverse("year-new"))]
    words = _("Planning year %(year)s: %(state)s")
    return [
        Missing(
            words % {"year": found.year, "state": found.get_state_display()},
            found.get_absolute_url(),
            found.state == "published",
        )
        for found in open_years
    ]


def mail() -> Missing:
    """Whether any mail failed."""
    failed = Mail.objects.filter(state__in=["failed", "unknown"]).count()
    if not failed:
        return Missing(_("No mail failed"), reverse("mails"), True)
    words = ngettext("%(count)s mail failed, or may have", "%(count)s mails failed, or may have", failed)
    return Missing(words % {"count": formats.number(failed)}, reverse("mails"))


def trail() -> Missing:
    """Whether the trail was checked, and was whole."""
    last = Verification.objects.order_by("-at").first()
    return Missing(verified_words(last), reverse("trail"), bool(last and not last.problems))


def verified_words(last: Verification | None) -> str:
    """When the trail was last checked, and whether it was whole."""
    if last is None:
        return _("The trail was not checked yet; manage.py verify_trail does it")
    words = {"moment": formats.moment_long(last.at), "count": formats.number(last.entries)}
    if not last.problems:
        return _("The trail was checked on %(moment)s: %(count)s entries, none changed") % words
    return _("The trail was changed: see manage.py verify_trail; checked on %(moment)s") % words
