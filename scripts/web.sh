#!/usr/bin/env bash
# Runs npm in web/ with a Node that is new enough: scripts/web.sh ci, scripts/web.sh run build.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=scripts/node.sh
source scripts/node.sh
exec npm --prefix web --no-audit --no-fund "$@"
