/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Classes of rules and types of references: built-in tables, or a classification.config and
 * reference.config that are laid over them (siem.md 5.4). Names and priorities are what rule
 * files in the world expect.
 */
#include <stdlib.h>
#include <strings.h>

#include "rules/draft.h"

struct class_row {
    const char *name, *text;
    uint8_t priority;
};

static const struct class_row built_in[] = {
    {"not-suspicious", "Not Suspicious Traffic", 3},
    {"unknown", "Unknown Traffic", 3},
    {"bad-unknown", "Potentially Bad Traffic", 2},
    {"attempted-recon", "Attempted Information Leak", 2},
    {"successful-recon-limited", "Information Leak", 2},
    {"successful-recon-largescale", "Large Scale Information Leak", 2},
    {"attempted-dos", "Attempted Denial of Service", 2},
    {"successful-dos", "Denial of Service", 2},
    {"attempted-user", "Attempted User Privilege Gain", 1},
    {"unsuccessful-user", "Unsuccessful User Privilege Gain", 1},
    {"successful-user", "Successful User Privilege Gain", 1},
    {"attempted-admin", "Attempted Administrator Privilege Gain", 1},
    {"successful-admin", "Successful Administrator Privilege Gain", 1},
    {"rpc-portmap-decode", "Decode of an RPC Query", 2},
    {"shellcode-detect", "Executable code was detected", 1},
    {"string-detect", "A suspicious string was detected", 3},
    {"suspicious-filename-detect", "A suspicious filename was detected", 2},
    {"suspicious-login", "An attempted login using a suspicious username was detected", 2},
    {"system-call-detect", "A system call was detected", 2},
    {"tcp-connection", "A TCP connection was detected", 4},
    {"trojan-activity", "A Network Trojan was detected", 1},
    {"unusual-client-port-connection", "A client was using an unusual port", 2},
    {"network-scan", "Detection of a Network Scan", 3},
    {"denial-of-service", "Detection of a Denial of Service Attack", 2},
    {"non-standard-protocol", "Detection of a non-standard protocol or event", 2},
    {"protocol-command-decode", "Generic Protocol Command Decode", 3},
    {"web-application-activity", "access to a potentially vulnerable web application", 2},
    {"web-application-attack", "Web Application Attack", 1},
    {"misc-activity", "Misc activity", 3},
    {"misc-attack", "Misc Attack", 2},
    {"icmp-event", "Generic ICMP event", 3},
    {"inappropriate-content", "Inappropriate Content was Detected", 1},
    {"policy-violation", "Potential Corporate Privacy Violation", 1},
    {"default-login-attempt", "Attempt to login by a default username and password", 2},
    {"targeted-activity", "Targeted Malicious Activity was Detected", 1},
    {"exploit-kit", "Exploit Kit Activity Detected", 1},
    {"external-ip-check", "Device Retrieving External IP Address Detected", 2},
    {"domain-c2", "Domain Observed Used for C2 Detected", 1},
    {"pup-activity", "Possibly Unwanted Program Detected", 2},
    {"credential-theft", "Successful Credential Theft Detected", 1},
    {"social-engineering", "Possible Social Engineering Attempted", 2},
    {"coin-mining", "Crypto Currency Mining Activity Detected", 2},
    {"command-and-control", "Malware Command and Control Activity Detected", 1},
};

static const struct tt_pair built_in_references[] = {
    {"url", "https://"},
    {"cve", "https://nvd.nist.gov/vuln/detail/CVE-"},
    {"bugtraq", "http://www.securityfocus.com/bid/"},
    {"bid", "http://www.securityfocus.com/bid/"},
    {"nessus", "https://www.tenable.com/plugins/nessus/"},
    {"arachnids", "http://www.whitehats.com/info/IDS"},
    {"mcafee", "http://vil.nai.com/vil/content/v_"},
    {"osvdb", "http://osvdb.org/show/osvdb/"},
    {"exploitdb", "https://www.exploit-db.com/exploits/"},
    {"md5", "https://www.virustotal.com/gui/file/"},
    {"sha256", "https://www.virustotal.com/gui/file/"},
    {"msb", "https://learn.microsoft.com/security-updates/securitybulletins/"},
    {"et", "https://doc.emergingthreats.net/"},
    {"etpro", "https://doc.emergingthreatspro.com/"},
    {"telus", "http://"},
    {"secunia", "http://secunia.com/advisories/"},
    {"threatexpert", "http://www.threatexpert.com/report.aspx?md5="},
    {"openpacket", "https://www.openpacket.org/capture/grab/"},
    {"securitytracker", "http://securitytracker.com/id?"},
    {"xforce", "http://xforce.iss.net/xforce/xfdb/"},
    {"msft", "https://technet.microsoft.com/security/bulletin/"},
    {"attack", "https://attack.mitre.org/techniques/"},
};

#define CLASSES_MAX    512
#define REFERENCES_MAX 256

struct classes {
    struct tt_arena arena;
    struct class_row rows[CLASSES_MAX];
    struct tt_pair references[REFERENCES_MAX];
    const char *names[CLASSES_MAX + 1];
    uint32_t n_rows, n_references;
};

