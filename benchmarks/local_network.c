/* Writing networks with locality. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "benchmarks/local_network.h"

/* The larger side of the rectangle of n that is nearest to a square. */
static uint32_t wide_side(uint32_t n)
{
    uint32_t side = 1;
    for (uint32_t i = 1; i * i <= n; i++)
        if (n % i == 0)
            side = i;
    return n / side;
}

static void write_projection(const local_network *network, uint32_t from, uint32_t to, uint32_t n,
                             plc_text *text)
{
    plc_text_add(text,
                 "  - {from: p%u, to: p%u, connector: {type: fixed_number_pre, n: %u}, %s, "
                 "receptor: %s}\n",
                 from, to, n,
                 network->drawn ? "weight: {uniform: [0.005, 0.015]}, delay: {uniform: [1, 8]}"
                                : "weight: 0.01, delay: 1",
                 from == to ? "excitatory" : "inhibitory");
}

void local_network_write(const local_network *network, plc_text *text)
{
    uint32_t n = network->n_neurons / network->population_size;
    uint32_t width = wide_side(n), height = n / width;
    uint32_t from_neighbour = LOCAL_FAN_IN * 3 / 20, from_self = LOCAL_FAN_IN - 4 * from_neighbour;
    plc_text_add(text, "placode: network/1\ntick: 1.0\npopulations:\n");
    for (uint32_t i = 0; i < n; i++)
        plc_text_add(text,
                     "  - {name: p%u, size: %u, model: lif_curr_exp, params: {i_offset: 0.83, "
                     "tau_refrac: 2}}\n",
                     i, network->population_size);
    plc_text_add(text, "projections:\n");
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            uint32_t i = y * width + x;
            uint32_t neighbours[] = {
                y * width + (x + 1) % width, y * width + (x + width - 1) % width,
                (y + 1) % height * width + x, (y + height - 1) % height * width + x};
            write_projection(network, i, i, from_self, text);
            for (uint32_t k = 0; k < 4; k++)
                write_projection(network, neighbours[k], i, from_neighbour, text);
        }
    }
}

uint32_t local_network_side(uint32_t n_neurons)
{
    uint64_t per_chip = 17 * 255;
    uint64_t wanted = (uint64_t)n_neurons * 9 / 8;
    uint32_t side = 1;
    while (side * side * per_chip < wanted)
        side++;
    return side;
}
