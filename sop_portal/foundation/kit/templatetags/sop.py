"""Every tag and filter of the portal; settings make them available in all templates."""

from django.template import Library

from sop_portal.foundation.kit.templatetags import components, drawings, drawn, marks, rows, written

register = Library()
for _library in (marks, written, rows, components, drawn, drawings):
    register.tags.update(_library.register.tags)
    register.filters.update(_library.register.filters)
