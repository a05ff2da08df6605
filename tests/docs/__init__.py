"""The documentation: its code runs, its commands exist, its links lead somewhere, its tables are true."""
