/* Spike files: SONATA and CSV, there and back, and what is wrong with those that are refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/hdf5.h"
#include "hw/engine/sonata.h"
#include "hw/engine/spike_csv.h"
#include "hw/engine/trace.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static char folder[64];

static void make_folder(void)
{
    strcpy(folder, "/tmp/placode-spikes-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
}

static const char *path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void remove_folder(void)
{
    unlink(path_of("s.h5"));
    unlink(path_of("s.csv"));
    rmdir(folder);
}

TestSuite(spike_files, .init = make_folder, .fini = remove_folder);

static plc_trace small_trace(double tick_ms)
{
    static const char *const names[] = {"spins", "silent", "a cue"};
    static const plc_spike spikes[] = {
        {.tick = 0, .population = 2, .neuron = 4294967295u},
        {.tick = 3, .population = 0, .neuron = 1},
        {.tick = 3, .population = 0, .neuron = 2, .polarity = 1},
        {.tick = 1000000000000000, .population = 2, .neuron = 0},
    };
    plc_trace trace;
    cr_assert_eq(plc_trace_init(&trace, names, 3, tick_ms, NULL), PLC_OK);
    cr_assert_eq(plc_trace_append(&trace, spikes, 4, NULL), PLC_OK);
    return trace;
}

static uint64_t digest_of(const plc_trace *trace)
{
    uint64_t digest = 0;
    for (size_t i = 0; i < trace->n; i++)
        digest += plc_spike_digest(trace->spikes[i]);
    return digest;
}

Test(spike_files, sonata_reads_back_what_was_written)
{
    static const double ticks_ms[] = {1.0, 0.1, 0.025, 1.0 / 3, 12.5};
    for (size_t i = 0; i < sizeof ticks_ms / sizeof *ticks_ms; i++) {
        plc_trace trace = small_trace(ticks_ms[i]), back;
        plc_error error = {0};
        cr_assert_eq(plc_spikes_write_sonata(&trace, NULL, 0, path_of("s.h5"), &error), PLC_OK,
                     "%s", error.message);
        cr_assert_eq(plc_spikes_read(path_of("s.h5"), &back, &error), PLC_OK, "%s", error.message);
        cr_assert_eq(digest_of(&trace), digest_of(&back));
        cr_assert_eq(back.tick_ms, ticks_ms[i]);
        cr_assert_eq(back.n_populations, 3);
        cr_assert_str_eq(back.populations[0], "spins");
        cr_assert_str_eq(back.populations[1], "silent");
        cr_assert_str_eq(back.populations[2], "a cue");
        plc_trace_finish(&trace);
        plc_trace_finish(&back);
    }
}

Test(spike_files, csv_reads_back_what_was_written)
{
    plc_trace trace = small_trace(1.0), back;
    plc_error error = {0};
    plc_bytes bytes = {0};
    cr_assert_eq(plc_spikes_write_csv(&trace, path_of("s.csv"), &error), PLC_OK, "%s",
                 error.message);
    cr_assert_eq(plc_bytes_read(path_of("s.csv"), &bytes, NULL), PLC_OK);
    cr_assert_str_eq(bytes.data, "tick,population,neuron\n0,a cue,4294967295\n3,spins,1\n"
                                 "3,spins,2\n1000000000000000,a cue,0\n");
    cr_assert_eq(plc_spikes_read(path_of("s.csv"), &back, &error), PLC_OK, "%s", error.message);
    plc_trace_difference difference;
    cr_assert_eq(plc_trace_compare(&trace, &back, &difference, NULL), PLC_OK);
    cr_assert_not(difference.differs);
    cr_assert_str_eq(back.populations[0], "a cue");
    plc_bytes_finish(&bytes);
    plc_trace_finish(&trace);
    plc_trace_finish(&back);
}

Test(spike_files, hold_empty_traces)
{
    plc_trace trace = {.tick_ms = 1}, back;
    cr_assert_eq(plc_spikes_write_sonata(&trace, NULL, 0, path_of("s.h5"), NULL), PLC_OK);
    cr_assert_eq(plc_spikes_read(path_of("s.h5"), &back, NULL), PLC_OK);
    cr_assert_eq(back.n, 0);
    plc_trace_finish(&back);
    cr_assert_eq(plc_spikes_write_csv(&trace, path_of("s.csv"), NULL), PLC_OK);
    cr_assert_eq(plc_spikes_read(path_of("s.csv"), &back, NULL), PLC_OK);
    cr_assert_eq(back.n, 0);
    plc_trace_finish(&back);
}

Test(spike_files, recordings_stand_beside_the_spikes)
{
    plc_trace trace = small_trace(0.5);
    int32_t values[] = {-65 * 32768, 16384, 3, -1, 0, 32768};
    plc_recording recording = {
        .population = 1, .n_neurons = 2, .n_ticks = 3, .unit = 0x1p-15, .values = values};
    plc_error error = {0};
    plc_bytes bytes = {0};
    plc_h5 *h5 = NULL;
    cr_assert_eq(plc_spikes_write_sonata(&trace, &recording, 1, path_of("s.h5"), &error), PLC_OK,
                 "%s", error.message);
    cr_assert_eq(plc_bytes_read(path_of("s.h5"), &bytes, NULL), PLC_OK);
    cr_assert_eq(plc_h5_open(PLC_SPIKES_KIND, "s.h5", bytes.data, bytes.size, &h5, &error), PLC_OK);
    uint64_t dims[2] = {3, 2}, three = 3, two = 2;
    double *frames = plc_h5_read(h5, "/report/silent/data", PLC_H5_F64, 2, dims);
    double *time = plc_h5_read(h5, "/report/silent/mapping/time", PLC_H5_F64, 1, &three);
    uint64_t *ids = plc_h5_read(h5, "/report/silent/mapping/node_ids", PLC_H5_U64, 1, &two);
    uint64_t *pointers =
        plc_h5_read(h5, "/report/silent/mapping/index_pointers", PLC_H5_U64, 1, &three);
    char *units = plc_h5_get_text(h5, "/report/silent/data", "units");
    cr_assert_eq(plc_h5_status(h5), PLC_OK, "%s", error.message);
    for (size_t i = 0; i < 6; i++)
        cr_assert_eq(frames[i], values[i] * 0x1p-15);
    cr_assert(time[0] == 0 && time[1] == 1.5 && time[2] == 0.5);
    cr_assert(ids[0] == 0 && ids[1] == 1 && pointers[1] == 1 && pointers[2] == 2);
    cr_assert_str_eq(units, "mV");
    plc_h5_destroy(h5);
    free(frames);
    free(time);
    free(ids);
    free(pointers);
    free(units);
    plc_bytes_finish(&bytes);
    plc_trace_finish(&trace);
}

Test(spike_files, sonata_from_elsewhere_needs_no_attributes)
{
    plc_error error = {0};
    plc_h5 *h5 = NULL;
    plc_bytes bytes = {0};
    plc_trace trace;
    float times[] = {7.4f, 0.6f};
    uint32_t ids[] = {3, 1};
    cr_assert_eq(plc_h5_create("s.h5", &h5, &error), PLC_OK);
    plc_h5_group(h5, "/spikes");
    plc_h5_group(h5, "/spikes/net");
    plc_h5_write(h5, "/spikes/net/timestamps", PLC_H5_F32, 1, (uint64_t[]){2}, times);
    plc_h5_write(h5, "/spikes/net/node_ids", PLC_H5_U32, 1, (uint64_t[]){2}, ids);
    cr_assert_eq(plc_h5_finish(h5, PLC_SPIKES_KIND, path_of("s.h5")), PLC_OK);
    plc_h5_destroy(h5);
    cr_assert_eq(plc_bytes_read(path_of("s.h5"), &bytes, NULL), PLC_OK);
    memset(bytes.data, '\n', 512); /* without its seal it is any HDF5 file */
    cr_assert_eq(plc_file_write(path_of("s.h5"), bytes.data, bytes.size, NULL), PLC_OK);
    cr_assert_eq(plc_spikes_read(path_of("s.h5"), &trace, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(trace.n, 2);
    cr_assert(trace.spikes[0].tick == 1 && trace.spikes[0].neuron == 1);
    cr_assert(trace.spikes[1].tick == 7 && trace.spikes[1].neuron == 3);
    plc_trace_finish(&trace);
    plc_bytes_finish(&bytes);
}

/* Writes one population and expects its file to be refused. */
static void expect_sonata_refused(double time, int32_t id, uint64_t n_ids, const char *message)
{
    plc_error error = {0};
    plc_h5 *h5 = NULL;
    plc_trace trace;
    double times[] = {0, time};
    int32_t ids[] = {0, id, 0};
    cr_assert_eq(plc_h5_create("s.h5", &h5, &error), PLC_OK);
    plc_h5_group(h5, "/spikes");
    plc_h5_group(h5, "/spikes/net");
    plc_h5_write(h5, "/spikes/net/timestamps", PLC_H5_F64, 1, (uint64_t[]){2}, times);
    if (n_ids)
        plc_h5_write(h5, "/spikes/net/node_ids", PLC_H5_I32, 1, &n_ids, ids);
    cr_assert_eq(plc_h5_finish(h5, PLC_SPIKES_KIND, path_of("s.h5")), PLC_OK);
    plc_h5_destroy(h5);
    cr_assert_eq(plc_spikes_read(path_of("s.h5"), &trace, &error), PLC_INVALID);
    cr_assert_not_null(strstr(error.message, message), "%s", error.message);
}

Test(spike_files, sonata_says_what_is_wrong)
{
    expect_sonata_refused(-1, 0, 2, "s.h5: /spikes/net/timestamps[1]: not a time: -1");
    expect_sonata_refused(1e300, 0, 2, "s.h5: /spikes/net/timestamps[1]: not a time: 1e+300");
    expect_sonata_refused(1, -5, 2,
                          "s.h5: /spikes/net/node_ids[1]: expected 0..4294967295, got -5");
    expect_sonata_refused(1, 0, 3, "s.h5: /spikes/net/node_ids: expected length 2 in dimension 0");
    expect_sonata_refused(1, 0, 0, "s.h5: /spikes/net/node_ids: missing");
}

Test(spike_files, sonata_refuses_names_it_cannot_hold)
{
    static const char *const bad[] = {"", "a/b", "."};
    for (size_t i = 0; i < 3; i++) {
        plc_trace trace;
        plc_error error = {0};
        cr_assert_eq(plc_trace_init(&trace, &bad[i], 1, 1.0, NULL), PLC_OK);
        cr_assert_eq(plc_spikes_write_sonata(&trace, NULL, 0, path_of("s.h5"), &error),
                     PLC_INVALID);
        cr_assert_not_null(strstr(error.message, "cannot hold that name"), "%s", error.message);
        plc_trace_finish(&trace);
    }
}

Test(spike_files, csv_refuses_names_it_cannot_hold)
{
    static const char *const bad[] = {"", "a,b", "a\nb", " a", "a\t"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        plc_trace trace;
        cr_assert_eq(plc_trace_init(&trace, &bad[i], 1, 1.0, NULL), PLC_OK);
        cr_assert_eq(plc_spikes_write_csv(&trace, path_of("s.csv"), NULL), PLC_INVALID);
        plc_trace_finish(&trace);
    }
}

Test(spike_files, csv_says_what_is_wrong_and_where)
{
    static const char *const cases[][2] = {
        {"", "f.csv:1: expected the header tick,population,neuron"},
        {"tick,neuron\n", "f.csv:1: expected the header tick,population,neuron"},
        {"tick,population,neuron,x\n", "f.csv:1: expected the end of the line, got \"x\""},
        {"tick,population,neuron\n1,a,2\n-1,a,2\n", "f.csv:3: tick: expected a whole number in "},
        {"tick,population,neuron\n1,a,2\n\n1,a,x\n",
         "f.csv:4: neuron: expected a whole number in "},
        {"tick,population,neuron\n1,a\n", "f.csv:2: expected tick,population,neuron"},
        {"tick,population,neuron\n1,,2\n", "f.csv:2: population: expected a name"},
        {"tick,population,neuron\n1,a,4294967296\n", "f.csv:2: neuron: expected"},
        {"tick,population,neuron\n1,a,1,2\n", "f.csv:2: expected the end of the line"},
        {"tick,population,neuron\n1,a,1 2\n", "f.csv:2: expected the end of the line"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plc_trace trace;
        plc_error error = {0};
        cr_assert_eq(plc_spike_csv_parse("f.csv", cases[i][0], strlen(cases[i][0]), &trace, &error),
                     PLC_INVALID, "case %zu", i);
        cr_assert_eq(strncmp(error.message, cases[i][1], strlen(cases[i][1])), 0, "case %zu: %s", i,
                     error.message);
    }
}

Test(spike_files, csv_takes_any_order_and_blanks)
{
    static const char text[] = "tick , population,neuron\r\n9, b c ,1\r\n\r\n 2,a,3\r\n2,b c,0";
    plc_trace trace;
    plc_error error = {0};
    cr_assert_eq(plc_spike_csv_parse("f", text, strlen(text), &trace, &error), PLC_OK, "%s",
                 error.message);
    cr_assert_eq(trace.n, 3);
    cr_assert_str_eq(trace.populations[0], "b c");
    cr_assert(trace.spikes[0].tick == 2 && trace.spikes[0].population == 0);
    cr_assert(trace.spikes[1].population == 1 && trace.spikes[1].neuron == 3);
    cr_assert(trace.spikes[2].tick == 9);
    plc_trace_finish(&trace);
}

Test(spike_files, tell_what_is_neither)
{
    static const char *const texts[] = {"", "hello", "PLACODE LAYOUT 1", "\x89HDF\r\n\x1a\n"};
    static const char *const messages[] = {"expected a SONATA file or CSV", "expected a SONATA",
                                           "not a placode spikes", "not an HDF5 file"};
    for (size_t i = 0; i < 4; i++) {
        plc_trace trace;
        plc_error error = {0};
        cr_assert_eq(plc_file_write(path_of("s.h5"), texts[i], strlen(texts[i]), NULL), PLC_OK);
        cr_assert_eq(plc_spikes_read(path_of("s.h5"), &trace, &error), PLC_INVALID);
        cr_assert_not_null(strstr(error.message, messages[i]), "%s", error.message);
    }
    plc_trace trace;
    cr_assert_eq(plc_spikes_read(path_of("none"), &trace, NULL), PLC_FAILED);
}

Test(spike_files, tell_damage_and_truncation)
{
    plc_trace trace = small_trace(1.0), back;
    plc_error error = {0};
    plc_bytes bytes = {0};
    cr_assert_eq(plc_spikes_write_sonata(&trace, NULL, 0, path_of("s.h5"), NULL), PLC_OK);
    cr_assert_eq(plc_bytes_read(path_of("s.h5"), &bytes, NULL), PLC_OK);
    bytes.data[bytes.size / 2] ^= 4;
    cr_assert_eq(plc_sonata_parse("s", bytes.data, bytes.size, &back, &error), PLC_INVALID);
    cr_assert_not_null(strstr(error.message, "s: damaged: "), "%s", error.message);
    cr_assert_eq(plc_sonata_parse("s", bytes.data, bytes.size - 9, &back, &error), PLC_INVALID);
    cr_assert_not_null(strstr(error.message, "s: truncated: expected "), "%s", error.message);
    plc_bytes_finish(&bytes);
    plc_trace_finish(&trace);
}

Test(spike_files, leave_nothing_on_a_full_disk)
{
    plc_trace trace = small_trace(1.0);
    plc_error error = {0};
    struct rlimit saved, small;
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &saved), 0);
    small = saved;
    small.rlim_cur = 10;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    plc_status sonata = plc_spikes_write_sonata(&trace, NULL, 0, path_of("s.h5"), &error);
    plc_status csv = plc_spikes_write_csv(&trace, path_of("s.csv"), NULL);
    setrlimit(RLIMIT_FSIZE, &saved);
    cr_assert(sonata == PLC_FAILED && csv == PLC_FAILED);
    cr_assert_not_null(strstr(error.message, "s.h5: File too large"), "%s", error.message);
    cr_assert_eq(rmdir(folder), 0, "the folder is empty");
    plc_trace_finish(&trace);
}

