"""The addresses of the demonstration: in with one button, anew, forward in time, and out of it for good."""

from django.urls import path

from sop_portal.demo.pages.anew import ask_to_make_anew, make
from sop_portal.demo.pages.day import move
from sop_portal.demo.pages.leave import ask_to_leave, leave
from sop_portal.demo.pages.sign_in import sign_in

urlpatterns = [
    path("demo/anew/", ask_to_make_anew, name="demo-anew"),
    path("demo/anew/now/", make, name="demo-anew-now"),
    path("demo/day/", move, name="demo-day"),
    path("demo/sign-in/", sign_in, name="demo-sign-in"),
    path("demo/leave/", ask_to_leave, name="demo-leave"),
    path("demo/leave/now/", leave, name="demo-leave-now"),
]
