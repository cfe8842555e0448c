/* Files of routing tables: JSON, plain or gzipped. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/tables_file.h"

#include "base/error.h"
#include "base/memory.h"

#include <inttypes.h>
#include <jansson.h>

/* Bytes of JSON, which takes about forty times as much when parsed. */
static const size_t text_max = (size_t)1 << 27;

/* x and y below this; bits of spinnaker_route: six links, then cores. */
enum { SIDE_MAX = 65536, N_LINK_BITS = 6 };

/* What is being read, for messages. */
typedef struct place {
    const char *name;
    uint32_t table;
    int64_t entry; /* of the table; -1: none */
} place;

__attribute__((format(printf, 3, 4))) static plc_status fail_at(const place *at, plc_error *error,
                                                                const char *format, ...)
{
    char what[256], entry[32] = "";
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (at->entry >= 0)
        snprintf(entry, sizeof entry, "entries[%lld]: ", (long long)at->entry);
    return plc_fail(error, PLC_INVALID, "%s: tables[%u]: %s%s", at->name, at->table, entry, what);
}

/* What a value is, for messages. */
static void describe(const json_t *value, char *text, size_t size)
{
    static const char *const kinds[] = {"an object", "a list", "a text", "",
                                        "a real",    "true",   "false",  "null"};
    if (!value)
        snprintf(text, size, "nothing");
    else if (json_is_integer(value))
        snprintf(text, size, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else
        snprintf(text, size, "%s", kinds[json_typeof(value)]);
}

static plc_status read_whole(const place *at, const json_t *object, const char *key, uint32_t high,
                             uint32_t *ret_value, plc_error *error)
{
    const json_t *value = json_object_get(object, key);
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < 0 || number > high) {
        char got[40];
        describe(value, got, sizeof got);
        return fail_at(at, error, "%s: expected a whole number in 0..%u, got %s", key, high, got);
    }
    *ret_value = (uint32_t)number;
    return PLC_OK;
}

/* Fails unless the value is an object without other keys than those listed, ended by NULL. */
static plc_status expect_keys(const place *at, json_t *object, const char *const *keys,
                              const char *legal, plc_error *error)
{
    const char *key;
    json_t *value;
    if (!json_is_object(object)) {
        char got[40];
        describe(object, got, sizeof got);
        return fail_at(at, error, "expected an object with %s, got %s", legal, got);
    }
    json_object_foreach(object, key, value)
    {
        bool known = false;
        for (size_t i = 0; keys[i]; i++)
            known |= !strcmp(keys[i], key);
        if (!known)
            return fail_at(at, error, "unknown key \"%.40s\"; expected %s", key, legal);
    }
    return PLC_OK;
}

static plc_status read_entry(const place *at, json_t *object, plc_route_entry *entry,
                             bool *defaultable, plc_error *error)
{
    static const char *const keys[] = {"key", "mask", "defaultable", "spinnaker_route", NULL};
    const json_t *flag = json_object_get(object, "defaultable");
    uint32_t route;
    plc_status status =
        expect_keys(at, object, keys, "key, mask, defaultable, spinnaker_route", error);
    if (status == PLC_OK)
        status = read_whole(at, object, "key", UINT32_MAX, &entry->key, error);
    if (status == PLC_OK)
        status = read_whole(at, object, "mask", UINT32_MAX, &entry->mask, error);
    if (status == PLC_OK)
        status = read_whole(at, object, "spinnaker_route", UINT32_MAX, &route, error);
    if (status != PLC_OK)
        return status;
    if (entry->key & ~entry->mask)
        return fail_at(at, error, "key 0x%08x has bits outside its mask 0x%08x", entry->key,
                       entry->mask);
    if (flag && !json_is_boolean(flag)) {
        char got[40];
        describe(flag, got, sizeof got);
        return fail_at(at, error, "defaultable: expected true or false, got %s", got);
    }
    entry->links = route & ((1u << N_LINK_BITS) - 1);
    entry->cores.word[0] = route >> N_LINK_BITS;
    *defaultable = json_is_true(flag);
    return PLC_OK;
}

