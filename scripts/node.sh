# shellcheck shell=bash
# To be sourced from the repository's root: puts the project's own Node first, where there is one.

# What the web tools ask for, and what is fetched where the machine's Node is older.
oldest_node=20.19
# shellcheck disable=SC2034  # read by setup.sh
fetched_node=24.21.0
node_folder=target/tools/node

PATH="$PWD/$node_folder/node_modules/.bin:$PATH"
export PATH

node_is_new_enough() {
    local version major minor
    version=$(node --version 2>/dev/null) || return 1
    IFS=. read -r major minor _ <<<"${version#v}"
    local oldest_major=${oldest_node%.*} oldest_minor=${oldest_node#*.}
    ((major > oldest_major || (major == oldest_major && minor >= oldest_minor)))
}
