"""Every tag and filter of the portal; settings make them available in all templates."""

from django.template import Library

from sop_portal.foundation.kit.templatetags import charts, components, formatting, forms, icons, layout, matrix

register = Library()
for module in (icons, formatting, layout, forms, components, matrix, charts):
    register.tags.update(module.register.tags)
    register.filters.update(module.register.filters)
