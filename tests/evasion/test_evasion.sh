#!/bin/bash
# The evasion matrix: telltale reports what the receiver read, no more and no less (see README.md of this folder). Each case as a model of
# the receiver answers it, and, where the kernel lets us, as the kernel does.
. "$(dirname "$0")/../lib.sh"

here=$TT_ROOT/tests/evasion
cat > "$TT_TMP/marker.rules" << 'EOF'
alert mqtt any any -> any any (msg:"marker in a PUBLISH"; mqtt.publish.message; content:"EVILMARK"; sid:1;)
alert tcp any any -> any any (msg:"marker in a stream"; content:"EVILMARK"; sid:2;)
alert mqtt any any -> any any (msg:"marker in a will"; mqtt.connect.willmessage; content:"EVILMARK"; sid:3;)
alert mqtt any any -> any any (msg:"marker under an aliased topic"; mqtt.publish.topic; content:"plant/evil"; mqtt.publish.message; content:"EVILMARK"; sid:4;)
alert mqtt any any -> any any (msg:"harmless twin of the marker"; mqtt.publish.message; content:"GOODBYE!"; sid:5;)
EOF

matrix() { # model|kernel: who answers
    local cases=$TT_TMP/$1 code
    python3 "$here/generate.py" "$cases" "$1"
    code=$?
    [ $code -ne 3 ] || return
    if [ $code -eq 0 ]; then ok "$1: what is read is what truth.tsv says"; else fail "$1: cases" "code $code"; fi
    run read -q -S "$TT_TMP/marker.rules" --json "$cases.json" "$cases/pcaps"
    expect_exit "$1: all cases are read to the end" 0
    python3 "$here/judge.py" "$cases/expected.tsv" "$cases.json" "$1:" || tt_failed=1
    "$TELLTALE_FAST" read -q --workers 4 -S "$TT_TMP/marker.rules" --json "$cases.four.json" "$cases/pcaps" 2> /dev/null
    expect_same "$1: 4 workers write the same" "$cases.json" "$cases.four.json"
}

# Cases 042 and 043 on a receiver of another kind: which of two queued segments it reads. In FIRST and LAST its address is given.
policies() {
    local overlaps=("$TT_TMP"/model/pcaps/04[23]-*) first last mixed
    read_by() { # options…: cases in which the marker was read
        run read -q -S "$TT_TMP/marker.rules" --json "$TT_TMP/policy.json" "$@" "${overlaps[@]}"
        grep '"signature_id":1,' "$TT_TMP/policy.json" | grep -o '04[23]-[a-z-]*' | sort -u | tr '\n' ' '
    }
    first=$(read_by --set stream.policy=last --set host-os-policy.first=10.9.255.0/24 --set host-os-policy.solaris=10.0.0.0/8)
    last=$(read_by --set stream.policy=first --set 'host-os-policy.last=[2001:db8::/32, 10.9.255.1]')
    mixed=$(read_by --set stream.policy=last --set host-os-policy.vista=10.9.255.2)
    expect_equal "host-os-policy: a receiver that keeps what came first" "$first" "043-ovl-ooo-evil-then-good "
    expect_equal "host-os-policy: a receiver that keeps what came last" "$last" "042-ovl-ooo-good-then-evil "
    expect_equal "host-os-policy: another address" "$mixed" "042-ovl-ooo-good-then-evil "
    run read -q --set host-os-policy.windws=10.0.0.0/8 "${overlaps[0]}"
    expect_exit "host-os-policy: an unknown system ends with code 2" 2
    expect_text "host-os-policy: and names the nearest" stderr "did you mean 'windows'"
    run config --set host-os-policy.vista=10.9.0.0/33
    expect_text "host-os-policy: a prefix that cannot be" stderr "host-os-policy.vista: '10.9.0.0/33'"
}

matrix model
matrix kernel
policies
done_testing
