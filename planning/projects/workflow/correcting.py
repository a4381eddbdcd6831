"""What stands in the way of correcting past figures, of taking that back, and of taking an import back."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from planning.projects.figures import BOUNDS
from planning.projects.models import Actual, HistoryImport, Metric, ReplacedActual
from planning.projects.queries import plan_years, record_of
from planning.projects.workflow.record import missing_to_say
from sop_portal.foundation.kit.bounds import misfit_of
from sop_portal.foundation.kit.formats import day_of_year, sentences
from sop_portal.foundation.kit.refusals import NotNow
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.workflow.table import Missing

MOST_NAMED = 5
Why = ReplacedActual.Why


def not_taken_back(actual: Actual) -> NotNow | None:
    """The refusal where nothing was corrected by hand, or something took the place of the correction since."""
    since = list(actual.replaced.exclude(why=Why.REPORT)[:1])
    if since and since[0].why == Why.CORRECTION:
        return None
    if since and since[0].why == Why.IMPORT and actual.replaced.filter(why=Why.CORRECTION).exists():
        sentence = gettext("The file “%(file)s” replaced these figures since they were corrected.")
        words = {"file": typed(since[0].replaced_in)}
        return NotNow(interpolate(sentence, words), gettext("Undo that import first."))
    way_out = gettext("The figures are as they came in; correct them where they are wrong.")
    if actual.replaced.filter(why=Why.REPORT).exists():
        way_out = gettext("A count was corrected in a progress report: where it is wrong, correct it there again.")
    return NotNow(gettext("Nothing was corrected here by hand since the figures came in."), way_out)


def missing_to_undo(taken: HistoryImport) -> list[Missing]:
    """What was built on an import's figures is taken back before the import is."""
    later = ReplacedActual.objects.filter(taken_from=taken, why=Why.IMPORT)
    found = [
        Missing(_("“%(file)s” replaced figures of this file. Undo that import first.") % {"file": name})
        for name in later.order_by("replaced_in").values_list("replaced_in__file_name", flat=True).distinct()
    ]
    corrected = ReplacedActual.objects.filter(actual__taken_from=taken, why=Why.CORRECTION)
    for aside in corrected.filter(taken_from=taken).select_related("actual__department").order_by("pk")[:MOST_NAMED]:
        words = {"figures": aside.actual, "department": aside.actual.department}
        text = _("%(department)s, “%(figures)s” was corrected since. Take the correction back first.")
        found.append(Missing(interpolate(text, words)))
    return found


def not_past(actual: Actual, on: date) -> NotNow | None:
    """The refusal of figures whose year has not ended, but for those of a project that has: they are final."""
    years = plan_years()
    if actual.year not in years.not_ended([actual.year], on) or record_of(actual):
        return None
    words = {"year": str(actual.year), "ends": day_of_year(years.span(actual.year)[1])}
    sentence = gettext("%(year)s has not ended, so its figures are not corrected by hand.") % words
    return NotNow(sentence, gettext("Correct them after %(ends)s.") % words)


def missing_to_correct(actual: Actual, changed: Mapping[str, Decimal | None], reason: str) -> list[Missing]:
    """A correction says why, changes something, and writes figures that there can be."""
    missing = []
    if not changed:
        missing.append(Missing(_("Nothing was changed.")))
    if not reason.strip():
        missing.append(Missing(_("Say why the figure is corrected.")))
    found = (misfit_of(Metric(metric).label, figure, BOUNDS[metric]) for metric, figure in changed.items())
    missing += [Missing(sentences(misfit)) for misfit in found if misfit]
    project = record_of(actual)
    return missing if missing or project is None else missing_to_say({**actual.figures, **changed}, project)
