// The driver of the verilated tiles: what leaves one enters its neighbour in the next cycle.
// SPDX-License-Identifier: Apache-2.0
#include "rtl-models/mesh.h"

#include "rtl-models/context.hpp"

#include "Vplc_tile.h"

#include <climits>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace
{

constexpr uint32_t NOWHERE = UINT32_MAX;
constexpr uint64_t PATIENCE = 1u << 17; // [cycles] in which nothing moves

struct Tile {
    std::unique_ptr<Vplc_tile> rtl;
    uint32_t to[PLC_RTL_LINKS];   // tile that a link leads to, or NOWHERE
    uint32_t from[PLC_RTL_LINKS]; // tile whose link of that direction ends here, or NOWHERE
    bool came = true;             // a packet was offered in the cycle before
};

// xorshift64*. Source: Vigna, ACM TOMS 42(4), 2016.
uint64_t next_random(uint64_t &state)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * UINT64_C(0x2545f4914f6cdd1d);
}

} // namespace

struct plc_rtl_mesh {
    VerilatedContext context;
    std::vector<Tile> tiles;
    std::vector<uint32_t> order; // in which tiles are evaluated
    std::vector<plc_rtl_spike> spikes;
    plc_rtl_counts counts = {};
    uint64_t shuffle = 0;
    uint64_t moved = 0; // cycle in which something last happened
    uint64_t now = 0;   // [cycles]
    uint32_t busiest = 0;
    uint64_t patience = PATIENCE;
    bool always = false;
};

