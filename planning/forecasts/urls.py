"""Addresses of stage 1: the forecasts of a year, and the demand report made of them."""

from django.urls import path

from planning.forecasts import report_views as report
from planning.forecasts import views
from planning.forecasts.line_views import leave_out, line, take_in

urlpatterns = [
    path("forecasts/", views.forecasts, name="forecasts"),
    path("forecasts/export/", views.export, name="forecasts-export"),
    path("forecasts/<slug:department>/", views.forecast, name="forecast"),
    path("forecasts/<slug:department>/project/<slug:project>/", line, name="forecast-line"),
    path("forecasts/<slug:department>/project/<slug:project>/leave-out/", leave_out, name="forecast-leave-out"),
    path("forecasts/<slug:department>/project/<slug:project>/take-in/", take_in, name="forecast-take-in"),
    path("forecasts/<slug:department>/check/", views.check, name="forecast-check"),
    path("forecasts/<slug:department>/add/", views.add, name="forecast-add"),
    path("forecasts/<slug:department>/submit/", views.submit, {"step": "submit"}, name="forecast-submit"),
    path("forecasts/<slug:department>/<slug:step>/", views.take, name="forecast-step"),
    path("report/", report.latest, name="demand-report-latest"),
    path("report/start/", report.start, name="demand-report-start"),
    path("report/<int:number>/", report.report, name="demand-report"),
    path("report/<int:number>/export/", report.export, name="demand-report-export"),
]
