#!/bin/bash
# deps.sh build|test|lint - installs the Debian packages that are missing, and only those.
# deps.sh check           - says which headers and libraries the compiler (CC) does not find; installs nothing.
# On another system it names what is needed and goes on when a compile check passes.
set -eu
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export DEBIAN_FRONTEND=noninteractive

build='build-essential pkg-config libpcap-dev libhyperscan-dev libmd-dev libxxhash-dev libpcre2-dev zlib1g-dev
    libzstd-dev libyaml-dev libhttp-parser-dev libndpi-dev'
test='libcmocka-dev zstd clang-14 libclang-rt-14-dev valgrind tshark iproute2 mosquitto mosquitto-clients
    python3 python3-jsonschema libndpi-bin'
lint='clang-14 clang-format-14 clang-tidy-14 cppcheck shellcheck python3 git'

# header, library, Debian package: what a build cannot do without.
needed='
pcap/pcap.h pcap libpcap-dev
hs/hs.h hs libhyperscan-dev
sha2.h md libmd-dev
xxhash.h - libxxhash-dev
pcre2.h pcre2-8 libpcre2-dev
zlib.h z zlib1g-dev
zstd.h zstd libzstd-dev
yaml.h yaml libyaml-dev
http_parser.h http_parser libhttp-parser-dev'
[ "${WITH_NDPI:-1}" = 0 ] || needed="$needed
ndpi/ndpi_api.h ndpi libndpi-dev"

# Where a thing may be there without its package, the thing counts.
present() { # package
    case $1 in
    git) command -v git > /dev/null && return ;;
    python3-jsonschema) /usr/bin/python3 -c 'import jsonschema' 2> /dev/null && return ;;
    esac
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null)" = installed ]
}

compiles() { # header, library or -
    local flags=()
    [ "$2" = - ] || flags=("-l$2")
    # shellcheck disable=SC2086 # PKG_CFLAGS is a list of words
    printf '#define PCRE2_CODE_UNIT_WIDTH 8\n#include <stddef.h>\n#include <stdint.h>\n#include <%s>\nint main(void) { return 0; }\n' "$1" |
        ${CC:-gcc} -D_GNU_SOURCE ${PKG_CFLAGS:-} -x c - -o /dev/null "${flags[@]}" 2> /dev/null
}

check() {
    CC=${CC:-gcc}
    local missing='' header library package
    if ! command -v "${CC%% *}" > /dev/null; then
        echo "telltale cannot be built: no compiler '$CC' (Debian: apt-get install build-essential)" >&2
        return 1
    fi
    while read -r header library package; do
        [ -n "$header" ] || continue
        if ! compiles "$header" "$library"; then
            echo "missing: <$header> or its library (Debian package $package)" >&2
            missing="$missing $package"
        fi
    done <<< "$needed"
    [ -z "$missing" ] || {
        echo "telltale cannot be built yet. Debian 12: apt-get install$missing" >&2
        echo "(contrib/build/deps.sh build, or \`make demo\`, does that)" >&2
        return 1
    }
}

install() { # packages…
    local sudo='' missing=()
    for package; do
        present "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        sudo=$(command -v sudo) || {
            echo "missing packages: ${missing[*]}" >&2
            echo "No sudo here: as root, run: apt-get install ${missing[*]}" >&2
            return 1
        }
        sudo="$sudo DEBIAN_FRONTEND=noninteractive"
    fi
    echo "installing: ${missing[*]}"
    # Without an update a fresh machine knows no package; with one it is not done again.
    # shellcheck disable=SC2086 # sudo is a list of words or nothing
    if ! $sudo apt-get install -y -q --no-install-recommends "${missing[@]}" > "$log" 2>&1; then
        if ! $sudo apt-get update -q > "$log" 2>&1 ||
            ! $sudo apt-get install -y -q --no-install-recommends "${missing[@]}" > "$log" 2>&1; then
            tail -n 15 "$log" >&2
            echo "apt-get could not install: ${missing[*]}" >&2
            return 1
        fi
    fi
}

case ${1:-} in
build) packages=$build ;;
test) packages="$build $test" ;;
lint) packages="$build $lint" ;;
check)
    check
    exit
    ;;
*)
    sed -n '2,3s/^# //p' "$0"
    exit 2
    ;;
esac

log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! command -v dpkg-query > /dev/null || ! command -v apt-get > /dev/null; then
    echo "Not a Debian system: nothing is installed. Needed, by Debian's names:" >&2
    echo "$packages" | tr -s ' \n' ' ' | fold -s -w 100 >&2
    echo >&2
    check
    exit
fi
# shellcheck disable=SC2086 # a list of words
install $packages || check
