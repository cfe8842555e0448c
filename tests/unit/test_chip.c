/* Chips: geometry, neighbours, what is dead, presets, and what a chip file must not say. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/chip/chip.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static plc_chip *open_chip(const char *name)
{
    plc_chip *chip = NULL;
    plc_error error = {.message = ""};
    cr_assert_eq(plc_chip_open(name, &chip, &error), PLC_OK, "%s", error.message);
    return chip;
}

#define HEAD "placode: chip/1\nname: c\n"
#define MESH HEAD "geometry: {width: 3, height: 2}\ncores: 4\n"

static plc_chip *parse(const char *text)
{
    plc_chip *chip = NULL;
    plc_error error = {.message = ""};
    cr_assert_eq(plc_chip_parse("c.yaml", text, strlen(text), &chip, &error), PLC_OK, "%s",
                 error.message);
    return chip;
}

static void assert_refused(const char *text, const char *message)
{
    plc_chip *chip = NULL;
    plc_error error = {.message = ""};
    cr_assert_eq(plc_chip_parse("c.yaml", text, strlen(text), &chip, &error), PLC_INVALID,
                 "accepted: %s", text);
    cr_assert_null(chip);
    cr_assert_str_eq(error.message, message);
}

static void assert_no_such_chip(const char *name, const char *message)
{
    plc_chip *chip = NULL;
    plc_error error = {.message = ""};
    cr_assert_eq(plc_chip_open(name, &chip, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, message);
}

static void assert_neighbours(const plc_chip *chip, uint32_t router, const int64_t expected[6])
{
    for (unsigned l = 0; l < PLC_N_LINKS; l++)
        cr_assert_eq(plc_chip_neighbour(chip, router, l), expected[l], "link %u", l);
}

static uint32_t count_routers(const plc_chip *chip)
{
    uint32_t n = 0;
    for (uint32_t r = 0; r < chip->width * chip->height; r++)
        n += chip->alive[r];
    return n;
}

/* Directed links between live routers. */
static uint32_t count_links(const plc_chip *chip)
{
    uint32_t n = 0;
    for (uint32_t r = 0; r < chip->width * chip->height; r++)
        for (unsigned l = 0; l < PLC_N_LINKS; l++)
            n += plc_chip_neighbour(chip, r, l) >= 0;
    return n;
}

Test(chip, mesh_has_four_links_and_edges)
{
    plc_chip *chip = open_chip("mesh:3x3:2");
    assert_neighbours(chip, 4, (const int64_t[]){5, -1, 7, 3, -1, 1});
    assert_neighbours(chip, 0, (const int64_t[]){1, -1, 3, -1, -1, -1});
    cr_assert_eq(plc_chip_n_cores(chip), 18);
    cr_assert_eq(plc_chip_neighbour(chip, 4, 6), PLC_NO_ROUTER);
    plc_chip_destroy(chip);
}

Test(chip, torus_wraps)
{
    plc_chip *chip = open_chip("torus:3x3:2");
    assert_neighbours(chip, 0, (const int64_t[]){1, -1, 3, 2, -1, 6});
    assert_neighbours(chip, 8, (const int64_t[]){6, -1, 2, 7, -1, 5});
    plc_chip_destroy(chip);
}

Test(chip, hexagonal_mesh_has_diagonals)
{
    plc_chip *chip = open_chip("hexmesh:3x3:2");
    assert_neighbours(chip, 4, (const int64_t[]){5, 8, 7, 3, 0, 1});
    assert_neighbours(chip, 2, (const int64_t[]){-1, -1, 5, 1, -1, -1});
    plc_chip_destroy(chip);
}

Test(chip, hexagonal_torus_wraps_diagonals)
{
    plc_chip *chip = open_chip("hextorus:3x3:2");
    assert_neighbours(chip, 0, (const int64_t[]){1, 4, 3, 2, 8, 6});
    assert_neighbours(chip, 8, (const int64_t[]){6, 0, 2, 7, 4, 5});
    plc_chip_destroy(chip);
}

Test(chip, link_that_leads_back_is_three_further)
{
    const char *names[] = {"mesh:4x3:1", "torus:2x5:1", "hexmesh:3x4:1", "hextorus:5x2:1"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        plc_chip *chip = open_chip(names[i]);
        for (uint32_t r = 0; r < chip->width * chip->height; r++) {
            for (unsigned l = 0; l < PLC_N_LINKS; l++) {
                int64_t other = plc_chip_neighbour(chip, r, l);
                if (other >= 0)
                    cr_assert_eq(plc_chip_neighbour(chip, (uint32_t)other, (l + 3) % 6), r);
            }
        }
        plc_chip_destroy(chip);
    }
}

