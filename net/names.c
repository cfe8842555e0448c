/* Names and their numbers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/names.h"

#include "base/digest.h"
#include "base/memory.h"

/* The slot that holds a name, or the empty one where it belongs; there is always an empty one. */
static size_t find_slot(const plc_names *names, const char *name, size_t length)
{
    size_t mask = names->n_slots - 1;
    size_t slot = plc_digest_bytes(0, name, length) & mask;
    for (; names->slots[slot]; slot = (slot + 1) & mask) {
        const char *other = names->names[names->slots[slot] - 1];
        if (strlen(other) == length && !memcmp(other, name, length)) /* a name may hold a 0 */
            break;
    }
    return slot;
}

uint32_t plc_names_find(const plc_names *names, const char *name, size_t length)
{
    uint32_t held = names->n ? names->slots[find_slot(names, name, length)] : 0;
    return held ? held - 1 : PLC_NO_NAME;
}

/* Doubles the slots and puts every name into one of them. */
static bool grow_slots(plc_names *names)
{
    plc_names grown = *names;
    grown.n_slots = names->n_slots ? 2 * names->n_slots : 16;
    if (!(grown.slots = plc_array(grown.n_slots, sizeof *grown.slots)))
        return false;
    for (size_t i = 0; i < names->n; i++)
        grown.slots[find_slot(&grown, names->names[i], strlen(names->names[i]))] = (uint32_t)i + 1;
    free(names->slots);
    *names = grown;
    return true;
}

bool plc_names_reserve(plc_names *names)
{
    return plc_array_reserve(&names->names, &names->names_capacity, names->n + 1,
                             sizeof *names->names) &&
           (2 * (names->n + 1) < names->n_slots || grow_slots(names));
}

void plc_names_add(plc_names *names, const char *name)
{
    names->slots[find_slot(names, name, strlen(name))] = (uint32_t)names->n + 1;
    names->names[names->n++] = name;
}

void plc_names_finish(plc_names *names)
{
    free(names->names);
    free(names->slots);
    *names = (plc_names){0};
}
