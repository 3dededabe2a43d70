"""Entry point of gunicorn: `gunicorn wsgi:app`."""

import gc
import sys

from dispatch import logs, streets
from dispatch.app import create_app
from dispatch.config import SettingsError, read_settings
from dispatch.errors import DispatchError

try:
    settings = read_settings()
    logs.install(level=settings.log_level)
    app = create_app(settings)
except (SettingsError, DispatchError) as error:
    sys.exit(f"dispatch does not start: {error}")

# No caller waits for a compiler: from the cache this takes half a second, and gunicorn.conf.py fills the cache first.
streets.warm_kernels()

# Half a million objects of the libraries stay as long as the process: unfrozen, they are looked through again and again
# while a large answer is built, 200 ms each time.
gc.collect()
gc.freeze()
