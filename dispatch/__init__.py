"""The backend a city runs its home and community elder care on; the map of the rooms is in README.md."""

import os
from pathlib import Path

# numba reads this once, when it is first imported: one cache for all processes, never beside the sources
# pypinyin as well: names are read character by character, so its 40 MB of phrases stay on the disk
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(os.environ.get("DISPATCH_VAR_DIR", "var")).absolute() / "numba"))
