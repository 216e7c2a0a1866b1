# Keeps one throw-away PostgreSQL: keeper PROGRAMS PORT SETTINGS
#
# Prints `ready` once the server answers, then waits for the end of its standard input. The owner
# holds the other end, and the system closes it however the owner ends: by returning, by a panic,
# by Ctrl-C or by kill -9. So no server outlives its owner, and nobody has to clean up.
set -eu
programs=$1
port=$2
settings=$3

folder=$(mktemp -d "${TMPDIR:-/tmp}/steelyard-postgres.XXXXXX" 2>/dev/null) ||
    folder=$(mktemp -d /tmp/steelyard-postgres.XXXXXX)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

if ! "$programs/initdb" --pgdata="$folder/data" --username=postgres --auth=trust \
    --encoding=UTF8 --locale=C --no-sync >"$folder/log" 2>&1; then
    cat "$folder/log"
    exit 1
fi
if ! "$programs/pg_ctl" start --wait --timeout=60 --silent --pgdata="$folder/data" --log="$folder/log" \
    --options="-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories='' -c max_connections=200 $settings" \
    >/dev/null 2>&1; then
    cat "$folder/log"
    "$programs/pg_ctl" stop --wait --silent --mode=immediate --pgdata="$folder/data" >/dev/null 2>&1 || true
    exit 1
fi
trap '"$programs/pg_ctl" stop --wait --silent --mode=immediate --pgdata="$folder/data" >/dev/null 2>&1 || true
    rm -rf "$folder"' EXIT

echo ready
while read -r _; do :; done
