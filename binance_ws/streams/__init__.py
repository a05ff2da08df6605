"""What streams exist, what they are called, and what their messages are. Pure: no thread, no socket."""

from .kinds import Kind, Order, Route, Stream
from .lookup import classify

__all__ = ["Kind", "Order", "Route", "Stream", "classify"]
