# Sourced by ./test: the programs and servers that tests use. What a machine cannot have is a
# visible skip with the reason; under CI=true it is a failure, of which the other parts go on.

missing() {
    say "SKIPPED: $1"
    [ "${CI:-}" != true ] || failed+=("under CI nothing may be skipped: $1")
}

# choose_folders: sets FOLDERS, this run's own, where tests keep their files. In memory where there
# is plenty: they write and delete tens of thousands of small files, and indexes wait for the disk.
MEGABYTES_IN_MEMORY=6000
choose_folders() {
    FOLDERS=$DATA_DIR
    local room free
    room=$(df --output=avail -B1M /dev/shm 2>/dev/null | tail -1) || return 0
    free=$(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo 2>/dev/null) || return 0
    if [ "${room:-0}" -gt "$MEGABYTES_IN_MEMORY" ] && [ "${free:-0}" -gt $((2 * MEGABYTES_IN_MEMORY)) ]; then
        FOLDERS=$(mktemp -d /dev/shm/hub-tests.XXXXXX) || FOLDERS=$DATA_DIR
    fi
}

remove_folders() { case ${FOLDERS:-} in /dev/shm/hub-tests.*) rm -rf "$FOLDERS" ;; esac; }

debian_install() {
    command -v apt-get >/dev/null || return 1
    local as_root=()
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null || return 1
        as_root=(sudo -n)
    fi
    say "Installing from Debian's packages: $*"
    apt_get install -y --no-install-recommends "$@" || { apt_get update && apt_get install -y --no-install-recommends "$@"; }
}

# Servers are made ready beside each other; one waits until the other has installed.
apt_get() {
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get -qq -o DPkg::Lock::Timeout=600 "$@" >>"$DATA_DIR/apt.log" 2>&1
}

# find_programs: sets CHROMIUM, installs zip and PDF programs and nginx; tests that lack one skip
# by themselves.
find_programs() {
    local wanted=()
    CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
    [ -n "$CHROMIUM" ] || wanted+=(chromium)
    command -v 7z >/dev/null || wanted+=(p7zip-full)
    command -v unzip >/dev/null || wanted+=(unzip)
    command -v pdftotext >/dev/null || wanted+=(poppler-utils)
    PATH=$PATH:/usr/sbin command -v nginx >/dev/null || wanted+=(nginx-light)
    if [ ${#wanted[@]} -gt 0 ] && ! debian_install "${wanted[@]}"; then
        missing "could not install ${wanted[*]} (see $DATA_DIR/apt.log); tests that need them are skipped"
    fi
    CHROMIUM=${CHROMIUM:-$(command -v chromium || true)}
    export CHROMIUM
}

# find_epubcheck: sets EPUBCHECK to the folder of its jars from Maven Central. After test_clusters.sh.
EPUBCHECK_VERSION=5.3.0
find_epubcheck() {
    if find_java && fetch_jars epubcheck "org.w3c:epubcheck:$EPUBCHECK_VERSION"; then
        export JAVA EPUBCHECK=$SERVERS/epubcheck/jars
    else
        missing "no epubcheck (see $DATA_DIR/clusters.log); the test of EPUB is skipped"
    fi
}

postgres_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1; }

# The server refuses to run as root, so root lends it Debian's postgres user.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

# start_postgresql: a server of its own on a free port, with a new data folder, made ready beside
# what follows; POSTGRESQL_URL says where it will be. await_postgresql waits for it.
start_postgresql() {
    [ -x "$(postgres_bin)/initdb" ] || debian_install postgresql ||
        { missing "no PostgreSQL server here (see $DATA_DIR/apt.log)"; return 0; }
    local port
    port=$(.venv/bin/python -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
    PG_FOLDER=$(mktemp -d /tmp/hub-postgresql.XXXXXX)
    [ "$(id -u)" != 0 ] || chown postgres "$PG_FOLDER"
    export POSTGRESQL_URL="postgres://hub@127.0.0.1:$port/postgres"
    run_postgresql "$port" >"$DATA_DIR/postgresql.log" 2>&1 &
    POSTGRESQL_JOB=$!
}

run_postgresql() {
    local bin
    bin=$(postgres_bin)
    cd "$PG_FOLDER" &&
    as_postgres "$bin/initdb" -D "$PG_FOLDER/data" -U hub -A trust --locale=C.UTF-8 -E UTF8 --no-sync &&
    as_postgres "$bin/pg_ctl" -D "$PG_FOLDER/data" -w -t 300 -l "$PG_FOLDER/log" \
        -o "-p $1 -c listen_addresses=127.0.0.1 -c unix_socket_directories=$PG_FOLDER -c fsync=off -c full_page_writes=off -c synchronous_commit=off" start &&
    cd "$OLDPWD" &&
    DATABASE_URL=$POSTGRESQL_URL .venv/bin/python -m tests.template_database
}

# await_postgresql: until the server answers and has the template of the tests' databases.
await_postgresql() {
    [ -n "${POSTGRESQL_JOB:-}" ] || return 1
    wait "$POSTGRESQL_JOB" && return
    say "PostgreSQL did not get ready:"
    tail -20 "$DATA_DIR/postgresql.log" "$PG_FOLDER/log" >&2
    return 1
}

stop_postgresql() {
    [ -n "${PG_FOLDER:-}" ] || return 0
    as_postgres "$(postgres_bin)/pg_ctl" -D "$PG_FOLDER/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$PG_FOLDER"
}