Test(spike_files, h5py_reads_them)
{
    static const char script[] =
        "import sys, h5py\n"
        "f = h5py.File(sys.argv[1], 'r')\n"
        "s = f['spikes/spins']\n"
        "assert list(s['timestamps'][:]) == [3.0, 3.0] and list(s['node_ids'][:]) == [1, 2]\n"
        "assert list(s['polarity'][:]) == [0, 1] and 'polarity' not in f['spikes/a cue']\n"
        "assert s['timestamps'].attrs['units'] in (b'ms', 'ms')\n"
        "assert s.attrs['sorting'] == 2 and f['spikes'].attrs['tick_ms'] == 1.0\n"
        "assert h5py.check_enum_dtype(s.attrs.get_id('sorting').dtype)['by_time'] == 2\n"
        "assert f.attrs['magic'] == 0x0a7a and list(f.attrs['version']) == [0, 1]\n";
    if (system("/usr/bin/python3 -c 'import h5py' 2>/dev/null") != 0)
        cr_skip("python3-h5py is not installed");
    plc_trace trace = small_trace(1.0);
    char command[2048];
    cr_assert_eq(plc_spikes_write_sonata(&trace, NULL, 0, path_of("s.h5"), NULL), PLC_OK);
    snprintf(command, sizeof command, "/usr/bin/python3 -c \"%s\" %s", script, path_of("s.h5"));
    cr_assert_eq(system(command), 0);
    plc_trace_finish(&trace);
}

