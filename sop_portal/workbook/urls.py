"""Addresses of the workbook: template, bringing a file, what was brought in."""

from django.urls import path

from sop_portal.workbook.pages.export import export_year
from sop_portal.workbook.pages.filling_in import forecast_workbook, request_workbook
from sop_portal.workbook.pages.reading import (
    answer,
    columns,
    discard,
    leave_sheet,
    problems_file,
    reading,
    take,
)
from sop_portal.workbook.pages.understood import values_file
from sop_portal.workbook.pages.workbook import template, undo, upload, workbook

urlpatterns = [
    path("set-up/workbook/", workbook, name="workbook"),
    path("set-up/workbook/template/", template, name="workbook-template"),
    path("set-up/workbook/upload/", upload, name="workbook-upload"),
    path("set-up/workbook/<uuid:token>/", reading, name="workbook-reading"),
    path("set-up/workbook/<uuid:token>/answer/", answer, name="workbook-answer"),
    path("set-up/workbook/<uuid:token>/problems/", problems_file, name="workbook-problems"),
    path("set-up/workbook/<uuid:token>/values/", values_file, name="workbook-values"),
    path("set-up/workbook/<uuid:token>/discard/", discard, name="workbook-discard"),
    path("set-up/workbook/<uuid:token>/take/", take, name="workbook-take"),
    path("set-up/workbook/<uuid:token>/<slug:sheet>/columns/", columns, name="workbook-columns"),
    path("set-up/workbook/<uuid:token>/<slug:sheet>/leave/", leave_sheet, name="workbook-leave"),
    path("set-up/workbook/<key:pk>/undo/", undo, name="workbook-undo"),
    path("<year:year>/export/forecast/<slug:department>/", forecast_workbook, name="forecast-workbook"),
    path("<year:year>/export/request/<slug:department>/", request_workbook, name="request-workbook"),
    path("<year:year>/export/", export_year, name="export-year"),
]
