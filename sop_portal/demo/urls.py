"""The one address of the demonstration."""

from django.urls import path

from sop_portal.demo import views

urlpatterns = [path("demo/sign-in/", views.sign_in, name="demo-sign-in")]