Test(chip, torus_one_router_wide_has_no_link_to_itself)
{
    plc_chip *chip = open_chip("hextorus:1x3:1");
    assert_neighbours(chip, 1, (const int64_t[]){-1, 2, 2, -1, 0, 0});
    plc_chip_destroy(chip);
}

Test(chip, dead_link_is_dead_both_ways_unless_one_way)
{
    plc_chip *chip = parse(MESH "dead: {links: [[0, 0, 0]], one_way: [[1, 0, 2]]}\n");
    cr_assert_eq(plc_chip_neighbour(chip, 0, 0), PLC_NO_ROUTER);
    cr_assert_eq(plc_chip_neighbour(chip, 1, 3), PLC_NO_ROUTER);
    cr_assert_eq(plc_chip_neighbour(chip, 1, 2), PLC_NO_ROUTER);
    cr_assert_eq(plc_chip_neighbour(chip, 4, 5), 1);
    plc_chip_destroy(chip);
}

Test(chip, dead_router_has_no_cores_and_no_links)
{
    plc_chip *chip = parse(MESH "dead: {chips: [[1, 0]]}\n");
    cr_assert_not(chip->alive[1]);
    cr_assert_eq(plc_chip_n_cores(chip), 5 * 4);
    cr_assert_eq(plc_chip_neighbour(chip, 0, 0), PLC_NO_ROUTER);
    cr_assert_eq(plc_chip_neighbour(chip, 4, 5), PLC_NO_ROUTER);
    plc_chip_destroy(chip);
}

Test(chip, dead_and_reserved_cores_are_not_usable)
{
    plc_chip *chip = parse(MESH "reserved: [3]\ndead: {cores: [[2, 1, 0]]}\n");
    cr_assert_eq(plc_chip_n_cores(chip), 6 * 3 - 1);
    cr_assert_not(plc_core_set_has(&chip->cores[0], 3));
    cr_assert_not(plc_core_set_has(&chip->cores[5], 0));
    cr_assert(plc_core_set_has(&chip->cores[5], 1));
    plc_chip_destroy(chip);
}

Test(chip, limits_are_whole_or_unbounded)
{
    plc_chip *chip = parse(MESH "limits: {neurons_per_core: 7, axons_in_per_core: unbounded, "
                                "router_entries: unknown, synapse_memory_per_core: 1e30}\n");
    cr_assert_eq(plc_chip_limit(chip, PLC_CHIP_NEURONS_PER_CORE), 7);
    cr_assert_eq(plc_chip_limit(chip, PLC_CHIP_AXONS_IN), UINT64_MAX);
    cr_assert_eq(plc_chip_limit(chip, PLC_CHIP_ROUTER_ENTRIES), UINT64_MAX);
    cr_assert_eq(plc_chip_limit(chip, PLC_CHIP_SYNAPSE_MEMORY), UINT64_MAX);
    cr_assert_eq(chip->quantities[PLC_CHIP_NEURONS_PER_CORE].grade, 'U');
    cr_assert_eq(chip->quantities[PLC_CHIP_ROUTER_ENTRIES].grade, 'N');
    plc_chip_destroy(chip);
}

Test(chip, file_without_base_has_spinnakers_limits_and_no_energies)
{
    plc_chip *chip = parse(MESH);
    cr_assert_eq(plc_chip_limit(chip, PLC_CHIP_ROUTER_ENTRIES), 1023);
    cr_assert_eq(plc_chip_get(chip, PLC_CHIP_CORE_CLOCK), 200e6);
    cr_assert(isnan(plc_chip_get(chip, PLC_CHIP_ENERGY_SYNAPSE)));
    cr_assert(isnan(plc_chip_get(chip, PLC_CHIP_POWER_IDLE)));
    plc_chip_destroy(chip);
}

Test(chip, base_is_kept_where_nothing_else_is_said)
{
    plc_chip *chip = parse(HEAD "base: spinnaker-48\nlimits: {neurons_per_core: 64}\n");
    cr_assert_eq(plc_chip_n_cores(chip), 808);
    cr_assert_eq(plc_chip_limit(chip, PLC_CHIP_NEURONS_PER_CORE), 64);
    cr_assert_eq(plc_chip_get(chip, PLC_CHIP_POWER_IDLE), 0.35);
    cr_assert_str_eq(plc_chip_name(chip), "c");
    plc_chip_destroy(chip);
}

