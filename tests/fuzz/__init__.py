"""Fuzz targets: functions that take any bytes and may only fail as documented.

``python -m tests.fuzz.fuzz_reader`` and ``python -m tests.fuzz.fuzz_messages`` run one for a minute, or for as
many seconds as the argument says: with atheris, guided by coverage, where it is installed (``pip install
atheris``), else with hypothesis. With atheris, libFuzzer's own options may follow, such as
``-max_len=4096 CORPUS_FOLDER``. ``test_targets.py`` runs both for a moment.
"""
