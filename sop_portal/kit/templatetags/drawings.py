"""The tags that draw charts: {% line_chart chart %} and its kin."""

from typing import Any

from django.template import Library

from sop_portal.kit.templatetags.marks import fresh_id

register = Library()

CHARTS = ("line", "flow", "bias", "stack", "pace", "timeline")
BARS = ("capacity_bar", "progress_bar", "spark")


def _drawn(chart: Any) -> dict[str, Any]:
    return {"chart": chart, "id": fresh_id("c")}


for _name in CHARTS:
    register.inclusion_tag(f"components/charts/{_name}.html", name=f"{_name}_chart" if _name != "timeline" else _name)(
        _drawn
    )
for _name in BARS:
    register.inclusion_tag(f"components/charts/{_name}.html", name=_name)(_drawn)