Test(chip, geometry_over_a_base_keeps_its_links_and_cores)
{
    plc_chip *chip = parse(HEAD "base: spinnaker-4\ngeometry: {width: 3, height: 3}\n");
    cr_assert_eq(plc_chip_n_cores(chip), 9 * 17);
    assert_neighbours(chip, 0, (const int64_t[]){1, 4, 3, 2, 8, 6});
    plc_chip_destroy(chip);
}

Test(chip, outline_gives_the_ends_of_each_row)
{
    plc_chip *chip = parse(HEAD "geometry: {width: 3, height: 2, links: 6, outline: [[0, 1], [1, "
                                "2]]}\ncores: 1\n");
    const bool expected[] = {true, true, false, false, true, true};
    cr_assert_arr_eq(chip->alive, expected, sizeof expected);
    plc_chip_destroy(chip);
}

Test(chip, presets_have_the_published_counts)
{
    static const struct {
        const char *name;
        uint32_t routers, links;
        uint64_t cores;
    } expected[] = {
        {"ideal", 1, 0, 1},
        {"spinnaker-4", 4, 16, 4 * 17},
        {"spinnaker-48", 48, 2 * 120, 808},
        {"spinnaker:24x12", 288, 288 * 6, 288 * 17},
        {"spinnaker2", 1, 0, 152},
        {"loihi", 32, 2 * (7 * 4 + 8 * 3), 128},
        {"placode-4x3", 12, 2 * (3 * 3 + 4 * 2), 12},
        {"spinnaker:256x256", 65536, 65536 * 6, 65536 * 17},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        plc_chip *chip = open_chip(expected[i].name);
        cr_assert_str_eq(plc_chip_name(chip), expected[i].name);
        cr_assert_eq(count_routers(chip), expected[i].routers, "%s", expected[i].name);
        cr_assert_eq(count_links(chip), expected[i].links, "%s: %u links", expected[i].name,
                     count_links(chip));
        cr_assert_eq(plc_chip_n_cores(chip), expected[i].cores, "%s", expected[i].name);
        plc_chip_destroy(chip);
    }
}

Test(chip, board_of_4_joins_north_and_south_only)
{
    plc_chip *chip = open_chip("spinnaker-4");
    assert_neighbours(chip, 0, (const int64_t[]){1, 3, 2, -1, -1, 2});
    assert_neighbours(chip, 3, (const int64_t[]){-1, -1, 1, 2, 0, 1});
    plc_chip_destroy(chip);
}

Test(chip, board_of_48_has_8_chips_with_17_cores)
{
    plc_chip *chip = open_chip("spinnaker-48");
    uint32_t with_16 = 0;
    for (uint32_t r = 0; r < 64; r++)
        with_16 += plc_core_set_count(&chip->cores[r]) == 16;
    cr_assert_eq(with_16, 8);
    cr_assert(chip->alive[7 * 8 + 4] && !chip->alive[7 * 8 + 3] && !chip->alive[5]);
    cr_assert_not(plc_core_set_has(&chip->cores[0], 0), "the monitor");
    plc_chip_destroy(chip);
}

Test(chip, presets_open_and_their_numbers_have_sources_and_grades)
{
    const char *name, *summary;
    for (size_t i = 0; (name = plc_chip_preset(i, &summary)); i++) {
        plc_chip *chip = open_chip(name);
        cr_assert(summary && *summary);
        for (unsigned q = 0; q < PLC_CHIP_N_QUANTITIES; q++) {
            const plc_quantity *at = &chip->quantities[q];
            const plc_chip_row *row = plc_chip_quantity_row(q);
            cr_assert(at->source && *at->source, "%s %s", name, row->key);
            cr_assert(at->grade && strchr(PLC_GRADES, at->grade), "%s %s", name, row->key);
            cr_assert_eq(at->grade == 'N', isnan(at->value) != 0, "%s %s", name, row->key);
            cr_assert(isnan(at->value) || (at->value >= row->low && at->value <= row->high),
                      "%s %s", name, row->key);
            if (row->section == PLC_CHIP_LIMITS && !isinf(row->high))
                cr_assert(!isnan(at->value), "%s %s", name, row->key);
        }
        plc_chip_destroy(chip);
    }
}

Test(chip, unknown_names_list_the_legal_ones)
{
    assert_no_such_chip("spinaker",
                        "chip spinaker: expected ideal, spinnaker-4, spinnaker-48, spinnaker:WxH, "
                        "spinnaker2, loihi, placode-WxH, mesh:WxH:CORES, torus:WxH:CORES, "
                        "hexmesh:WxH:CORES, hextorus:WxH:CORES or a YAML file");
    assert_no_such_chip("placode-0x4",
                        "chip placode-0x4: expected placode-WxH with W and H in 1..256");
    assert_no_such_chip("spinnaker:4x257",
                        "chip spinnaker:4x257: expected spinnaker:WxH with W and H in 1..256");
    assert_no_such_chip("torus:4x4", "chip torus:4x4: expected torus:WxH:CORES with W and H in "
                                     "1..256 and CORES in 1..256");
}

