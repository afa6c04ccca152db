#!/usr/bin/env bash
# Builds the programs that suite runs, and suite itself.
set -euo pipefail
cd "$(dirname "$0")/../.."
for product in broker $(bin/lib/programs.sh); do
  swift build --quiet --product "$product"
done
