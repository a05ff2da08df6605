"""Local order books that follow the exchange: brought up within the request weight, read from any thread."""

from .book import Book
from .keeper import Books

__all__ = ["Book", "Books"]
