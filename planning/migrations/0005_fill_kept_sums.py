from collections import defaultdict
from decimal import Decimal

from django.db import migrations
from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

MEASURES = ("activities", "participants", "people", "materials", "money")


def fill(apps, schema_editor):
    """Reckon once what is kept from now on."""
    figures = apps.get_model("planning", "ForecastFigure").objects.filter(
        line__forecast=OuterRef("pk"), line__is_planned=True
    )
    forecasts = apps.get_model("planning", "Forecast").objects.all()
    for measure in MEASURES:
        sums = figures.filter(measure=measure).order_by().values("line__forecast").annotate(sum=Sum("figure"))
        forecasts.update(**{measure: Subquery(sums.values("sum"))})
    lines = apps.get_model("planning", "RequestLine").objects.filter(request=OuterRef("pk")).order_by()
    sums = lines.values("request").annotate(
        n=Count("pk"), open=Count("pk", filter=Q(decision="open")), asked=Sum("cost"), granted=Sum("granted_cost")
    )
    apps.get_model("planning", "ResourceRequest").objects.update(
        line_count=Coalesce(Subquery(sums.values("n")), 0), undecided=Coalesce(Subquery(sums.values("open")), 0),
        cost=Coalesce(Subquery(sums.values("asked")), Decimal(0)),
        granted_cost=Coalesce(Subquery(sums.values("granted")), Decimal(0)),
    )  # fmt: skip
    for report in apps.get_model("planning", "DemandReport").objects.filter(state="published").select_related("cycle"):
        fill_report(apps, report)


def fill_report(apps, report):
    """The sums and the shared needs of a report that was published already."""
    total = [Sum(measure) for measure in MEASURES]
    lines = apps.get_model("planning", "ReportLine").objects.filter(report=report).order_by()
    before = apps.get_model("planning", "Actual").objects.filter(year=report.cycle.year - 1).order_by()
    found = [(report.cycle.year, row) for row in lines.values_list("department_id").annotate(*total)]
    whole = set(before.filter(slug="").values_list("department_id", flat=True))
    past = before.filter(Q(slug="") | ~Q(department_id__in=whole)).values_list("department_id")
    found += [(report.cycle.year - 1, row) for row in past.annotate(*total)]
    apps.get_model("planning", "ReportSum").objects.bulk_create(
        apps.get_model("planning", "ReportSum")(
            report=report, year=year, department_id=row[0], **dict(zip(MEASURES, row[1:], strict=True))
        )
        for year, row in found
    )
    planned = defaultdict(list)
    names = lines.values_list("line__project__slug", "name", "department_id").order_by("name", "department__name")
    for slug, name, department_id in names:
        planned[slug].append((name, department_id))
    shared = [places for places in planned.values() if len({place[1] for place in places}) > 1]
    apps.get_model("planning", "ReportNeed").objects.bulk_create(
        apps.get_model("planning", "ReportNeed")(
            report=report, name=places[0][0], departments=[place[1] for place in places]
        )
        for places in shared
    )


class Migration(migrations.Migration):
    dependencies = [("planning", "0004_kept_sums")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
