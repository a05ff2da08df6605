"""What to do about what happens: decisions as pure functions and tables, with time and chance passed in."""
