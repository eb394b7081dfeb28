// SPDX-License-Identifier: Apache-2.0
#include "sim/kraken/kraken_lowering.h"

#include <fmt/format.h>

#include "models/axi_reader.h"
#include "models/axi_writer.h"
#include "models/kraken/kraken_array.h"
#include "models/kraken/kraken_pixels.h"
#include "models/kraken/kraken_weights.h"
#include "models/sink.h"
#include "models/source.h"
#include "sim/graph_builder.h"
#include "sim/kraken/kraken_dma.h"
#include "sim/kraken/kraken_ideal.h"
#include "sim/kraken/kraken_processor.h"
#include "sim/memory_plan.h"

namespace qnnsim {
namespace {

constexpr char kEngine[] = "engine";  ///< the layer of what the engine has itself

/// Builds the graph of an engine.
class Builder {
 public:
  Builder(const Scenario& scenario, std::shared_ptr<const KrakenPlan> plan, const RunData* data,
          Findings& findings)
      : scenario_(scenario),
        plan_(std::move(plan)),
        findings_(findings),
        places_(scenario, findings) {
    if (data == nullptr) return;
    auto carried = std::make_shared<KrakenData>();
    carried->network = std::make_shared<Network>(scenario.network);
    carried->run = *data;
    data_ = std::move(carried);
  }

  Dataflow run() {
    if (!plan_->is_ideal()) place_tensors();
    if (!findings_.empty()) return {};
    add_source();
    system_.plan = plan_;
    plan_->is_ideal() ? add_ideal() : add_engine();
    set_depths(
        scenario_, graph_.graph(), [](const std::string&) { return false; }, findings_);
    graph_.graph().frames = scenario_.stimulus.frames;
    graph_.graph().frames_together = std::uint64_t(plan_->settings.batch);
    graph_.graph().kraken = std::make_shared<KrakenSystem>(system_);
    return std::move(graph_.graph());
  }

 private:
  template <typename K>
  const K* own(int node) {
    return static_cast<const K*>(graph_.graph().nodes[node].kernel.get());
  }

  int add(const std::string& name, const std::string& kind, std::unique_ptr<Kernel> kernel,
          bool outside) {
    const int node = graph_.add_node(name, kEngine, kind, std::move(kernel));
    graph_.graph().nodes[node].outside = outside;
    if (outside) graph_.graph().nodes[node].layer = name.substr(0, name.find('.'));
    // A kernel's frame is a batch.
    graph_.graph().nodes[node].frames = std::uint64_t(plan_->settings.batch);
    return node;
  }

  void add_source() {
    const std::uint64_t frames = scenario_.stimulus.frames;
    source_ = add("source", "source",
                  std::make_unique<Source>(token_port(1), frames, scenario_.stimulus.source,
                                           std::vector<Value>(data_ ? frames : 0)),
                  true);
    graph_.graph().source_node = source_;
    graph_.graph().nodes[source_].frames = 1;
  }

  void add_sink(Stream done) {
    const int node = add(
        "sink", "sink",
        std::make_unique<Sink>(token_port(1), scenario_.stimulus.frames, scenario_.stimulus.sink),
        true);
    graph_.graph().sink_node = node;
    graph_.graph().nodes[node].frames = 1;
    graph_.connect(done, node, 0);
  }

  void add_ideal() {
    const int engine = add("array", "array", std::make_unique<KrakenIdeal>(plan_), false);
    system_.ideal = own<KrakenIdeal>(engine);
    graph_.connect({source_, 0}, engine, 0);
    add_sink({engine, 0});
  }

  /// What the DMAs move, and where it lies in memory.
  void place_tensors() {
    transfers_ = std::make_shared<const KrakenTransfers>(kraken_transfers(*plan_));
    system_.transfers = transfers_;
    if (!has_memory()) return;
    const auto ask = [&](const char* name, std::uint64_t beats) {
      const TensorSettings settings = settings_of(name);
      places_.ask(settings, beats * std::uint64_t(settings.bus_bits) / 8);
    };
    ask(kKrakenPixels, transfers_->pixel_beats);
    ask(kKrakenWeights, transfers_->weight_beats);
    ask(kKrakenSums, transfers_->sum_beats);
    places_.place();
  }

  /// The buses of the DMAs are the engine's.
  TensorSettings settings_of(const std::string& name) const {
    TensorSettings settings = scenario_.memory.of(name);
    settings.bus_bits = plan_->settings.params.axi_width;
    return settings;
  }

