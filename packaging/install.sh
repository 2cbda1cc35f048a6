# shellcheck shell=sh
# Sourced by `start`, `test`, `bench` and others below packaging/: installs what is missing, and nothing twice.
#
# needs_packages PACKAGE…   Debian packages, through apt-get (with sudo when not root); elsewhere it only says what to
#                           install
# needs_python EXTRA        the virtual environment .venv with this project and its extra, at the pinned versions;
#                           PYTHON names another interpreter than python3
# needs_resources           the web client, fonts and translations in resources/built

# Python, and what Qt needs to draw.
# shellcheck disable=SC2034  # read by those who source this
libraries="python3 python3-venv ca-certificates
    libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libfreetype6 libglib2.0-0 libbrotli1 libx11-6 libgssapi-krb5-2
    libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0 libwayland-cursor0 libwayland-egl1"

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)  # then upwards, to the checkout that the script is in
until [ -e "$here/pyproject.toml" ] || [ "$here" = / ]; do here=$(dirname -- "$here"); done
venv="$here/.venv"

say() { printf '%s\n' "intercom: $*" >&2; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
        say "run as root, or install sudo: $*"; exit 1
    fi
}

needs_packages() {
    command -v dpkg-query >/dev/null || { say "not a Debian system; needed: $*"; return 0; }
    # What a newer package provides counts as well (libglib2.0-0t64 for libglib2.0-0).
    # shellcheck disable=SC2016  # dpkg-query fills these in
    present=$(dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' | sed -n 's/^installed //p' | tr '\n,' '  ')
    missing=
    for package in "$@"; do
        case " $present " in *" $package "*) ;; *) missing="$missing $package" ;; esac
    done
    [ -n "$missing" ] || return 0
    say "installing$missing"
    as_root apt-get update -qq
    # shellcheck disable=SC2086  # a list of words is meant
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        -o DPkg::Lock::Timeout=300 $missing >/dev/null
    case "$missing " in *" mosquitto "*)
        # Debian starts what it installs, on the port that the embedded broker wants.
        if [ -d /run/systemd/system ]; then as_root systemctl disable --quiet --now mosquitto; fi ;;
    esac
}

needs_python() {
    python=${PYTHON:-$venv/bin/python}
    [ -x "$venv/bin/python" ] || python=${PYTHON:-python3}
    # Scripts in a virtual environment know their place and their Python; a half-made one has no note of either.
    maker="$here $("$python" --version)"
    if [ "$(cat "$venv/.maker" 2>/dev/null)" != "$maker" ]; then
        "${PYTHON:-python3}" -m venv --clear "$venv"
        printf '%s' "$maker" >"$venv/.maker"
    fi
    wanted=$(cat "$here/pyproject.toml" "$here/packaging/constraints.txt" | cksum)
    for extra in "$1" dev; do  # dev holds all others
        [ "$(cat "$venv/.installed-$extra" 2>/dev/null)" != "$wanted" ] || return 0
    done
    say "installing Python packages into .venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable "${here}[$1]" \
        --constraint "$here/packaging/constraints.txt"
    printf '%s' "$wanted" >"$venv/.installed-$1"
}

needs_resources() {
    "$venv/bin/python" "$here/packaging/build_resources.py"
}
