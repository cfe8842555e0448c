/* Allocation failures of reading netlists, mapping them to cells, proofs, files and networks. What
 * CaDiCaL allocates is out of reach. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "ftl/area.h"
#include "ftl/collapse.h"
#include "ftl/count.h"
#include "ftl/map.h"
#include "ftl/netlist.h"
#include "ftl/neurons.h"
#include "ftl/prove_wide.h"
#include "tests/fault/allocation.h"
#include "tests/support/counting.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const netlists[] = {
    ".model m\n.inputs a b c\n.outputs s q k\n.latch d q 1\n.latch q r 0\n.names a b c s\n100 "
    "1\n010 "
    "1\n001 1\n111 1\n.names s r d\n1- 1\n-1 1\n.names k\n1\n.end\n",
    "INPUT(a)\nINPUT(b)\nOUTPUT(x)\nx = NAND(a, q)\nq = DFF(y)\ny = XOR(a, b)\n",
    "aag 4 1 1 2 2\n2\n4 9 1\n4\n8\n6 4 2\n8 7 2\ni0 name\n",
    "aig 3 2 0 1 1\n7\n\x02\x02\ni0 left\n",
};

static plc_status run_readers(plc_error *error)
{
    plc_status status = PLC_OK;
    for (size_t i = 0; status == PLC_OK && i < sizeof netlists / sizeof *netlists; i++) {
        plc_aig *aig = NULL;
        status = plc_netlist_parse("net", netlists[i], strlen(netlists[i]), &aig, error);
        plc_aig_destroy(aig);
    }
    return status;
}

static plc_status map(plc_aig **aig, plc_cells **cells, plc_error *error)
{
    const plc_ftl_settings settings = {.max_fanin = 4, .effort = 1};
    plc_status status = plc_netlist_parse("net", netlists[0], strlen(netlists[0]), aig, error);
    if (status == PLC_OK)
        status = plc_ftl_map(*aig, &settings, cells, NULL, error);
    return status;
}

static plc_status run_mapping(plc_error *error)
{
    plc_aig *aig = NULL;
    plc_cells *cells = NULL;
    plc_status status = map(&aig, &cells, error);
    plc_cells_destroy(cells);
    plc_aig_destroy(aig);
    return status;
}

/* What is mapped is small; what is collapsed as well. */
static plc_status run_collapse(plc_error *error)
{
    plc_aig *aig = NULL;
    plc_cells *cells = NULL;
    const plc_ftl_settings settings = {.max_fanin = 3, .effort = 0};
    plc_status status = plc_netlist_parse("net", netlists[0], strlen(netlists[0]), &aig, error);
    if (status == PLC_OK)
        status = plc_ftl_map(aig, &settings, &cells, NULL, error);
    if (status == PLC_OK)
        status = plc_cells_collapse(cells, 20, error);
    plc_cells_destroy(cells);
    plc_aig_destroy(aig);
    return status;
}

/* A sink that counts: found, and proved as a cell of many inputs. */
static plc_status run_count(plc_error *error)
{
    enum { N = 66 };
    plc_aig *aig = counting_graph(N, 1);
    plc_count *counts = plc_array(1, sizeof *counts);
    plc_cells *cells = NULL;
    plc_prove_report report = {0};
    int32_t weights[N];
    uint32_t node = 0;
    uint8_t is_proved = 0;
    plc_status status = aig && counts ? PLC_OK : plc_fail_memory(error, "count");
    if (status == PLC_OK)
        aig->sinks[0] = counting_literal(aig, 1, N, 3);
    if (status == PLC_OK && (aig->failed || !plc_counts_find(aig, 12, N, counts)))
        status = plc_fail_memory(error, "count");
    if (status == PLC_OK)
        status = plc_cells_create_like(aig, &cells, error);
    for (uint32_t i = 0; i < N; i++)
        weights[i] = 1;
    if (status == PLC_OK && !plc_cells_add(cells, counts->sources, weights, N, 3, &node))
        status = plc_fail_memory(error, "count");
    if (status == PLC_OK) {
        cells->sinks[0] = 2 * node;
        status = plc_prove_wide(aig, cells, &is_proved, &report, error);
    }
    if (status == PLC_OK)
        cr_assert(is_proved);
    plc_cells_destroy(cells);
    if (aig)
        plc_counts_finish(aig, counts);
    else
        free(counts);
    plc_aig_destroy(aig);
    return status;
}

