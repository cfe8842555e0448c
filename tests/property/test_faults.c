/* Planted faults: the verifier names each, and the spikes are no longer the network's. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/layout/layout.h"
#include "tests/support/random_network.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { TICKS = 60 };

typedef struct fixture {
    plc_network *network;
    plc_layout *layout;
    uint64_t digest;
} fixture;

/* Two populations on several chips of a mesh, with routing tables to damage. */
static fixture make(void)
{
    static const char text[] =
        "placode: network/1\npopulations:\n"
        "  - {name: in, size: 30, model: spike_source_poisson, params: {rate: 200}}\n"
        "  - {name: a, size: 60, model: lif_curr_exp, params: {v_thresh: -60, tau_m: 10}}\n"
        "  - {name: b, size: 60, model: threshold}\n"
        "projections:\n"
        "  - {from: in, to: a, connector: {type: fixed_probability, p: 0.5}, weight: 2, delay: 2}\n"
        "  - {from: a, to: b, connector: {type: fixed_probability, p: 0.3}, weight: 1, delay: 3}\n"
        "  - {from: b, to: a, connector: {type: one_to_one}, weight: 1, receptor: inhibitory}\n";
    static const char chip_text[] =
        "placode: chip/1\nname: small\ngeometry: {width: 3, height: 3, links: 4, wrap: false}\n"
        "cores: 1\nlimits: {neurons_per_core: 20}\n";
    plc_error error = {0};
    plc_chip *chip = NULL;
    fixture f = {0};
    cr_assert_eq(plc_network_parse("net", NULL, text, strlen(text), 1, &f.network, &error), PLC_OK,
                 "%s", error.message);
    cr_assert_eq(plc_chip_parse("chip", chip_text, strlen(chip_text), &chip, &error), PLC_OK, "%s",
                 error.message);
    cr_assert_eq(plc_map(f.network, chip, NULL, &f.layout, &error), PLC_OK, "%s", error.message);
    plc_chip_destroy(chip);
    f.digest = fast_digest(f.layout, 1, TICKS, 1);
    return f;
}

static uint64_t violations(const fixture *f)
{
    plc_violations found = {0};
    plc_error error = {0};
    cr_assert_eq(plc_verify(f->network, f->layout, &found, &error), PLC_OK, "%s", error.message);
    return found.n;
}

static void finish(fixture *f)
{
    plc_layout_destroy(f->layout);
    plc_network_destroy(f->network);
}

static void store_synapse(plc_layout *layout, uint64_t i, plc_synapse synapse)
{
    uint64_t word = plc_row_format_pack(&layout->format, synapse);
    if (layout->format.word_bytes == 4)
        ((uint32_t *)layout->words)[i] = (uint32_t)word;
    else
        ((uint64_t *)layout->words)[i] = word;
}

/* Changes a synapse of the middle of the rows. */
static void change_synapse(plc_layout *layout, int32_t weight_by, int delay_by, int target_by)
{
    for (uint64_t i = 0; i < layout->n_words; i += 7) {
        plc_synapse s = plc_layout_synapse(layout, i);
        s.weight += weight_by;
        s.delay = (uint16_t)(s.delay + delay_by);
        s.target = (uint32_t)((int)s.target ^ target_by);
        store_synapse(layout, i, s);
    }
}

static void expect_caught(fixture *f, bool changes_spikes)
{
    cr_assert_gt(violations(f), 0);
    if (changes_spikes)
        cr_assert_neq(fast_digest(f->layout, 1, TICKS, 1), f->digest);
    finish(f);
}

Test(faults, sound_layout_has_none)
{
    fixture f = make();
    cr_assert_eq(violations(&f), 0);
    cr_assert_gt(f.layout->route_offsets[9], 0, "the fixture must have routing entries");
    finish(&f);
}

Test(faults, wrong_weight)
{
    fixture f = make();
    change_synapse(f.layout, -1, 0, 0);
    expect_caught(&f, true);
}

Test(faults, changed_delay)
{
    fixture f = make();
    change_synapse(f.layout, 0, -1, 0);
    expect_caught(&f, true);
}

Test(faults, changed_target)
{
    fixture f = make();
    change_synapse(f.layout, 0, 0, 1);
    expect_caught(&f, true);
}

/* The entry that the stimulus' own packets begin with, so that the spikes must change. */
Test(faults, dropped_table_entry)
{
    fixture f = make();
    plc_layout *layout = f.layout;
    const plc_slice *slice = layout->slices;
    while (slice->population != 0)
        slice++;
    uint32_t router = layout->cores[slice->core].router, i = layout->route_offsets[router];
    while ((slice->key & layout->route_entries[i].mask) != layout->route_entries[i].key)
        i++;
    cr_assert_lt(i, layout->route_offsets[router + 1], "the stimulus must have an entry");
    memmove(layout->route_entries + i, layout->route_entries + i + 1,
            (layout->route_offsets[9] - i - 1) * sizeof *layout->route_entries);
    for (; router < 9; router++)
        layout->route_offsets[router + 1]--;
    expect_caught(&f, true);
}