Test(chip, names_are_read_strictly)
{
    const char *bad[] = {"",
                         "placode-4x4x4",
                         "placode-+4x4",
                         "placode-04x4",
                         "mesh:4x4:",
                         "mesh:4x4:0",
                         "mesh:4x4:16 ",
                         "mesh:4x4:257",
                         "mesh:4x4:-1",
                         "ideal ",
                         "placode-4x4294967300"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        plc_chip *chip = NULL;
        cr_assert_eq(plc_chip_open(bad[i], &chip, NULL), PLC_INVALID, "\"%s\"", bad[i]);
    }
}

Test(chip, missing_file_is_a_failure_not_a_name)
{
    plc_chip *chip = NULL;
    plc_error error;
    cr_assert_eq(plc_chip_open("./nowhere", &chip, &error), PLC_FAILED);
    cr_assert_str_eq(error.message, "./nowhere: No such file or directory");
    cr_assert_eq(plc_chip_open("nowhere.yaml", &chip, NULL), PLC_FAILED);
}

Test(chip, example_file_is_read)
{
    char path[4096];
    const char *root = getenv("PLACODE_SOURCE");
    snprintf(path, sizeof path, "%s/examples/my-chip.yaml", root ? root : ".");
    plc_chip *chip = open_chip(path);
    cr_assert_str_eq(plc_chip_name(chip), "my chip");
    cr_assert_eq(plc_chip_n_cores(chip), 47);
    cr_assert_eq(count_links(chip), 2 * (3 * 3 + 4 * 2) - 2);
    cr_assert_eq(chip->quantities[PLC_CHIP_ENERGY_SYNAPSE].grade, 'S');
    plc_chip_destroy(chip);
}

Test(chip, refuses_malformed_documents)
{
    assert_refused("name: c\n", "c.yaml:1: missing key \"placode\"");
    assert_refused("placode: chip/2\nname: c\n",
                   "c.yaml:1: placode: expected chip/1, got \"chip/2\"");
    assert_refused("placode: chip/1\ncores: 3\n", "c.yaml:1: missing key \"name\"");
    assert_refused(HEAD "cores: 4\n", "c.yaml:1: missing key \"geometry\"");
    assert_refused(HEAD "geometry: {width: 1, height: 1}\n", "c.yaml:1: missing key \"cores\"");
    assert_refused(HEAD "core: 4\n",
                   "c.yaml:3: chip: unknown key \"core\"; expected placode, name, base, geometry, "
                   "cores, reserved, limits, timing, energy or dead");
    assert_refused("[]\n", "c.yaml:1: chip: expected a mapping, got a list");
}

Test(chip, refuses_illegal_geometry)
{
    assert_refused(HEAD "geometry: {width: 3}\ncores: 1\n", "c.yaml:3: missing key \"height\"");
    assert_refused(HEAD "geometry: {width: -3, height: 1}\ncores: 1\n",
                   "c.yaml:3: width: expected a whole number in 1..256, got \"-3\"");
    assert_refused(HEAD "geometry: {width: 3, height: 2, links: 5}\ncores: 1\n",
                   "c.yaml:3: links: expected 4 or 6, got \"5\"");
    assert_refused(HEAD "geometry: {width: 3, height: 2, wrap: 2}\ncores: 1\n",
                   "c.yaml:3: wrap: expected false or true, got \"2\"");
    assert_refused(HEAD "geometry: {width: 3, height: 2, absent: [[3, 0]]}\ncores: 1\n",
                   "c.yaml:3: absent: x: expected a whole number in 0..2, got \"3\"");
    assert_refused(HEAD "geometry: {width: 2, height: 2, outline: [[0, 1]]}\ncores: 1\n",
                   "c.yaml:3: outline: expected one [first x, last x] for each of 2 rows, got 1");
    assert_refused(HEAD "geometry: {width: 2, height: 1, outline: [[1, 0]]}\ncores: 1\n",
                   "c.yaml:3: outline: expected first x <= last x, got [1, 0]");
    assert_refused(HEAD
                   "geometry: {width: 2, height: 1, outline: [[0, 1]], absent: []}\ncores: 1\n",
                   "c.yaml:3: geometry: expected absent or outline, got both");
    assert_refused(HEAD "geometry: {width: 2, height: 1}\ncores: 257\n",
                   "c.yaml:4: cores: expected a whole number in 1..256, got \"257\"");
    assert_refused(MESH "reserved: [4]\n",
                   "c.yaml:5: reserved: expected a whole number in 0..3, got \"4\"");
    assert_refused(MESH "reserved: [0, 1, 2, 3]\n",
                   "c.yaml:1: chip: expected a usable core, got none");
}

