# Sourced by ./test after test_clusters.sh: a real S3 server, S3Proxy over a folder of its own, from
# its jars on Maven Central. It binds to 127.0.0.1 and has a heap of 256 MiB. TEST_S3=1 ./test FILE…
# starts it for single files.

S3PROXY_VERSION=3.1.0
S3PROXY_JACKSON_VERSION=2.21.2
S3_KEY=hub-tests
S3_SECRET=secret/with+signs

# start_s3: starts it beside what follows. S3_URL says where it will answer and how to sign in, S3_LOG
# what it says until then, S3_PID who it is; tests wait for it.
start_s3() {
    find_java || { missing "no Java 21 or newer for S3Proxy (see $DATA_DIR/clusters.log)"; return 0; }
    local port
    port=$(.venv/bin/python -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
    S3_FOLDER=$(mktemp -d /tmp/hub-s3.XXXXXX)
    export S3_LOG=$DATA_DIR/s3.log
    run_s3 "$port" >"$S3_LOG" 2>&1 &
    export S3_PID=$! S3_URL="s3://$S3_KEY:secret%2Fwith%2Bsigns@127.0.0.1:$port/hub-tests?tls=no"
}

# run_s3 PORT: becomes the server. Its clouds are left out: it serves a folder. Jackson's parts are
# named, since it asks for two versions of them that do not fit.
run_s3() {
    LEFT_OUT="com.azure com.google.cloud software.amazon.awssdk com.amazonaws io.grpc io.netty" \
        fetch_jars s3proxy "org.gaul:s3proxy:$S3PROXY_VERSION" \
        "com.fasterxml.jackson.core:jackson-core:$S3PROXY_JACKSON_VERSION" \
        "com.fasterxml.jackson.core:jackson-databind:$S3PROXY_JACKSON_VERSION" ||
        { echo "the jars of S3Proxy could not be fetched (see $DATA_DIR/clusters.log)" | tee "${S3_LOG%.log}.missing"; exit 1; }
    umask 077  # S3Proxy shows everybody a file that everybody on the machine may read
    mkdir "$S3_FOLDER/data"
    cat >"$S3_FOLDER/s3proxy.conf" <<CONF
s3proxy.endpoint=http://127.0.0.1:$1
s3proxy.authorization=aws-v4
s3proxy.identity=$S3_KEY
s3proxy.credential=$S3_SECRET
jclouds.provider=filesystem-nio2
jclouds.filesystem.basedir=$S3_FOLDER/data
CONF
    cat >"$S3_FOLDER/logback.xml" <<'XML'
<configuration>
  <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d %p %c{1} %m%n</pattern></encoder>
  </appender>
  <root level="info"><appender-ref ref="console"/></root>
</configuration>
XML
    exec "$JAVA" -Xmx256m -Dlogback.configurationFile="$S3_FOLDER/logback.xml" \
        -cp "$SERVERS/s3proxy/jars/*" org.gaul.s3proxy.Main --properties "$S3_FOLDER/s3proxy.conf"
}

stop_s3() {
    [ -n "${S3_PID:-}" ] || return 0
    kill "$S3_PID" 2>/dev/null || true
    wait "$S3_PID" 2>/dev/null || true
    rm -rf "$S3_FOLDER"
}
