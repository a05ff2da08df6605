"""What Jupyter shows: tables of sockets and books, live widgets, and messages as data frames.

``manager.watch`` makes widgets and ``manager.frame`` data frames; both need the extra ``notebook``.
"""

from .frames import to_frame

__all__ = ["to_frame"]
