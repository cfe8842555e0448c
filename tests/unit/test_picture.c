/* Pictures of layouts: well-formed, the same each time, and never large. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "cli/command.h"
#include "tests/layouts.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

enum { LARGEST = 3 << 20, NAME = 64, DEPTH = 64 };

/* The picture of a layout, through a file. */
static plc_bytes picture_of(const plc_layout *layout)
{
    char path[] = "/tmp/placode-picture-XXXXXX";
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    close(fd);
    plc_bytes bytes = {0};
    plc_error error = {0};
    cr_assert_eq(picture_write(layout, path, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_bytes_read(path, &bytes, NULL), PLC_OK);
    unlink(path);
    return bytes;
}

/* A layout that fills every core of a chip with two slices and sends no packets anywhere. */
static plc_layout *full_layout(const char *chip)
{
    plc_layout *layout = plc_array(1, sizeof *layout);
    cr_assert_eq(plc_chip_open(chip, &layout->chip, NULL), PLC_OK);
    uint32_t n_routers = layout->chip->width * layout->chip->height, c = 0;
    uint32_t n = layout->n_cores = (uint32_t)plc_chip_n_cores(layout->chip);
    layout->n_slices = 2 * n;
    layout->n_populations = 2;
    layout->cores = plc_array(n, sizeof *layout->cores);
    layout->slices = plc_array(layout->n_slices, sizeof *layout->slices);
    layout->populations = plc_array(2, sizeof *layout->populations);
    layout->row_offsets = plc_array(1, sizeof *layout->row_offsets);
    layout->route_offsets = plc_array((size_t)n_routers + 1, sizeof *layout->route_offsets);
    cr_assert(test_population(&layout->populations[0], "first", PLC_THRESHOLD, 100 * n));
    cr_assert(test_population(&layout->populations[1], "second", PLC_THRESHOLD, 50 * n));
    for (uint32_t r = 0; r < n_routers; r++)
        for (uint32_t i = 0; i < layout->chip->cores_per_router; i++) {
            if (!plc_core_set_has(&layout->chip->cores[r], i))
                continue;
            layout->cores[c] = (plc_layout_core){.router = r,
                                                 .core = i,
                                                 .slice_begin = 2 * c,
                                                 .slice_end = 2 * c + 2,
                                                 .n_neurons = 150};
            layout->slices[2 * c] = (plc_slice){0, 100 * c, 100 * c + 100, c, 0, 0, 0, 0};
            layout->slices[2 * c + 1] = (plc_slice){1, 50 * c, 50 * c + 50, c, 100, 0, 0, 0};
            c++;
        }
    return layout;
}

/* The text after an entity such as &amp; or &#60; or NULL. */
static const char *skip_entity(const char *text)
{
    static const char *const names[] = {"&amp;", "&lt;", "&gt;"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strncmp(text, names[i], strlen(names[i])))
            return text + strlen(names[i]);
    if (strncmp(text, "&#", 2) || !isdigit((unsigned char)text[2]))
        return NULL;
    text += 2;
    while (isdigit((unsigned char)*text))
        text++;
    return *text == ';' ? text + 1 : NULL;
}

/* The end of a tag that begins at `text`: its attributes are name="value"; NULL if they are not. */
static const char *skip_attributes(const char *text)
{
    while (*text == ' ') {
        text++;
        while (isalnum((unsigned char)*text) || *text == '-')
            text++;
        if (*text++ != '=' || *text++ != '"')
            return NULL;
        while (text && *text && *text != '"' && *text != '<')
            text = *text == '&' ? skip_entity(text) : text + 1;
        if (!text || *text++ != '"')
            return NULL;
    }
    return text;
}

/* Reads the name of a tag. */
static const char *read_name(const char *text, char name[NAME])
{
    size_t n = 0;
    while (isalnum((unsigned char)*text) && n + 1 < NAME)
        name[n++] = *text++;
    name[n] = 0;
    return n ? text : NULL;
}

/* Whether tags balance, attributes are quoted, and text holds nothing that XML reserves; one
 * element holds all. */
static bool well_formed(const char *text)
{
    char open[DEPTH][NAME], name[NAME];
    unsigned depth = 0, n_roots = 0;
    while (*text) {
        if (*text == '&') {
            text = skip_entity(text);
        } else if (!strncmp(text, "</", 2)) {
            text = read_name(text + 2, name);
            if (!text || *text++ != '>' || depth == 0 || strcmp(open[--depth], name))
                return false;
        } else if (*text == '<') {
            n_roots += depth == 0;
            text = read_name(text + 1, name);
            text = text ? skip_attributes(text) : NULL;
            if (!text)
                return false;
            bool empty = *text == '/';
            text += empty;
            if (*text++ != '>' || depth == DEPTH)
                return false;
            if (!empty)
                strcpy(open[depth++], name);
        } else if (*text == '>' || (depth == 0 && !isspace((unsigned char)*text))) {
            return false;
        } else {
            text++;
        }
        if (!text)
            return false;
    }
    return depth == 0 && n_roots == 1;
}

static unsigned count(const char *text, const char *what)
{
    unsigned n = 0;
    while ((text = strstr(text, what))) {
        n++;
        text += strlen(what);
    }
    return n;
}

static void rename_population(plc_layout *layout, uint32_t population, const char *name)
{
    free(layout->populations[population].name);
    layout->populations[population].name = plc_string_copy(name);
}

Test(picture, scanner_of_these_tests_sees_faults)
{
    cr_assert(well_formed("<svg a=\"1\"><g b-c=\"&lt;\"/>x &amp; &#60;</svg>\n"));
    cr_assert_not(well_formed("<svg><g></svg>"));
    cr_assert_not(well_formed("<svg><g></svg></g>"));
    cr_assert_not(well_formed("<svg>a & b</svg>"));
    cr_assert_not(well_formed("<svg a=1></svg>"));
    cr_assert_not(well_formed("<svg a=\"<\"></svg>"));
    cr_assert_not(well_formed("<svg/><svg/>"));
}

Test(picture, is_well_formed_on_meshes_of_every_kind)
{
    static const char *const chips[] = {
        "ideal",         "mesh:1x1:152", "loihi",          "placode-4x4",      "torus:3x2:5",
        "hexmesh:3x4:2", "spinnaker-48", "hextorus:5x4:3", "hextorus:48x48:1", "mesh:80x80:1"};
    for (size_t i = 0; i < sizeof chips / sizeof *chips; i++) {
        plc_layout *layout = full_layout(chips[i]);
        plc_bytes bytes = picture_of(layout);
        cr_assert(well_formed(bytes.data), "%s", chips[i]);
        cr_assert(!strstr(bytes.data, "nan") && !strstr(bytes.data, "inf"), "%s", chips[i]);
        plc_bytes_finish(&bytes);
        plc_layout_destroy(layout);
    }
}

Test(picture, escapes_names)
{
    plc_layout *layout = test_layout();
    rename_population(layout, TEST_CUE, "<cue> & \"co'");
    rename_population(layout, TEST_CELLS, "\x01 \xff\xc3( \xed\xa0\x80 z\xc3\xa9ro");
    free(layout->chip->name);
    layout->chip->name = plc_string_copy("</text> & co");
    plc_bytes bytes = picture_of(layout);
    cr_assert(well_formed(bytes.data));
    cr_assert(strstr(bytes.data, "&lt;/text&gt; &amp; co<"));
    cr_assert(strstr(bytes.data, "&lt;cue&gt; &amp; &#34;co&#39;"));
    cr_assert(strstr(bytes.data, "z&#233;ro"));
    for (size_t i = 0; i < bytes.size; i++)
        cr_assert(bytes.data[i] == '\n' || (bytes.data[i] >= 0x20 && bytes.data[i] < 0x7f),
                  "byte %zu is not printable ASCII", i);
    plc_bytes_finish(&bytes);
    plc_layout_destroy(layout);
}

Test(picture, is_the_same_each_time)
{
    plc_layout *layout = test_layout();
    plc_bytes a = picture_of(layout), b = picture_of(layout);
    cr_assert_eq(a.size, b.size);
    cr_assert_eq(memcmp(a.data, b.data, a.size), 0);
    plc_bytes_finish(&a);
    plc_bytes_finish(&b);
    plc_layout_destroy(layout);
}

Test(picture, tells_what_each_core_and_router_holds)
{
    plc_layout *layout = test_layout();
    plc_bytes bytes = picture_of(layout);
    cr_assert_eq(count(bytes.data, "<title>core "), layout->n_cores);
    cr_assert(strstr(bytes.data, "<title>core 1 of (0, 0): 5 of 256 neurons, 0 synapses\n"
                                 "cue 0 to 2\nnoise 0 to 1</title>"));
    cr_assert(strstr(bytes.data, "<title>(2, 1): 2 of 4 cores, 8 neurons, 3 of 1,023 table "
                                 "entries</title>"));
    cr_assert(strstr(bytes.data, "4 of 24 cores &#183; 3 of 6 routers &#183; 18 neurons"));
    plc_bytes_finish(&bytes);
    plc_layout_destroy(layout);
}

Test(picture, tells_the_packets_on_links)
{
    plc_layout *layout = test_layout();
    plc_bytes bytes = picture_of(layout);
    cr_assert(strstr(bytes.data, "<title>(1, 1) to (2, 1): 5 packets per tick</title>"));
    cr_assert(strstr(bytes.data, "<title>(2, 1) to (1, 1): 4 packets per tick</title>"));
    cr_assert(strstr(bytes.data, "<title>(2, 0) to (2, 1): 3 packets per tick</title>"));
    cr_assert(strstr(bytes.data, "<title>(2, 1) to (2, 0): 0 packets per tick</title>"));
    plc_bytes_finish(&bytes);
    plc_layout_destroy(layout);
}

Test(picture, shows_what_is_dead)
{
    plc_layout *layout = test_layout();
    plc_bytes whole = picture_of(layout);
    cr_assert_not(strstr(whole.data, "dead "));
    layout->chip->dead_links[0] = 1u << 2; /* (0, 0) to (0, 1) */
    layout->chip->dead_links[3] = 1u << 5; /* and back */
    layout->chip->cores[2].word[0] = 0x7;
    plc_bytes bytes = picture_of(layout);
    cr_assert_eq(count(bytes.data, "<title>dead link</title>"), 1);
    cr_assert(strstr(bytes.data, ">dead link</text>"));
    cr_assert(strstr(bytes.data, ">dead core</text>"));
    plc_bytes_finish(&whole);
    plc_bytes_finish(&bytes);
    plc_layout_destroy(layout);
}

Test(picture, stays_small_on_large_machines)
{
    static const char *const chips[] = {"spinnaker:48x48", "mesh:48x48:1",     "spinnaker:24x24",
                                        "mesh:51x51:4",    "mesh:8x8:152",     "mesh:19x19:16",
                                        "mesh:48x48:2",    "hextorus:70x70:18"};
    for (size_t i = 0; i < sizeof chips / sizeof *chips; i++) {
        plc_layout *layout = full_layout(chips[i]);
        plc_bytes bytes = picture_of(layout);
        cr_assert_lt(bytes.size, LARGEST, "%s: %zu bytes", chips[i], bytes.size);
        plc_bytes_finish(&bytes);
        plc_layout_destroy(layout);
    }
}

Test(picture, leaves_nothing_where_it_cannot_be_written)
{
    char folder[] = "/tmp/placode-picture-XXXXXX", path[sizeof folder + 32];
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/missing/picture.svg", folder);
    plc_layout *layout = test_layout();
    plc_error error = {0};
    cr_assert_eq(picture_write(layout, path, &error), PLC_FAILED);
    cr_assert(strstr(error.message, path));
    DIR *listing = opendir(folder);
    for (struct dirent *entry; (entry = readdir(listing));)
        cr_assert_eq(entry->d_name[0], '.', "%s is left", entry->d_name);
    closedir(listing);
    cr_assert_eq(rmdir(folder), 0);
    plc_layout_destroy(layout);
}
