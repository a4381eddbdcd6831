"""Addresses of the improvement register."""

from django.urls import path

from evaluations.improvements.pages import measure, register

urlpatterns = [
    path("improvements/", register.improvements, name="improvements"),
    path("improvements/new/", register.propose, name="measure-new"),
    path("improvements/<number:number>/", measure.measure, name="measure"),
    path("improvements/<number:number>/adopt/", measure.adopt, name="measure-adopt"),
    path("improvements/<number:number>/finish/", measure.finish, name="measure-finish"),
    path("improvements/<number:number>/<slug:step>/", measure.measure_step, name="measure-step"),
]
