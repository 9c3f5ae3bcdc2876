#!/usr/bin/env bash
# Runs a command beside a throw-away PostgreSQL server, which is gone when the command ends.
#
#   scripts/postgres.sh COMMAND…
#
# The command finds the server's address in VALUEBOOK_TEST_POSTGRES: a login that may make databases
# and roles and is no superuser, as a database's owner should be. Nothing is kept and nothing is
# flushed to disk: for tests only.
set -euo pipefail

bin=
for place in "$(command -v pg_config >/dev/null && pg_config --bindir)" /usr/lib/postgresql/*/bin; do
    [[ -x $place/initdb ]] && bin=$place
done
if [[ -z $bin ]]; then
    echo "scripts/postgres.sh needs PostgreSQL's server programs: scripts/setup.sh test" >&2
    exit 2
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/valuebook-postgres-XXXXXX")
# initdb and the server refuse to run as root.
as=()
if [[ $(id -u) == 0 ]]; then
    as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
    chown postgres:postgres "$folder"
fi

stop() {
    (cd / && "${as[@]}" "$bin/pg_ctl" --pgdata "$folder/data" --mode immediate stop >/dev/null 2>&1) || true
    rm -rf "$folder"
}
trap stop EXIT

password=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
printf '%s\n' "$password" >"$folder/password"
chmod 644 "$folder/password"
cd_here=$PWD
cd /
"${as[@]}" "$bin/initdb" --pgdata "$folder/data" --username super --pwfile "$folder/password" \
    --auth scram-sha-256 --encoding UTF8 --no-sync >/dev/null
port=
for attempt in 1 2 3 4 5; do
    port=$((20000 + (RANDOM % 20000)))
    if "${as[@]}" "$bin/pg_ctl" --pgdata "$folder/data" --log "$folder/log" --wait --timeout 60 \
        --options "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off \
            -c full_page_writes=off -c synchronous_commit=off -c max_connections=300" start >/dev/null; then
        break
    fi
    [[ $attempt -lt 5 ]] || { cat "$folder/log" >&2; exit 1; }
done
PGPASSWORD=$password "$bin/psql" --quiet --no-psqlrc --host 127.0.0.1 --port "$port" --username super \
    --dbname postgres --set ON_ERROR_STOP=1 \
    --command "CREATE ROLE owner LOGIN CREATEDB CREATEROLE PASSWORD '$password'"

cd "$cd_here"
export VALUEBOOK_TEST_POSTGRES="postgres://owner:$password@127.0.0.1:$port"
"$@"
