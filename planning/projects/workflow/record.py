"""Past figures held against the portal's own record: what its reports counted and its expenses came to."""

from collections.abc import Iterator, Mapping
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from planning.projects.models import Metric, Project
from planning.projects.queries import COUNTED_IN
from sop_portal.foundation.kit.formats import number
from sop_portal.foundation.kit.sentences import StrOrPromise, interpolate
from sop_portal.foundation.workflow.table import Missing

# Of a past figure that the portal itself holds, a slip of the pen is corrected by hand: not a figure of another size.
TIMES, SMALL = 10, Decimal(1000)
CENT, ONE, NOTHING = Decimal("0.01"), Decimal(1), Decimal(0)
SPENT = (Metric.MATERIALS.value, Metric.MONEY.value)
# Which measures each figure of the record is held against: what is spent is one.
MONEY = "spent"
METRICS_OF: dict[str, tuple[str, ...]] = {metric: (metric,) for metric in COUNTED_IN} | {MONEY: SPENT}


class Held(NamedTuple):
    """One figure as the history says it, and as the portal's own record does."""

    measure: str
    label: StrOrPromise
    said: Decimal | None
    held: Decimal
    places: int = 0

    @property
    def sentence(self) -> str:
        """Both figures in words."""
        said = _("not known") if self.said is None else number(self.said, self.places)
        words = {"measure": self.label, "said": said, "held": number(self.held, self.places)}
        return interpolate(_("%(measure)s: %(said)s here, %(held)s in its reports and expenses"), words)


def held(figures: Mapping[str, Decimal | None], project: Project) -> Iterator[Held]:
    """The figures that the portal itself holds of a project, as far as these say something of them."""
    for metric, name in COUNTED_IN.items():
        if metric in figures:
            yield Held(metric, Metric(metric).label, figures[metric], Decimal(getattr(project, name)))
    if set(SPENT) <= set(figures):
        known = [figure for metric in SPENT if (figure := figures[metric]) is not None]
        yield Held(MONEY, _("Materials and money"), sum(known, NOTHING) if known else None, project.spent, 2)


def contradictions(figures: Mapping[str, Decimal | None], project: Project) -> list[Held]:
    """Where these figures say otherwise than the portal's own reports and expenses."""
    return [one for one in held(figures, project) if one.said != one.held]


def missing_to_say(figures: Mapping[str, Decimal | None], project: Project) -> list[Missing]:
    """Figures of another size than the portal's own record: these are put right where they come from."""
    # One of two parts is no more than both together.
    parts = [metric for metric in SPENT if figures.get(metric) is not None] if not set(SPENT) <= set(figures) else []
    above = [Held(metric, Metric(metric).label, figures[metric], project.spent, 2) for metric in parts]
    found = [_beyond(one, is_part=False) for one in held(figures, project)]
    found += [_beyond(one, is_part=True) for one in above]
    url = project.get_absolute_url()
    return [Missing(sentence, url) for sentence in found if sentence]


def _beyond(one: Held, *, is_part: bool) -> str:
    step = CENT if one.places else ONE
    most = max(one.held * TIMES, SMALL)
    least = NOTHING if is_part or one.held <= SMALL else (one.held / TIMES).quantize(step, ROUND_UP)
    if one.said is None or least <= one.said <= most:
        return ""
    sentence = _(
        "“%(measure)s” of %(said)s is far from the %(held)s of the project’s own reports and expenses. "
        "Enter %(least)s to %(most)s."
    )
    most = most.quantize(step, ROUND_DOWN)
    figures = {"said": one.said, "held": one.held, "least": least, "most": most}
    words = {name: number(figure, one.places) for name, figure in figures.items()}
    return interpolate(sentence, {"measure": one.label, **words})
