/* Reader of dimod's binary quadratic models in JSON: to_serializable()'s schema 3, and a plain form
 * with "linear" and "quadratic". */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "ising/terms.h"

#include <jansson.h>

/* Bytes of JSON, which takes about forty times as much when parsed. */
static const size_t TEXT_MAX = (size_t)1 << 27;

typedef struct bqm {
    const char *name;
    plc_terms *terms;
    json_t *numbers; /* of the labels, by the text of each; owned */
    plc_error *error;
} bqm;

/* The text by which a label is looked up; false for labels that are neither texts nor whole. */
static bool label_text(const json_t *label, char *buffer, size_t size, const char **ret_text)
{
    *ret_text = buffer;
    if (json_is_string(label))
        *ret_text = json_string_value(label);
    else if (json_is_integer(label))
        snprintf(buffer, size, "%" JSON_INTEGER_FORMAT, json_integer_value(label));
    else
        return false;
    return true;
}

/* The number of a variable, a new one for a label not seen before. */
static plc_status find_variable(bqm *b, const char *what, size_t at, const json_t *label,
                                uint32_t *ret_variable)
{
    char buffer[32];
    const char *text;
    if (!label_text(label, buffer, sizeof buffer, &text))
        return plc_fail(b->error, PLC_INVALID,
                        "%s: %s[%zu]: expected a label, a text or a whole number", b->name, what,
                        at);
    const json_t *number = json_object_get(b->numbers, text);
    if (!number) {
        if (b->terms->n_variables == PLC_VARIABLES_MAX)
            return plc_fail(b->error, PLC_INVALID, "%s: expected at most %d variables", b->name,
                            PLC_VARIABLES_MAX);
        *ret_variable = b->terms->n_variables++;
        return json_object_set_new(b->numbers, text, json_integer(*ret_variable))
                   ? plc_fail_memory(b->error, b->name)
                   : PLC_OK;
    }
    *ret_variable = (uint32_t)json_integer_value(number);
    return PLC_OK;
}

static plc_status read_weight(const bqm *b, const char *what, size_t at, const json_t *value,
                              plc_decimal *ret_weight)
{
    char text[32];
    bool legal = false;
    if (json_is_integer(value)) {
        snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        legal = plc_decimal_parse(text, strlen(text), ret_weight);
    } else if (json_is_real(value)) {
        legal = plc_decimal_from_real(json_real_value(value), ret_weight);
    }
    return legal ? PLC_OK
                 : plc_fail(b->error, PLC_INVALID, "%s: %s[%zu]: expected a number in -1e18..1e18",
                            b->name, what, at);
}

static plc_status add(bqm *b, const char *what, size_t at, uint32_t u, uint32_t v,
                      const json_t *value)
{
    plc_decimal weight = {0};
    plc_status status = read_weight(b, what, at, value, &weight);
    if (status == PLC_OK && !plc_terms_add(b->terms, u, v, weight))
        status = plc_fail_memory(b->error, b->name);
    return status;
}

/* A list of a key, also as {"type": "array", "data": [...]}; NULL after a failure. */
static const json_t *find_list(bqm *b, const json_t *root, const char *key)
{
    const json_t *value = json_object_get(root, key);
    const json_t *data = json_object_get(value, "data");
    if (json_is_object(value) && !json_is_true(json_object_get(value, "use_bytes")) &&
        json_is_array(data))
        value = data;
    if (json_is_array(value))
        return value;
    plc_fail(b->error, PLC_INVALID, "%s: %s: expected a list%s", b->name, key,
             json_is_object(value) ? ", got packed bytes; write it with use_bytes=False" : "");
    return NULL;
}

/* SPIN or BINARY. */
static plc_status read_vartype(bqm *b, const json_t *root, const char *key)
{
    const json_t *value = json_object_get(root, key);
    const char *text = json_is_string(value) ? json_string_value(value) : "nothing";
    b->terms->spins = !strcmp(text, "SPIN");
    if (b->terms->spins || !strcmp(text, "BINARY"))
        return PLC_OK;
    return plc_fail(b->error, PLC_INVALID, "%s: %s: expected \"SPIN\" or \"BINARY\", got %.40s",
                    b->name, key, text);
}