namespace
{

void clock_tile(Tile &tile)
{
    tile.rtl->clk_i = 1;
    tile.rtl->eval();
    tile.rtl->clk_i = 0;
    tile.rtl->eval();
}

// Carries the registered outputs of all tiles to the inputs of their neighbours.
void exchange(plc_rtl_mesh &mesh)
{
    for (Tile &tile : mesh.tiles) {
        Vplc_tile &rtl = *tile.rtl;
        unsigned valid = 0, ready = 0;
        for (uint32_t p = 0; p < PLC_RTL_LINKS; p++) {
            if (tile.from[p] != NOWHERE) {
                const Vplc_tile &other = *mesh.tiles[tile.from[p]].rtl;
                valid |= (other.out_valid_o >> p & 1u) << p;
                rtl.in_data_i[p] = other.out_data_o[p];
            }
            if (tile.to[p] != NOWHERE)
                ready |= (mesh.tiles[tile.to[p]].rtl->in_ready_o >> p & 1u) << p;
        }
        rtl.in_valid_i = static_cast<CData>(valid);
        rtl.out_ready_i = static_cast<CData>(ready);
    }
}

// Counts what a tile tells of the cycle before.
void take_notes(plc_rtl_mesh &mesh, uint32_t number)
{
    const Vplc_tile &rtl = *mesh.tiles[number].rtl;
    plc_rtl_counts &c = mesh.counts;
    if (rtl.spike_o)
        mesh.spikes.push_back({number, rtl.spike_neuron_o, rtl.spike_off_o != 0});
    c.spikes += rtl.spike_o;
    c.updates += rtl.update_o;
    c.events += rtl.event_o;
    c.plastic_events += rtl.plastic_event_o;
    c.deliveries += rtl.deliver_o;
    c.passes += rtl.pass_o;
    c.dropped += rtl.dropped_o;
    c.aside += rtl.aside_o;
    c.lost += rtl.lost_o;
    if (rtl.spike_o | rtl.update_o | rtl.event_o | rtl.deliver_o | rtl.pass_o | rtl.dropped_o)
        mesh.moved = mesh.now;
}

// One cycle of all tiles. A tile that was idle and is offered nothing would not change: its clock
// stands still.
void run_cycle(plc_rtl_mesh &mesh, bool tick)
{
    exchange(mesh);
    if (mesh.shuffle)
        for (size_t i = mesh.order.size(); i > 1; i--)
            std::swap(mesh.order[i - 1], mesh.order[next_random(mesh.shuffle) % i]);
    for (uint32_t number : mesh.order) {
        Tile &tile = mesh.tiles[number];
        Vplc_tile &rtl = *tile.rtl;
        unsigned offered = rtl.in_valid_i;
        mesh.counts.hops += static_cast<unsigned>(__builtin_popcount(offered & rtl.in_ready_o));
        if (mesh.always || tick || offered || tile.came || !rtl.idle_o) {
            rtl.tick_i = tick;
            clock_tile(tile);
            take_notes(mesh, number);
        }
        tile.came = offered || tick;
    }
    mesh.now++;
}

// The first tile that is not idle, or NOWHERE.
uint32_t find_busy(const plc_rtl_mesh &mesh)
{
    for (uint32_t i = 0; i < mesh.tiles.size(); i++)
        if (!mesh.tiles[i].rtl->idle_o)
            return i;
    return NOWHERE;
}

// Runs on until all tiles are idle.
plc_rtl_result settle(plc_rtl_mesh &mesh)
{
    mesh.moved = mesh.now;
    for (uint32_t busy; (busy = find_busy(mesh)) != NOWHERE;) {
        mesh.busiest = busy;
        if (mesh.context.errorCount())
            return PLC_RTL_ASSERTION;
        if (mesh.now - mesh.moved > mesh.patience)
            return PLC_RTL_STUCK;
        run_cycle(mesh, false);
    }
    return mesh.context.errorCount() ? PLC_RTL_ASSERTION : PLC_RTL_OK;
}

// The tile at the end of a link, or NOWHERE.
uint32_t neighbour(const plc_rtl_settings &s, uint32_t tile, uint32_t link, int sign)
{
    static const int steps[PLC_RTL_LINKS][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    int64_t x = tile % s.width + sign * steps[link][0];
    int64_t y = tile / s.width + sign * steps[link][1];
    bool inside = x >= 0 && y >= 0 && x < s.width && y < s.height;
    return inside ? static_cast<uint32_t>(y * s.width + x) : NOWHERE;
}

void make_tiles(plc_rtl_mesh &mesh, const plc_rtl_settings &s)
{
    mesh.tiles.resize(static_cast<size_t>(s.width) * s.height);
    for (uint32_t i = 0; i < mesh.tiles.size(); i++) {
        Tile &tile = mesh.tiles[i];
        tile.rtl.reset(new Vplc_tile(&mesh.context, "tile"));
        for (uint32_t p = 0; p < PLC_RTL_LINKS; p++) {
            tile.to[p] = neighbour(s, i, p, 1);
            tile.from[p] = neighbour(s, i, p, -1);
        }
        mesh.order.push_back(i);
    }
}

void reset(plc_rtl_mesh &mesh)
{
    for (int level = 0; level < 2; level++) {
        for (Tile &tile : mesh.tiles) {
            tile.rtl->rst_ni = static_cast<CData>(level);
            tile.rtl->clk_i = 0;
            tile.rtl->host_space_i = 0;
            tile.rtl->tick_i = 0;
            tile.rtl->in_valid_i = 0;
            tile.rtl->out_ready_i = 0;
            for (int i = 0; i < 2; i++)
                clock_tile(tile);
        }
    }
}

} // namespace

plc_rtl_mesh *plc_rtl_mesh_create(const plc_rtl_settings *settings)
{
    try {
        auto mesh = std::make_unique<plc_rtl_mesh>();
        ContextInUse in_use(mesh->context);
        mesh->context.errorLimit(INT_MAX);
        mesh->context.assertOn(true);
        if (settings->scramble) {
            mesh->context.randReset(2);
            mesh->context.randSeed(static_cast<int>(settings->scramble % INT_MAX));
        }
        mesh->shuffle = settings->shuffle;
        mesh->always = settings->always;
        make_tiles(*mesh, *settings);
        reset(*mesh);
        settle(*mesh);
        mesh->counts = {};
        return mesh.release();
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}

void plc_rtl_mesh_destroy(plc_rtl_mesh *mesh)
{
    if (!mesh)
        return;
    ContextInUse in_use(mesh->context);
    mesh->tiles.clear();
    delete mesh;
}

void plc_rtl_mesh_cut(plc_rtl_mesh *mesh, uint32_t tile, uint32_t link)
{
    uint32_t to = mesh->tiles[tile].to[link];
    mesh->tiles[tile].to[link] = NOWHERE;
    if (to != NOWHERE)
        mesh->tiles[to].from[link] = NOWHERE;
}

void plc_rtl_mesh_write(plc_rtl_mesh *mesh, uint32_t tile, plc_rtl_space space, uint32_t address,
                        uint32_t data)
{
    ContextInUse in_use(mesh->context);
    Vplc_tile &rtl = *mesh->tiles[tile].rtl;
    if (space == PLC_RTL_CONTROL && address == PLC_RTL_CONTROL_WAIT && data != UINT32_MAX)
        mesh->patience = PATIENCE + data;
    rtl.host_space_i = static_cast<CData>(space);
    rtl.host_address_i = address;
    rtl.host_data_i = data;
    rtl.tick_i = 0;
    clock_tile(mesh->tiles[tile]);
    rtl.host_space_i = 0;
}

uint32_t plc_rtl_mesh_read(plc_rtl_mesh *mesh, uint32_t tile, uint32_t address)
{
    plc_rtl_mesh_write(mesh, tile, PLC_RTL_READ, address, 0);
    return mesh->tiles[tile].rtl->host_data_o;
}

plc_rtl_result plc_rtl_mesh_tick(plc_rtl_mesh *mesh, uint64_t *ret_cycles, uint32_t *ret_tile)
{
    ContextInUse in_use(mesh->context);
    uint64_t begin = mesh->now;
    mesh->spikes.clear();
    try {
        run_cycle(*mesh, true);
        plc_rtl_result result = settle(*mesh);
        mesh->counts.cycles += mesh->now - begin;
        *ret_cycles = mesh->now - begin;
        *ret_tile = mesh->busiest;
        return result;
    } catch (const std::bad_alloc &) {
        return PLC_RTL_NO_MEMORY;
    }
}

const plc_rtl_spike *plc_rtl_mesh_spikes(const plc_rtl_mesh *mesh, size_t *ret_n)
{
    *ret_n = mesh->spikes.size();
    return mesh->spikes.data();
}

plc_rtl_counts plc_rtl_mesh_counts(const plc_rtl_mesh *mesh)
{
    return mesh->counts;
}
