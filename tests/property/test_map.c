/* Random networks on random chips: every layout is proved by the verifier and comes back from its
 * file. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/layout/layout.h"
#include "tests/support/random_network.h"
#include "tests/support/thorough.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

enum { CASES = plc_thorough(120, 20), TWICE = plc_thorough(20, 4) };

static void prove(plc_network *network, const plc_layout *layout, uint64_t number)
{
    plc_error error = {0};
    plc_violations found = {0};
    cr_assert_eq(plc_layout_check(layout, &error), PLC_OK, "case %llu: %s",
                 (unsigned long long)number, error.message);
    cr_assert_eq(plc_verify(network, layout, &found, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(found.n, 0, "case %llu: %s", (unsigned long long)number, found.messages[0]);
}

static void prove_file(const plc_layout *layout, uint64_t number)
{
    char path[64];
    plc_error error = {0};
    plc_layout *back = NULL;
    snprintf(path, sizeof path, "/tmp/placode-map-%ld.h5", (long)getpid());
    cr_assert_eq(plc_layout_write(layout, path, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_layout_read(path, &back, &error), PLC_OK, "case %llu: %s",
                 (unsigned long long)number, error.message);
    cr_assert_eq(plc_layout_digest(layout), plc_layout_digest(back));
    plc_layout_destroy(back);
    unlink(path);
}

Test(map, every_layout_is_its_network, .timeout = 250)
{
    unsigned fitted = 0;
    for (uint64_t i = 0; i < CASES; i++) {
        plc_error error = {0};
        plc_network *network = random_network(i);
        plc_chip *chip = random_chip(i);
        plc_layout *layout = NULL;
        plc_status status = plc_map(network, chip, NULL, &layout, &error);
        cr_assert(status == PLC_OK || status == PLC_DOES_NOT_FIT, "case %llu: %s",
                  (unsigned long long)i, error.message);
        if (status == PLC_OK) {
            prove(network, layout, i);
            prove_file(layout, i);
            fitted++;
        }
        plc_layout_destroy(layout);
        plc_chip_destroy(chip);
        plc_network_destroy(network);
    }
    cr_assert_gt(fitted, CASES / 2, "only %u of %d networks fitted", fitted, CASES);
}

Test(map, is_the_same_twice)
{
    for (uint64_t i = 0; i < TWICE; i++) {
        uint64_t digests[2] = {0, 0};
        for (int twice = 0; twice < 2; twice++) {
            plc_error error = {0};
            plc_network *network = random_network(i);
            plc_chip *chip = random_chip(i + 5);
            plc_layout *layout = NULL;
            if (plc_map(network, chip, NULL, &layout, &error) == PLC_OK)
                digests[twice] = plc_layout_digest(layout);
            plc_layout_destroy(layout);
            plc_chip_destroy(chip);
            plc_network_destroy(network);
        }
        cr_assert_eq(digests[0], digests[1]);
    }
}
