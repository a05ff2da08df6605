"""Local order books that follow the exchange: kept in order, brought up within the request weight, read anywhere."""

from .book import Book
from .keeper import Books

__all__ = ["Book", "Books"]
