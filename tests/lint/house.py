#!/usr/bin/env python3
"""house.py CHECK... - rules of the house that no compiler knows. Each check prints its findings (file:line: what) and one
line `ok lint/CHECK (…)` or `not ok lint/CHECK: N findings`. Without arguments all of them run. Changes nothing."""
import os
import re
import subprocess
import sys

ROOT = os.environ.get("LINT_ROOT") or os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

LEVELS = {
    "base": 0, "telltale": 1, "config": 2, "store": 2, "enrich": 2, "capture": 3, "decode": 3, "flow": 4, "stream": 5,
    "dissect": 6, "rules": 7, "detect": 7, "device": 7, "alert": 8, "output": 8, "respond": 8, "report": 8, "engine": 9,
    "cli": 10,
}
TOP = {"Makefile", "README.md", "LICENSE", "CONTRIBUTING.md", "src", "include", "rules", "plugins", "pcaps", "tests", "contrib"}
# What each is replaced by: a bounded, re-entrant or honest one.
BANNED = {
    "strcpy": "memcpy with a known length", "strcat": "tt_text_*", "strncpy": "memcpy and a terminator",
    "strncat": "tt_text_*", "sprintf": "snprintf", "vsprintf": "vsnprintf", "gets": "a bounded read",
    "scanf": "a reader", "sscanf": "strtoull with its end checked", "atoi": "strtol with its end checked",
    "atol": "strtol with its end checked", "atoll": "strtoll with its end checked", "atof": "strtod with its end checked",
    "strtok": "a loop over the text", "alloca": "an arena", "setjmp": "return values", "longjmp": "return values",
    "system": "posix_spawn", "popen": "posix_spawn", "rand": "getrandom", "srand": "getrandom", "random": "getrandom",
    "localtime": "localtime_r", "gmtime": "gmtime_r", "ctime": "strftime", "asctime": "strftime", "tmpnam": "mkstemp",
    "mktemp": "mkstemp", "tempnam": "mkstemp", "strerror_r": "strerror (glibc's is thread-safe)", "bcopy": "memmove",
    "quick_exit": "return", "_Exit": "return",
}
ONLY_IN = {"exit": "src/cli/main.c", "_exit": "src/cli/main.c"}
BAD_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "handler", "handlers"}
# Not const by C's rules, never written by ours.
GLOBALS_ALLOWED = {"tt_app_failed": "address of the flows on which probing gave up"}


def files(*patterns, tracked_only=False):
    """Paths below the root as git sees them; new files count, ignored ones do not."""
    words = ["git", "-C", ROOT, "ls-files", "-z", "--cached"]
    if not tracked_only:
        words += ["--others", "--exclude-standard"]
    out = subprocess.run(words + ["--"] + list(patterns), capture_output=True, check=True).stdout.decode()
    return sorted(p for p in set(out.split("\0")) if p and os.path.isfile(os.path.join(ROOT, p)))


def text(path):
    with open(os.path.join(ROOT, path), encoding="utf-8", errors="replace") as f:
        return f.read()


def bare(source):
    """The source without comments and literals, every line in its place."""
    def blank(m):
        return re.sub(r"[^\n]", " ", m.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, source, flags=re.S)


def room_of(path):
    parts = path.split("/")
    return "telltale" if parts[0] == "include" else parts[1] if len(parts) > 2 else ""


