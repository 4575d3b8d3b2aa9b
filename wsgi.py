"""Create the application, nothing else."""

import os

from sjt.app import create_app
from sjt.config import read_settings

app = create_app(read_settings(os.environ))
