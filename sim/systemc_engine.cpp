// SPDX-License-Identifier: Apache-2.0
//
// The reference host: every kernel is a clocked module, every FIFO a channel, every layer a module
// around them.
#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <systemc>
#include <vector>

#include "sim/engine.h"
#include "sim/memory/axi_tlm.h"

namespace qnnsim {
namespace {

/// What a kernel's port reaches: the FIFO itself, so that a beat costs no call through the
/// interface.
class StreamInterface : public virtual sc_core::sc_interface {
 public:
  virtual Fifo& fifo() = 0;
};

/// A stream edge as a SystemC channel.
class StreamChannel final : public sc_core::sc_module, public StreamInterface {
 public:
  StreamChannel(const sc_core::sc_module_name& name, Fifo& fifo) : sc_module(name), fifo_(fifo) {}
  Fifo& fifo() override { return fifo_; }

 private:
  Fifo& fifo_;
};

/// The clock of one kernel: the accelerator's, but for the cycles in which the kernel could not do
/// anything. A sleeping kernel costs nothing then.
class GatedClock final : public sc_core::sc_module, public sc_core::sc_signal_in_if<bool> {
 public:
  explicit GatedClock(const sc_core::sc_module_name& name) : sc_module(name) {}

  /// A rising edge, in the evaluate phase of the accelerator's own.
  void tick() { edge_.notify(); }

  const sc_core::sc_event& default_event() const override { return edge_; }
  const sc_core::sc_event& value_changed_event() const override { return edge_; }
  const sc_core::sc_event& posedge_event() const override { return edge_; }
  const sc_core::sc_event& negedge_event() const override { return never_; }
  const bool& read() const override { return high_; }
  const bool& get_data_ref() const override { return high_; }
  bool event() const override { return edge_.triggered(); }
  bool posedge() const override { return edge_.triggered(); }
  bool negedge() const override { return false; }

 private:
  sc_core::sc_event edge_{"edge"};
  sc_core::sc_event never_{"never"};
  const bool high_ = true;
};

/// Hosts a kernel: one clocked method.
class KernelModule final : public sc_core::sc_module {
 public:
  using StreamPort = sc_core::sc_port<StreamInterface>;

  sc_core::sc_in_clk clk{"clk"};
  sc_core::sc_vector<StreamPort> in;
  sc_core::sc_vector<StreamPort> out;

  KernelModule(const sc_core::sc_module_name& name, Kernel& kernel, Process& process,
               const Simulation& simulation)
      : sc_module(name),
        in("in", kernel.inputs().size()),
        out("out", kernel.outputs().size()),
        kernel_(kernel),
        process_(process),
        simulation_(simulation) {
    SC_HAS_PROCESS(KernelModule);
    SC_METHOD(on_clock);
    sensitive << clk.pos();
    dont_initialize();
  }

 private:
  void end_of_elaboration() override {
    for (std::size_t i = 0; i < in.size(); ++i) kernel_.connect_input(i, in[i]->fifo());
    for (std::size_t i = 0; i < out.size(); ++i) kernel_.connect_output(i, out[i]->fifo());
  }

  void on_clock() { process_.step(simulation_.now()); }

  Kernel& kernel_;
  Process& process_;
  const Simulation& simulation_;
};

/// Ends every cycle: in the update phase after all kernels have been evaluated.
class CycleEnd final : public sc_core::sc_prim_channel {
 public:
  explicit CycleEnd(Simulation& simulation)
      : sc_prim_channel("cycle_end"), simulation_(simulation) {}

  void request() { request_update(); }

 private:
  void update() override {
    if (simulation_.finish_cycle() != RunStatus::kRunning) sc_core::sc_stop();
  }

  Simulation& simulation_;
};

/// The modules of one layer; within it a kernel bears the part of its name behind the layer's.
class LayerModule final : public sc_core::sc_module {
 public:
  LayerModule(const sc_core::sc_module_name& name, Simulation& simulation,
              const std::vector<std::size_t>& nodes)
      : sc_module(name) {
    for (std::size_t i : nodes) {
      const KernelNode& node = simulation.dataflow().nodes[i];
      const std::string local = node.name.substr(node.name.rfind('.') + 1);
      kernels_.push_back(std::make_unique<KernelModule>(local.c_str(), *node.kernel,
                                                        *simulation.processes()[i], simulation));
    }
  }

  const std::vector<std::unique_ptr<KernelModule>>& kernels() const { return kernels_; }

