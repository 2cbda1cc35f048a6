#!/bin/sh
# The intercom's command. Root works on the home that the service serves, as the service's user: files that root made
# there would be out of the service's reach. Anybody else has a home of their own.
set -eu
program=/usr/lib/intercom/intercom
case $(id -un) in
    root)
        INTERCOM_CONFIG=${INTERCOM_CONFIG:-/etc/intercom/intercom.toml}
        HOME=/var/lib/intercom
        export INTERCOM_CONFIG HOME
        exec setpriv --reuid=intercom --regid=intercom --init-groups --no-new-privs "$program" "$@" ;;
    intercom)
        INTERCOM_CONFIG=${INTERCOM_CONFIG:-/etc/intercom/intercom.toml}
        export INTERCOM_CONFIG ;;
esac
exec "$program" "$@"
