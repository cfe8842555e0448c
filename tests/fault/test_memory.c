/* A small machine: networks that its memory cannot hold are refused before they take it.
 *
 * The linker replaces plc_memory_physical() by the function below (--wrap). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"

#include <criterion/criterion.h>
#include <placode/placode.h>
#include <stdio.h>
#include <string.h>

uint64_t __wrap_plc_memory_physical(void);

static uint64_t memory = 1 << 30; /* [B] of the machine */

uint64_t __wrap_plc_memory_physical(void)
{
    return memory;
}

/* Reads and resolves; the message must be that of a failure for want of memory, or NULL. */
static void expect_message(const char *text, const char *message)
{
    plc_network *network = NULL;
    plc_error error = {0};
    plc_status status = plc_network_parse("n.yaml", NULL, text, strlen(text), 1, &network, &error);
    if (status == PLC_OK)
        status = plc_network_resolve(network, &error);
    cr_expect_eq(status, message ? PLC_NO_MEMORY : PLC_OK, "%s", error.message);
    if (message)
        cr_expect_str_eq(error.message, message);
    plc_network_destroy(network);
}

Test(memory, small_file_of_many_stimuli)
{
    expect_message("placode: network/1\npopulations:\n"
                   "  - {name: a, size: 2147483647, model: spike_source_array, spikes: {0: [1]}}\n",
                   "n.yaml:3: populations[0]: size: with 2147483647 neurons more, the network "
                   "needs 32 GiB; this machine has 1 GiB in all");
}

Test(memory, counts_all_populations)
{
    memory = 1000 * 16 + 1000 * 8;
    expect_message("placode: network/1\npopulations:\n"
                   "  - {name: a, size: 1000, model: spike_source_array}\n"
                   "  - {name: b, size: 1000, model: spike_source_array}\n",
                   NULL);
    memory--;
    expect_message("placode: network/1\npopulations:\n"
                   "  - {name: a, size: 1000, model: spike_source_array}\n"
                   "  - {name: b, size: 1000, model: spike_source_array}\n",
                   "n.yaml:4: populations[1]: size: with 1000 neurons more, the network needs "
                   "2.24e-05 GiB; this machine has 2.24e-05 GiB in all");
}

/* 1000 x 1000 synapses, of which each may take so many bytes; 1001 offsets of rows besides. */
static void expect_bytes(const char *connector, const char *weight, unsigned bytes)
{
    char text[512], message[256];
    snprintf(text, sizeof text,
             "placode: network/1\npopulations:\n  - {name: a, size: 1000, model: lif_curr_exp}\n"
             "projections:\n  - {from: a, to: a, connector: {type: %s}, weight: %s}\n",
             connector, weight);
    memory = 1000000u * bytes + 1001 * 8;
    expect_message(text, NULL);
    memory--;
    snprintf(message, sizeof message,
             "n.yaml:5: projections[0]: about 1e+06 synapses need %.3g GiB; this machine has %.3g "
             "GiB in all",
             (double)(memory + 1) / 0x1p30, (double)memory / 0x1p30);
    expect_message(text, message);
}

Test(memory, counts_synapses_by_connector)
{
    expect_bytes("all_to_all", "0.001", 4);
    expect_bytes("all_to_all", "{uniform: [0.001, 0.002]}", 16);
    expect_bytes("fixed_number_pre, n: 1000", "0.001", 8);
    expect_bytes("fixed_number_post, n: 1000", "0.001", 4);
    expect_bytes("fixed_total_number, n: 1000000", "0.001", 12);
    expect_bytes("fixed_total_number, n: 1000000", "{uniform: [0.001, 0.002]}", 16);
}

Test(memory, counts_real_weights_of_one_population_at_a_time)
{
    static const char text[] =
        "placode: network/1\npopulations:\n  - {name: a, size: 1000, model: lif_curr_exp}\n"
        "  - {name: b, size: 1000, model: lif_curr_exp}\nprojections:\n"
        "  - {from: a, to: a, connector: {type: all_to_all}, weight: {uniform: [0.001, 0.002]}}\n"
        "  - {from: b, to: b, connector: {type: all_to_all}, weight: {uniform: [0.001, 0.002]}}\n";
    memory = 2000000 * 8 + 1000000 * 8 + 2 * 1001 * 8;
    expect_message(text, NULL);
}
