"""SOP Portal: a nonprofit's planning year, from the first forecast to the lesson learned."""
