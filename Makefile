# Shorthand: what each of these does stands in the file that it calls. `make bench options="--quick --peers node"`

.PHONY: start test bench fuzz survival

start:
	packaging/start --demo $(options)

test:
	packaging/test $(options)

bench:
	packaging/bench $(options)

fuzz:
	INTERCOM_LONG=1 packaging/test --numprocesses 0 tests/blackbox tests/fuzz $(options)

survival:
	INTERCOM_LONG=1 packaging/test --numprocesses 0 tests/survival $(options)
