/* YAML documents with positions, over libyaml. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/yaml.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/scan.h"

#include <stdarg.h>
#include <stdio.h>
#include <yaml.h>

struct plc_yaml {
    char *name;
    yaml_document_t document;
    bool loaded;
};

static yaml_node_t *node_of(plc_yaml_node node)
{
    return node.yaml && node.id ? yaml_document_get_node(&node.yaml->document, node.id) : NULL;
}

static plc_status parse_document(plc_yaml *yaml, yaml_parser_t *parser, plc_error *error)
{
    if (!yaml_parser_load(parser, &yaml->document)) {
        if (parser->error == YAML_MEMORY_ERROR)
            return plc_fail_memory(error, yaml->name);
        size_t line = parser->error == YAML_READER_ERROR ? 1 : parser->problem_mark.line + 1;
        return plc_fail(error, PLC_INVALID, "%s:%zu: not YAML: %s", yaml->name, line,
                        parser->problem ? parser->problem : "unreadable");
    }
    yaml->loaded = true;
    if (!yaml_document_get_root_node(&yaml->document))
        return plc_fail(error, PLC_INVALID, "%s:1: empty document", yaml->name);
    yaml_document_t next;
    if (!yaml_parser_load(parser, &next))
        return plc_fail(error, PLC_INVALID, "%s:%zu: not YAML: %s", yaml->name,
                        parser->problem_mark.line + 1,
                        parser->problem ? parser->problem : "unreadable");
    bool more = yaml_document_get_root_node(&next) != NULL;
    size_t line = next.start_mark.line + 1;
    yaml_document_delete(&next);
    return more ? plc_fail(error, PLC_INVALID, "%s:%zu: a second document; expected one",
                           yaml->name, line)
                : PLC_OK;
}

enum { DEPTH_MAX = 64, ALIASES_MAX = 1000 };

/* Refuses documents that cost far more than their size: libyaml takes time quadratic in the depth
 * of lists, and aliases can repeat a large part many times. */
static plc_status check_events(const char *name, yaml_parser_t *parser, plc_error *error)
{
    unsigned depth = 0, aliases = 0;
    for (bool ended = false; !ended;) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event))
            return PLC_OK; /* the loader will say what is wrong */
        size_t line = event.start_mark.line + 1;
        bool opens =
            event.type == YAML_SEQUENCE_START_EVENT || event.type == YAML_MAPPING_START_EVENT;
        bool closes = event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT;
        ended = event.type == YAML_STREAM_END_EVENT;
        aliases += event.type == YAML_ALIAS_EVENT;
        depth += opens;
        depth -= closes;
        yaml_event_delete(&event);
        if (depth > DEPTH_MAX)
            return plc_fail(error, PLC_INVALID, "%s:%zu: expected lists at most %d deep", name,
                            line, DEPTH_MAX);
        if (aliases > ALIASES_MAX)
            return plc_fail(error, PLC_INVALID, "%s:%zu: expected at most %d aliases", name, line,
                            ALIASES_MAX);
    }
    return PLC_OK;
}

static plc_status check_text(const char *name, const char *text, size_t length, plc_error *error)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return plc_fail_memory(error, name);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    plc_status status = check_events(name, &parser, error);
    yaml_parser_delete(&parser);
    return status;
}

