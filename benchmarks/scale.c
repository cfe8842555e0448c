/* Time and memory of mapping as functions of a network's size, with their exponents.
 *
 * The networks are those of local_network.h, mapped at effort 0 onto a SpiNNaker torus that holds
 * them, each in a process of its own, so that the peak of its memory is its own. The yardstick does
 * what no mapper can avoid: a stable counting sort of as many synapses by their source. Wall time
 * is reported, never asserted; the memory of the largest network is.
 *
 *   bench_scale [NEURONS]             sizes from 10^4 up to NEURONS (default 10^5)
 *   bench_scale write NEURONS POPULATION [drawn]   such a network on standard output
 *   bench_scale list NEURONS          edges of one population for a from_list connector, likewise
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "benchmarks/local_network.h"
#include "benchmarks/measure.h"

#include "base/random.h"
#include "mapper/mapping.h"

#include <placode/placode.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { POPULATION = 1000, SIZES_MAX = 5, MOST_BYTES = 32 /* a synapse, at the peak */ };
static const uint32_t sizes[SIZES_MAX] = {10000, 30000, 100000, 300000, 1000000};

/* What a process of its own has measured. */
typedef struct measured {
    uint64_t n_synapses, digest;
    double seconds, peak; /* [B] */
} measured;

/* Maps a network; false when it fails. */
static bool map_network(const local_network *of, measured *ret)
{
    char name[32];
    plc_text text = {0};
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    plc_error error = {0};
    uint32_t side = local_network_side(of->n_neurons);
    plc_map_settings settings = {.effort = 0, .seed = 1};
    local_network_write(of, &text);
    snprintf(name, sizeof name, "spinnaker:%ux%u", side, side);
    double begin = seconds_now();
    plc_status status = plc_network_parse("scale", NULL, text.data, text.n, 1, &network, &error);
    if (status == PLC_OK)
        status = plc_chip_open(name, &chip, &error);
    if (status == PLC_OK)
        status = plc_map(network, chip, &settings, &layout, &error);
    ret->seconds = seconds_now() - begin;
    if (status == PLC_OK) {
        ret->n_synapses = plc_network_n_synapses(network);
        ret->digest = plc_layout_digest(layout);
    } else {
        puts(error.message);
    }
    plc_text_finish(&text);
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    return status == PLC_OK;
}

/* The counting sort; false when memory is short. */
static bool sort_synapses(const local_network *of, measured *ret)
{
    uint64_t n = (uint64_t)of->n_neurons * LOCAL_FAN_IN;
    uint64_t *offsets = calloc(of->n_neurons + 2ul, sizeof *offsets);
    uint32_t *sources = malloc(n * sizeof *sources), *targets = malloc(n * sizeof *targets);
    plc_random_key key = plc_random_stream(1, PLC_STREAM_CONNECTOR, 0);
    bool ok = offsets && sources && targets;
    for (uint64_t k = 0; ok && k < n; k++)
        sources[k] = plc_random_below(plc_random_draw(key, (uint32_t)k, 0).word[0], of->n_neurons);
    double begin = seconds_now();
    for (uint64_t k = 0; ok && k < n; k++)
        offsets[sources[k] + 2]++;
    for (uint32_t i = 0; ok && i < of->n_neurons; i++)
        offsets[i + 2] += offsets[i + 1];
    for (uint64_t k = 0; ok && k < n; k++)
        targets[offsets[sources[k] + 1]++] = (uint32_t)(k / LOCAL_FAN_IN);
    ret->seconds = seconds_now() - begin;
    ret->n_synapses = n;
    ret->digest = ok ? targets[n / 2] : 0;
    free(offsets);
    free(sources);
    free(targets);
    return ok;
}

/* Runs a measurement in a process of its own. */
static bool measure(bool (*work)(const local_network *, measured *), const local_network *of,
                    measured *ret)
{
    int ends[2], status = 0;
    struct rusage usage;
    if (pipe(ends))
        return false;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        measured m = {0};
        bool ok = work(of, &m) && write(ends[1], &m, sizeof m) == sizeof m;
        fflush(stdout);
        _exit(!ok);
    }
    close(ends[1]);
    bool ok = child > 0 && read(ends[0], ret, sizeof *ret) == sizeof *ret;
    close(ends[0]);
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        return false;
    ret->peak = 1024.0 * (double)usage.ru_maxrss;
    return ok && status == 0;
}

