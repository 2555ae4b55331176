# The services some tests talk to, on their usual ports of 127.0.0.1. One that answers is used as it is; otherwise its
# server is started on data of its own below $scratch, and stopped at the end. Sourced by run, which sets $scratch and
# as_root; PGPORT, MARIADB_PORT and REDIS_PORT choose other ports to try this file by hand.

: "${PGPORT:=5432}" "${MARIADB_PORT:=3306}" "${REDIS_PORT:=6379}"
started=()

redis_answers() { [ "$(redis-cli -h 127.0.0.1 -p "$REDIS_PORT" ping 2>/dev/null)" = PONG ]; }
postgres_answers() { psql -h 127.0.0.1 -p "$PGPORT" -U root -d test -Atc 'select 1' >/dev/null 2>&1; }
mariadb_answers() { mariadb -h 127.0.0.1 -P "$MARIADB_PORT" -u root -e 'select 1' test >/dev/null 2>&1; }

start_redis() {
    redis-server --bind 127.0.0.1 --port "$REDIS_PORT" --save "" --dir "$scratch" >"$scratch/redis.log" 2>&1 &
    started+=("kill $!")
}

start_postgres() {
    local bin data=$scratch/postgres
    bin=$(echo /usr/lib/postgresql/*/bin | tr ' ' '\n' | tail -n 1)
    chmod 711 "$scratch"
    mkdir "$data" && as_root chown postgres "$data"
    { # initdb refuses root; the server trusts who comes from this machine
        as_root runuser -u postgres -- "$bin/initdb" -D "$data" -A trust -U root -E UTF8 &&
            as_root runuser -u postgres -- "$bin/pg_ctl" -D "$data" -w -l "$data/server.log" \
                -o "-p $PGPORT -c listen_addresses=127.0.0.1 -k $data" start &&
            createdb -h 127.0.0.1 -p "$PGPORT" -U root test
    } >"$scratch/postgres.log" 2>&1 || :
    started+=("as_root runuser -u postgres -- $bin/pg_ctl -D $data -m immediate stop")
}

start_mariadb() {
    local data=$scratch/mariadb
    chmod 711 "$scratch"
    mkdir "$data" && as_root chown mysql "$data"
    {
        as_root mariadb-install-db --no-defaults --user=mysql --datadir="$data" \
            --auth-root-authentication-method=normal --skip-test-db
        as_root mariadbd --no-defaults --user=mysql --datadir="$data" --socket="$data/socket" \
            --pid-file="$data/pid" --bind-address=127.0.0.1 --port="$MARIADB_PORT" &
    } >"$scratch/mariadb.log" 2>&1
    started+=("as_root mariadb-admin --no-defaults --socket=$data/socket -u root shutdown")
    for _ in $(seq 300); do
        mariadb -h 127.0.0.1 -P "$MARIADB_PORT" -u root -e 'create database if not exists test' 2>/dev/null && break
        sleep 0.2
    done
}

ensure_service() {
    local name=$1
    if ! "${name}_answers"; then
        "start_$name"
        for _ in $(seq 300); do "${name}_answers" && break || sleep 0.2; done
        "${name}_answers" || { echo "$name does not answer."; tail -n 30 "$scratch/$name.log"; exit 1; }
    fi
    echo "$name answers"
}

stop_services() {
    local stop
    for stop in "${started[@]}"; do $stop >/dev/null 2>&1 || :; done
    wait 2>/dev/null || :
}
