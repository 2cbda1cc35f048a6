# shellcheck shell=sh disable=SC2016,SC2154  # what is quoted is for another shell; `here` is install.sh's
# Sourced after install.sh: a fresh Debian in a folder, to try there what is to be installed.
#
# make_root FOLDER [PACKAGE…]   a minimal Debian bookworm, and the packages; the same base is made once and kept
#                               in build/debian.tar
# in_root FOLDER COMMAND…       run a command within it; whatever it leaves running ends with it, and so do the mounts
# drop_root FOLDER              remove it
#
# All of it as root. Within, packages come from where this system gets its own, when that is bookworm as well; else from
# where debootstrap got them.

make_root() {
    root=$1; shift
    # Without the keyring, which only Debian has from the start, signatures are not checked.
    needs_packages debootstrap debian-archive-keyring util-linux ca-certificates
    # shellcheck source=/dev/null
    system=$(. /etc/os-release && echo "$ID ${VERSION_CODENAME:-}")
    base="$here/build/debian.tar"
    mkdir -p "$here/build"
    if [ ! -e "$base" ]; then
        say "making a minimal Debian"
        making=$(mktemp -d "${TMPDIR:-/tmp}/intercom-debian.XXXXXX")
        # In memory: a package manager has each file written to the disk before it goes on.
        as_root unshare --mount sh -euc '
            mount -t tmpfs -o size=2g,mode=755 debian "$1"
            mirror=
            [ "$3" != "debian bookworm" ] ||
                mirror=$(apt-get indextargets --format "\$(REPO_URI)" "Codename: bookworm" 2>/dev/null | head -n 1)
            debootstrap --variant=minbase --include=ca-certificates bookworm "$1" $mirror >"$2.log" 2>&1 ||
                { tail -n 20 "$2.log" >&2; exit 1; }
            rm -f "$1"/var/cache/apt/archives/*.deb
            tar -C "$1" --one-file-system -cf "$2.part" .
            mv "$2.part" "$2"
            rm -f "$2.log"
        ' sh "$making" "$base" "$system"
        rmdir "$making"
    fi
    as_root mkdir -p "$root"
    as_root tar -C "$root" -xpf "$base"
    # How this system reaches its packages, but none of its hooks.
    if [ "$system" = "debian bookworm" ]; then
        as_root cp -a /etc/apt/sources.list.d "$root/etc/apt/"
        as_root rm -f "$root/etc/apt/sources.list"
        [ ! -e /etc/apt/sources.list ] || as_root cp -L /etc/apt/sources.list "$root/etc/apt/"
    fi
    grep -L Invoke /etc/apt/apt.conf.d/* | while read -r each; do as_root cp "$each" "$root/etc/apt/apt.conf.d/"; done
    for each in /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt; do
        [ ! -e "$each" ] || as_root cp -L "$each" "$root$each"
    done
    # Nothing that is installed there is to start, or to wait for the disk.
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$root/usr/sbin/policy-rc.d" >/dev/null
    as_root chmod 755 "$root/usr/sbin/policy-rc.d"
    echo force-unsafe-io | as_root tee "$root/etc/dpkg/dpkg.cfg.d/unsafe-io" >/dev/null
    if [ $# -gt 0 ]; then
        in_root "$root" sh -euc 'apt-get update -qq
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null' sh "$@"
    fi
}

in_root() {
    root=$1; shift
    as_root unshare --mount --pid --fork --kill-child sh -euc '
        root=$1; shift
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount -t tmpfs tmpfs "$root/run"
        exec chroot "$root" env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
    ' sh "$root" "$@"
}

drop_root() {
    as_root rm -rf --one-file-system "$1"
}
