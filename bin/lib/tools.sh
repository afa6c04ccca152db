#!/usr/bin/env bash
# Prints the path of a program that only checks files of ours, taken out of its Debian package without installing it: the
# package would start a server.
#
#   bin/lib/tools.sh prometheus usr/bin/promtool
#   bin/lib/tools.sh caddy usr/bin/caddy
set -euo pipefail
package=$1 path=$2
folder=$(cd "$(dirname "$0")/../.." && pwd)/.build/tools
program=$folder/$package/$path
if [ ! -x "$program" ]; then
  part=$(mktemp -d)
  trap 'rm -rf "$part"' EXIT
  (cd "$part" && apt-get download "$package" >log 2>&1) || { cat "$part/log" >&2; exit 1; }
  mkdir -p "$folder/$package"
  dpkg-deb --fsys-tarfile "$part"/*.deb | tar --extract --directory "$folder/$package" "./$path"
fi
echo "$program"