static plc_status read_offset(bqm *b, const json_t *root)
{
    const json_t *value = json_object_get(root, "offset");
    return value ? read_weight(b, "offset", 0, value, &b->terms->offset) : PLC_OK;
}

/* The labels of variables 0, 1, ... have to differ. */
static plc_status read_labels(bqm *b, const json_t *labels)
{
    plc_status status = PLC_OK;
    for (size_t i = 0; status == PLC_OK && i < json_array_size(labels); i++) {
        const json_t *label = json_array_get(labels, i);
        uint32_t variable = 0;
        if (json_is_array(label)) { /* a tuple of labels: any label, its place is what counts */
            char *text = json_dumps(label, JSON_COMPACT);
            status = text && !json_object_set_new(b->numbers, text, json_integer((json_int_t)i))
                         ? PLC_OK
                         : plc_fail_memory(b->error, b->name);
            free(text);
            b->terms->n_variables++;
            continue;
        }
        status = find_variable(b, "variable_labels", i, label, &variable);
        if (status == PLC_OK && variable != i)
            status = plc_fail(b->error, PLC_INVALID,
                              "%s: variable_labels[%zu]: expected each label once", b->name, i);
    }
    return status;
}

static plc_status read_index(bqm *b, const char *what, const json_t *list, size_t at,
                             uint32_t *ret_variable)
{
    const json_t *value = json_array_get(list, at);
    const json_int_t index = json_is_integer(value) ? json_integer_value(value) : -1;
    if (index < 0 || index >= b->terms->n_variables)
        return plc_fail(b->error, PLC_INVALID, "%s: %s[%zu]: expected a whole number in 0..%u",
                        b->name, what, at, b->terms->n_variables - 1);
    *ret_variable = (uint32_t)index;
    return PLC_OK;
}

/* The lists of to_serializable(). */
static plc_status read_serialized(bqm *b, const json_t *root)
{
    if (json_is_true(json_object_get(root, "use_bytes")))
        return plc_fail(b->error, PLC_INVALID,
                        "%s: use_bytes: expected false, got packed bytes; write it with "
                        "to_serializable(use_bytes=False)",
                        b->name);
    const json_t *labels = find_list(b, root, "variable_labels");
    const json_t *linear = labels ? find_list(b, root, "linear_biases") : NULL;
    const json_t *weights = linear ? find_list(b, root, "quadratic_biases") : NULL;
    const json_t *heads = weights ? find_list(b, root, "quadratic_head") : NULL;
    const json_t *tails = heads ? find_list(b, root, "quadratic_tail") : NULL;
    if (!tails)
        return PLC_INVALID;
    if (json_array_size(labels) > PLC_VARIABLES_MAX)
        return plc_fail(b->error, PLC_INVALID, "%s: expected at most %d variables", b->name,
                        PLC_VARIABLES_MAX);
    if (json_array_size(linear) != json_array_size(labels) ||
        json_array_size(heads) != json_array_size(weights) ||
        json_array_size(tails) != json_array_size(weights))
        return plc_fail(b->error, PLC_INVALID,
                        "%s: expected as many linear_biases as variable_labels, and "
                        "quadratic_biases, quadratic_head and quadratic_tail of one length",
                        b->name);
    plc_status status = read_labels(b, labels);
    for (uint32_t i = 0; status == PLC_OK && i < json_array_size(linear); i++)
        status = add(b, "linear_biases", i, i, i, json_array_get(linear, i));
    for (size_t i = 0; status == PLC_OK && i < json_array_size(weights); i++) {
        uint32_t u = 0, v = 0;
        status = read_index(b, "quadratic_head", heads, i, &u);
        if (status == PLC_OK)
            status = read_index(b, "quadratic_tail", tails, i, &v);
        if (status == PLC_OK && u == v)
            status =
                plc_fail(b->error, PLC_INVALID,
                         "%s: quadratic_tail[%zu]: expected two different variables", b->name, i);
        if (status == PLC_OK)
            status = add(b, "quadratic_biases", i, u, v, json_array_get(weights, i));
    }
    return status;
}

