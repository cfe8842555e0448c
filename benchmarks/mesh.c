/* Engine mesh on the yardstick network: ticks per second beside engine fast and beside a bare loop
 * that counts the same packets, bytes per synapse, and growth with neurons, cores and rate.
 *
 * Each line is checked: both engines must give one digest. Wall time is reported, never asserted;
 * the memory is.
 *
 *   bench_mesh                  the standard network on several chips, then growth
 *   bench_mesh write [NEURONS [FAN_OUT [HZ]]]   such a network on standard output
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "benchmarks/measure.h"
#include "benchmarks/yardstick_network.h"

#include <malloc.h>
#include <placode/placode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 50 /* a synapse */ };

typedef struct measured {
    uint64_t ticks;
    uint32_t n_cores;
    uint64_t n_synapses;
    double mesh, fast;    /* [s] of all ticks */
    double bytes;         /* [B] that engine mesh holds */
    plc_engine_cost cost; /* of engine mesh */
    plc_engine_stats ran; /* likewise */
    uint64_t fast_digest;
} measured;

static double bytes_held(void)
{
    struct mallinfo2 info = mallinfo2();
    return (double)info.uordblks + (double)info.hblkhd;
}

/* Runs a layout on an engine; the seconds of the ticks. */
static plc_status run(const plc_layout *layout, const char *kind, measured *m, double *ret_seconds,
                      plc_error *error)
{
    plc_engine *engine = NULL;
    plc_engine_settings settings = {.kind = kind, .seed = 1, .threads = 1};
    double before = bytes_held();
    plc_status status = plc_engine_create(layout, &settings, &engine, error);
    double bytes = bytes_held() - before, begin = seconds_now();
    if (status == PLC_OK)
        status = plc_engine_run(engine, m->ticks, NULL, NULL, error);
    *ret_seconds = seconds_now() - begin;
    if (status == PLC_OK && plc_engine_get_cost(engine, &m->cost)) {
        m->ran = plc_engine_get_stats(engine);
        m->bytes = bytes;
    } else if (status == PLC_OK) {
        m->fast_digest = plc_engine_get_stats(engine).digest;
    }
    plc_engine_destroy(engine);
    return status;
}

/* Measures a network on a chip and prints a line; false when it fails. */
static bool measure(const yardstick_network *of, const char *chip_name, measured *m)
{
    plc_text text = {0};
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    plc_error error = {0};
    yardstick_network_write(of, &text);
    plc_status status =
        plc_network_parse("yardstick", NULL, text.data, text.n, 1, &network, &error);
    if (status == PLC_OK)
        status = plc_chip_open(chip_name, &chip, &error);
    if (status == PLC_OK)
        status = plc_map(network, chip, NULL, &layout, &error);
    if (status == PLC_OK)
        status = run(layout, "fast", m, &m->fast, &error);
    if (status == PLC_OK)
        status = run(layout, "mesh", m, &m->mesh, &error);
    if (status == PLC_OK) {
        m->n_cores = plc_layout_n_cores(layout);
        m->n_synapses = plc_network_n_synapses(network);
        double ticks = (double)m->ticks, moves = (double)(m->cost.hops + m->cost.deliveries);
        printf("%-16s %7u %6u %5.1f %9.0f %9.0f %9.1f %9.1f %7.1f %9.0f %6.1f\n", chip_name,
               of->n_neurons, m->n_cores, (double)m->ran.spikes / of->n_neurons / (1e-3 * ticks),
               (double)m->cost.hops / ticks, (double)m->cost.deliveries / ticks,
               (double)m->ran.synaptic_events / ticks, ticks / m->mesh, 1e9 * m->mesh / moves,
               ticks / m->fast, m->bytes / (double)m->n_synapses);
        fflush(stdout);
    } else {
        puts(error.message);
    }
    plc_text_finish(&text);
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    if (status == PLC_OK && m->ran.digest != m->fast_digest)
        printf("digests differ: mesh 0x%016llx, fast 0x%016llx\n",
               (unsigned long long)m->ran.digest, (unsigned long long)m->fast_digest);
    return status == PLC_OK && m->ran.digest == m->fast_digest;
}

