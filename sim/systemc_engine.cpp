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

/// Hosts a kernel: one clocked method; while the kernel sleeps, the method waits for `woken`
/// instead of the clock.
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

  /// In an update phase: tick again from the next edge on.
  void wake() { woken_.notify(sc_core::SC_ZERO_TIME); }

 private:
  void end_of_elaboration() override {
    for (std::size_t i = 0; i < in.size(); ++i) kernel_.connect_input(i, in[i]->fifo());
    for (std::size_t i = 0; i < out.size(); ++i) kernel_.connect_output(i, out[i]->fifo());
  }

  void on_clock() {
    if (waiting_) {
      waiting_ = false;  // this is the wake-up, not an edge; the clock is waited for again
      return;
    }
    process_.step(simulation_.now());
    if (process_.asleep()) {
      waiting_ = true;
      next_trigger(woken_);
    }
  }

  Kernel& kernel_;
  Process& process_;
  const Simulation& simulation_;
  sc_core::sc_event woken_{"woken"};
  bool waiting_ = false;
};

/// Ends every cycle: in the update phase after all kernels have been evaluated.
class CycleEnd final : public sc_core::sc_prim_channel {
 public:
  CycleEnd(Simulation& simulation, const std::vector<KernelModule*>& modules)
      : sc_prim_channel("cycle_end"), simulation_(simulation), modules_(modules) {}

  void request() { request_update(); }

 private:
  void update() override {
    if (simulation_.finish_cycle() != RunStatus::kRunning) sc_core::sc_stop();
    for (Process* process : simulation_.woken()) modules_[process->index()]->wake();
    simulation_.woken().clear();
  }

  Simulation& simulation_;
  const std::vector<KernelModule*>& modules_;  ///< by node
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

/// The whole accelerator.
class Accelerator final : public sc_core::sc_module {
 public:
  Accelerator(const sc_core::sc_module_name& name, Simulation& simulation, double clock_mhz,
              ProcessOrder order)
      : sc_module(name),
        clock_("clk", sc_core::sc_time(1000.0 / clock_mhz, sc_core::SC_NS)),
        cycle_end_(simulation, modules_) {
    SC_HAS_PROCESS(Accelerator);
    SC_METHOD(on_clock);
    sensitive << clock_.posedge_event();
    dont_initialize();
    add_streams(simulation);
    add_kernels(simulation, order);
  }

 private:
  void on_clock() { cycle_end_.request(); }

  void add_streams(Simulation& simulation) {
    for (std::size_t i = 0; i < simulation.fifos().size(); ++i) {
      const std::string name = "fifo_" + std::to_string(i);
      streams_.push_back(std::make_unique<StreamChannel>(name.c_str(), *simulation.fifos()[i]));
    }
  }

  void add_kernels(Simulation& simulation, ProcessOrder order) {
    const Dataflow& dataflow = simulation.dataflow();
    std::vector<std::string> layers;
    std::map<std::string, std::vector<std::size_t>> nodes;
    for (std::size_t i = 0; i < dataflow.nodes.size(); ++i) {
      const std::string& layer = dataflow.nodes[i].layer;
      if (nodes.count(layer) == 0) layers.push_back(layer);
      nodes[layer].push_back(i);
    }
    if (order == ProcessOrder::kReverse) std::reverse(layers.begin(), layers.end());
    modules_.resize(dataflow.nodes.size());
    for (const std::string& layer : layers) {
      std::vector<std::size_t>& members = nodes[layer];
      if (order == ProcessOrder::kReverse) std::reverse(members.begin(), members.end());
      layers_.push_back(std::make_unique<LayerModule>(layer.c_str(), simulation, members));
      for (std::size_t i = 0; i < members.size(); ++i) {
        KernelModule* module = layers_.back()->kernels()[i].get();
        module->clk(clock_);
        modules_[members[i]] = module;
      }
    }
    for (std::size_t i = 0; i < dataflow.edges.size(); ++i) {
      const Edge& edge = dataflow.edges[i];
      modules_[edge.from]->out[edge.from_port](*streams_[i]);
      modules_[edge.to]->in[edge.to_port](*streams_[i]);
    }
  }

  sc_core::sc_clock clock_;
  std::vector<KernelModule*> modules_;  ///< by node
  CycleEnd cycle_end_;
  std::vector<std::unique_ptr<StreamChannel>> streams_;
  std::vector<std::unique_ptr<LayerModule>> layers_;
};

}  // namespace

RunStatus run_systemc(Simulation& simulation, double clock_mhz, ProcessOrder order) {
  static bool elaborated = false;
  if (elaborated) throw std::logic_error("SystemC elaborates only once in a program");
  elaborated = true;
  // SystemC tells that a simulation was stopped; ours always is.
  sc_core::sc_report_handler::set_actions("/OSCI/SystemC", sc_core::SC_DO_NOTHING);
  Accelerator accelerator("accelerator", simulation, clock_mhz, order);
  sc_core::sc_start();
  return simulation.status();
}

}  // namespace qnnsim
