#!/usr/bin/env bash
# Sees to it that this machine can build and run valuebook; quick when nothing is missing.
#
#   scripts/setup.sh run     what `make run` needs: C++ compiler, cmake, libclang, libpq, Node
#   scripts/setup.sh test    the same, and rustfmt, clippy, Chromium and PostgreSQL
#
# As root on Debian it installs what is missing. Otherwise it prints the one command to type
# and exits 2. Node newer than Debian's goes into target/tools, never onto the machine.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:-run}
case $purpose in
run | test) ;;
*)
    echo "usage: scripts/setup.sh run|test" >&2
    exit 2
    ;;
esac

# shellcheck source=scripts/node.sh
source scripts/node.sh

have() { command -v "$1" >/dev/null 2>&1; }

# The library bindgen loads, as packages for development install it: the bare run-time library
# comes without the headers that bindgen needs too.
have_libclang() {
    [[ -n ${LIBCLANG_PATH:-} ]] && return 0
    local place
    for place in '/usr/lib/llvm-*/lib/libclang.so' '/usr/lib*/libclang.so' '/usr/local/lib/libclang.so' \
        '/Library/Developer/CommandLineTools/usr/lib/libclang.dylib'; do
        compgen -G "$place" >/dev/null && return 0
    done
    return 1
}

# The client library of PostgreSQL, with what a program needs to be linked to it.
have_libpq() {
    have pg_config && [[ -e $(pg_config --includedir)/libpq-fe.h ]] && return 0
    pkg-config --exists libpq 2>/dev/null
}

# The programs of a PostgreSQL server; the tests start one of their own.
have_postgres() {
    local place
    for place in "$(have pg_config && pg_config --bindir)" /usr/lib/postgresql/*/bin; do
        [[ -x $place/initdb ]] && return 0
    done
    return 1
}

if ! have cargo; then
    echo "valuebook needs a current Rust toolchain (see https://rustup.rs), then this command again." >&2
    exit 2
fi

# Debian's names for what is missing. cmake drives make, which Debian does not install with it.
missing=()
have cc && have c++ || missing+=(gcc g++ libc6-dev)
have make || missing+=(make)
have cmake || missing+=(cmake)
have pkg-config || missing+=(pkg-config)
have_libclang || missing+=(libclang-dev)
have_libpq || missing+=(libpq-dev)
have npm && have node || missing+=(nodejs npm)
if [[ $purpose == test ]]; then
    have chromium || missing+=(chromium fonts-liberation)
    have_postgres || missing+=(postgresql)
fi

if [[ ${#missing[@]} -gt 0 ]]; then
    if [[ $(id -u) == 0 ]] && have apt-get; then
        echo "Installing what is missing: ${missing[*]}"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    else
        echo "valuebook needs a few more tools. Type this, then the same command again:" >&2
        echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
        exit 2
    fi
fi

if ! node_is_new_enough; then
    echo "Node $(node --version) is older than $oldest_node: fetching Node $fetched_node into $node_folder"
    mkdir -p "$node_folder"
    npm install --prefix "$node_folder" --no-save --no-audit --no-fund --loglevel=error \
        "node@$fetched_node" >/dev/null
    hash -r
    if ! node_is_new_enough; then
        echo "Node $oldest_node or newer is needed and could not be fetched; install it, then this command again." >&2
        exit 2
    fi
fi

if [[ $purpose == test ]]; then
    for part in rustfmt clippy; do
        if ! cargo "${part/rustfmt/fmt}" --version >/dev/null 2>&1; then
            if have rustup; then
                rustup component add "$part"
            else
                echo "The checks need $part beside cargo; install it, then this command again." >&2
                exit 2
            fi
        fi
    done
fi