static plc_status run_proof(plc_error *error)
{
    plc_aig *aig = NULL;
    plc_cells *cells = NULL;
    plc_prove_report report = {0};
    const plc_ftl_settings settings = {.max_fanin = 3, .effort = 0};
    plc_status status = plc_netlist_parse("net", netlists[0], strlen(netlists[0]), &aig, error);
    if (status == PLC_OK)
        status = plc_ftl_map(aig, &settings, &cells, NULL, error);
    if (status == PLC_OK)
        status = plc_ftl_prove(aig, cells, 64, 1, &report, error);
    cr_assert(status != PLC_OK || report.equivalent);
    plc_prove_report_finish(&report);
    plc_cells_destroy(cells);
    plc_aig_destroy(aig);
    return status;
}

static const char text[] =
    "threshold 1 m\ninput a\ninput b\nlatch q 1\nlatch r 0\ncell n0 2 1 a 1 b "
    "-3 q\ncell n1 1 1 n0 1 r\ncell n2 1 1 n1 1 a\noutput x = n2\noutput y ~ "
    "q\nnext q = n1\nnext r ~ n0\n";

static plc_status read_and_write(plc_status (*write)(const plc_cells *cells, const char *path,
                                                     plc_error *error),
                                 plc_error *error)
{
    plc_cells *cells = NULL;
    plc_cells_report report;
    plc_status status = plc_cells_parse("cells", text, sizeof text - 1, &cells, error);
    if (status == PLC_OK && !plc_cells_measure(cells, &report))
        status = PLC_NO_MEMORY;
    if (status == PLC_OK)
        status = write(cells, allocation_path, error);
    plc_cells_destroy(cells);
    return status;
}

static plc_status write_verilog(const plc_cells *cells, const char *path, plc_error *error)
{
    return plc_cells_write_verilog(cells, PLC_VERILOG_INSTANCES, path, error);
}

static plc_status run_text(plc_error *error)
{
    return read_and_write(plc_cells_write, error);
}

static plc_status run_blif(plc_error *error)
{
    return read_and_write(plc_cells_write_blif, error);
}

static plc_status run_verilog(plc_error *error)
{
    return read_and_write(write_verilog, error);
}

static plc_status run_network(plc_error *error)
{
    plc_cells *cells = NULL;
    plc_neurons plan = {0};
    plc_vectors vectors = {0};
    plc_network *network = NULL;
    plc_neuron_answers answers = {0};
    plc_status status = plc_cells_parse("cells", text, sizeof text - 1, &cells, error);
    if (status == PLC_OK)
        status = plc_neurons_plan(cells, 1, &plan, error);
    if (status == PLC_OK)
        status = plc_vectors_parse("v", "01\n10\n11\n", 9, 2, &vectors, error);
    if (status == PLC_OK)
        status = plc_neurons_build(&plan, &vectors, plan.period, 1, &network, error);
    if (status == PLC_OK)
        status = plc_neuron_answers_init(&answers, &plan, &vectors, plan.period, error);
    plc_neuron_answers_finish(&answers);
    plc_network_destroy(network);
    plc_vectors_finish(&vectors);
    plc_neurons_finish(&plan);
    plc_cells_destroy(cells);
    return status;
}

Test(allocation, of_netlists_is_reported_and_leaves_nothing)
{
    fail_each(run_readers, 0);
}

Test(allocation, of_mapping_to_cells_is_reported_and_leaves_nothing)
{
    fail_each(run_collapse, 40);
    fail_each(run_count, 0);
    fail_each(run_mapping, 40); /* the memo can do without growing */
}

Test(allocation, of_proofs_is_reported_and_leaves_nothing)
{
    fail_each(run_proof,
              24); /* the memo does without growing, and pairs go to the solver at once */
}

Test(allocation, of_threshold_files_is_reported_and_leaves_nothing)
{
    snprintf(allocation_path, sizeof allocation_path, "/tmp/placode-ftl-%d", (int)getpid());
    fail_each(run_text, 0);
    fail_each(run_blif, 0);
    fail_each(run_verilog, 0);
    allocation_path[0] = 0;
}

Test(allocation, of_neurons_of_cells_is_reported_and_leaves_nothing)
{
    fail_each(run_network, 0);
}
