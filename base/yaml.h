/* YAML documents with positions: typed reads that explain what was legal. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_BASE_YAML_H
#define PLC_BASE_YAML_H

#include <placode/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct plc_yaml plc_yaml;

/* A node of a document; the zeroed one is "absent". Valid as long as its document. */
typedef struct plc_yaml_node {
    plc_yaml *yaml;
    int id;
} plc_yaml_node;

typedef enum plc_yaml_kind {
    PLC_YAML_ABSENT,
    PLC_YAML_SCALAR,
    PLC_YAML_SEQUENCE,
    PLC_YAML_MAPPING,
} plc_yaml_kind;

/* Parses a text that holds one document; `name` is copied and stands before every message. */
plc_status plc_yaml_parse(const char *name, const char *text, size_t length, plc_yaml **ret_yaml,
                          plc_error *error);
void plc_yaml_destroy(plc_yaml *yaml);

plc_yaml_node plc_yaml_root(plc_yaml *yaml);
plc_yaml_kind plc_yaml_get_kind(plc_yaml_node node);
/* Line of the node, from 1; 0 when absent. */
uint64_t plc_yaml_line(plc_yaml_node node);

/* "name:line: message"; always PLC_INVALID. */
__attribute__((format(printf, 3, 4))) plc_status plc_yaml_fail(plc_yaml_node node, plc_error *error,
                                                               const char *format, ...);

/* Fails unless the node is a mapping whose keys are all in `keys` (NULL-terminated), none twice.
 * `what` names the node. */
plc_status plc_yaml_expect_keys(plc_yaml_node node, const char *what, const char *const *keys,
                                plc_error *error);
/* The value of a key of a mapping; absent if there is none, or the node is no mapping. */
plc_yaml_node plc_yaml_find(plc_yaml_node mapping, const char *key);
/* The same, failing when the key is missing. */
plc_status plc_yaml_require(plc_yaml_node mapping, const char *key, plc_yaml_node *ret_node,
                            plc_error *error);

/* Items of a sequence, or pairs of a mapping. */
size_t plc_yaml_length(plc_yaml_node node);
plc_yaml_node plc_yaml_item(plc_yaml_node sequence, size_t i);
void plc_yaml_pair(plc_yaml_node mapping, size_t i, plc_yaml_node *ret_key,
                   plc_yaml_node *ret_value);

/* Typed reads; `what` names the quantity in the message, which gives file, line and the legal
 * range. */
plc_status plc_yaml_int(plc_yaml_node node, const char *what, int64_t low, int64_t high,
                        int64_t *ret_value, plc_error *error);
plc_status plc_yaml_real(plc_yaml_node node, const char *what, double low, double high,
                         double *ret_value, plc_error *error);
plc_status plc_yaml_bool(plc_yaml_node node, const char *what, bool *ret_value, plc_error *error);
/* The text of a scalar, owned by the document; never empty. */
plc_status plc_yaml_string(plc_yaml_node node, const char *what, const char **ret_text,
                           plc_error *error);
/* A scalar that must be one of `names` (NULL-terminated); gives its number. */
plc_status plc_yaml_choice(plc_yaml_node node, const char *what, const char *const *names,
                           unsigned *ret_choice, plc_error *error);
/* Fails unless the node is a sequence or a mapping, respectively. */
plc_status plc_yaml_expect(plc_yaml_node node, const char *what, plc_yaml_kind kind,
                           plc_error *error);

#endif
