/* The books of engine mesh: they balance, and packets that reach a core twice are found. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/mesh.h"

#include <criterion/criterion.h>
#include <placode/placode.h>
#include <string.h>

static const char text[] =
    "placode: network/1\npopulations:\n"
    "  - {name: noise, size: 8, model: spike_source_poisson, params: {rate: 300}}\n"
    "  - {name: cells, size: 40, model: threshold, params: {threshold: 2}}\n"
    "projections:\n"
    "  - {from: noise, to: cells, connector: {type: all_to_all}, weight: 1}\n";

/* An engine on four cores, audited. */
static plc_mesh *begin(bool real_time)
{
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    plc_engine *engine = NULL;
    plc_error error = {0};
    plc_engine_settings settings = {.kind = "mesh", .seed = 1, .real_time = real_time};
    cr_assert_eq(plc_network_parse("t", NULL, text, strlen(text), 1, &network, &error), PLC_OK,
                 "%s", error.message);
    cr_assert_eq(plc_chip_open("torus:2x2:1", &chip, &error), PLC_OK, "%s", error.message);
    chip->quantities[PLC_CHIP_NEURONS_PER_CORE].value = 20;
    cr_assert_eq(plc_map(network, chip, NULL, &layout, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_engine_create(layout, &settings, &engine, &error), PLC_OK, "%s",
                 error.message);
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    plc_mesh *mesh = (plc_mesh *)engine;
    if (!mesh->audit.due)
        cr_assert_eq(plc_mesh_audit_begin(mesh, &error), PLC_OK);
    return mesh;
}

/* The branch of a route that reaches at least one core; `skip` of them are passed over. */
static plc_branch *find_branch(const plc_mesh *mesh, uint32_t skip)
{
    for (size_t i = 0; i < mesh->n_branches; i++)
        if (mesh->branches[i].n_leaves && skip-- == 0)
            return &mesh->branches[i];
    cr_assert_fail("no such branch");
    return NULL;
}

static plc_status run(plc_mesh *mesh, plc_error *error)
{
    return plc_engine_run(&mesh->fast.base, 50, NULL, NULL, error);
}

Test(mesh_audit, books_balance)
{
    for (int real_time = 0; real_time < 2; real_time++) {
        plc_mesh *mesh = begin(real_time);
        plc_error error = {0};
        cr_assert_eq(run(mesh, &error), PLC_OK, "%s", error.message);
        cr_assert_gt(mesh->cost.deliveries, 50);
        plc_engine_destroy(&mesh->fast.base);
    }
}

Test(mesh_audit, one_core_twice_for_another_is_found)
{
    for (int real_time = 0; real_time < 2; real_time++) {
        plc_mesh *mesh = begin(real_time);
        plc_error error = {0};
        find_branch(mesh, 1)->leaf = find_branch(mesh, 0)->leaf;
        cr_assert_eq(run(mesh, &error), PLC_DIFFERS, "the number of deliveries is right");
        cr_assert(strstr(error.message, "reached its leaf"), "%s", error.message);
        cr_assert(strstr(error.message, "twice"), "%s", error.message);
        plc_engine_destroy(&mesh->fast.base);
    }
}

Test(mesh_audit, one_delivery_more_or_less_is_found)
{
    for (int extra = -1; extra <= 1; extra += 2) {
        plc_mesh *mesh = begin(false);
        plc_error error = {0};
        plc_branch *branch = find_branch(mesh, extra > 0 ? 0 : 1);
        branch->n_leaves = (uint16_t)(branch->n_leaves + extra);
        cr_assert_eq(run(mesh, &error), PLC_DIFFERS);
        cr_assert(strstr(error.message, "were delivered"), "%s", error.message);
        plc_engine_destroy(&mesh->fast.base);
    }
}
