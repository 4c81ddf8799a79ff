# Sourced by ./test: runs its parts one after the other, whatever fails, and tells how each ended.

failed=()
parts=()

# part NAME COMMAND…: runs it, and keeps how it ended and how many seconds it took.
part() {
    local name=$1 began=$SECONDS end=passed
    shift
    say "── $name"
    if ! "$@"; then
        end=FAILED
        failed+=("$name")
    fi
    parts+=("$(printf '%-32s %-8s %6d' "$name" "$end" "$((SECONDS - began))")")
}

# report: the table of the parts, and the exit status of all.
report() {
    say ""
    say "$(printf '%-32s %-8s %6s' Part "" Seconds)"
    printf '%s\n' "${parts[@]}" >&2
    say "$(printf '%-32s %-8s %6d' All "" "$SECONDS")"
    if [ ${#failed[@]} -gt 0 ]; then
        say ""
        printf 'Failed: %s\n' "${failed[@]}" >&2
        exit 1
    fi
    say "All checks and tests passed."
}
