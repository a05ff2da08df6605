"""The notebooks of ``examples/``, run in a real JupyterLab and a real browser: ``python -m tests.notebooks``."""
