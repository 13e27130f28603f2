/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The fields of each operation and result of UCP in their order, part of ucp.c alone: ETS 300
 * 133-3 (00 to 31), EMI-UCP interface specification 4.6 (51 to 61).
 */
#ifndef DISSECT_PROTO_UCP_LAYOUT_H
#define DISSECT_PROTO_UCP_LAYOUT_H

#include "dissect/proto/ucp_rows.h"

enum form {
    END,
    TEXT,
    NUMBER,
    TIME,
    IRA,      /* hexadecimal digits of GSM 7-bit text */
    PASSWORD, /* the same, secret; the next row keeps the digits */
    DATA,     /* hexadecimal digits of octets */
    SERVICES,
    TYPE,
    STATUS,
    MESSAGE, /* what TYPE said: text, digits or data */
    BODY,    /* fields that depend on TYPE follow */
    LIST,    /* a number, and as many texts */
    LIST_OF_NUMBERS,
};
struct step {
    uint8_t row, form;
};

/* clang-format off */
#define T(row) {row, TEXT}
#define N(row) {row, NUMBER}
static const struct step
    none[] = {{0, END}},
    tone[] = {{0, END}},
    numeric[] = {T(F_NMSG), {0, END}},
    alphanumeric[] = {{F_AMSG, IRA}, {0, END}},
    transparent[] = {T(F_NB), {F_TMSG, DATA}, {0, END}},
    standard[] = {T(F_PNC), T(F_LNO), T(F_LST), T(F_TNO), {0, END}},
    in_set[] = {{F_TMSG, DATA}, N(F_CS), {0, END}},
    enquiry[] = {T(F_ADC), T(F_OADC), T(F_OAC), {0, END}},
    call[] = {T(F_ADC), T(F_OADC), T(F_OAC), {F_MT, TYPE}, {0, BODY}, {0, END}},
    call_many[] = {{F_ADC_LIST, LIST}, T(F_OADC), T(F_OAC), {F_MT, TYPE}, {0, BODY}, {0, END}},
    call_extra[] = {T(F_ADC), T(F_OADC), T(F_OAC), {F_GA_LIST, LIST}, T(F_RP), T(F_LRP), N(F_PR),
                    T(F_LPR), T(F_UM), T(F_LUM), T(F_RC), T(F_LRC), T(F_DD), {F_DDT, TIME},
                    {F_MT, TYPE}, {0, BODY}, {0, END}},
    list_of[] = {T(F_GADC), T(F_AC), T(F_OADC), T(F_OAC), {0, END}},
    change_list[] = {T(F_GADC), T(F_AC), T(F_OADC), T(F_OAC), {F_ADC_LIST, LIST}, T(F_A_D),
                     {0, END}},
    of_user[] = {T(F_ADC), T(F_AC), {0, END}},
    password[] = {T(F_ADC), T(F_AC), T(F_NAC), {0, END}},
    legitimise[] = {T(F_ADC), T(F_AC), T(F_LAC), T(F_L1P), T(F_L3P), T(F_LRC), T(F_LUM), T(F_LRP),
                    T(F_LST), {0, END}},
    texts[] = {T(F_LNO), T(F_LST), {0, END}},
    change_text[] = {T(F_ADC), T(F_AC), T(F_LNO), T(F_TNO), {F_STX, DATA}, N(F_CS), {0, END}},
    roam[] = {T(F_ADC), T(F_AC), {F_GA_LIST, LIST}, {0, END}},
    retrieve[] = {T(F_ADC), T(F_AC), T(F_MNO), T(F_R_T), {0, END}},
    span[] = {T(F_ADC), T(F_AC), {F_ST, TIME}, {F_SP, TIME}, {0, END}},
    divert[] = {T(F_ADC), T(F_AC), T(F_DADC), {F_ST, TIME}, {F_SP, TIME}, {0, END}},
    set_call[] = {T(F_ADC), T(F_OADC), T(F_OAC), {F_TMSG, DATA}, N(F_CS), {0, END}},
    version[] = {T(F_IVR), T(F_REQ_OT), {0, END}},
    features[] = {T(F_ADC), T(F_AC), T(F_SSTAT), {0, END}},
    transfer[] = {T(F_ADC), T(F_OADC), T(F_AC), T(F_NRQ), T(F_NADC), N(F_NPID), T(F_DD),
                  {F_DDT, TIME}, {F_VP, TIME}, {F_AMSG, IRA}, {0, END}},
    alert[] = {T(F_ADC), N(F_PID), {0, END}},
    fifty[] = {T(F_ADC), T(F_OADC), T(F_AC), T(F_NRQ), T(F_NADC), T(F_NT), N(F_NPID), T(F_LRQ),
               T(F_LRAD), N(F_LPID), T(F_DD), {F_DDT, TIME}, {F_VP, TIME}, T(F_RPID),
               {F_SCTS, TIME}, {F_DST, STATUS}, N(F_RSN), {F_DSCTS, TIME}, {F_MT, TYPE}, T(F_NB),
               {F_AMSG, MESSAGE}, N(F_MMS), N(F_PR), T(F_DCS), T(F_MCLS), T(F_RPI), T(F_CPG),
               T(F_RPLY), T(F_OTOA), T(F_HPLMN), {F_XSER, SERVICES}, T(F_RES4), T(F_RES5),
               {0, END}},
