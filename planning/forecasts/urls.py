"""Addresses of stage 1: the forecasts of a year, and the demand report made of them."""

from django.urls import path

from planning.forecasts.pages import check, forecast, leave_out, line, project, report, report_start
from planning.forecasts.pages import list as forecast_list

urlpatterns = [
    path("forecasts/", forecast_list.forecasts, name="forecasts"),
    path("forecasts/export/", forecast_list.export, name="forecasts-export"),
    path("forecasts/<slug:department>/", forecast.forecast, name="forecast"),
    path("forecasts/<slug:department>/project/<slug:project>/", line.line, name="forecast-line"),
    path(
        "forecasts/<slug:department>/project/<slug:project>/leave-out/",
        leave_out.leave_out,
        name="forecast-leave-out",
    ),
    path("forecasts/<slug:department>/project/<slug:project>/take-in/", leave_out.take_in, name="forecast-take-in"),
    path("forecasts/<slug:department>/check/", check.check, name="forecast-check"),
    path("forecasts/<slug:department>/add/", project.add, name="forecast-add"),
    path("forecasts/<slug:department>/submit/", check.submit, {"step": "submit"}, name="forecast-submit"),
    path("forecasts/<slug:department>/<slug:step>/", forecast.take, name="forecast-step"),
    path("report/", report.latest, name="demand-report-latest"),
    path("report/start/", report_start.start, name="demand-report-start"),
    path("report/<number:number>/", report.report, name="demand-report"),
    path("report/<number:number>/export/", report.export, name="demand-report-export"),
]
