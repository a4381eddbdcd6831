"""Addresses of the improvement register."""

from django.urls import path

from evaluations.improvements import views

urlpatterns = [
    path("improvements/", views.improvements, name="improvements"),
    path("improvements/new/", views.propose, name="measure-new"),
    path("improvements/<int:number>/", views.measure, name="measure"),
    path("improvements/<int:number>/adopt/", views.adopt, name="measure-adopt"),
    path("improvements/<int:number>/finish/", views.finish, name="measure-finish"),
    path("improvements/<int:number>/<slug:step>/", views.measure_step, name="measure-step"),
]
