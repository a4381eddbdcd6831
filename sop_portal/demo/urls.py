"""The addresses of the demonstration: in with one button, forward in time, and out of it for good."""

from django.urls import path

from sop_portal.demo.pages.day import move
from sop_portal.demo.pages.leave import ask_to_leave, leave
from sop_portal.demo.pages.sign_in import sign_in

urlpatterns = [
    path("demo/day/", move, name="demo-day"),
    path("demo/sign-in/", sign_in, name="demo-sign-in"),
    path("demo/leave/", ask_to_leave, name="demo-leave"),
    path("demo/leave/now/", leave, name="demo-leave-now"),
]