/* "linear": {"a": 1.0} or [1.0, ...], whose labels are 0, 1, ... */
static plc_status read_linear(bqm *b, json_t *linear)
{
    plc_status status = PLC_OK;
    const char *key;
    json_t *value;
    size_t i = 0;
    json_object_foreach(linear, key, value)
    {
        uint32_t variable = b->terms->n_variables++;
        if (variable == PLC_VARIABLES_MAX)
            return plc_fail(b->error, PLC_INVALID, "%s: expected at most %d variables", b->name,
                            PLC_VARIABLES_MAX);
        if (json_object_set_new(b->numbers, key, json_integer(variable)))
            return plc_fail_memory(b->error, b->name);
        if ((status = add(b, "linear", i++, variable, variable, value)) != PLC_OK)
            return status;
    }
    for (i = 0; status == PLC_OK && i < json_array_size(linear); i++) {
        json_t *label = json_integer((json_int_t)i);
        uint32_t variable = 0;
        status = label ? find_variable(b, "linear", i, label, &variable)
                       : plc_fail_memory(b->error, b->name);
        json_decref(label);
        if (status == PLC_OK)
            status = add(b, "linear", i, variable, variable, json_array_get(linear, i));
    }
    return status;
}

/* "linear" and "quadratic": [["a", "b", 1.0], ...]. */
static plc_status read_plain(bqm *b, const json_t *root)
{
    json_t *linear = json_object_get(root, "linear");
    const json_t *quadratic = json_object_get(root, "quadratic");
    if (!json_is_array(quadratic) || (linear && !json_is_array(linear) && !json_is_object(linear)))
        return plc_fail(b->error, PLC_INVALID,
                        "%s: expected what dimod's to_serializable() gives, or \"linear\": "
                        "{label: bias} and \"quadratic\": [[label, label, bias], ...]",
                        b->name);
    plc_status status = read_linear(b, linear);
    for (size_t i = 0; status == PLC_OK && i < json_array_size(quadratic); i++) {
        const json_t *entry = json_array_get(quadratic, i);
        uint32_t u = 0, v = 0;
        if (!json_is_array(entry) || json_array_size(entry) != 3)
            return plc_fail(b->error, PLC_INVALID,
                            "%s: quadratic[%zu]: expected [label, label, bias]", b->name, i);
        status = find_variable(b, "quadratic", i, json_array_get(entry, 0), &u);
        if (status == PLC_OK)
            status = find_variable(b, "quadratic", i, json_array_get(entry, 1), &v);
        if (status == PLC_OK && u == v)
            status = plc_fail(b->error, PLC_INVALID,
                              "%s: quadratic[%zu]: expected two different variables", b->name, i);
        if (status == PLC_OK)
            status = add(b, "quadratic", i, u, v, json_array_get(entry, 2));
    }
    return status;
}

plc_status plc_terms_parse_bqm(const char *name, const char *text, size_t length, plc_terms *terms,
                               plc_error *error)
{
    json_error_t what;
    if (length > TEXT_MAX)
        return plc_fail(error, PLC_INVALID, "%s: expected at most %zu bytes, got %zu", name,
                        TEXT_MAX, length);
    bqm b = {.name = name, .terms = terms, .numbers = json_object(), .error = error};
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &what);
    plc_status status = PLC_OK;
    if (!b.numbers || (!root && json_error_code(&what) == json_error_out_of_memory))
        status = plc_fail_memory(error, name);
    else if (!root)
        status = plc_fail(error, PLC_INVALID, "%s:%d: %s", name, what.line, what.text);
    else if (!json_is_object(root))
        status = plc_fail(error, PLC_INVALID, "%s:1: expected one JSON object", name);
    const bool serialized = json_object_get(root, "linear_biases") != NULL;
    if (status == PLC_OK)
        status = read_vartype(&b, root, serialized ? "variable_type" : "vartype");
    if (status == PLC_OK)
        status = read_offset(&b, root);
    if (status == PLC_OK)
        status = serialized ? read_serialized(&b, root) : read_plain(&b, root);
    json_decref(root);
    json_decref(b.numbers);
    return status;
}
