/* stdp_pair_additive: its constants and decay tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/neuron/stdp.h"

#include <math.h>
#include <stddef.h>

const char *plc_stdp_check(const plc_stdp *declared, const char **ret_name, double *ret_value)
{
    const struct {
        const char *name, *legal;
        double value, low, high;
    } rows[] = {
        {"a_plus", "0..65535 nA", declared->a_plus, 0, 65535},
        {"a_minus", "0..65535 nA", declared->a_minus, 0, 65535},
        {"tau_plus", "0.001..1e6 ms", declared->tau_plus, 1e-3, 1e6},
        {"tau_minus", "0.001..1e6 ms", declared->tau_minus, 1e-3, 1e6},
        {"w_min", "0..65535 nA", declared->w_min, 0, 65535},
        {"w_max", "w_min..65535 nA", declared->w_max, declared->w_min, 65535},
        {"history", "16, unbounded or flush", (double)declared->history, 0, PLC_STDP_FLUSH},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].value >= rows[i].low && rows[i].value <= rows[i].high)
            continue;
        *ret_name = rows[i].name;
        *ret_value = rows[i].value;
        return rows[i].legal;
    }
    return NULL;
}

static plc_s1615 to_s1615(double value)
{
    return (plc_s1615)rint(value * 0x1p15);
}

/* Floored, as the tables of the hardware are. */
static void fill_decay(int32_t *table, double tau, double tick_ms)
{
    for (uint32_t lag = 0; lag < PLC_STDP_TABLE; lag++)
        table[lag] = (int32_t)floor(PLC_STDP_ONE * exp(-(double)lag * tick_ms / tau));
}

void plc_stdp_init(const plc_stdp *declared, double tick_ms, plc_stdp_rule *ret_rule)
{
    *ret_rule = (plc_stdp_rule){.a_plus = to_s1615(declared->a_plus),
                                .a_minus = to_s1615(declared->a_minus),
                                .w_min = to_s1615(declared->w_min),
                                .w_max = to_s1615(declared->w_max),
                                .history = (int32_t)declared->history,
                                .gate = declared->gated ? PLC_STDP_ONE : 0};
    fill_decay(ret_rule->decay_plus, declared->tau_plus, tick_ms);
    fill_decay(ret_rule->decay_minus, declared->tau_minus, tick_ms);
}

static bool is_decay(const int32_t *table)
{
    for (uint32_t lag = 0; lag < PLC_STDP_TABLE; lag++)
        if (table[lag] < 0 || table[lag] > PLC_STDP_ONE)
            return false;
    return true;
}

bool plc_stdp_is_legal(const plc_stdp_rule *rule)
{
    return rule->a_plus >= 0 && rule->a_minus >= 0 && rule->w_min >= 0 &&
           rule->w_min <= rule->w_max && rule->history >= 0 && rule->history <= PLC_STDP_FLUSH &&
           (rule->gate == 0 || rule->gate == PLC_STDP_ONE) && is_decay(rule->decay_plus) &&
           is_decay(rule->decay_minus);
}
