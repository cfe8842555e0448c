/* Mail between ranks: the spikes of a tick, and what rank 0 reports of all. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "hw/engine/fast.h"
#include "hw/engine/ranks.h"
#include "hw/engine/trace.h"

/* Spikes travel as 64-bit words. */
enum { SENT_WORDS = sizeof(plc_sent) / 8, SPIKE_WORDS = sizeof(plc_spike) / 8 };
_Static_assert(sizeof(plc_sent) == 8 && sizeof(plc_spike) == 16, "no padding that travels");

/* A neuron spikes at most once in a tick, so there is room for all that a tick can bring. */
plc_status plc_mail_init(plc_fast *fast, uint64_t n_own, plc_error *error)
{
    plc_mail *mail = &fast->mail;
    if (fast->n_sources > INT32_MAX / SPIKE_WORDS)
        return plc_fail(error, PLC_INVALID, "engine fast: more than 2^30 neurons on several ranks");
    mail->leaves = plc_array(fast->n_sources, sizeof *mail->leaves);
    mail->out = plc_array(n_own, sizeof *mail->out);
    mail->in.data = plc_array(fast->n_sources, sizeof *mail->in.data);
    mail->counts = plc_array(2ul * fast->n_ranks, sizeof *mail->counts);
    bool ok = mail->leaves && mail->out && mail->in.data && mail->counts;
    return ok ? PLC_OK : plc_fail_memory(error, "spikes between ranks");
}

void plc_mail_finish(plc_mail *mail)
{
    free(mail->leaves);
    free(mail->out);
    free(mail->in.data);
    free(mail->counts);
    free(mail->merged);
}

void plc_mail_exchange(plc_fast *fast, uint64_t tick)
{
    plc_mail *mail = &fast->mail;
    int n = 0;
    for (uint32_t b = 0; b < fast->n_blocks; b++) {
        const plc_sent_list *sent = &fast->blocks[b].sent[tick & 1];
        for (size_t i = 0; i < sent->n; i++)
            if (mail->leaves[sent->data[i].source])
                mail->out[n++] = sent->data[i];
    }
    int total = plc_ranks_count_words(n * SENT_WORDS, mail->counts);
    if (total)
        plc_ranks_exchange(mail->out, mail->in.data, mail->counts);
    mail->in.n = (size_t)(total / SENT_WORDS - n);
    mail->n_out += (uint64_t)n;
}

void plc_mail_clear_rows(plc_fast *fast, uint64_t begin, uint64_t end)
{
    for (size_t i = 0; fast->base.recording && i < fast->base.n_recordings; i++) {
        plc_recording *r = &fast->base.recordings[i];
        memset(r->values + begin * r->n_neurons, 0,
               (end - begin) * r->n_neurons * sizeof *r->values);
    }
}

/* Each rank has filled its neurons' columns of rows that were zero. They are those of one chunk, so
 * their size is below 2^31. */
static void join_rows(plc_fast *fast, uint64_t begin, uint64_t end)
{
    for (size_t i = 0; fast->base.recording && i < fast->base.n_recordings; i++) {
        plc_recording *r = &fast->base.recordings[i];
        plc_ranks_add_on_first(r->values + begin * r->n_neurons,
                               (int)((end - begin) * r->n_neurons));
    }
}

static void add_stats(plc_engine_stats *stats)
{
    uint64_t numbers[] = {stats->updates, stats->spikes,        stats->synaptic_events,
                          stats->digest,  stats->sent_to_ranks, stats->plastic_events};
    plc_ranks_add(numbers, sizeof numbers / sizeof *numbers);
    stats->updates = numbers[0];
    stats->spikes = numbers[1];
    stats->synaptic_events = numbers[2];
    stats->digest = numbers[3];
    stats->sent_to_ranks = numbers[4];
    stats->plastic_events = numbers[5];
}

plc_status plc_mail_hand_over(plc_fast *fast, plc_status status, bool keep, plc_engine_stats *stats,
                              const plc_spike **spikes, size_t *n, plc_error *error)
{
    plc_mail *mail = &fast->mail;
    add_stats(stats);
    int total = plc_ranks_count_words(keep ? (int)*n * SPIKE_WORDS : 0, mail->counts);
    size_t n_all = fast->rank == 0 ? (size_t)(total / SPIKE_WORDS) : 0;
    if (status == PLC_OK &&
        !plc_array_reserve(&mail->merged, &mail->merged_capacity, n_all, sizeof *mail->merged))
        status = plc_fail_memory(error, "spikes of all ranks");
    status = plc_ranks_agree(status, error);
    if (status != PLC_OK)
        return status;
    if (total)
        plc_ranks_gather(*spikes, mail->merged, mail->counts);
    join_rows(fast, fast->base.stats.ticks, stats->ticks);
    plc_spikes_sort(mail->merged, n_all);
    *spikes = mail->merged;
    *n = n_all;
    return PLC_OK;
}