plc_status plc_yaml_parse(const char *name, const char *text, size_t length, plc_yaml **ret_yaml,
                          plc_error *error)
{
    yaml_parser_t parser;
    plc_status status = check_text(name, text, length, error);
    if (status != PLC_OK)
        return status;
    plc_yaml *yaml = plc_array(1, sizeof *yaml);
    if (!yaml || !(yaml->name = plc_string_copy(name)) || !yaml_parser_initialize(&parser)) {
        plc_yaml_destroy(yaml);
        return plc_fail_memory(error, name);
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    status = parse_document(yaml, &parser, error);
    yaml_parser_delete(&parser);
    if (status == PLC_OK)
        *ret_yaml = yaml;
    else
        plc_yaml_destroy(yaml);
    return status;
}

void plc_yaml_destroy(plc_yaml *yaml)
{
    if (!yaml)
        return;
    if (yaml->loaded)
        yaml_document_delete(&yaml->document);
    free(yaml->name);
    free(yaml);
}

plc_yaml_node plc_yaml_root(plc_yaml *yaml)
{
    return (plc_yaml_node){yaml, 1};
}

plc_yaml_kind plc_yaml_get_kind(plc_yaml_node node)
{
    const yaml_node_t *at = node_of(node);
    if (!at)
        return PLC_YAML_ABSENT;
    return at->type == YAML_MAPPING_NODE    ? PLC_YAML_MAPPING
           : at->type == YAML_SEQUENCE_NODE ? PLC_YAML_SEQUENCE
                                            : PLC_YAML_SCALAR;
}

uint64_t plc_yaml_line(plc_yaml_node node)
{
    const yaml_node_t *at = node_of(node);
    return at ? at->start_mark.line + 1 : 0;
}

plc_status plc_yaml_fail(plc_yaml_node node, plc_error *error, const char *format, ...)
{
    char message[768];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return plc_fail(error, PLC_INVALID, "%s:%llu: %s", node.yaml->name,
                    (unsigned long long)plc_yaml_line(node), message);
}

/* "a, b or c" into a buffer, cut short where it would not fit. */
static void list_names(const char *const *names, char *buffer, size_t size)
{
    size_t n = 0;
    buffer[0] = 0;
    for (size_t i = 0; names[i] && n < size; i++)
        n += (size_t)snprintf(buffer + n, size - n, "%s%s",
                              i == 0         ? ""
                              : names[i + 1] ? ", "
                                             : " or ",
                              names[i]);
}

static const char *scalar_text(plc_yaml_node node, size_t *ret_length)
{
    const yaml_node_t *at = node_of(node);
    if (!at || at->type != YAML_SCALAR_NODE)
        return NULL;
    *ret_length = at->data.scalar.length;
    return (const char *)at->data.scalar.value;
}

static bool scalar_equals(plc_yaml_node node, const char *text)
{
    size_t length;
    const char *scalar = scalar_text(node, &length);
    return scalar && length == strlen(text) && !memcmp(scalar, text, length);
}

/* What stands at a node, for "expected ..., got ...". */
static const char *describe(plc_yaml_node node, char *buffer, size_t size)
{
    size_t length;
    const char *scalar = scalar_text(node, &length);
    if (scalar)
        snprintf(buffer, size, "\"%.*s\"", (int)(length < 40 ? length : 40), scalar);
    else
        snprintf(buffer, size,
                 plc_yaml_get_kind(node) == PLC_YAML_SEQUENCE ? "a list" : "a mapping");
    return buffer;
}

plc_status plc_yaml_expect(plc_yaml_node node, const char *what, plc_yaml_kind kind,
                           plc_error *error)
{
    char got[64];
    if (plc_yaml_get_kind(node) == kind)
        return PLC_OK;
    return plc_yaml_fail(node, error, "%s: expected %s, got %s", what,
                         kind == PLC_YAML_SEQUENCE  ? "a list"
                         : kind == PLC_YAML_MAPPING ? "a mapping"
                                                    : "a value",
                         describe(node, got, sizeof got));
}

plc_status plc_yaml_expect_keys(plc_yaml_node node, const char *what, const char *const *keys,
                                plc_error *error)
{
    plc_status status = plc_yaml_expect(node, what, PLC_YAML_MAPPING, error);
    for (size_t i = 0; status == PLC_OK && i < plc_yaml_length(node); i++) {
        plc_yaml_node key, value;
        char got[64], legal[512];
        plc_yaml_pair(node, i, &key, &value);
        size_t k = 0;
        while (keys[k] && !scalar_equals(key, keys[k]))
            k++;
        if (!keys[k]) {
            list_names(keys, legal, sizeof legal);
            return plc_yaml_fail(key, error, "%s: unknown key %s; expected %s", what,
                                 describe(key, got, sizeof got), legal);
        }
        for (size_t j = 0; j < i; j++) {
            plc_yaml_node earlier;
            plc_yaml_pair(node, j, &earlier, &value);
            if (scalar_equals(earlier, keys[k]))
                return plc_yaml_fail(key, error, "%s: key \"%s\" stands twice", what, keys[k]);
        }
    }
    return status;
}

plc_yaml_node plc_yaml_find(plc_yaml_node mapping, const char *key)
{
    size_t n = plc_yaml_get_kind(mapping) == PLC_YAML_MAPPING ? plc_yaml_length(mapping) : 0;
    for (size_t i = 0; i < n; i++) {
        plc_yaml_node at, value;
        plc_yaml_pair(mapping, i, &at, &value);
        if (scalar_equals(at, key))
            return value;
    }
    return (plc_yaml_node){mapping.yaml, 0};
}

plc_status plc_yaml_require(plc_yaml_node mapping, const char *key, plc_yaml_node *ret_node,
                            plc_error *error)
{
    plc_yaml_node node = plc_yaml_find(mapping, key);
    if (plc_yaml_get_kind(node) == PLC_YAML_ABSENT)
        return plc_yaml_fail(mapping, error, "missing key \"%s\"", key);
    *ret_node = node;
    return PLC_OK;
}

size_t plc_yaml_length(plc_yaml_node node)
{
    const yaml_node_t *at = node_of(node);
    if (at && at->type == YAML_SEQUENCE_NODE)
        return (size_t)(at->data.sequence.items.top - at->data.sequence.items.start);
    if (at && at->type == YAML_MAPPING_NODE)
        return (size_t)(at->data.mapping.pairs.top - at->data.mapping.pairs.start);
    return 0;
}

plc_yaml_node plc_yaml_item(plc_yaml_node sequence, size_t i)
{
    return (plc_yaml_node){sequence.yaml, node_of(sequence)->data.sequence.items.start[i]};
}

void plc_yaml_pair(plc_yaml_node mapping, size_t i, plc_yaml_node *ret_key,
                   plc_yaml_node *ret_value)
{
    const yaml_node_pair_t *pair = &node_of(mapping)->data.mapping.pairs.start[i];
    *ret_key = (plc_yaml_node){mapping.yaml, pair->key};
    *ret_value = (plc_yaml_node){mapping.yaml, pair->value};
}

plc_status plc_yaml_int(plc_yaml_node node, const char *what, int64_t low, int64_t high,
                        int64_t *ret_value, plc_error *error)
{
    char got[64];
    size_t length;
    int64_t value;
    const char *text = scalar_text(node, &length);
    if (!text || !plc_parse_int(text, length, &value) || value < low || value > high)
        return plc_yaml_fail(node, error, "%s: expected a whole number in %lld..%lld, got %s", what,
                             (long long)low, (long long)high, describe(node, got, sizeof got));
    *ret_value = value;
    return PLC_OK;
}

plc_status plc_yaml_real(plc_yaml_node node, const char *what, double low, double high,
                         double *ret_value, plc_error *error)
{
    char got[64];
    size_t length;
    double value;
    const char *text = scalar_text(node, &length);
    if (!text || !plc_parse_real(text, length, &value) || value < low || value > high)
        return plc_yaml_fail(node, error, "%s: expected a number in %g..%g, got %s", what, low,
                             high, describe(node, got, sizeof got));
    *ret_value = value;
    return PLC_OK;
}

plc_status plc_yaml_bool(plc_yaml_node node, const char *what, bool *ret_value, plc_error *error)
{
    static const char *const names[] = {"false", "true", NULL};
    unsigned choice;
    plc_status status = plc_yaml_choice(node, what, names, &choice, error);
    if (status == PLC_OK)
        *ret_value = choice == 1;
    return status;
}

plc_status plc_yaml_string(plc_yaml_node node, const char *what, const char **ret_text,
                           plc_error *error)
{
    char got[64];
    size_t length;
    const char *text = scalar_text(node, &length);
    if (!text || !length || strlen(text) != length)
        return plc_yaml_fail(node, error, "%s: expected a text, got %s", what,
                             describe(node, got, sizeof got));
    *ret_text = text;
    return PLC_OK;
}

plc_status plc_yaml_choice(plc_yaml_node node, const char *what, const char *const *names,
                           unsigned *ret_choice, plc_error *error)
{
    char got[64], legal[512];
    for (unsigned i = 0; names[i]; i++) {
        if (scalar_equals(node, names[i])) {
            *ret_choice = i;
            return PLC_OK;
        }
    }
    list_names(names, legal, sizeof legal);
    return plc_yaml_fail(node, error, "%s: expected %s, got %s", what, legal,
                         describe(node, got, sizeof got));
}