Test(faults, entry_that_sends_the_wrong_way)
{
    fixture f = make();
    for (uint32_t i = 0; i < f.layout->route_offsets[9]; i++)
        if (f.layout->route_entries[i].links)
            f.layout->route_entries[i].links = 0;
    expect_caught(&f, true);
}

Test(faults, entry_that_delivers_nowhere)
{
    fixture f = make();
    for (uint32_t i = 0; i < f.layout->route_offsets[9]; i++)
        plc_core_set_add(&f.layout->route_entries[i].cores, 5);
    expect_caught(&f, false);
}

Test(faults, shifted_rows)
{
    fixture f = make();
    for (uint32_t i = 0; i < f.layout->n_key_entries; i++)
        if (f.layout->key_entries[i].first_row)
            f.layout->key_entries[i].first_row--;
    expect_caught(&f, true);
}

Test(faults, shared_keys)
{
    fixture f = make();
    plc_slice *first = NULL, *second = NULL; /* of the stimulus, so that the spikes must change */
    for (uint32_t i = 0; i < f.layout->n_slices; i++) {
        plc_slice *slice = &f.layout->slices[i];
        if (slice->population == 0)
            *(first ? &second : &first) = slice;
    }
    second->key = first->key;
    expect_caught(&f, true);
}

Test(faults, changed_parameter)
{
    fixture f = make();
    f.layout->populations[1].params[2] -= 1 << 15;
    expect_caught(&f, true);
}

Test(faults, changed_state)
{
    fixture f = make();
    f.layout->populations[1].state[0] -= 1 << 15;
    expect_caught(&f, false);
}

Test(faults, broken_limits)
{
    fixture f = make();
    f.layout->chip->quantities[PLC_CHIP_NEURONS_PER_CORE].value = 10;
    f.layout->chip->quantities[PLC_CHIP_ROUTER_ENTRIES].value = 1;
    f.layout->chip->quantities[PLC_CHIP_SYNAPSE_MEMORY].value = 100;
    f.layout->chip->quantities[PLC_CHIP_RING_SLOTS].value = 2;
    expect_caught(&f, false);
}

/* The widest weight goes to lif_curr_exp, where it has no sign. */
Test(faults, weights_wider_than_the_chip)
{
    fixture f = make();
    int32_t widest = 0;
    for (uint64_t i = 0; i < f.layout->n_words; i++) {
        int32_t weight = plc_layout_synapse(f.layout, i).weight;
        widest = weight > widest ? weight : widest;
    }
    int bits = 32 - __builtin_clz((unsigned)widest);
    plc_quantity *limit = &f.layout->chip->quantities[PLC_CHIP_WEIGHT_BITS];
    limit->value = bits;
    cr_assert_eq(violations(&f), 0, "%d takes %d bits", widest, bits);
    limit->value = bits - 1;
    expect_caught(&f, false);
}

/* Weights of 1 to threshold cells take two bits, the sign being one of them. */
Test(faults, signed_weights_wider_than_the_chip)
{
    fixture f = make();
    for (uint64_t i = 0; i < f.layout->n_words; i++) {
        plc_synapse s = plc_layout_synapse(f.layout, i);
        s.weight = s.weight == 1;
        store_synapse(f.layout, i, s);
    }
    f.layout->chip->quantities[PLC_CHIP_WEIGHT_BITS].value = 2;
    uint64_t others = violations(&f);
    f.layout->chip->quantities[PLC_CHIP_WEIGHT_BITS].value = 1;
    cr_assert_gt(violations(&f), others);
    finish(&f);
}

Test(faults, another_tick)
{
    fixture f = make();
    f.layout->tick_ms = 2;
    expect_caught(&f, false);
}

Test(faults, changed_recordings)
{
    fixture f = make();
    f.layout->populations[1].record_spikes = true;
    cr_assert_eq(violations(&f), 1);
    f.layout->populations[1].record_spikes = false;
    f.layout->populations[1].record_v = true;
    expect_caught(&f, false);
}

/* An entry that matches every key and leads nowhere does harm before the others of its table, and
 * none behind them to the packets that they match. */
Test(faults, first_match_wins)
{
    uint64_t found[2];
    for (int first = 0; first < 2; first++) {
        fixture f = make();
        uint32_t router = 0, *offsets = f.layout->route_offsets, n = offsets[9];
        while (offsets[router + 1] == 0)
            router++;
        uint32_t at = first ? offsets[router] : offsets[router + 1];
        plc_route_entry *entries = calloc(n + 1ul, sizeof *entries);
        cr_assert(entries);
        memcpy(entries, f.layout->route_entries, at * sizeof *entries);
        memcpy(entries + at + 1, f.layout->route_entries + at, (n - at) * sizeof *entries);
        free(f.layout->route_entries);
        f.layout->route_entries = entries;
        for (uint32_t r = router; r < 9; r++)
            offsets[r + 1]++;
        found[first] = violations(&f);
        finish(&f);
    }
    cr_assert_gt(found[1], found[0]);
}

Test(faults, dead_router)
{
    fixture f = make();
    f.layout->chip->alive[0] = false;
    expect_caught(&f, false);
}
