/* Writing the yardstick network. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "benchmarks/yardstick_network.h"

#include "base/random.h"

#include <math.h>

/* The current [nA] at which a neuron of 20 ms and 20 Mohm, 15 mV below threshold at rest and silent
 * for 2 ms after a spike, fires at a rate [Hz]. */
static double current_for(double rate)
{
    return 15.0 / 20 / (1 - exp(-(1e3 / rate - 2) / 20));
}

void yardstick_network_write(const yardstick_network *network, plc_text *text)
{
    plc_random_key key = plc_random_stream(1, PLC_STREAM_DRAW, 0);
    plc_text_add(
        text,
        "placode: network/1\ntick: 1.0\npopulations:\n"
        "  - {name: cells, size: %u, model: lif_curr_exp, params: {tau_m: 20, v_rest: -65, "
        "v_reset: -65, v_thresh: -50, tau_refrac: 2, i_offset: %.4f, v_init: [",
        network->n_neurons, current_for(network->rate));
    for (uint32_t i = 0; i < network->n_neurons; i++)
        plc_text_add(text, "%s%.3f", i ? ", " : "",
                     -65 + 15 * ldexp(plc_random_draw(key, i, 0).word[0], -32));
    plc_text_add(text,
                 "]}}\nprojections:\n  - {from: cells, to: cells, connector: {type: "
                 "fixed_number_post, n: %u, allow_self: false}, weight: 0.002, delay: 1}\n",
                 network->fan_out);
}
