#!/bin/sh
# Profiles the example server: ./scripts/memory-profile.sh dhat|valgrind|massif|heaptrack|all SECONDS
set -eu
cd "$(dirname "$0")/.."
exec cargo xtask profile "$@"