  void add_engine() {
    const KrakenParams& p = plan_->settings.params;
    const auto program = std::make_shared<const std::vector<KrakenPacket>>(plan_->program());
    KrakenTensors tensors;
    tensors.pixels =
        tensor(kKrakenPixels, p.pixel_type(), transfers_->pixel_beats, transfers_->pixels);
    tensors.weights =
        tensor(kKrakenWeights, p.weight_type(), transfers_->weight_beats, transfers_->weights);
    tensors.sums = tensor(kKrakenSums, p.output_type(), transfers_->sum_beats, transfers_->sums);
    if (data_) fill_weights(*tensors.weights);

    const int processor = add("processor", "processor",
                              std::make_unique<KrakenProcessor>(plan_, transfers_, tensors,
                                                                scenario_.stimulus.frames, data_),
                              true);
    const int pixels =
        add(kKrakenPixels, "pixels", std::make_unique<KrakenPixels>(p, program), false);
    const int weights =
        add(kKrakenWeights, "weights", std::make_unique<KrakenWeights>(p, program), false);
    const int array = add("array", "array", std::make_unique<KrakenArray>(p, program), false);
    const int gate =
        add("sums.gate", "gate",
            std::make_unique<PacketGate>(graph_.port({array, 0}), tensors.sums->transfer.segments),
            true);
    system_.array = own<KrakenArray>(array);
    system_.processor = own<KrakenProcessor>(processor);
    system_.gate = own<PacketGate>(gate);

    graph_.connect({source_, 0}, processor, 0);
    graph_.connect(read({processor, 0}, tensors.pixels, kKrakenPixels, pixels), pixels, 0);
    graph_.connect(read({processor, 1}, tensors.weights, kKrakenWeights, weights), weights, 0);
    graph_.connect({pixels, 0}, array, 0);
    graph_.connect({weights, 0}, array, 1, "weights");
    graph_.connect({weights, 1}, array, 2, "control");
    graph_.connect({array, 0}, gate, 0);
    graph_.connect({processor, 2}, gate, 1);
    graph_.connect(write({gate, 0}, tensors.sums), processor, 1);
    add_sink({processor, 3});
  }

  std::shared_ptr<MemoryTensor> tensor(const std::string& name, DataType type, std::uint64_t beats,
                                       const std::vector<AxiSegment>& packets) {
    auto tensor = std::make_shared<MemoryTensor>();
    AxiTransferParams& transfer = tensor->transfer;
    transfer = transfer_over(settings_of(name));
    transfer.type = type;
    transfer.elements = beats * transfer.lanes_of_bus();
    transfer.passes = packets.size();
    transfer.base = places_.base(name);
    const std::uint64_t first = transfer.base / transfer.bus_bytes();
    auto segments = std::make_shared<std::vector<AxiSegment>>(packets);
    for (AxiSegment& segment : *segments) segment.beat += first;
    transfer.segments = std::move(segments);
    if (data_) tensor->allocate();
    return tensor;
  }

  bool has_memory() const { return !scenario_.memory.memories.empty(); }

  void fill_weights(MemoryTensor& tensor) const {
    for (std::size_t i = 0; i < plan_->layers.size(); ++i) {
      const KrakenLayer& layer = plan_->layers[i];
      if (layer.kind == KrakenLayer::Kind::kMatrixProduct) continue;
      const std::vector<Value> packets = weight_packets(
          plan_->settings.params, layer, data_->run.constants[layer.index].at("weights").data);
      std::copy(packets.begin(), packets.end(),
                tensor.values.begin() +
                    std::ptrdiff_t(transfers_->layer_weights[i]) * tensor.transfer.lanes_of_bus());
    }
  }

  Pressure stalls(double probability, const char* name) const {
    if (probability >= 1) return {};
    return Pressure::random(1 - probability, derive_seed(scenario_.seed, name));
  }

  /// What fetches packets of `tensor` for `tokens`; `reader` takes them.
  Stream read(Stream tokens, std::shared_ptr<MemoryTensor> tensor, const std::string& name,
              int reader) {
    if (!has_memory()) {
      auto feeder =
          std::make_unique<PacketFeeder>(tensor, stalls(plan_->settings.valid_prob, name.c_str()));
      const int node = add(name + ".dma", "dma", std::move(feeder), true);
      graph_.connect(tokens, node, 0);
      return {node, 0};
    }
    const int dma =
        add(name + ".dma", kMemoryReader, std::make_unique<AxiReader>(tensor->transfer), true);
    auto port = std::make_unique<MemoryReadPort>(tensor);
    MemoryPort& placed = *port;
    const int port_node = add(name + ".port", "memory_port", std::move(port), true);
    graph_.connect(tokens, dma, 0);
    graph_.connect({dma, 1}, port_node, 0);
    graph_.connect({port_node, 0}, dma, 1);
    attach(name, dma, port_node, reader, tensor, placed, false);
    return {dma, 0};
  }

