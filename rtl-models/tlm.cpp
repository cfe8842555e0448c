// The SystemC mesh behind its C face.
// SPDX-License-Identifier: Apache-2.0
#include "rtl-models/tlm.h"

#include "rtl-models/tlm_core.hpp"
#include "rtl-models/tlm_router.hpp"
#include "rtl-models/tlm_tile.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <string>

namespace
{

// The simulation context that a call works in. SystemC has one at a time for a whole process, and
// adds no modules to one that has begun; so each mesh has its own.
class SimulationInUse
{
  public:
    explicit SimulationInUse(sc_core::sc_simcontext *context) : before_(sc_core::sc_curr_simcontext)
    {
        sc_core::sc_curr_simcontext = context;
    }
    ~SimulationInUse()
    {
        sc_core::sc_curr_simcontext = before_;
    }
    SimulationInUse(const SimulationInUse &) = delete;
    SimulationInUse &operator=(const SimulationInUse &) = delete;

  private:
    sc_core::sc_simcontext *before_;
};

} // namespace

struct plc_tlm_mesh {
    std::unique_ptr<sc_core::sc_simcontext> context;
    plc::Shared shared;
    std::vector<std::unique_ptr<plc::Router>> routers; // [n_routers] or none, where a tile is
    std::vector<std::unique_ptr<plc::Tile>> tiles;     // [n_routers] or none
    std::vector<std::unique_ptr<plc::Core>> cores;
};

namespace
{

plc::Node &node_at(plc_tlm_mesh &mesh, uint32_t router)
{
    if (mesh.tiles[router])
        return *mesh.tiles[router];
    return *mesh.routers[router];
}

uint32_t neighbour(const plc_tlm_settings &s, uint32_t router, unsigned link)
{
    return s.neighbours[static_cast<size_t>(router) * PLC_TLM_LINKS + link];
}

// What is connected at each router: [routers][links and cores].
std::vector<std::vector<unsigned>> find_ports(const plc_tlm_settings &s)
{
    std::vector<std::vector<unsigned>> ports(
        s.n_routers, std::vector<unsigned>(PLC_TLM_LINKS + s.cores_per_router));
    for (uint32_t r = 0; r < s.n_routers; r++) {
        for (unsigned l = 0; l < PLC_TLM_LINKS; l++) {
            uint32_t to = neighbour(s, r, l);
            if (to == PLC_TLM_NONE)
                continue;
            ports[r][l] |= plc::PORT_OUT;
            ports[to][l] |= plc::PORT_IN;
        }
        for (uint32_t i = 0; i < s.cores_per_router; i++)
            if (s.cores[static_cast<size_t>(r) * s.cores_per_router + i] != PLC_TLM_NONE)
                ports[r][PLC_TLM_LINKS + i] = plc::PORT_BOTH;
    }
    return ports;
}

void make_router(plc_tlm_mesh &mesh, const plc_tlm_settings &s, uint32_t router,
                 std::vector<unsigned> ports)
{
    std::string number = std::to_string(router);
    if (s.is_rtl && s.is_rtl[router]) {
        ports.resize(PLC_TLM_LINKS); // its core is within
        mesh.tiles[router].reset(
            new plc::Tile(("tile" + number).c_str(), mesh.shared, router, ports));
        return;
    }
    mesh.routers[router].reset(
        new plc::Router(("router" + number).c_str(), mesh.shared, router, ports));
    for (uint32_t i = 0; i < s.cores_per_router; i++) {
        uint32_t core = s.cores[static_cast<size_t>(router) * s.cores_per_router + i];
        if (core == PLC_TLM_NONE)
            continue;
        mesh.cores.emplace_back(
            new plc::Core(("core" + std::to_string(core)).c_str(), mesh.shared, router, core));
        mesh.cores.back()->connect(0, *mesh.routers[router], PLC_TLM_LINKS + i);
        mesh.routers[router]->connect(PLC_TLM_LINKS + i, *mesh.cores.back(), 0);
    }
}

void make_mesh(plc_tlm_mesh &mesh, const plc_tlm_settings &s)
{
    mesh.shared.times = s.times;
    mesh.shared.owner = s.owner;
    mesh.shared.rtl = s.rtl;
    mesh.routers.resize(s.n_routers);
    mesh.tiles.resize(s.n_routers);
    std::vector<std::vector<unsigned>> ports = find_ports(s);
    for (uint32_t r = 0; r < s.n_routers; r++)
        make_router(mesh, s, r, ports[r]);
    for (uint32_t r = 0; r < s.n_routers; r++)
        for (unsigned l = 0; l < PLC_TLM_LINKS; l++)
            if (neighbour(s, r, l) != PLC_TLM_NONE)
                node_at(mesh, r).connect(l, node_at(mesh, neighbour(s, r, l)), l);
}

void check(plc_tlm_mesh &mesh, bool idle, uint32_t router)
{
    if (idle || mesh.shared.result != PLC_RTL_OK)
        return;
    mesh.shared.result = PLC_RTL_STUCK;
    mesh.shared.last = router;
}

void run_tick(plc_tlm_mesh &mesh, uint64_t begin)
{
    for (auto &core : mesh.cores)
        core->start(begin);
    for (auto &tile : mesh.tiles)
        if (tile)
            tile->start(begin);
    if (mesh.shared.result == PLC_RTL_OK)
        sc_core::sc_start();
    // No event is left: then nothing may be left to do. Tiles of RTL watch themselves.
    for (auto &core : mesh.cores)
        check(mesh, core->is_idle(), core->router());
    for (auto &router : mesh.routers)
        if (router)
            check(mesh, router->is_idle(), router->router());
}

} // namespace

