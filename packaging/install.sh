# Sourced by `start` and `test`: installs what is missing, and nothing twice.
#
# needs_packages PACKAGE…   Debian packages, through apt-get (with sudo when not root); elsewhere it only says what to install
# needs_python EXTRA        the virtual environment .venv with this project and its extra, at the pinned versions
# needs_resources           the web client, fonts and translations in resources/built

here=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
venv="$here/.venv"

say() { printf '%s\n' "intercom: $*" >&2; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
        say "run as root, or install sudo: $*"; exit 1
    fi
}

needs_packages() {
    command -v dpkg-query >/dev/null || { say "not a Debian system; needed: $*"; return 0; }
    missing=
    for package in "$@"; do
        status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=
        [ "$status" = installed ] || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "installing$missing"
    as_root apt-get update -qq
    # shellcheck disable=SC2086  # a list of words is meant
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

needs_python() {
    extra=$1
    wanted="$extra $(cat "$here/pyproject.toml" "$here/packaging/constraints.txt" | cksum)"
    stamp="$venv/.installed-$extra"
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return 0
    say "installing Python packages into .venv"
    [ -x "$venv/bin/python" ] || "${PYTHON:-python3}" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$here[$extra]" \
        --constraint "$here/packaging/constraints.txt"
    printf '%s' "$wanted" >"$stamp"
}

needs_resources() {
    "$venv/bin/python" "$here/packaging/build_resources.py"
}

# Python, and what Qt needs to draw.
libraries="python3 python3-venv ca-certificates
    libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libfreetype6 libglib2.0-0 libbrotli1 libx11-6
    libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0"
