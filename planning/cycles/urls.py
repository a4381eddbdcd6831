"""Addresses of the years: the list, a new one, its windows and extensions."""

from django.urls import path

from planning.cycles import views

urlpatterns = [
    path("set-up/years/", views.years, name="years"),
    path("set-up/years/new/", views.year_new, name="year-new"),
    path("<int:year>/windows/", views.windows, name="windows"),
    path("<int:year>/windows/<slug:stage>/", views.window, name="window"),
    path("<int:year>/extend/", views.extend, name="extend"),
]
