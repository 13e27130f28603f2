/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The options of decode: which tunnels are opened. Each row is the only place where it is named.
 */
#include <string.h>

#include "base/text.h"
#include "config/config.h"
#include "decode/decode.h"

#define NAMES "mpls, pppoe, gre, erspan, vxlan, geneve, gtp-u, ip-in-ip"

const char *const tt_tunnel_names[] = {"mpls",   "pppoe", "gre",      "erspan", "vxlan",
                                       "geneve", "gtp-u", "ip-in-ip", NULL};

const struct tt_tunnel_options tt_tunnel_defaults = {.open = 255,
                                                     .depth = TT_TUNNELS,
                                                     .vxlan = {4789, 8472, 4790},
                                                     .geneve = {6081},
                                                     .gtp_u = {2152}};

static const struct tt_option rows[] = {
    {"tunnels.open",
     "tunnels that are opened, so that what they carry is watched; gre has pptp, erspan is its own",
     NAMES, tt_tunnel_names, 0, 0, TT_OPTION_SET},
    {"tunnels.depth", "tunnels within one another that are opened; more raise too_many_layers", "8",
     NULL, 0, TT_TUNNELS, TT_OPTION_UINT},
    {"tunnels.separate",
     "equal inner addresses in two tunnels are two conversations; no = one, so that a device that "
     "changes its cell keeps its connections",
     "yes", NULL, 0, 0, TT_OPTION_BOOL},
    {"tunnels.vxlan-ports", "UDP ports of VXLAN and VXLAN-GPE", "4789, 8472, 4790", NULL, 0, 0,
     TT_OPTION_TEXT},
    {"tunnels.geneve-ports", "UDP ports of GENEVE", "6081", NULL, 0, 0, TT_OPTION_TEXT},
    {"tunnels.gtp-u-ports", "UDP ports of GTP-U", "2152", NULL, 0, 0, TT_OPTION_TEXT},
};

const struct tt_option_table tt_options_decode = {rows, sizeof rows / sizeof *rows};

bool tt_tunnel_ports_parse(const char *name, const char *text, uint16_t out[TT_TUNNEL_PORTS + 1],
                           struct tt_error *e)
{
    unsigned n = 0;
    memset(out, 0, (TT_TUNNEL_PORTS + 1) * sizeof *out);
    for (;;) {
        text += strspn(text, " ,[]");
        size_t length = strcspn(text, " ,[]");
        uint64_t port;
        if (length == 0) {
            return true;
        }
        if (!tt_parse_uint(text, length, 65535, &port) || port == 0) {
            tt_fail(e, "%s: '%.*s' is not a port", name, (int)length, text);
            return tt_fail_fix(e, "ports from 1 to 65535, separated by commas");
        }
        if (n == TT_TUNNEL_PORTS) {
            tt_fail(e, "%s: more than %u ports", name, TT_TUNNEL_PORTS);
            return tt_fail_fix(e, "name the ports that are used");
        }
        out[n++] = (uint16_t)port;
        text += length;
    }
}
