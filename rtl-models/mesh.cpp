// The driver of the verilated tiles: what leaves one enters its neighbour in the next cycle.
// SPDX-License-Identifier: Apache-2.0
#include "rtl-models/mesh.h"

#include "rtl-models/context.hpp"

#include "Vplc_tile.h"
// What is generated has structs without names, an extension.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include "Vplc_tile___024root.h"
#pragma GCC diagnostic pop

#include "verilated_vcd_c.h"

#include <cerrno>
#include <climits>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace
{

constexpr uint32_t NOWHERE = UINT32_MAX;
constexpr uint64_t PATIENCE = 1u << 17; // [cycles] in which nothing moves

struct Tile {
    std::unique_ptr<Vplc_tile> rtl; // or none, where the mesh is not all of it
    uint32_t to[PLC_RTL_LINKS];     // tile that a link leads to, or NOWHERE
    uint32_t from[PLC_RTL_LINKS];   // tile whose link of that direction ends here, or NOWHERE
    bool came = true;               // a packet was offered in the cycle before
    uint64_t still = 0;             // clocks since something moved, of a tile by itself
};

// A waveform's file. Where it cannot be written the run goes on without.
class WaveFile : public VerilatedVcdFile
{
  public:
    ssize_t write(const char *bytes, ssize_t n) override
    {
        ssize_t done = failed_ ? n : VerilatedVcdFile::write(bytes, n);
        if (done >= 0 || errno == EINTR || errno == EAGAIN)
            return done;
        failed_ = true;
        return n;
    }
    bool failed() const
    {
        return failed_;
    }

  private:
    bool failed_ = false;
};

// Waveforms of all tiles, while they are wanted. A cycle is seen twice: with the clock up, and
// down.
struct Wave {
    WaveFile file;
    VerilatedVcdC vcd{&file};
    uint64_t period = 1; // [ps]
    uint64_t cycle = 0;  // at hand
    bool up = false;     // the tiles' clocks are
    bool down = false;   // they are down again, and it has not been seen

    void see()
    {
        vcd.dump(cycle * period + (up ? 0 : period / 2));
    }
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
    std::unique_ptr<Wave> wave;
};

namespace
{

void rise(Tile &tile)
{
    tile.rtl->clk_i = 1;
    tile.rtl->eval();
}

void fall(Tile &tile)
{
    tile.rtl->clk_i = 0;
    tile.rtl->eval();
}

void clock_tile(Tile &tile)
{
    rise(tile);
    fall(tile);
}

// Carries the registered outputs of all tiles to the inputs of their neighbours.
void exchange(plc_rtl_mesh &mesh)
{
    for (Tile &tile : mesh.tiles) {
        if (!tile.rtl)
            continue;
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

// Whether a tile has to be clocked in this cycle, and what it is offered counted.
bool prepare(plc_rtl_mesh &mesh, Tile &tile, bool tick)
{
    Vplc_tile &rtl = *tile.rtl;
    unsigned offered = rtl.in_valid_i;
    mesh.counts.hops += static_cast<unsigned>(__builtin_popcount(offered & rtl.in_ready_o));
    bool needed = mesh.always || tick || offered || tile.came || !rtl.idle_o;
    rtl.tick_i = tick;
    tile.came = offered || tick;
    return needed;
}

// The same cycle where waveforms are wanted: the clocks of all tiles go up, and then down.
void run_seen_cycle(plc_rtl_mesh &mesh, bool tick)
{
    std::vector<uint32_t> clocked;
    for (uint32_t number : mesh.order)
        if (prepare(mesh, mesh.tiles[number], tick))
            clocked.push_back(number);
    mesh.wave->cycle = mesh.now;
    for (uint32_t number : clocked)
        rise(mesh.tiles[number]);
    mesh.wave->up = true;
    mesh.wave->see();
    for (uint32_t number : clocked) {
        fall(mesh.tiles[number]);
        take_notes(mesh, number);
    }
    mesh.wave->up = false;
    mesh.wave->see();
    mesh.now++;
}

// One cycle of all tiles. A tile that was idle and is offered nothing would not change: its clock
// stands still.
void run_cycle(plc_rtl_mesh &mesh, bool tick)
{
    exchange(mesh);
    if (mesh.shuffle)
        for (size_t i = mesh.order.size(); i > 1; i--)
            std::swap(mesh.order[i - 1], mesh.order[next_random(mesh.shuffle) % i]);
    if (mesh.wave) {
        run_seen_cycle(mesh, tick);
        return;
    }
    for (uint32_t number : mesh.order)
        if (prepare(mesh, mesh.tiles[number], tick)) {
            clock_tile(mesh.tiles[number]);
            take_notes(mesh, number);
        }
    mesh.now++;
}

// The first tile that is not idle, or NOWHERE.
uint32_t find_busy(const plc_rtl_mesh &mesh)
{
    for (uint32_t i = 0; i < mesh.tiles.size(); i++)
        if (mesh.tiles[i].rtl && !mesh.tiles[i].rtl->idle_o)
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

// "tile_1_0": x and y.
std::string tile_name(const plc_rtl_settings &s, uint32_t tile)
{
    return "tile_" + std::to_string(tile % s.width) + "_" + std::to_string(tile / s.width);
}

void make_tiles(plc_rtl_mesh &mesh, const plc_rtl_settings &s)
{
    mesh.tiles.resize(static_cast<size_t>(s.width) * s.height);
    for (uint32_t i = 0; i < mesh.tiles.size(); i++) {
        Tile &tile = mesh.tiles[i];
        if (s.only && !s.only[i])
            continue;
        tile.rtl.reset(new Vplc_tile(&mesh.context, tile_name(s, i).c_str()));
        for (uint32_t p = 0; p < PLC_RTL_LINKS; p++) {
            tile.to[p] = s.only ? NOWHERE : neighbour(s, i, p, 1);
            tile.from[p] = s.only ? NOWHERE : neighbour(s, i, p, -1);
        }
        mesh.order.push_back(i);
    }
}

void reset(plc_rtl_mesh &mesh)
{
    for (int level = 0; level < 2; level++) {
        for (Tile &tile : mesh.tiles) {
            if (!tile.rtl)
                continue;
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
    mesh->wave.reset();
    mesh->tiles.clear();
    delete mesh;
}

void plc_rtl_mesh_cut(plc_rtl_mesh *mesh, uint32_t tile, uint32_t link)
{
    uint32_t to = mesh->tiles[tile].to[link];
    if (to == NOWHERE)
        return;
    mesh->tiles[tile].to[link] = NOWHERE;
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

uint32_t plc_rtl_mesh_peek(const plc_rtl_mesh *mesh, uint32_t tile, plc_rtl_space space,
                           uint32_t address)
{
    const Vplc_tile___024root &root = *mesh->tiles[tile].rtl->rootp;
    switch (space) {
    case PLC_RTL_SYNAPSE:
        return root.plc_tile__DOT__u_core__DOT__u_receiver__DOT__u_synapses__DOT__words[address];
    case PLC_RTL_PARAM:
        return root.plc_tile__DOT__u_core__DOT__u_updater__DOT__u_params__DOT__words[address / 16]
                                                                                    [address % 16];
    case PLC_RTL_STATE:
        return root.plc_tile__DOT__u_core__DOT__u_updater__DOT__u_state__DOT__words[address / 4]
                                                                                   [address % 4];
    default:
        return 0;
    }
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

void plc_rtl_mesh_look(plc_rtl_mesh *mesh, uint32_t tile, plc_rtl_flits *flits)
{
    const Vplc_tile &rtl = *mesh->tiles[tile].rtl;
    flits->in_ready = rtl.in_ready_o;
    flits->out_valid = rtl.out_valid_o;
    for (uint32_t p = 0; p < PLC_RTL_LINKS; p++)
        flits->out_data[p] = rtl.out_data_o[p];
    flits->idle = rtl.idle_o != 0;
}

void plc_rtl_mesh_rise(plc_rtl_mesh *mesh, uint32_t tile, uint64_t cycle, bool tick,
                       const plc_rtl_flits *flits)
{
    ContextInUse in_use(mesh->context);
    Tile &at = mesh->tiles[tile];
    Vplc_tile &rtl = *at.rtl;
    if (mesh->wave && !mesh->wave->up) {
        if (mesh->wave->down)
            mesh->wave->see();
        mesh->wave->cycle = cycle;
        mesh->wave->up = true;
    }
    rtl.tick_i = tick;
    rtl.in_valid_i = flits->in_valid;
    rtl.out_ready_i = flits->out_ready;
    for (uint32_t p = 0; p < PLC_RTL_LINKS; p++)
        rtl.in_data_i[p] = flits->in_data[p];
    rise(at);
}

plc_rtl_result plc_rtl_mesh_fall(plc_rtl_mesh *mesh, uint32_t tile, plc_rtl_flits *flits)
{
    ContextInUse in_use(mesh->context);
    Tile &at = mesh->tiles[tile];
    Vplc_tile &rtl = *at.rtl;
    if (mesh->wave && mesh->wave->up) {
        mesh->wave->see();
        mesh->wave->up = false;
        mesh->wave->down = true; // once all are
    }
    fall(at);
    uint64_t moved = mesh->moved;
    mesh->now++;
    take_notes(*mesh, tile);
    at.still = mesh->moved != moved || rtl.tick_i ? 0 : at.still + 1;
    plc_rtl_mesh_look(mesh, tile, flits);
    return mesh->context.errorCount()  ? PLC_RTL_ASSERTION
           : at.still > mesh->patience ? PLC_RTL_STUCK
                                       : PLC_RTL_OK;
}

bool plc_rtl_mesh_open_wave(plc_rtl_mesh *mesh, const char *path, uint64_t period)
{
    ContextInUse in_use(mesh->context);
    try {
        auto wave = std::make_unique<Wave>();
        wave->period = period;
        mesh->context.traceEverOn(true);
        for (Tile &tile : mesh->tiles)
            if (tile.rtl)
                tile.rtl->trace(&wave->vcd, INT_MAX);
        wave->vcd.set_time_unit("1ps");
        wave->vcd.set_time_resolution("1ps");
        wave->vcd.open(path);
        if (!wave->vcd.isOpen())
            return false;
        mesh->wave = std::move(wave);
        return true;
    } catch (const std::bad_alloc &) {
        errno = ENOMEM;
        return false;
    }
}

bool plc_rtl_mesh_close_wave(plc_rtl_mesh *mesh)
{
    ContextInUse in_use(mesh->context);
    std::unique_ptr<Wave> wave = std::move(mesh->wave);
    if (wave->down)
        wave->see();
    wave->vcd.close();
    return !wave->file.failed();
}

void plc_rtl_mesh_begin(plc_rtl_mesh *mesh)
{
    mesh->spikes.clear();
}