 private:
  std::vector<std::unique_ptr<KernelModule>> kernels_;
};

/// The whole accelerator: layers, streams, one clock and its gates.
class Accelerator final : public sc_core::sc_module {
 public:
  Accelerator(const sc_core::sc_module_name& name, Simulation& simulation, double clock_mhz)
      : sc_module(name),
        clock_("clk", sc_core::sc_time(1000.0 / clock_mhz, sc_core::SC_NS)),
        simulation_(simulation),
        cycle_end_(simulation) {
    SC_HAS_PROCESS(Accelerator);
    SC_METHOD(on_clock);
    sensitive << clock_.posedge_event();
    dont_initialize();
    add_streams();
    add_layers();
    add_memories();
    connect();
  }

 private:
  void on_clock() {
    for (const Process* process : simulation_.awake()) gates_[process->index()]->tick();
    cycle_end_.request();
  }

  void add_streams() {
    for (std::size_t i = 0; i < simulation_.fifos().size(); ++i) {
      const std::string name = "fifo_" + std::to_string(i);
      streams_.push_back(std::make_unique<StreamChannel>(name.c_str(), *simulation_.fifos()[i]));
    }
  }

  void add_layers() {
    const std::vector<KernelNode>& nodes = simulation_.dataflow().nodes;
    std::vector<std::string> layers;
    std::map<std::string, std::vector<std::size_t>> members;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (members.count(nodes[i].layer) == 0) layers.push_back(nodes[i].layer);
      members[nodes[i].layer].push_back(i);
    }
    kernels_.resize(nodes.size());
    for (const std::string& layer : layers) {
      layers_.push_back(std::make_unique<LayerModule>(layer.c_str(), simulation_, members[layer]));
      for (std::size_t i = 0; i < members[layer].size(); ++i) {
        kernels_[members[layer][i]] = layers_.back()->kernels()[i].get();
      }
    }
  }

  /// Masters reach their memories through TLM-2.0 sockets.
  void add_memories() {
    MemorySystem* system = simulation_.dataflow().memory.get();
    if (system == nullptr) return;
    for (const auto& memory : system->memories) {
      targets_.push_back(std::make_unique<MemoryTarget>(memory->name().c_str(), *memory,
                                                        memory->ports(), clock_.period()));
    }
    for (const MemoryMaster& master : system->masters) {
      const std::string name = "axi_" + std::to_string(initiators_.size());
      const int bus_bytes = master.contents->transfer.bus_bytes();
      initiators_.push_back(std::make_unique<AxiInitiator>(
          name.c_str(), static_cast<int>(initiators_.size()), bus_bytes, clock_.period()));
      initiators_.back()->socket.bind(*targets_[master.memory]->sockets[master.port]);
      Kernel& port = *simulation_.dataflow().nodes[master.port_node].kernel;
      static_cast<MemoryPort&>(port).connect(*initiators_.back());
    }
  }

  void connect() {
    for (std::size_t i = 0; i < kernels_.size(); ++i) {
      gates_.push_back(std::make_unique<GatedClock>(("gate_" + std::to_string(i)).c_str()));
      kernels_[i]->clk(*gates_.back());
    }
    const std::vector<Edge>& edges = simulation_.dataflow().edges;
    for (std::size_t i = 0; i < edges.size(); ++i) {
      kernels_[edges[i].from]->out[edges[i].from_port](*streams_[i]);
      kernels_[edges[i].to]->in[edges[i].to_port](*streams_[i]);
    }
  }

  sc_core::sc_clock clock_;
  Simulation& simulation_;
  CycleEnd cycle_end_;
  std::vector<std::unique_ptr<MemoryTarget>> targets_;     ///< by memory
  std::vector<std::unique_ptr<AxiInitiator>> initiators_;  ///< by master
  std::vector<std::unique_ptr<StreamChannel>> streams_;    ///< by edge
  std::vector<std::unique_ptr<LayerModule>> layers_;
  std::vector<KernelModule*> kernels_;              ///< by node
  std::vector<std::unique_ptr<GatedClock>> gates_;  ///< by node
};

}  // namespace

RunStatus run_systemc(Simulation& simulation, double clock_mhz, ProcessOrder order) {
  static bool elaborated = false;
  if (elaborated) throw std::logic_error("SystemC elaborates only once in a program");
  elaborated = true;
  // SystemC tells that a simulation was stopped; ours always is.
  sc_core::sc_report_handler::set_actions("/OSCI/SystemC", sc_core::SC_DO_NOTHING);
  std::vector<Process*>& awake = simulation.awake();
  if (order == ProcessOrder::kReverse) std::reverse(awake.begin(), awake.end());
  Accelerator accelerator("accelerator", simulation, clock_mhz);
  sc_core::sc_start();
  return simulation.status();
}

}  // namespace qnnsim
