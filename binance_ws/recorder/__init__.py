"""Recordings of streams: made as they come, read again, replayed, and turned into Parquet."""

from ..core.lines import Record
from .parquet import Exported, export
from .reading import read, replay
from .recorder import Recorder

__all__ = ["Exported", "Record", "Recorder", "export", "read", "replay"]
