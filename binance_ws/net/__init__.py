"""Every thread and every socket of the library. Decides nothing: that is what ``core`` is for."""
