/* What a neuron cell in RTL has to be: its ports, the C kernel it equals, and stimuli that tell. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_RTL_MODELS_CELLS_CONTRACT_H
#define PLC_RTL_MODELS_CELLS_CONTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum plc_field_role {
    PLC_FIELD_PARAM, /* drawn anew every few cycles */
    PLC_FIELD_STATE, /* comes from the last cycle's outputs, or is drawn anew */
    PLC_FIELD_INPUT, /* drawn in every cycle */
    PLC_FIELD_OUTPUT,
} plc_field_role;

/* One number on a port. Fields of one port stand side by side, the first one lowest; each begins at
 * a multiple of 32 bits. */
typedef struct plc_contract_field {
    const char *port, *name;
    uint32_t bits; /* 1..64 */
    bool is_signed;
    bool is_bounded; /* the contract has no other values than low..high */
    bool is_end;     /* and of these only the two ends */
    plc_field_role role;
    int64_t low, high; /* values as networks have them; of inputs only */
} plc_contract_field;

/* Words of 32 bits that the fields of either side take at most, and the fields. */
enum { PLC_CONTRACT_WORDS = 32, PLC_CONTRACT_FIELDS = 24 };

typedef struct plc_contract {
    const char *name;
    const char *kernel; /* the function and its file */
    /* Lists end with a field without a port. Inputs stand in the order of their roles; states come
     * first in outputs, in the same order. */
    plc_contract_field inputs[PLC_CONTRACT_FIELDS], outputs[8];
    bool is_clocked; /* clk_i, rst_ni, start_i, valid_o: outputs hold from valid_o on */
    /* The kernel: from the words of the inputs [PLC_CONTRACT_WORDS] to those of the outputs. */
    void (*step)(const uint32_t *in, uint32_t *out);
    /* Moves inputs to where the kernel decides, such as a threshold to the potential that meets it;
     * `choice` is a uniform word. NULL: it decides nothing. */
    void (*sharpen)(uint32_t *in, uint32_t choice);
} plc_contract;

/* The contracts, from 0; NULL past the last. */
const plc_contract *plc_contract_at(size_t i);
/* The contract of a name, or NULL. */
const plc_contract *plc_contract_find(const char *name);

/* The words that a field takes. */
static inline uint32_t plc_contract_slot(const plc_contract_field *field)
{
    return (field->bits + 31) / 32;
}
/* The fields of a list. */
size_t plc_contract_count(const plc_contract_field *fields);
/* The words that the first n fields take, or all if there are fewer: where field n begins. */
uint32_t plc_contract_offset(const plc_contract_field *fields, size_t n);
/* The value of a field whose words begin at `words`: sign-extended if signed. */
uint64_t plc_contract_value(const plc_contract_field *field, const uint32_t *words);

#endif