static plc_status read_table(place *at, json_t *object, routing_table *table, plc_error *error)
{
    static const char *const keys[] = {"x", "y", "entries", NULL};
    const json_t *entries = json_object_get(object, "entries");
    plc_status status = expect_keys(at, object, keys, "x, y, entries", error);
    if (status == PLC_OK)
        status = read_whole(at, object, "x", SIDE_MAX - 1, &table->x, error);
    if (status == PLC_OK)
        status = read_whole(at, object, "y", SIDE_MAX - 1, &table->y, error);
    if (status == PLC_OK && !json_is_array(entries)) {
        char got[40];
        describe(entries, got, sizeof got);
        return fail_at(at, error, "entries: expected a list, got %s", got);
    }
    if (status != PLC_OK)
        return status;
    table->n = (uint32_t)json_array_size(entries);
    table->entries = plc_array(table->n, sizeof *table->entries);
    table->defaultable = plc_array(table->n, sizeof *table->defaultable);
    if (!table->entries || !table->defaultable)
        return plc_fail_memory(error, at->name);
    for (at->entry = 0; status == PLC_OK && at->entry < table->n; at->entry++)
        status = read_entry(at, json_array_get(entries, (size_t)at->entry),
                            &table->entries[at->entry], &table->defaultable[at->entry], error);
    at->entry = -1;
    return status;
}

static plc_status read_list(const char *name, const json_t *root, table_list *list,
                            plc_error *error)
{
    place at = {.name = name, .entry = -1};
    plc_status status = PLC_OK;
    if (!json_is_array(root)) {
        char got[40];
        describe(root, got, sizeof got);
        return plc_fail(error, PLC_INVALID, "%s: expected a list of tables, got %s", name, got);
    }
    list->n = (uint32_t)json_array_size(root);
    list->tables = plc_array(list->n, sizeof *list->tables);
    if (!list->tables)
        return plc_fail_memory(error, name);
    for (; status == PLC_OK && at.table < list->n; at.table++)
        status = read_table(&at, json_array_get(root, at.table), &list->tables[at.table], error);
    return status;
}

plc_status tables_parse(const char *name, const char *text, size_t size, table_list *ret_list,
                        plc_error *error)
{
    json_error_t what;
    table_list list = {0};
    if (size > text_max)
        return plc_fail(error, PLC_INVALID, "%s: expected at most %zu bytes, got %zu", name,
                        text_max, size);
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &what);
    if (!root && json_error_code(&what) == json_error_out_of_memory)
        return plc_fail_memory(error, name);
    if (!root)
        return plc_fail(error, PLC_INVALID, "%s:%d: %s", name, what.line, what.text);
    plc_status status = read_list(name, root, &list, error);
    json_decref(root);
    if (status == PLC_OK)
        *ret_list = list;
    else
        tables_finish(&list);
    return status;
}

plc_status tables_read(const char *path, table_list *ret_list, plc_error *error)
{
    plc_bytes bytes = {0};
    plc_status status = plc_bytes_read(path, &bytes, error);
    if (status == PLC_OK)
        status = gzip_unpack(path, text_max, &bytes, error);
    if (status == PLC_OK)
        status = tables_parse(path, bytes.data, bytes.size, ret_list, error);
    plc_bytes_finish(&bytes);
    return status;
}

static void write_table(plc_text *text, const routing_table *table)
{
    plc_text_add(text, "{\"x\": %u, \"y\": %u, \"entries\": [", table->x, table->y);
    for (uint32_t i = 0; i < table->n; i++) {
        const plc_route_entry *entry = &table->entries[i];
        uint64_t route = entry->cores.word[0] << N_LINK_BITS | entry->links;
        plc_text_add(text,
                     "%s\n{\"key\": %u, \"mask\": %u, \"defaultable\": %s, \"spinnaker_route\": "
                     "%" PRIu64 "}",
                     i ? "," : "", entry->key, entry->mask,
                     table->defaultable[i] ? "true" : "false", route);
    }
    plc_text_add(text, "]}");
}

plc_status tables_write(const table_list *list, const char *path, plc_error *error)
{
    plc_text text = {0};
    plc_bytes packed = {0};
    size_t length = strlen(path);
    plc_status status = PLC_OK;
    plc_text_add(&text, "[");
    for (uint32_t i = 0; i < list->n; i++) {
        plc_text_add(&text, "%s", i ? ",\n" : "");
        write_table(&text, &list->tables[i]);
    }
    plc_text_add(&text, "]\n");
    if (text.failed)
        status = plc_fail_memory(error, path);
    else if (length < 3 || strcmp(path + length - 3, ".gz"))
        status = plc_file_write(path, text.data, text.n, error);
    else if ((status = gzip_pack(path, text.data, text.n, &packed, error)) == PLC_OK)
        status = plc_file_write(path, packed.data, packed.size, error);
    plc_bytes_finish(&packed);
    plc_text_finish(&text);
    return status;
}

void tables_finish(table_list *list)
{
    for (uint32_t i = 0; list->tables && i < list->n; i++) {
        free(list->tables[i].entries);
        free(list->tables[i].defaultable);
    }
    free(list->tables);
    *list = (table_list){0};
}
