# Sourced by ./run and ./test: creates the environment in .venv, and says what is missing.

say() { printf '%s\n' "$*" >&2; }

find_python() {
    for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python; do
        [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    say "Missing: Python 3.11 or newer. Install it (on Debian or Ubuntu: apt install python3 python3-venv)"
    say "ขาด Python 3.11 ขึ้นไป กรุณาติดตั้งก่อน"
    exit 1
}

install_by_pip() {
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$1"
}

# install_by_uv REQUIREMENTS: by the locked uv, which takes a fraction of pip's time. It knows
# nothing of pip's own configuration, so pip is asked where it fails.
install_by_uv() {
    local uv=.venv/requirements-uv.txt
    awk '/^[a-z]/ { chosen = /^uv==/ } chosen' requirements-dev.txt >"$uv"
    install_by_pip "$uv" &&
        .venv/bin/uv pip install --quiet --system-certs --python .venv --require-hashes -r "$1"
}

# make_environment REQUIREMENTS: installs the locked packages unless they are the ones installed.
make_environment() {
    local requirements=$1 python installed
    installed=.venv/installed-$requirements
    if [ -x .venv/bin/python ] && cmp -s "$requirements" "$installed"; then
        return
    fi
    python=$(find_python) || exit 1
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        say "Missing: Python's venv module. On Debian or Ubuntu: apt install python3-venv"
        say "ขาดส่วน venv ของ Python (บน Debian หรือ Ubuntu: apt install python3-venv)"
        exit 1
    fi
    say "Creating the environment in .venv ($("$python" --version)) …"
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    if ! install_by_uv "$requirements" && ! install_by_pip "$requirements"; then
        say "The packages of $requirements could not be installed; the lines above say which and why."
        say "ติดตั้งแพ็กเกจไม่สำเร็จ บรรทัดข้างบนบอกว่าตัวใดและเพราะอะไร"
        exit 1
    fi
    cp "$requirements" "$installed"
}
