#!/usr/bin/env bash
# The names of the programs: the folders of Services with a main. A test holds them to the list of programs in ServiceKit.
set -euo pipefail
cd "$(dirname "$0")/../../Services"
for main in */Main; do echo "${main%/Main}" | tr '[:upper:]' '[:lower:]'; done
