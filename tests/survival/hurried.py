"""The program as it is, but its minutes are short: what it writes once a minute it writes all the time."""

from __future__ import annotations

import sys

from intercom.storage import storage

storage.WRITE_EVERY_S = 0.02

if __name__ == "__main__":
    from intercom.__main__ import main

    sys.exit(main())
