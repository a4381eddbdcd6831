"""A tag for every kind of chart, as {% line_chart chart %}."""

from typing import Any

from django.template import Library

from sop_portal.foundation.kit.templatetags.layout import unique_id

register = Library()

TEMPLATES = {
    "line_chart": "components/charts/line.html",
    "flow_chart": "components/charts/flow.html",
    "bias_chart": "components/charts/bias.html",
    "stack_chart": "components/charts/stack.html",
    "pace_chart": "components/charts/pace.html",
    "timeline": "components/charts/timeline.html",
    "capacity_bar": "components/charts/capacity_bar.html",
    "progress_bar": "components/charts/progress_bar.html",
    "row_bar": "components/charts/row_bar.html",
    "sparkline": "components/charts/sparkline.html",
}


def chart_context(chart: object) -> dict[str, Any]:
    """The chart, with an id that none of the page's other charts has."""
    return {"chart": chart, "id": unique_id("c")}


for name, template in TEMPLATES.items():
    register.inclusion_tag(template, name=name)(chart_context)
