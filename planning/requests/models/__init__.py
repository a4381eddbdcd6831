"""Stage 2: what departments ask for, what is available, and what was granted."""

from planning.requests.models.pool import Pool, ResourceKind, bound_of_kind, quantity_text
from planning.requests.models.request import RequestLine, ResourceRequest, own_name

__all__ = ["Pool", "RequestLine", "ResourceKind", "ResourceRequest", "bound_of_kind", "own_name", "quantity_text"]
