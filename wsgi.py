"""Entry point of gunicorn: `gunicorn wsgi:app`."""

import gc
import sys

from dispatch.app import create_app
from dispatch.config import SettingsError
from dispatch.errors import DispatchError

try:
    app = create_app()
except (SettingsError, DispatchError) as error:
    sys.exit(f"dispatch does not start: {error}")

# Half a million objects of the libraries stay as long as the process: unfrozen, they are looked through again and again
# while a large answer is built, 200 ms each time.
gc.collect()
gc.freeze()
