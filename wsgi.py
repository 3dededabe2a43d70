"""Entry point of gunicorn: `gunicorn wsgi:app`."""

import sys

from dispatch.app import create_app
from dispatch.config import SettingsError
from dispatch.errors import DispatchError

try:
    app = create_app()
except (SettingsError, DispatchError) as error:
    sys.exit(f"dispatch does not start: {error}")
