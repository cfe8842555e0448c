/* Allocation failures of the report page: whatever it reads, and all of its sections. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report/report.h"
#include "tests/fault/allocation.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

/* What commands print and write, cut short. */
static const char *const texts[][2] = {
    {"map.json", "{\"multicast_hops\": 1, \"table_entries\": 1, \"copies\": 1, \"chip\": "
                 "\"mesh:2x1:2\", \"fill\": "
                 "[{\"resource\": \"neurons_per_core\", \"limit\": 256}], \"core_fill\": [[0, 0, "
                 "0, 5, 8, 1, 1], "
                 "[1, 0, 1, 3, 4, 1, 2]], \"slices\": [{\"population\": \"a\", \"begin\": 0, "
                 "\"end\": 5, \"x\": 0, "
                 "\"y\": 0, \"core\": 0}, {\"population\": \"b\", \"begin\": 0, \"end\": 3, \"x\": "
                 "1, \"y\": 0, "
                 "\"core\": 1}]}"},
    {"run.json",
     "{\"ticks\": 9, \"spikes\": 4, \"ticks_per_s\": 1, \"digest\": \"0x1\", \"deadline_misses\": "
     "1, "
     "\"energy_j\": 1, \"energy\": {\"idle_power\": 1, \"packet_link\": null}, \"populations\": "
     "[{\"population\": \"a\", \"neurons\": 2, \"spikes\": 4}], \"activity\": {\"span\": 1, "
     "\"total\": "
     "[1, 3], \"populations\": [[1, 3]]}}"},
    {"cut.json",
     "{\"cut\": 5, \"best_known\": 6, \"bound\": 7, \"run_list\": [{\"cut\": 5}, {\"cut\": 4}], "
     "\"statistics\": {\"seconds\": {\"run\": 1}}, \"to_quality\": [{\"quality\": 1}]}"},
    {"cam.json", "{\"operations\": 1, \"correct\": 0, \"words\": [{\"at\": 1, \"operation\": "
                 "\"learn\", \"cue\": 1, \"correct\": false}]}"},
    {"ftl.json", "{\"circuit\": \"c\", \"cells\": 3, \"fanin_max\": 2, \"fanins\": [0, 1, 2], "
                 "\"levels\": [0, 3]}"},
    {"tables.json", "{\"tables\": 1, \"table_entries\": 2, \"sizes\": [[0, 0, 5, 2]]}"},
    {"timing.csv",
     "tick,seconds,slack_seconds,x,y,core,reason\n0,1,1,0,0,1,rows\n1,3,-1,0,0,1,mesh\n"},
    {"trace.csv", "run,seconds,ticks,joules,cut\n0,1,1,,5\n1,2,1,,6\n0,3,2,,7\n"},
    {"spikes.csv", "tick,population,neuron\n0,a,1\n2,b,1\n3,a,1\n7,a,1\n"},
};
enum { N_TEXTS = sizeof texts / sizeof *texts };

static plc_bytes layout; /* the bytes of a file */

static plc_status read_input(size_t i, report_input *ret_input, plc_error *error)
{
    if (i == N_TEXTS)
        return report_input_parse("net.h5", &layout, ret_input, error);
    const plc_bytes bytes = {(char *)(uintptr_t)texts[i][1], strlen(texts[i][1])};
    return report_input_parse(texts[i][0], &bytes, ret_input, error);
}

static plc_status make_page(plc_error *error)
{
    report_input inputs[N_TEXTS + 1];
    report self = {.inputs = inputs};
    plc_text html = {0};
    plc_status status = PLC_OK;
    while (status == PLC_OK && self.n < N_TEXTS + 1) {
        status = read_input(self.n, &inputs[self.n], error);
        self.n += status == PLC_OK;
    }
    if (status == PLC_OK)
        status = report_make(&self, &html, error);
    if (status == PLC_OK)
        cr_assert_gt(self.page.n_sections, 14);
    while (self.n)
        report_input_finish(&inputs[--self.n]);
    page_finish(&self.page);
    plc_text_finish(&html);
    return status;
}

/* A network of two populations on a small mesh, as a file in memory. */
static void write_layout(void)
{
    static const char text[] =
        "placode: network/1\npopulations:\n"
        "  - {name: a, size: 20, model: spike_source_poisson, params: {rate: 10}}\n"
        "  - {name: b, size: 20, model: lif_curr_exp}\n"
        "projections:\n  - {from: a, to: b, connector: {type: all_to_all}, weight: 1}\n";
    static const char small[] = "placode: chip/1\nname: c\ncores: 2\n"
                                "geometry: {width: 2, height: 1, links: 4, wrap: false}\n"
                                "limits: {neurons_per_core: 10}\n";
    char path[] = "/tmp/placode-report-XXXXXX";
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    plc_layout *mapped = NULL;
    const int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    close(fd);
    cr_assert_eq(plc_network_parse("net", ".", text, sizeof text - 1, 1, &network, NULL), PLC_OK);
    cr_assert_eq(plc_chip_parse("chip", small, sizeof small - 1, &chip, NULL), PLC_OK);
    cr_assert_eq(plc_map(network, chip, NULL, &mapped, NULL), PLC_OK);
    cr_assert_eq(plc_layout_write(mapped, path, NULL), PLC_OK);
    cr_assert_eq(plc_bytes_read(path, &layout, NULL), PLC_OK);
    unlink(path);
    plc_layout_destroy(mapped);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
}

Test(allocation, every_failure_of_the_report_page_is_reported_and_leaves_nothing, .timeout = 250)
{
    write_layout();
    fail_each(make_page, 2); /* spikes that cannot be sorted in a copy are sorted in place */
    plc_bytes_finish(&layout);
}