static void print_header(const char *title)
{
    printf("%s\n%-16s %7s %6s %5s %9s %9s %9s %9s %7s %9s %6s\n", title, "chip", "neurons", "cores",
           "Hz", "hops", "to cores", "syn. ev.", "ticks/s", "ns", "fast", "B/syn.");
}

/* The standard network on several chips; false when one fails or takes too much memory. */
static bool measure_chips(void)
{
    static const char *const chips[] = {"spinnaker-4",     "spinnaker-48", "hextorus:4x5:2",
                                        "hextorus:2x2:10", "mesh:8x5:1",   "placode-8x5",
                                        "loihi",           "ideal"};
    bool ok = true;
    print_header("10,000 neurons, 1.0 M synapses; per tick; ns a hop or delivery");
    for (size_t i = 0; i < sizeof chips / sizeof *chips; i++) {
        measured m = {.ticks = 1000};
        ok = measure(&yardstick_standard, chips[i], &m) && ok;
        if (m.bytes > MOST_BYTES * (double)m.n_synapses) {
            printf("expected at most %d B a synapse\n", MOST_BYTES);
            ok = false;
        }
    }
    return ok;
}

/* One line of growth. */
typedef struct step {
    double by; /* what grows */
    yardstick_network of;
    const char *chip;
} step;

static bool measure_growth(const char *title, const step *steps, size_t n)
{
    double x[8], y[8];
    bool ok = true;
    print_header(title);
    for (size_t i = 0; i < n; i++) {
        measured m = {.ticks = 300};
        ok = measure(&steps[i].of, steps[i].chip, &m) && ok;
        x[i] = steps[i].by;
        y[i] = m.mesh;
    }
    printf("time grows with the power %.2f\n", exponent(x, y, n));
    return ok;
}

static bool measure_all(void)
{
    static const step neurons[] = {{2500, {2500, 100, 20}, "hextorus:5x1:2"},
                                   {5000, {5000, 100, 20}, "hextorus:5x2:2"},
                                   {10000, {10000, 100, 20}, "hextorus:5x4:2"},
                                   {20000, {20000, 100, 20}, "hextorus:8x5:2"},
                                   {40000, {40000, 100, 20}, "hextorus:10x8:2"}};
    static const step rates[] = {{5, {10000, 100, 5}, "hextorus:4x5:2"},
                                 {20, {10000, 100, 20}, "hextorus:4x5:2"},
                                 {80, {10000, 100, 80}, "hextorus:4x5:2"}};
    static const step routers[] = {{4, {10000, 100, 20}, "hextorus:2x2:16"},
                                   {10, {10000, 100, 20}, "hextorus:5x2:4"},
                                   {20, {10000, 100, 20}, "hextorus:5x4:2"},
                                   {40, {10000, 100, 20}, "hextorus:8x5:1"}};
    bool ok = measure_chips();
    ok = measure_growth("neurons, with cores in proportion", neurons, 5) && ok;
    ok = measure_growth("rate", rates, 3) && ok;
    return measure_growth("routers, 40 cores", routers, 4) && ok;
}

static int write_network(int argc, char **argv)
{
    yardstick_network of = yardstick_standard;
    plc_text text = {0};
    if (argc > 2)
        of.n_neurons = (uint32_t)strtoul(argv[2], NULL, 10);
    if (argc > 3)
        of.fan_out = (uint32_t)strtoul(argv[3], NULL, 10);
    if (argc > 4)
        of.rate = strtod(argv[4], NULL);
    if (of.n_neurons < 2 || of.n_neurons > 10000000 || of.fan_out >= of.n_neurons ||
        !(of.rate > 0 && of.rate <= 400)) {
        fputs("bench_mesh write [NEURONS [FAN_OUT [HZ]]]: expected 2..10^7 neurons, fewer synapses "
              "of each, and above 0 to 400 Hz\n",
              stderr);
        return 2;
    }
    yardstick_network_write(&of, &text);
    bool ok = !text.failed && fwrite(text.data, 1, text.n, stdout) == text.n;
    plc_text_finish(&text);
    return !ok;
}

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "write"))
        return write_network(argc, argv);
    if (argc > 1) {
        fputs("bench_mesh | bench_mesh write [NEURONS [FAN_OUT [HZ]]]\n", stderr);
        return 2;
    }
    return !measure_all();
}
