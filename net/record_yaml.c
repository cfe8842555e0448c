/* Reading what a network file records. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/network_yaml.h"

#include "base/error.h"
#include "base/memory.h"

enum { SPIKES = 1, POTENTIAL = 2 };

/* The names of a file's populations, as far as they have one; whether those are legal is seen when
 * the populations are read. */
static plc_status read_names(plc_network_reader *r, plc_yaml_node populations)
{
    plc_names *names = &r->record.names;
    for (size_t i = 0; i < plc_yaml_length(populations); i++) {
        const char *name;
        plc_yaml_node node = plc_yaml_find(plc_yaml_item(populations, i), "name");
        if (plc_yaml_string(node, "name", &name, NULL) != PLC_OK ||
            plc_names_find(names, name, strlen(name)) != PLC_NO_NAME)
            continue;
        if (!plc_names_reserve(names))
            return plc_fail_memory(r->error, "record");
        plc_names_add(names, name);
    }
    r->record.flags = plc_array(names->n, sizeof *r->record.flags);
    return r->record.flags ? PLC_OK : plc_fail_memory(r->error, "record");
}

/* "spikes", "v" or a list of them. */
static plc_status read_what(plc_network_reader *r, plc_yaml_node what, uint8_t *flags)
{
    static const char *const words[] = {"spikes", "v", NULL};
    bool list = plc_yaml_get_kind(what) == PLC_YAML_SEQUENCE;
    for (size_t i = 0; i < (list ? plc_yaml_length(what) : 1); i++) {
        unsigned choice;
        plc_status status = plc_yaml_choice(list ? plc_yaml_item(what, i) : what, "record: what",
                                            words, &choice, r->error);
        if (status != PLC_OK)
            return status;
        *flags |= choice == 0 ? SPIKES : POTENTIAL;
    }
    return PLC_OK;
}

static plc_status read_entry(plc_network_reader *r, plc_yaml_node entry)
{
    static const char *const keys[] = {"population", "what", NULL};
    plc_yaml_node what, population;
    const char *name = NULL;
    plc_status status = plc_yaml_expect_keys(entry, "record", keys, r->error);
    if (status == PLC_OK)
        status = plc_yaml_require(entry, "what", &what, r->error);
    if (status == PLC_OK)
        status = plc_yaml_require(entry, "population", &population, r->error);
    if (status == PLC_OK)
        status = plc_yaml_string(population, "population", &name, r->error);
    if (status != PLC_OK)
        return status;
    uint32_t number = plc_names_find(&r->record.names, name, strlen(name));
    if (number == PLC_NO_NAME)
        return plc_yaml_fail(population, r->error, "record: no population \"%s\"", name);
    return read_what(r, what, &r->record.flags[number]);
}

plc_status plc_record_read(plc_network_reader *r, plc_yaml_node record, plc_yaml_node populations)
{
    if (plc_yaml_get_kind(record) == PLC_YAML_ABSENT)
        return PLC_OK;
    plc_status status = plc_yaml_expect(record, "record", PLC_YAML_SEQUENCE, r->error);
    if (status == PLC_OK)
        status = read_names(r, populations);
    for (size_t i = 0; status == PLC_OK && i < plc_yaml_length(record); i++)
        status = read_entry(r, plc_yaml_item(record, i));
    return status;
}

void plc_record_set_flags(const plc_record *record, plc_population_spec *spec)
{
    uint32_t number = plc_names_find(&record->names, spec->name, strlen(spec->name));
    if (number == PLC_NO_NAME)
        return;
    spec->record_spikes = record->flags[number] & SPIKES;
    spec->record_v = record->flags[number] & POTENTIAL;
}

void plc_record_finish(plc_record *record)
{
    plc_names_finish(&record->names);
    free(record->flags);
    *record = (plc_record){0};
}
