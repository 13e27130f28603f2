#!/bin/bash
# selftest.sh - plants one fault for each check of house.py into a house of its own and sees that it is found, and that
# a house without faults is clean. Prints what was missed; code 1 when something was.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
red=0

clean_house() {
    rm -rf "$work/h"
    mkdir -p "$work/h/src/base" "$work/h/src/flow" "$work/h/src/stream" "$work/h/tests"
    cd "$work/h" || exit 2
    git init -q .
    touch src/README.md src/base/README.md src/flow/README.md src/stream/README.md tests/README.md
    printf '/* SPDX-License-Identifier: BSD-3-Clause\n *\n * Owns nothing.\n */\n#include "base/a.h"\n\nint tt_a_get(void)\n{\n    return 1;\n}\n' > src/base/a.c
    printf '/* SPDX-License-Identifier: BSD-3-Clause */\nint tt_a_get(void);\n' > src/base/a.h
    cp src/base/a.h src/stream/s.h
    cp src/base/a.h src/flow/f.h
    git add .
}

run_house() { # check
    LINT_ROOT=$work/h python3 "$here/house.py" "$@" > "$work/log" 2>&1
}

finds() { # check, what is planted by the function `plant`
    clean_house
    plant
    git add -f .
    if run_house "$1"; then
        echo "  lint/$1 does not find: $2"
        red=1
    fi
}

clean_house
{
    printf '\n/* A comment\n * of two lines. */\nint tt_long(void)\n{\n'
    yes '    tt_a_get();' | head -n 57
    echo '}'
} >> src/base/a.c # 60 lines
if ! run_house; then
    echo "  a clean house is red:"
    cat "$work/log"
    red=1
fi
plant() { echo '#include "stream/s.h"' >> src/flow/f.h; }
finds levels 'a higher room'
plant() { mkdir src/decode src/capture; touch src/capture/c.h; echo '#include "capture/c.h"' > src/decode/d.h; }
finds levels 'a sibling'
plant() { echo '#include "a.h"' >> src/base/a.c; }
finds levels 'an include that is not from the root'
plant() { mkdir -p src/dissect/proto; echo '#include "flow/f.h"' > src/dissect/proto/x.c; }
finds levels 'a protocol that knows a room'
plant() { yes '' | head -n 601 >> src/base/a.c; }
finds sizes '601 lines'
plant() { { printf 'int tt_long(void)\n{\n'; yes '    tt_a_get();' | head -n 58; echo '}'; } >> src/base/a.c; }
finds sizes 'a function of 61 lines'
plant() { printf '/* %097d */\n' 0 >> src/base/a.c; } # 103 columns
finds columns 'a comment of 103 columns'
plant() { sed -i 1d src/base/a.c; }
finds opening 'no licence'
plant() { rm src/flow/README.md; }
finds readmes 'a folder without README'
plant() { printf 'void f(char *a, char *b)\n{\n    strcpy(a, b);\n}\n' >> src/base/a.c; }
finds banned 'strcpy'
plant() { printf 'void f(void)\n{\n    exit(1);\n}\n' >> src/base/a.c; }
finds banned 'exit outside main.c'
plant() { mv src/base/a.c src/base/string_util.c; }
finds names 'a file named util'
plant() { printf 'void tt_packet_handler(void);\n' >> src/base/a.h; }
finds names 'a function named handler'
plant() { touch notes.txt; }
finds top 'an entry at the top'
plant() { head -c 300000 /dev/zero > src/base/big.bin; }
finds large 'a large file'
plant() { echo "see /ho""me/someone/x" >> src/README.md; }
finds paths 'a path of a machine'
plant() { printf '// clang-format off\n' >> src/base/a.c; }
finds clang_off 'formatting that stays off'
exit $red
