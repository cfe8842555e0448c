/* Ranks: the processes of one mpirun, which run a network together. Without MPI there is one. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_ENGINE_RANKS_H
#define PLC_HW_ENGINE_RANKS_H

#include <placode/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How this process was started, by the word of mpirun in the environment. */
typedef struct plc_launch {
    uint32_t n_ranks; /* 1 without mpirun */
    uint32_t rank;
} plc_launch;

plc_launch plc_ranks_launch(void);

/* Joins the other ranks, if mpirun started several; a process alone pays nothing. Called once, by
 * the command or program. */
plc_status plc_ranks_begin(plc_error *error);
/* Leaves the ranks, when all of them have come here; those still at work learn of it when they next
 * agree. Does nothing in a process alone. */
void plc_ranks_end(void);

/* The ranks that are joined, 1 in a process alone; which of them this is; and how many of them
 * share its machine. Rank 0 speaks for all. The last one is collective. */
uint32_t plc_ranks_count(void);
uint32_t plc_ranks_mine(void);
uint32_t plc_ranks_on_machine(void);

/* What follows is collective: every rank calls it, or they would wait for each other for ever. To
 * make sure of that, a rank that has failed goes on to the next plc_ranks_agree() or to
 * plc_ranks_end(), and to no other call. */

/* PLC_OK if it is every rank's status, or else the status and message of the first that failed, on
 * every rank. `error` may be NULL. */
plc_status plc_ranks_agree(plc_status status, plc_error *error);
/* Puts rank 0's bytes in the place of everyone's. */
void plc_ranks_share(void *data, size_t size);
/* Puts the sums over all ranks, modulo 2^64, in the place of each rank's numbers. */
void plc_ranks_add(uint64_t *numbers, int n);
/* Puts the sums over all ranks in the place of rank 0's numbers; those of the others stay. */
void plc_ranks_add_on_first(int32_t *numbers, int n);

/* Lists of 64-bit words travel in two steps, so that there can be room for them. The first tells
 * every rank how many words each has: counts [2 * ranks], the second half for the second step.
 * Gives their sum, which must be below 2^31. */
int plc_ranks_count_words(int n, int *counts);
/* Every rank gets the words of all others, in the order of ranks, and behind them its own. */
void plc_ranks_exchange(const void *words, void *ret_all, int *counts);
/* Rank 0 gets the words of all, in the order of ranks. */
void plc_ranks_gather(const void *words, void *ret_all, int *counts);

#endif
