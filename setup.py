"""What setup.cfg cannot say: an index shows the README as far as it stands without the files beside it."""

import re
from pathlib import Path

from setuptools import setup

alone, _, _ = Path(__file__).with_name("README.md").read_text("utf-8").partition("## Beside the others")
setup(long_description=re.sub(r"!\[.*\]\(.*\)\n\n", "", alone))