  /// What stores packets of sums; its stream of a token a packet.
  Stream write(Stream sums, std::shared_ptr<MemoryTensor> tensor) {
    if (!has_memory()) {
      auto collector = std::make_unique<PacketCollector>(
          tensor, stalls(plan_->settings.ready_prob, kKrakenSums));
      const int node = add("sums.dma", "dma", std::move(collector), true);
      graph_.connect(sums, node, 0);
      return {node, 0};
    }
    const int dma =
        add("sums.dma", "axi_writer", std::make_unique<AxiWriter>(tensor->transfer), true);
    auto port = std::make_unique<MemoryWritePort>(tensor);
    MemoryPort& placed = *port;
    const int port_node = add("sums.port", "memory_port", std::move(port), true);
    graph_.connect(sums, dma, 0);
    graph_.connect({dma, 1}, port_node, 0, "aw");
    graph_.connect({dma, 2}, port_node, 1, "w");
    graph_.connect({port_node, 0}, dma, 1);
    attach(kKrakenSums, dma, port_node, dma, tensor, placed, true);
    return {dma, 0};
  }

  void attach(const std::string& name, int dma, int port_node, int consumer,
              std::shared_ptr<MemoryTensor> tensor, MemoryPort& port, bool writes) {
    std::unique_ptr<MemorySystem>& system = graph_.graph().memory;
    if (!system) system = memory_system(scenario_);
    const int memory = scenario_.memory.memory_of(scenario_.memory.of(name));
    MemoryMaster master;
    master.tensor = name;
    master.writes = writes;
    master.memory = std::size_t(memory);
    master.node = dma;
    master.port_node = port_node;
    master.consumer = consumer;
    master.passes =
        tensor->transfer.passes * scenario_.stimulus.frames / std::uint64_t(plan_->settings.batch);
    const AxiTransferParams& transfer = tensor->transfer;
    master.port = system->memories[master.memory]->add_port(name, transfer.bus_bytes(), writes);
    master.contents = std::move(tensor);
    system->masters.push_back(std::move(master));
    port.connect(system->direct_link(system->masters.size() - 1));
  }

  const Scenario& scenario_;
  const std::shared_ptr<const KrakenPlan> plan_;
  Findings& findings_;
  MemoryPlan places_;
  std::shared_ptr<const KrakenData> data_;
  std::shared_ptr<const KrakenTransfers> transfers_;
  GraphBuilder graph_;
  KrakenSystem system_;
  int source_ = 0;
};

/// What means nothing to the engine.
void check_scenario(const Scenario& scenario, Findings& findings) {
  const KrakenSettings& kraken = *scenario.kraken;
  if (scenario.stimulus.frames % std::uint64_t(kraken.batch) != 0) {
    findings.add(kraken.place,
                 fmt::format("{} frames are not whole batches of {}", scenario.stimulus.frames,
                             kraken.batch),
                 fmt::format("set stimulus.frames: {}", kraken.batch));
  }
  if (scenario.stimulus.source_lanes) {
    findings.add(scenario.stimulus.source_lanes_place,
                 "lanes: the source says when a frame is there, and DMAs move it");
  }
  if (kraken.profile == KrakenProfile::kIdeal && scenario.carries_data()) {
    findings.add(kraken.place, "the ideal profile counts cycles and words, but carries no values",
                 "set profile: rtl, or data: none");
  }
}

/// If not, that has been complained of.
bool is_possible(const KrakenParams& params) {
  try {
    params.check();
  } catch (const ParameterError&) {
    return false;
  }
  return true;
}

}  // namespace

Dataflow lower_kraken(const Scenario& scenario, const RunData* data, Findings& findings) {
  check_scenario(scenario, findings);
  if (!is_possible(scenario.kraken->params)) return {};
  auto plan =
      std::make_shared<const KrakenPlan>(plan_kraken(scenario.network, *scenario.kraken, findings));
  if (!findings.empty() || plan->layers.empty()) return {};
  return Builder(scenario, std::move(plan), data, findings).run();
}

}  // namespace qnnsim