Test(spike_files, weights_stand_beside_the_spikes)
{
    static const plc_weight weights[] = {{0, 1, 2, 3, 4, 1, 5.5},
                                         {2, 4294967295u, 0, 0, 255, 0, 0}};
    plc_trace trace = small_trace(1), back = {0};
    plc_error error = {0};
    plc_bytes bytes = {0};
    plc_h5 *h5 = NULL;
    uint64_t n = 0;
    static const plc_h5_field fields[] = {
        {"source_population", PLC_H5_U32, 0, 1},
        {"source", PLC_H5_U32, 4, 1},
        {"target_population", PLC_H5_U32, 8, 1},
        {"target", PLC_H5_U32, 12, 1},
        {"delay", PLC_H5_U32, 16, 1},
        {"receptor", PLC_H5_U32, 20, 1},
        {"weight", PLC_H5_F64, 24, 1},
    };
    cr_assert_eq(plc_spikes_write_weights(&trace, NULL, 0, weights, 2, path_of("s.h5"), &error),
                 PLC_OK, "%s", error.message);
    cr_assert_eq(plc_spikes_read(path_of("s.h5"), &back, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(back.n, trace.n);
    cr_assert_eq(plc_bytes_read(path_of("s.h5"), &bytes, &error), PLC_OK);
    cr_assert_eq(plc_h5_open(PLC_SPIKES_KIND, "s.h5", bytes.data, bytes.size, &h5, &error), PLC_OK);
    plc_weight *read = plc_h5_read_table(h5, "/weights/synapses", fields, 7, sizeof *read, &n);
    char *names = plc_h5_read_text(h5, "/weights/populations");
    cr_assert_eq(n, 2);
    cr_assert(read && !memcmp(read, weights, sizeof weights));
    cr_assert_str_eq(names, "spins\nsilent\na cue\n");
    free(read);
    free(names);
    plc_h5_destroy(h5);
    plc_bytes_finish(&bytes);
    plc_trace_finish(&back);
    plc_trace_finish(&trace);
}