// libsystemc has a main() that calls this; Placode has its own.
extern "C" __attribute__((visibility("default"))) int sc_main(int, char **)
{
    return EXIT_FAILURE;
}

plc_tlm_mesh *plc_tlm_mesh_create(const plc_tlm_settings *settings)
{
    try {
        // Its banner is not ours to print.
        if (setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1))
            return nullptr;
        auto mesh = std::make_unique<plc_tlm_mesh>();
        mesh->context = std::make_unique<sc_core::sc_simcontext>();
        SimulationInUse in_use(mesh->context.get());
        make_mesh(*mesh, *settings);
        return mesh.release();
    } catch (const std::bad_alloc &) {
        return nullptr;
    } catch (const sc_core::sc_report &) {
        return nullptr;
    }
}

void plc_tlm_mesh_destroy(plc_tlm_mesh *mesh)
{
    if (!mesh)
        return;
    SimulationInUse in_use(mesh->context.get());
    mesh->cores.clear();
    mesh->routers.clear();
    mesh->tiles.clear();
    delete mesh;
}

bool plc_tlm_mesh_route(plc_tlm_mesh *mesh, uint32_t router, uint32_t key, uint32_t mask,
                        uint32_t links, const uint32_t *cores, uint32_t n_cores)
{
    try {
        std::vector<unsigned> outputs;
        for (unsigned l = 0; l < PLC_TLM_LINKS; l++)
            if (links >> l & 1)
                outputs.push_back(l);
        for (uint32_t i = 0; i < n_cores; i++)
            outputs.push_back(PLC_TLM_LINKS + cores[i]);
        mesh->routers[router]->add_entry(key, mask, std::move(outputs));
        return true;
    } catch (const std::bad_alloc &) {
        return false;
    }
}

plc_rtl_result plc_tlm_mesh_tick(plc_tlm_mesh *mesh, uint64_t *ret_ps, uint32_t *ret_router)
{
    SimulationInUse in_use(mesh->context.get());
    plc::Shared &shared = mesh->shared;
    const uint64_t period = shared.times.clock;
    try {
        uint64_t begin = std::max(plc::now_ps(), shared.end);
        begin = (begin + period - 1) / period * period;
        shared.end = begin;
        if (shared.rtl)
            plc_rtl_mesh_begin(shared.rtl);
        run_tick(*mesh, begin);
        shared.end += shared.times.barrier;
        *ret_ps = shared.end - begin;
        *ret_router = shared.last;
        return shared.result;
    } catch (const std::bad_alloc &) {
        return PLC_RTL_NO_MEMORY;
    } catch (const sc_core::sc_report &) { // what a process throws comes as a report
        return PLC_RTL_NO_MEMORY;
    }
}

plc_tlm_counts plc_tlm_mesh_counts(const plc_tlm_mesh *mesh)
{
    return mesh->shared.counts;
}