Test(chip, refuses_illegal_numbers)
{
    assert_refused(MESH "limits: {neurons: 3}\n",
                   "c.yaml:5: limits: unknown key \"neurons\"; expected neurons_per_core, "
                   "synapse_memory_per_core, synapse_word, row_address, row_header, "
                   "plastic_row, key_entries_per_core, axons_in_per_core, ring_slots, weight_bits, "
                   "models_per_core, router_entries, link_buffer, spike_buffer or aside_buffer");
    assert_refused(MESH "limits: {neurons_per_core: 2.5}\n",
                   "c.yaml:5: limits.neurons_per_core: expected a whole number >= 1, unbounded or "
                   "unknown, got \"2.5\"");
    assert_refused(MESH "limits: {ring_slots: unbounded}\n",
                   "c.yaml:5: limits.ring_slots: expected a whole number in 2..256, got "
                   "\"unbounded\"");
    assert_refused(MESH "limits: {ring_slots: unknown}\n",
                   "c.yaml:5: limits.ring_slots: expected a whole number in 2..256, got "
                   "\"unknown\"");
    assert_refused(MESH "timing:\n  tick: 0\n",
                   "c.yaml:6: timing.tick: expected a number in 1e-09..10, or unknown, got \"0\"");
    assert_refused(MESH "energy: {idle_power: nan}\n",
                   "c.yaml:5: energy.idle_power: expected a number in 0..1e+06, or unknown, got "
                   "\"nan\"");
    assert_refused(MESH "energy: {idle_power: [1]}\n",
                   "c.yaml:5: energy.idle_power: expected a number in 0..1e+06, or unknown, got a "
                   "list");
    assert_refused(MESH "timing: {tick: {value: 1, unit: ms}}\n",
                   "c.yaml:5: timing.tick: unit: expected s, got \"ms\"");
    assert_refused(MESH "timing: {tick: {value: 1, grade: X}}\n",
                   "c.yaml:5: timing.tick: grade: expected C, M, S, A, L, R, E, D, U or N, got "
                   "\"X\"");
    assert_refused(MESH "timing: {tick: {unit: s}}\n", "c.yaml:5: missing key \"value\"");
    assert_refused(MESH "timing: {tick: 1, tick: 2}\n",
                   "c.yaml:5: timing: key \"tick\" stands twice");
}

Test(chip, refuses_dead_things_that_are_not_there)
{
    assert_refused(MESH "dead: {chips: [[0, 2]]}\n",
                   "c.yaml:5: dead chip: y: expected a whole number in 0..1, got \"2\"");
    assert_refused(MESH "dead: {cores: [[0, 1]]}\n",
                   "c.yaml:5: dead core: expected [x, y, core], got a list of another length");
    assert_refused(MESH "dead: {cores: [[0, 1, 4]]}\n",
                   "c.yaml:5: dead core: core: expected a whole number in 0..3, got \"4\"");
    assert_refused(MESH "dead: {links: [[0, 0, 1]]}\n",
                   "c.yaml:5: dead link: expected 0, 2, 3 or 5, got 1");
    assert_refused(MESH "dead: {links: [[0, 0, 3]]}\n",
                   "c.yaml:5: dead link: link 3 of (0, 0) leads nowhere; expected one between two "
                   "chips");
    assert_refused(MESH "dead: {routers: []}\n",
                   "c.yaml:5: dead: unknown key \"routers\"; expected chips, cores, links or "
                   "one_way");
}

Test(chip, refuses_an_unknown_base)
{
    assert_refused(HEAD "base: placode-0x1\n",
                   "c.yaml:3: base: chip placode-0x1: expected placode-WxH with W and H in 1..256");
    assert_refused(HEAD "base: ./other.yaml\n",
                   "c.yaml:3: base: chip ./other.yaml: expected ideal, spinnaker-4, spinnaker-48, "
                   "spinnaker:WxH, spinnaker2, loihi, placode-WxH, mesh:WxH:CORES, "
                   "torus:WxH:CORES, hexmesh:WxH:CORES, hextorus:WxH:CORES or a YAML file");
}