#define SIXTY(styp) T(F_USER), T(F_OTON), T(F_ONPI), T(styp), {F_PWD, PASSWORD}, \
        {F_NPWD, PASSWORD}, T(F_VERS), T(F_LADC), N(F_LTON), N(F_LNPI), N(F_OPID), T(F_RES1)
    session[] = {SIXTY(F_STYP0), {0, END}},
    lists[] = {SIXTY(F_STYP1), T(F_RES2), {0, END}},
    /* results, behind A */
    said[] = {T(F_SM), {0, END}},
    valid[] = {{F_MVP, TEXT}, T(F_SM), {0, END}},
    enquired[] = {T(F_BAS), T(F_LAR), T(F_L1R), T(F_L3R), T(F_LCR), T(F_LUR), T(F_LRR), T(F_RT),
                  N(F_NON), N(F_NOA), N(F_NOB), {0, END}},
    listed[] = {{F_ADC_LIST, LIST}, T(F_GADC), T(F_SM), {0, END}},
    charged[] = {T(F_CT), T(F_AAC), T(F_SM), {0, END}},
    texted[] = {{F_LST_LIST, LIST}, T(F_SM), {0, END}},
    roamed[] = {{F_GA_LIST, LIST}, T(F_SM), {0, END}},
    versions[] = {T(F_IVR), {F_OT_LIST, LIST_OF_NUMBERS}, T(F_SM), {0, END}};

static const struct layout {
    const struct step *operation, *result; /* result NULL: its fields have no names */
} layouts[] = {
    [0] = {enquiry, enquired}, [1] = {call, said}, [2] = {call_many, said},
    [3] = {call_extra, said},
    [4] = {list_of, listed}, [5] = {change_list, said}, [6] = {of_user, charged},
    [7] = {password, said}, [8] = {legitimise, said}, [9] = {texts, texted},
    [10] = {change_text, said}, [11] = {of_user, roamed}, [12] = {roam, said},
    [13] = {of_user, said}, [14] = {retrieve, NULL}, [15] = {span, said}, [16] = {of_user, said},
    [17] = {divert, said}, [18] = {of_user, said}, [19] = {span, said}, [20] = {of_user, said},
    [21] = {of_user, said}, [22] = {set_call, said}, [23] = {version, versions},
    [24] = {features, NULL}, [30] = {transfer, valid}, [31] = {alert, said}, [51] = {fifty, valid},
    [52] = {fifty, valid}, [53] = {fifty, valid}, [54] = {fifty, valid}, [55] = {fifty, valid},
    [56] = {fifty, valid}, [57] = {fifty, valid}, [58] = {fifty, valid}, [60] = {session, said},
    [61] = {lists, said},
};
/* clang-format on */
enum { N_LAYOUTS = sizeof layouts / sizeof *layouts };

#endif