/* Measures all sizes up to one; the exit status. */
static int measure_all(uint32_t largest, bool drawn)
{
    double synapses[SIZES_MAX], seconds[SIZES_MAX], peaks[SIZES_MAX], sorts[SIZES_MAX];
    size_t n = 0;
    printf("%s\n", drawn ? "weights and delays drawn" : "one weight, one delay");
    printf("%9s %11s %9s %9s %11s %9s %7s  %s\n", "neurons", "synapses", "seconds", "peak MB",
           "B a synapse", "sort s", "ratio", "layout");
    for (; n < SIZES_MAX && sizes[n] <= largest; n++) {
        local_network of = {sizes[n], POPULATION, drawn};
        measured mapped = {0}, sorted = {0};
        if (!measure(map_network, &of, &mapped) || !measure(sort_synapses, &of, &sorted))
            return 1;
        synapses[n] = (double)mapped.n_synapses;
        seconds[n] = mapped.seconds;
        peaks[n] = mapped.peak;
        sorts[n] = sorted.seconds;
        printf("%9u %11.0f %9.3f %9.1f %11.2f %9.3f %7.1f  0x%016llx\n", sizes[n], synapses[n],
               seconds[n], peaks[n] / 1e6, peaks[n] / synapses[n], sorts[n], seconds[n] / sorts[n],
               (unsigned long long)mapped.digest);
    }
    if (n > 1)
        printf("exponents: time %.2f, memory %.2f, sort %.2f\n", exponent(synapses, seconds, n),
               exponent(synapses, peaks, n), exponent(synapses, sorts, n));
    if (n && peaks[n - 1] > MOST_BYTES * synapses[n - 1]) {
        printf("expected at most %d B a synapse of the largest\n", MOST_BYTES);
        return 1;
    }
    return n == 0;
}

static int write_network(uint32_t n_neurons, uint32_t population, bool drawn)
{
    plc_text text = {0};
    local_network_write(&(local_network){n_neurons, population, drawn}, &text);
    bool ok = !text.failed && fwrite(text.data, 1, text.n, stdout) == text.n;
    plc_text_finish(&text);
    return !ok;
}

/* Sources at most 500 neurons away on a ring, grouped by target. */
static int write_list(uint32_t n_neurons)
{
    plc_random_key key = plc_random_stream(1, PLC_STREAM_CONNECTOR, 0);
    puts("source,target,weight,delay");
    for (uint32_t i = 0; i < n_neurons; i++)
        for (uint32_t k = 0; k < LOCAL_FAN_IN; k++) {
            plc_random draw = plc_random_draw(key, i, k);
            uint32_t source = (i + n_neurons - 500 + draw.word[0] % 1001) % n_neurons;
            printf("%u,%u,0.0%02u,%u\n", source, i, draw.word[1] % 40,
                   1 + (draw.word[1] >> 16) % 8);
        }
    return ferror(stdout) != 0;
}

/* A whole number at least `low`, or 0. */
static uint32_t number(const char *text, uint32_t low)
{
    unsigned long value = strtoul(text, NULL, 10);
    return value >= low && value <= 100000000 ? (uint32_t)value : 0;
}

int main(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";
    if (argc > 3 && !strcmp(verb, "write") && number(argv[3], LOCAL_FAN_IN) &&
        number(argv[2], number(argv[3], 0)))
        return write_network(number(argv[2], 1), number(argv[3], 1), argc > 4);
    if (argc > 2 && !strcmp(verb, "list") && number(argv[2], 1001))
        return write_list(number(argv[2], 1));
    uint32_t largest = argc > 1 ? number(verb, sizes[0]) : 100000;
    if (!largest) {
        fputs("bench_scale [NEURONS] | write NEURONS POPULATION [drawn] | list NEURONS\n", stderr);
        return 2;
    }
    int failed = measure_all(largest, false);
    return measure_all(largest, true) || failed;
}
