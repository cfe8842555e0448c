/* Ranks over MPI: the one file that knows it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "hw/engine/ranks.h"

#include <mpi.h>
#include <string.h>

static bool joined(void)
{
    int begun = 0, ended = 0;
    MPI_Initialized(&begun);
    MPI_Finalized(&ended);
    return begun && !ended;
}

plc_status plc_ranks_begin(plc_error *error)
{
    plc_launch launch = plc_ranks_launch();
    int provided = 0;
    if (launch.n_ranks == 1)
        return PLC_OK;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    if (plc_ranks_count() != launch.n_ranks)
        return plc_fail(error, PLC_FAILED,
                        "started as %u ranks, but MPI joins %u: is this mpirun of another MPI?",
                        launch.n_ranks, plc_ranks_count());
    if (provided < MPI_THREAD_FUNNELED)
        return plc_fail(error, PLC_FAILED, "this MPI does not work beside threads");
    return PLC_OK;
}

uint32_t plc_ranks_count(void)
{
    int n = 1;
    if (joined())
        MPI_Comm_size(MPI_COMM_WORLD, &n);
    return (uint32_t)n;
}

uint32_t plc_ranks_mine(void)
{
    int rank = 0;
    if (joined())
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return (uint32_t)rank;
}

uint32_t plc_ranks_on_machine(void)
{
    MPI_Comm machine;
    int n = 1;
    if (!joined())
        return 1;
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
    MPI_Comm_size(machine, &n);
    MPI_Comm_free(&machine);
    return (uint32_t)n;
}

/* What ranks say to each other when they meet. A rank that leaves has failed in the eyes of those
 * that go on; whether all leave is in ret_all_leave. */
static plc_status meet(plc_status status, bool leaves, plc_error *error, bool *ret_all_leave)
{
    int n = (int)plc_ranks_count(), mine = (int)plc_ranks_mine();
    int vote[] = {status == PLC_OK && !leaves ? n : mine, leaves};
    MPI_Allreduce(MPI_IN_PLACE, vote, 2, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    *ret_all_leave = vote[1];
    if (vote[0] == n || vote[1])
        return PLC_OK;
    plc_error first = {.status = status};
    if (leaves)
        plc_fail(&first, PLC_FAILED, "ended before the others");
    else if (status != PLC_OK && status != PLC_STOPPED && error)
        memcpy(first.message, error->message, sizeof first.message);
    MPI_Bcast(&first, sizeof first, MPI_BYTE, vote[0], MPI_COMM_WORLD);
    if (vote[0] == mine)
        return status;
    return plc_fail(error, first.status, "rank %d: %.1000s", vote[0], first.message);
}

plc_status plc_ranks_agree(plc_status status, plc_error *error)
{
    bool all_leave = false;
    return joined() ? meet(status, false, error, &all_leave) : status;
}

void plc_ranks_end(void)
{
    bool all_leave = !joined();
    if (all_leave)
        return;
    while (!all_leave)
        meet(PLC_OK, true, NULL, &all_leave);
    MPI_Finalize();
}

void plc_ranks_share(void *data, size_t size)
{
    MPI_Bcast(data, (int)size, MPI_BYTE, 0, MPI_COMM_WORLD);
}

void plc_ranks_add(uint64_t *numbers, int n)
{
    MPI_Allreduce(MPI_IN_PLACE, numbers, n, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD);
}

void plc_ranks_add_on_first(int32_t *numbers, int n)
{
    bool first = plc_ranks_mine() == 0;
    MPI_Reduce(first ? MPI_IN_PLACE : numbers, first ? numbers : NULL, n, MPI_INT32_T, MPI_SUM, 0,
               MPI_COMM_WORLD);
}

int plc_ranks_count_words(int n, int *counts)
{
    int total = 0;
    MPI_Allgather(&n, 1, MPI_INT, counts, 1, MPI_INT, MPI_COMM_WORLD);
    for (uint32_t r = 0; r < plc_ranks_count(); r++)
        total += counts[r];
    return total;
}

/* Where each rank's words go when they follow each other, those of rank `last` behind all others:
 * in the second half of counts. */
static const int *place(int *counts, uint32_t last)
{
    uint32_t n = plc_ranks_count();
    int *places = counts + n, at = 0;
    for (uint32_t r = 0; r < n; r++) {
        places[r] = at;
        at += r == last ? 0 : counts[r];
    }
    places[last] = at;
    return places;
}

void plc_ranks_exchange(const void *words, void *ret_all, int *counts)
{
    uint32_t mine = plc_ranks_mine();
    MPI_Allgatherv(words, counts[mine], MPI_UINT64_T, ret_all, counts, place(counts, mine),
                   MPI_UINT64_T, MPI_COMM_WORLD);
}

void plc_ranks_gather(const void *words, void *ret_all, int *counts)
{
    MPI_Gatherv(words, counts[plc_ranks_mine()], MPI_UINT64_T, ret_all, counts,
                place(counts, plc_ranks_count() - 1), MPI_UINT64_T, 0, MPI_COMM_WORLD);
}
