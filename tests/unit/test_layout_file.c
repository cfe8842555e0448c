/* Layout files: what is written is read back, and anything else is refused in one sentence. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/seal.h"
#include "hw/layout/layout_file.h"
#include "tests/layouts.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder of its own for each test. */
static char folder[64];

static void make_folder(void)
{
    strcpy(folder, "/tmp/placode-layout-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
}

static const char *path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static unsigned count_files(void)
{
    unsigned n = 0;
    DIR *open = opendir(folder);
    cr_assert_not_null(open);
    for (const struct dirent *entry; (entry = readdir(open));)
        n += entry->d_name[0] != '.';
    closedir(open);
    return n;
}

static void remove_folder(void)
{
    unlink(path_of("net.h5"));
    unlink(path_of("again.h5"));
    rmdir(folder);
}

TestSuite(layout_file, .init = make_folder, .fini = remove_folder);

/* The bytes of the test layout's file. */
static plc_bytes written(const char *name)
{
    plc_error error = {0};
    plc_layout *layout = test_layout();
    cr_assert_eq(plc_layout_write(layout, path_of(name), &error), PLC_OK, "%s", error.message);
    plc_layout_destroy(layout);
    plc_bytes bytes = {0};
    cr_assert_eq(plc_bytes_read(path_of(name), &bytes, NULL), PLC_OK);
    return bytes;
}

/* Expects bytes to be refused with a message that holds `part`. */
static void expect_refused(const char *data, size_t size, const char *part)
{
    plc_error error = {0};
    plc_layout *layout = NULL;
    /* A block of exactly this size, so that a sanitizer sees reads beyond it. */
    char *copy = plc_array_copy(data, size, 1);
    cr_assert_eq(plc_layout_parse("net.h5", copy, size, &layout, &error), PLC_INVALID, "%zu bytes",
                 size);
    cr_assert_null(layout);
    cr_assert_not_null(strstr(error.message, part), "%zu bytes: %s", size, error.message);
    free(copy);
}

Test(layout_file, reads_back_what_was_written)
{
    plc_bytes bytes = written("net.h5");
    plc_layout *layout = test_layout(), *back = NULL;
    plc_error error = {0};
    cr_assert_eq(plc_layout_read(path_of("net.h5"), &back, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_layout_digest(layout), plc_layout_digest(back));
    cr_assert_eq(plc_layout_n_populations(back), 4);
    cr_assert_eq(plc_layout_n_cores(back), 4);
    cr_assert_str_eq(plc_layout_population_name(back, 2), "spins");
    cr_assert_eq(plc_layout_tick_ms(back), 0.5);
    cr_assert_eq(back->seed, layout->seed);
    cr_assert_eq(memcmp(layout->words, back->words, layout->n_words * 4), 0);
    cr_assert_eq(memcmp(bytes.data, "PLACODE LAYOUT 1 size=", 22), 0);
    plc_bytes_finish(&bytes);
    plc_layout_destroy(layout);
    plc_layout_destroy(back);
}

Test(layout_file, is_the_same_bytes_each_time)
{
    plc_bytes a = written("net.h5"), b = written("again.h5");
    cr_assert_eq(a.size, b.size);
    cr_assert_eq(memcmp(a.data, b.data, a.size), 0);
    plc_bytes_finish(&a);
    plc_bytes_finish(&b);
}

Test(layout_file, holds_words_of_eight_bytes)
{
    plc_layout *layout = test_layout(), *back = NULL;
    uint64_t *wide = plc_array(layout->n_words, sizeof *wide);
    plc_row_format format = {32, 1, 8, 22, 8, 1};
    for (uint64_t i = 0; i < layout->n_words; i++)
        wide[i] = plc_row_format_pack(&format, plc_layout_synapse(layout, i));
    free(layout->words);
    layout->words = wide;
    layout->format = format;
    plc_error error = {0};
    cr_assert_eq(plc_layout_write(layout, path_of("net.h5"), &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_layout_read(path_of("net.h5"), &back, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_layout_digest(layout), plc_layout_digest(back));
    plc_layout_destroy(layout);
    plc_layout_destroy(back);
}

Test(layout_file, does_not_write_an_unsound_layout)
{
    plc_layout *layout = test_layout();
    plc_error error = {0};
    layout->slices[1].core = 9;
    cr_assert_eq(plc_layout_write(layout, path_of("net.h5"), &error), PLC_INVALID);
    cr_assert_eq(count_files(), 0);
    plc_layout_destroy(layout);
}

Test(layout_file, tells_truncated_files)
{
    plc_bytes bytes = written("net.h5");
    char expected[128];
    snprintf(expected, sizeof expected, "net.h5: truncated: expected %zu bytes, got ", bytes.size);
    expect_refused(bytes.data, 0, "net.h5: not a placode layout");
    for (size_t size = 1; size < PLC_SEAL_SIZE; size += 13)
        expect_refused(bytes.data, size, "net.h5: truncated: expected more than 512 bytes, got ");
    for (size_t size = PLC_SEAL_SIZE; size < bytes.size; size += 97)
        expect_refused(bytes.data, size, expected);
    expect_refused(bytes.data, bytes.size - 1, expected);
    plc_bytes_finish(&bytes);
}

Test(layout_file, tells_files_that_go_on)
{
    plc_bytes bytes = written("net.h5");
    expect_refused(bytes.data, bytes.size + 1, "net.h5: damaged: expected ");
    plc_bytes_finish(&bytes);
}

Test(layout_file, tells_each_damaged_byte)
{
    plc_bytes bytes = written("net.h5");
    for (size_t i = 0; i < bytes.size; i += i < PLC_SEAL_SIZE ? 1 : 41) {
        char saved = bytes.data[i];
        bytes.data[i] = (char)(saved ^ 1 << i % 8);
        expect_refused(bytes.data, bytes.size, i < 15 ? "not a placode layout" : "net.h5: ");
        bytes.data[i] = saved;
    }
    plc_layout *layout = NULL;
    cr_assert_eq(plc_layout_parse("net.h5", bytes.data, bytes.size, &layout, NULL), PLC_OK);
    plc_layout_destroy(layout);
    plc_bytes_finish(&bytes);
}

Test(layout_file, tells_other_files)
{
    expect_refused("placode: network/1\n", 19, "net.h5: not a placode layout");
    expect_refused("\x89HDF\r\n\x1a\n", 8, "net.h5: not a placode layout");
    char other[1024] = {0};
    plc_seal_write("SPIKES", other, sizeof other);
    expect_refused(other, sizeof other, "net.h5: not a placode layout");
    plc_seal_write("LAYOUT", other, sizeof other);
    expect_refused(other, sizeof other, "net.h5: not an HDF5 file");
    other[15] = '2';
    expect_refused(other, sizeof other, "net.h5: expected version 1 of a placode layout, got 2");
}

Test(layout_file, tells_missing_files_and_folders)
{
    plc_layout *layout = NULL;
    plc_error error = {0};
    cr_assert_eq(plc_layout_read(path_of("none.h5"), &layout, &error), PLC_FAILED);
    cr_assert_not_null(strstr(error.message, "none.h5: No such file"), "%s", error.message);
    cr_assert_eq(plc_layout_read(folder, &layout, &error), PLC_FAILED);
    cr_assert_not_null(strstr(error.message, "Is a directory"), "%s", error.message);
    cr_assert_null(layout);
    layout = test_layout();
    cr_assert_eq(plc_layout_write(layout, path_of("none/net.h5"), &error), PLC_FAILED);
    cr_assert_not_null(strstr(error.message, "No such file"), "%s", error.message);
    cr_assert_eq(plc_layout_write(layout, folder, &error), PLC_FAILED);
    cr_assert_not_null(strstr(error.message, "Is a directory"), "%s", error.message);
    plc_layout_destroy(layout);
}

Test(layout_file, leaves_nothing_on_a_full_disk)
{
    plc_layout *layout = test_layout();
    plc_error error = {0};
    struct rlimit saved, small;
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &saved), 0);
    small = saved;
    small.rlim_cur = 4096;
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    plc_status status = plc_layout_write(layout, path_of("net.h5"), &error);
    setrlimit(RLIMIT_FSIZE, &saved);
    cr_assert_eq(status, PLC_FAILED);
    cr_assert_not_null(strstr(error.message, "net.h5: File too large"), "%s", error.message);
    cr_assert_eq(count_files(), 0);
    if (access("/dev/full", W_OK) == 0) {
        cr_assert_eq(plc_layout_write(layout, "/dev/full", &error), PLC_FAILED);
        cr_assert_str_eq(error.message, "/dev/full: No space left on device");
    }
    plc_layout_destroy(layout);
}

Test(layout_file, keeps_the_old_file_when_writing_fails)
{
    plc_bytes before = written("net.h5"), after = {0};
    plc_layout *layout = test_layout();
    struct rlimit saved, small;
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &saved), 0);
    small = saved;
    small.rlim_cur = 4096;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    plc_status status = plc_layout_write(layout, path_of("net.h5"), NULL);
    setrlimit(RLIMIT_FSIZE, &saved);
    cr_assert_eq(status, PLC_FAILED);
    cr_assert_eq(plc_bytes_read(path_of("net.h5"), &after, NULL), PLC_OK);
    cr_assert(before.size == after.size && !memcmp(before.data, after.data, after.size));
    cr_assert_eq(count_files(), 1);
    plc_bytes_finish(&before);
    plc_bytes_finish(&after);
    plc_layout_destroy(layout);
}

Test(layout_file, digest_depends_on_every_part)
{
    plc_layout *l = test_layout();
    uint64_t digest = plc_layout_digest(l);
    uint32_t *parts[] = {
        &l->populations[1].size,
        &l->populations[3].schedule.phase,
        &l->slices[2].key,
        &l->slices[4].polarity_mask,
        &l->cores[3].core,
        &l->cores[0].n_neurons,
        &l->key_entries[4].n_rows,
        &l->route_offsets[1],
        &l->route_entries[0].links,
        &((uint32_t *)l->words)[44],
        &l->populations[0].spike_ticks[2],
        &l->chip->cores_per_router,
        (uint32_t *)&l->populations[3].params[0],
        (uint32_t *)&l->row_offsets[3],
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        *parts[i] ^= 1;
        cr_assert_neq(plc_layout_digest(l), digest, "part %zu", i);
        *parts[i] ^= 1;
    }
    cr_assert_eq(plc_layout_digest(l), digest);
    plc_layout_destroy(l);
}
