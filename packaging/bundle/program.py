"""Where the frozen program begins."""

import sys

from intercom.__main__ import main

sys.exit(main())