/* "config WORD: a,b[,c]" of line; false for comments and everything else. */
static bool config_line(char *line, const char *word, char *parts[3], int n)
{
    char head[32];
    int used = snprintf(head, sizeof head, "config %s:", word);
    while (*line == ' ' || *line == '\t') {
        line++;
    }
    if (strncasecmp(line, head, (size_t)used) != 0) {
        return false;
    }
    char *p = line + used;
    for (int i = 0; i < n; i++) {
        while (*p == ' ' || *p == '\t') {
            p++;
        }
        parts[i] = p;
        if (i < n - 1) {
            /* key and prefix of a reference are divided by blanks, the rest by commas */
            p = n == 2 ? strpbrk(p, " \t") : strchr(p, ',');
            if (!p) {
                return false;
            }
            *p++ = 0;
        }
    }
    parts[n - 1][strcspn(parts[n - 1], " \t\r\n")] = 0;
    return true;
}

static void set_class(struct classes *c, char *parts[3], uint8_t priority)
{
    struct class_row *row = NULL;
    for (uint32_t i = 0; i < c->n_rows && !row; i++) {
        row = strcasecmp(c->rows[i].name, parts[0]) == 0 ? &c->rows[i] : NULL;
    }
    if (!row) {
        if (c->n_rows == CLASSES_MAX) {
            return;
        }
        row = &c->rows[c->n_rows++];
    }
    row->name = slice_copy(&c->arena, (struct slice){parts[0], (uint32_t)strlen(parts[0])});
    row->text = slice_copy(&c->arena, (struct slice){parts[1], (uint32_t)strlen(parts[1])});
    row->priority = priority;
}

static void set_reference(struct classes *c, char *parts[3])
{
    struct tt_pair *row = NULL;
    for (uint32_t i = 0; i < c->n_references && !row; i++) {
        row = strcasecmp(c->references[i].key, parts[0]) == 0 ? &c->references[i] : NULL;
    }
    if (!row) {
        if (c->n_references == REFERENCES_MAX) {
            return;
        }
        row = &c->references[c->n_references++];
    }
    row->key = slice_copy(&c->arena, (struct slice){parts[0], (uint32_t)strlen(parts[0])});
    row->value = slice_copy(&c->arena, (struct slice){parts[1], (uint32_t)strlen(parts[1])});
}

static bool read_table(struct classes *c, const char *path, bool classes, struct tt_error *error)
{
    FILE *f = fopen(path, "r");
    if (!f) {
        tt_fail(error, "cannot open %s: %m", classes ? "the classes" : "the reference types");
        return tt_fail_at(error, path, 0, 0);
    }
    char line[1024], *parts[3];
    uint32_t number = 0;
    bool good = true;
    while (good && fgets(line, sizeof line, f)) {
        number++;
        if (!config_line(line, classes ? "classification" : "reference", parts, classes ? 3 : 2)) {
            continue;
        }
        uint64_t priority = 0;
        if (!classes) {
            set_reference(c, parts);
        } else if (!slice_uint((struct slice){parts[2], (uint32_t)strlen(parts[2])}, 255,
                               &priority) ||
                   priority == 0) {
            tt_fail(error, "\"%.40s\" is not a priority from 1 to 255", parts[2]);
            good = tt_fail_at(error, path, number, 1);
        } else {
            set_class(c, parts, (uint8_t)priority);
        }
    }
    fclose(f);
    return good;
}

struct classes *classes_new(const char *classification, const char *reference,
                            struct tt_error *error)
{
    struct classes *c = calloc(1, sizeof *c);
    if (!c) {
        tt_fail(error, "no memory for the table of classes");
        return NULL;
    }
    tt_arena_init(&c->arena, 16384);
    c->n_rows = sizeof built_in / sizeof built_in[0];
    memcpy(c->rows, built_in, sizeof built_in);
    c->n_references = sizeof built_in_references / sizeof built_in_references[0];
    memcpy(c->references, built_in_references, sizeof built_in_references);
    if ((classification && !read_table(c, classification, true, error)) ||
        (reference && !read_table(c, reference, false, error))) {
        classes_free(c);
        return NULL;
    }
    for (uint32_t i = 0; i < c->n_rows; i++) {
        c->names[i] = c->rows[i].name;
    }
    return c;
}

void classes_free(struct classes *c)
{
    if (c) {
        tt_arena_free(&c->arena);
        free(c);
    }
}

bool class_find(const struct classes *c, struct slice name, struct tt_rule *rule, int8_t *priority)
{
    for (uint32_t i = 0; i < c->n_rows; i++) {
        if (slice_is(name, c->rows[i].name)) {
            rule->classtype = c->rows[i].name;
            rule->category = c->rows[i].text;
            *priority = (int8_t)(c->rows[i].priority > 127 ? 127 : c->rows[i].priority);
            return true;
        }
    }
    return false;
}

const char *class_nearest(const struct classes *c, const char *name)
{
    return tt_nearest(name, c->names);
}

const char *reference_prefix(const struct classes *c, const char *key)
{
    for (uint32_t i = 0; i < c->n_references; i++) {
        if (strcasecmp(c->references[i].key, key) == 0) {
            return c->references[i].value;
        }
    }
    return NULL;
}