def check_levels():
    """A folder includes only lower ones; includes are written from src/ or include/."""
    for path in files("src/*.c", "src/*.h", "include/*.h"):
        room = room_of(path)
        if room not in LEVELS:
            yield f"{path}:1: folder '{room}' has no level (tests/lint/house.py)"
            continue
        for m in re.finditer(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', text(path), flags=re.M):
            line, target = text(path).count("\n", 0, m.start()) + 1, m.group(1)
            other = target.split("/")[0]
            if "/" not in target:
                yield f"{path}:{line}: write the include from src/ or include/: {target}"
                continue
            if path.startswith("src/dissect/proto/"):
                protocol = re.split(r"[_.]", os.path.basename(path))[0]
                if target not in ("telltale/dissect.h", "telltale/body.h", "dissect/sms.h", "dissect/http.h") and not target.startswith(f"dissect/proto/{protocol}_"):
                    yield f"{path}:{line}: a protocol includes telltale/dissect.h, telltale/body.h, dissect/sms.h, dissect/http.h and its own files, not {target}"
                continue
            if other == room:
                continue
            if other not in LEVELS:
                yield f"{path}:{line}: write the include from src/ or include/: {target}"
            elif LEVELS[other] >= LEVELS[room]:
                yield f"{path}:{line}: {room} (level {LEVELS[room]}) includes {target} (level {LEVELS[other]})"


def check_sizes():
    """.c up to 600 lines, .h up to 300, functions up to 60."""
    for path in files("src/*.c", "src/*.h", "include/*.h", "tests/*.c", "tests/*.h", "plugins/*.c"):
        lines = text(path).split("\n")
        limit = 300 if path.endswith(".h") else 600
        if len(lines) - 1 > limit:
            yield f"{path}:1: {len(lines) - 1} lines, at most {limit}"
        if path.startswith("tests/"):
            continue
        start, begin, code = 0, None, bare(text(path)).split("\n")
        for i, line in enumerate(code):
            before = code[i - 1].strip() if i else ""
            if not before or before.endswith((";", "}")) or before.startswith("#"):
                start = i  # nothing before it belongs to it
            if line.rstrip() == "{":
                begin = start
            elif line.startswith("}") and begin is not None:
                if i - begin + 1 > 60:
                    yield f"{path}:{begin + 1}: function of {i - begin + 1} lines, at most 60"
                begin = None


def check_columns():
    """Lines of C have up to 100 columns, comments too."""
    for path in files("src/*.c", "src/*.h", "include/*.h", "tests/*.c", "tests/*.h", "plugins/*.c"):
        for i, line in enumerate(text(path).split("\n"), 1):
            columns = len(line.expandtabs(8))
            if columns > 100:
                yield f"{path}:{i}: {columns} columns, at most 100"


def check_opening():
    """Sources open with the licence and, in src/, with 3 to 15 lines on what they own and never do."""
    for path in files("src/*.c", "src/*.h", "include/*.h"):
        source = text(path)
        if not source.startswith("/* SPDX-License-Identifier: BSD-3-Clause"):
            yield f"{path}:1: does not open with /* SPDX-License-Identifier: BSD-3-Clause"
            continue
        opening = source[: source.find("*/") + 2].split("\n")
        said = [line for line in opening[1:] if line.strip(" */")]
        if path.endswith(".c") and not 1 <= len(said) <= 15:
            yield f"{path}:1: the opening comment has {len(said)} lines of text, 1 to 15 are wanted"


def check_readmes():
    """Every folder with sources has a README.md of at most a page."""
    folders = {os.path.dirname(p) for p in files("src/*", "include/*", "pcaps/*.pcap", "rules/*.rules", "tests/*.sh",
                                                 "contrib/build/*")}
    folders = {f for f in folders if not f.startswith("tests/")} | {"src", "tests"}
    for folder in sorted(folders):
        readme = os.path.join(ROOT, folder, "README.md")
        if not os.path.isfile(readme):
            yield f"{folder}/: no README.md"
        else:
            with open(readme, encoding="utf-8") as f:
                n = sum(1 for _ in f)
            if n > 70:
                yield f"{folder}/README.md:1: {n} lines; a page has 70"


def check_banned():
    """Functions that are unbounded, not re-entrant, or end the program."""
    word = re.compile(r"(?<![\w.>])(" + "|".join(map(re.escape, list(BANNED) + list(ONLY_IN))) + r")\s*\(")
    for path in files("src/*.c", "src/*.h", "include/*.h", "plugins/*.c"):
        for i, line in enumerate(bare(text(path)).split("\n"), 1):
            for m in word.finditer(line):
                name = m.group(1)
                if name in BANNED:
                    yield f"{path}:{i}: {name}(): use {BANNED[name]}"
                elif path != ONLY_IN[name]:
                    yield f"{path}:{i}: {name}(): only {ONLY_IN[name]} ends the program"


def check_names():
    """No util, helper, common, misc, manager, handler in names of files, functions and types."""
    define = re.compile(r"^(?:[A-Za-z_][\w \t*]*?[ \t*])?([A-Za-z_]\w*)\(|^(?:struct|enum|union)[ \t]+(\w+)|"
                        r"^#[ \t]*define[ \t]+(\w+)|^typedef.*?(\w+)[ \t]*[;(]")
    for path in files("src", "include", "plugins", "tests", "contrib", "rules"):
        if BAD_NAMES & set(re.split(r"[/_.\-]", path.lower())):
            yield f"{path}:1: a name that says nothing"
        if not path.endswith((".c", ".h")) or path.startswith("tests/"):
            continue
        for i, line in enumerate(bare(text(path)).split("\n"), 1):
            m = define.match(line)
            name = next((g for g in m.groups() if g), "") if m else ""
            if BAD_NAMES & set(name.lower().split("_")):
                yield f"{path}:{i}: {name}: a name that says nothing"


def check_top():
    """Only the known entries at the top."""
    for entry in sorted({p.split("/")[0] for p in files(tracked_only=True)}):
        if entry not in TOP and not entry.startswith("."):
            yield f"{entry}: not an entry of the house (tests/lint/house.py)"


def check_large():
    """No file above 256 KiB."""
    for path in files(tracked_only=True):
        size = os.path.getsize(os.path.join(ROOT, path))
        if size > 256 * 1024:
            yield f"{path}: {size} octets, at most {256 * 1024}"


def check_paths():
    """Nothing names a place on the machine of the one who wrote it."""
    place = re.compile(r"(?<![\w.$}])/(?:home|Users|root|work)/[\w.]")
    for path in files():
        if path.endswith((".pcap", ".pcapng", ".gz", ".zst", ".bin")):
            continue
        for i, line in enumerate(text(path).split("\n"), 1):
            if place.search(line):
                yield f"{path}:{i}: {line.strip()[:100]}"


def check_clang_off():
    """Formatting is switched off only around tables, and on again."""
    for path in files("src/*.c", "src/*.h", "include/*.h", "tests/*.c"):
        if text(path).count("clang-format off") > text(path).count("clang-format on"):
            yield f"{path}:1: clang-format is switched off and not on again"


def check_globals():
    """No object outside cli/ owns writable memory (LINT_OBJECTS: folder of the objects)."""
    folder = os.environ.get("LINT_OBJECTS", os.path.join(ROOT, "build", "obj"))
    for base, _, names in os.walk(folder):
        for name in sorted(names):
            path = os.path.join(base, name)
            if not name.endswith(".o") or os.path.relpath(path, folder).startswith(("cli/", "registry")):
                continue
            out = subprocess.run(["objdump", "-t", path], capture_output=True, check=True).stdout.decode()
            for line in out.split("\n"):
                m = re.match(r"^[0-9a-f]+ .{7} (\.data|\.bss|\.tdata|\.tbss|\*COM\*)(\.\S*)?\t[0-9a-f]+ (?:\.hidden )?(\S+)$", line)
                if m and m.group(3)[0] != "." and not (m.group(2) or "").startswith(".rel.ro") \
                        and m.group(3) not in GLOBALS_ALLOWED:
                    yield f"src/{os.path.relpath(path, folder)[:-2]}.c: {m.group(3)} is writable and global ({m.group(1)})"


def main():
    every = {n[6:]: f for n, f in globals().items() if n.startswith("check_")}
    red = False
    for name in sys.argv[1:] or [n for n in every if n != "globals"]:
        found = sorted(set(every[name]()))
        for line in found:
            print("  " + line)
        print(f"not ok lint/{name}: {len(found)} findings. {every[name].__doc__}" if found else f"ok lint/{name}")
        red |= bool(found)
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main())
