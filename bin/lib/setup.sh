#!/usr/bin/env bash
# Installs the Debian packages that the build, the demo and the tests need, where they are missing.
# Says nothing when there is nothing to do. Needs root or sudo only to install.
set -euo pipefail

packages=(librdkafka-dev libsqlite3-dev pkg-config kcat python3-venv weasyprint qrencode fonts-dejavu-core poppler-utils
  sqlite3 openssl)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done

if [ ${#missing[@]} -gt 0 ]; then
  echo "installing ${missing[*]}"
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  export DEBIAN_FRONTEND=noninteractive
  if ! { "${as_root[@]}" apt-get update && "${as_root[@]}" apt-get install --yes --no-install-recommends "${missing[@]}"; } \
    >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    echo "cannot install ${missing[*]}" >&2
    exit 1
  fi
fi

if ! command -v swift >/dev/null; then
  echo "Swift 6.3 is needed and not on the path: https://www.swift.org/install/linux/" >&2
  exit 1
fi
