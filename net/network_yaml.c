/* Reading network files: YAML with PyNN's words, and a position in every error. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/network_yaml.h"

#include "base/error.h"
#include "base/file.h"

#include <string.h>

plc_status plc_network_at_node(plc_yaml_node node, const char *what, plc_status status,
                               plc_error *error)
{
    if (status == PLC_OK || !error)
        return status;
    plc_error inner = *error;
    plc_yaml_fail(node, error, "%s: %.700s", what, inner.message);
    error->status = status;
    return status;
}

static plc_status read_head(plc_yaml_node root, double *ret_tick_ms, plc_error *error)
{
    static const char *const keys[] = {"placode",     "tick",   "populations",
                                       "projections", "record", NULL};
    static const char *const versions[] = {"network/1", NULL};
    plc_yaml_node node;
    unsigned version;
    plc_status status = plc_yaml_expect_keys(root, "network", keys, error);
    if (status == PLC_OK)
        status = plc_yaml_require(root, "placode", &node, error);
    if (status == PLC_OK)
        status = plc_yaml_choice(node, "placode", versions, &version, error);
    node = plc_yaml_find(root, "tick");
    *ret_tick_ms = 1;
    if (status == PLC_OK && plc_yaml_get_kind(node) != PLC_YAML_ABSENT)
        status = plc_yaml_real(node, "tick", 1e-3, 1e6, ret_tick_ms, error);
    return status;
}

static plc_status read_network(plc_network_reader *r, const char *name, plc_yaml_node root)
{
    plc_yaml_node populations, projections = plc_yaml_find(root, "projections");
    plc_yaml_node record = plc_yaml_find(root, "record");
    plc_status status = plc_yaml_require(root, "populations", &populations, r->error);
    if (status == PLC_OK)
        status = plc_yaml_expect(populations, "populations", PLC_YAML_SEQUENCE, r->error);
    if (status == PLC_OK && plc_yaml_length(populations) == 0)
        status = plc_yaml_fail(populations, r->error, "populations: expected at least one");
    if (status == PLC_OK)
        status = plc_record_read(r, record, populations);
    for (size_t i = 0; status == PLC_OK && i < plc_yaml_length(populations); i++)
        status = plc_population_read(r, plc_yaml_item(populations, i), i);

    if (status == PLC_OK && plc_yaml_get_kind(projections) != PLC_YAML_ABSENT)
        status = plc_yaml_expect(projections, "projections", PLC_YAML_SEQUENCE, r->error);
    for (size_t i = 0; status == PLC_OK && i < plc_yaml_length(projections); i++)
        status = plc_projection_read(r, plc_yaml_item(projections, i), name, i);
    return status;
}

plc_status plc_network_parse(const char *name, const char *folder, const char *text, size_t length,
                             uint64_t seed, plc_network **ret_network, plc_error *error)
{
    plc_yaml *yaml = NULL;
    double tick_ms = 1;
    plc_network_reader r = {.folder = folder, .error = error};
    plc_status status = plc_yaml_parse(name, text, length, &yaml, error);
    if (status == PLC_OK)
        status = read_head(plc_yaml_root(yaml), &tick_ms, error);
    if (status == PLC_OK)
        status = plc_network_create(tick_ms, seed, &r.network, error);
    if (status == PLC_OK)
        status = read_network(&r, name, plc_yaml_root(yaml));
    plc_record_finish(&r.record);
    plc_yaml_destroy(yaml);
    if (status == PLC_OK)
        *ret_network = r.network;
    else
        plc_network_destroy(r.network);
    return status;
}

plc_status plc_network_read(const char *path, uint64_t seed, plc_network **ret_network,
                            plc_error *error)
{
    plc_bytes bytes = {0};
    plc_status status = plc_bytes_read(path, &bytes, error);
    if (status == PLC_OK)
        status = plc_network_parse(path, path, bytes.data, bytes.size, seed, ret_network, error);
    plc_bytes_finish(&bytes);
    return status;
}
