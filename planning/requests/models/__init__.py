"""Stage 2: what departments ask for, what is available, and what was granted."""

from planning.requests.models.pool import Pool, ResourceKind, quantity_text
from planning.requests.models.request import RequestLine, ResourceRequest, own_name

__all__ = ["Pool", "RequestLine", "ResourceKind", "ResourceRequest", "own_name", "quantity_text"]
