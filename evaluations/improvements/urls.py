"""Addresses of the improvement register."""

from django.urls import path

from evaluations.improvements.pages import measure, register

urlpatterns = [
    path("improvements/", register.improvements, name="improvements"),
    path("improvements/new/", register.propose, name="measure-new"),
    path("improvements/<int:number>/", measure.measure, name="measure"),
    path("improvements/<int:number>/adopt/", measure.adopt, name="measure-adopt"),
    path("improvements/<int:number>/finish/", measure.finish, name="measure-finish"),
    path("improvements/<int:number>/<slug:step>/", measure.measure_step, name="measure-step"),
]
