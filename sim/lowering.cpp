// SPDX-License-Identifier: Apache-2.0
#include "sim/lowering.h"

#include <fmt/format.h>
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "models/axi_reader.h"
#include "models/fork.h"
#include "sim/graph_builder.h"
#include "sim/kraken/kraken_lowering.h"
#include "sim/memory_plan.h"

namespace qnnsim {
namespace {

constexpr char kDefault[] = "default";
constexpr std::int64_t kMostLanes = 1 << 20;

int largest_divisor_up_to(int whole, std::int64_t limit) {
  int divisor = static_cast<int>(std::min<std::int64_t>(whole, std::max<std::int64_t>(limit, 1)));
  while (whole % divisor != 0) --divisor;
  return divisor;
}

std::vector<std::int64_t> divisors_up_to(std::int64_t whole, std::int64_t limit) {
  std::vector<std::int64_t> result;
  for (std::int64_t d = 1; d <= std::min(whole, limit); ++d) {
    if (whole % d == 0) result.push_back(d);
  }
  return result;
}

/// Does the FIFO lie between a master and its memory, or what starts it?
bool is_of_master(const std::string& edge) {
  return edge.find(".port") != std::string::npos || edge.find(".start") != std::string::npos;
}

/// What one operator sees of the graph while it adds its kernels.
class LayerBuilder final : public DataflowBuilder {
 public:
  LayerBuilder(GraphBuilder& graph, MemoryPlan& plan, const Scenario& scenario, const Layer& layer,
               std::vector<Stream> inputs, const Constants* constants, Findings& findings)
      : graph_(graph),
        plan_(plan),
        frames_(scenario.stimulus.frames),
        folding_(scenario.folding),
        dsp_style_(qnnsim::dsp_style(scenario.platform.dsp_type)),
        layer_(layer),
        inputs_(std::move(inputs)),
        constants_(constants),
        findings_(findings) {}

  Stream input(int index) override { return inputs_.at(index); }
  Port port(Stream stream) const override { return graph_.port(stream); }
  MacStyle dsp_style() const override { return dsp_style_; }
  const Constants* constants() const override { return constants_; }

  Stream add(std::string_view kind, std::unique_ptr<Kernel> kernel,
             const std::vector<Stream>& inputs) override {
    return {graph_.add_kernel(layer_.name, std::string(kind), std::move(kernel), inputs), 0};
  }

  Stream add_across_frames(std::string_view kind, std::unique_ptr<Kernel> kernel,
                           const std::vector<Stream>& inputs) override {
    return {graph_.add_kernel(layer_.name, std::string(kind), std::move(kernel), inputs,
                              GraphBuilder::Frames::kMany),
            0};
  }

  Stream read_memory(const MemoryRead& what) override {
    return plan_.read_weights(graph_, layer_.name, what);
  }

  const std::string& layer() const override { return layer_.name; }
  std::uint64_t frames() const override { return frames_; }

  int divisor(std::string_view kind, std::string_view key, int whole, const std::string& what,
              int fallback) override {
    for (const std::string& scope : {scoped(kind), layer_.name}) {
      if (AttributeReader* values = given(scope, key)) {
        return checked_divisor(*values, scope, key, whole, what);
      }
    }
    if (AttributeReader* values = given(kDefault, key)) {
      return largest_divisor_up_to(whole, values->integer(key, std::nullopt, 1, kMostLanes));
    }
    return largest_divisor_up_to(whole, fallback);
  }

  int own_divisor(std::string_view kind, std::string_view key, int whole, const std::string& what,
                  int fallback) override {
    const std::string scope = scoped(kind);
    AttributeReader* values = given(scope, key);
    return values != nullptr ? checked_divisor(*values, scope, key, whole, what)
                             : largest_divisor_up_to(whole, fallback);
  }

  bool flag(std::string_view kind, std::string_view key) override {
    AttributeReader* values = most_specific(kind, key);
    return values != nullptr && values->boolean(key, false);
  }

  std::string choice(std::string_view kind, std::string_view key,
                     const std::vector<std::string>& choices) override {
    AttributeReader* values = most_specific(kind, key);
    return values != nullptr ? values->choice(key, choices) : choices.front();
  }

  void complain(std::string_view kind, std::string_view key, const std::string& message,
                const std::string& hint) override {
    if (AttributeReader* values = most_specific(kind, key)) {
      values->complain(key, message, hint);
    } else {
      findings_.add(layer_.place, "layer '" + layer_.name + "': " + message, hint);
    }
  }

 private:
  std::string scoped(std::string_view kind) const { return layer_.name + "." + std::string(kind); }

  AttributeReader* given(const std::string& scope, std::string_view key) const {
    AttributeReader* values = folding_.find(scope);
    return values != nullptr && values->has(key) ? values : nullptr;
  }

  AttributeReader* most_specific(std::string_view kind, std::string_view key) const {
    for (const std::string& scope : {scoped(kind), layer_.name, std::string(kDefault)}) {
      if (AttributeReader* values = given(scope, key)) return values;
    }
    return nullptr;
  }

  int checked_divisor(AttributeReader& values, const std::string& scope, std::string_view key,
                      int whole, const std::string& what) {
    const std::int64_t value = values.integer(key, std::nullopt, 1, kMostLanes);
    if (whole % value == 0) return static_cast<int>(value);
    values.complain(
        key,
        fmt::format("{}: {} does not divide the {} {} of '{}'", key, value, whole, what, scope),
        fmt::format("legal: {}", fmt::join(divisors(whole), ", ")));
    return largest_divisor_up_to(whole, value);
  }

  GraphBuilder& graph_;
  MemoryPlan& plan_;
  const std::uint64_t frames_;
  const Folding& folding_;
  const MacStyle dsp_style_;
  const Layer& layer_;
  const std::vector<Stream> inputs_;
  const Constants* constants_;
  Findings& findings_;
};

/// Lowers layer after layer.
class Lowering {
 public:
  Lowering(const Scenario& scenario, MemoryPlan& plan, const RunData* data, Findings& findings)
      : scenario_(scenario),
        plan_(plan),
        network_(scenario.network),
        data_(data),
        findings_(findings),
        findings_before_(findings.all().size()),
        graph_(scenario.kernels) {
    readers_.resize(network_.layers.size() + 1);
    for (const Layer& layer : network_.layers) {
      for (int from : layer.from) ++readers_[from + 1];
    }
    ++readers_.back();  // the sink
    ports_.resize(readers_.size());
  }

  Dataflow run() {
    add_source();
    for (std::size_t i = 0; i < network_.layers.size() && ok_; ++i) add_layer(i);
    if (ok_) add_sink();
    if (ok_) {
      const auto may_be_absent = [this](const std::string& edge) {
        return plan_.answers_at_once() && is_of_master(edge);
      };
      set_depths(scenario_, graph_.graph(), may_be_absent, findings_);
    }
    if (ok_) check_folding_names();
    return std::move(graph_.graph());
  }

 private:
  void check_folding_names() {
    std::vector<std::string> names = {kDefault};
    for (const Layer& layer : network_.layers) names.push_back(layer.name);
    for (const KernelNode& node : graph_.graph().nodes) names.push_back(node.name);
    scenario_.folding.check_all_used(names, findings_);
  }

  /// Hands `stream` to the readers of layer `index` (the network's input: Layer::kNetworkInput).
  void publish(int index, Stream stream, const std::string& name) {
    const int readers = readers_[index + 1];
    if (readers < 2) {
      ports_[index + 1] = {stream};
      return;
    }
    ForkParams p;
    const Port& port = graph_.port(stream);
    p.branches = readers;
    p.lanes = port.lanes;
    p.beats = port.beats;
    p.type = port.type;
    const int fork = graph_.add_kernel(name, "fork", std::make_unique<Fork>(p), {stream});
    for (int branch = 0; branch < readers; ++branch) ports_[index + 1].push_back({fork, branch});
  }

  Stream take(int index) {
    std::vector<Stream>& ports = ports_[index + 1];
    const Stream stream = ports.front();
    ports.erase(ports.begin());
    return stream;
  }

  void add_source() {
    const TensorShape& shape = network_.input;
    if (plan_.moves(kInputTensor)) return add_input_from_memory(shape);
    Port port;
    port.type = shape.type;
    port.lanes = scenario_.stimulus.source_lanes.value_or(default_source_lanes());
    if (shape.elements() % port.lanes != 0) {
      findings_.add(scenario_.stimulus.source_lanes_place,
                    fmt::format("lanes: {} does not divide the {} elements of a frame", port.lanes,
                                shape.elements()),
                    fmt::format("legal up to 256: {}",
                                fmt::join(divisors_up_to(shape.elements(), 256), ", ")));
      port.lanes = 1;
    }
    port.beats = std::uint64_t(shape.elements()) / port.lanes;
    const int node =
        graph_.add_node("source", "source", "source",
                        std::make_unique<Source>(port, scenario_.stimulus.frames,
                                                 scenario_.stimulus.source, input_values()));
    graph_.graph().source_node = node;
    graph_.graph().nodes[node].outside = true;
    publish(Layer::kNetworkInput, {node, 0}, "source");
  }

  /// The source says when a frame is there, and a master fetches it.
  void add_input_from_memory(const TensorShape& shape) {
    const std::uint64_t frames = scenario_.stimulus.frames;
    if (scenario_.stimulus.source_lanes) {
      findings_.add(scenario_.stimulus.source_lanes_place,
                    "lanes: the input is in memory, so its bus says how many elements a beat has",
                    "set 'bus_bits' of tensor 'input'");
    }
    MemoryRead what;
    what.tensor = kInputTensor;
    what.type = shape.type;
    what.elements = std::uint64_t(shape.elements());
    what.passes = what.buffers = frames;
    what.values = input_values();
    const Stream input =
        plan_.read_input(graph_, what, scenario_.stimulus.source, graph_.graph().source_node);
    publish(Layer::kNetworkInput, input, "source");
  }

  std::vector<Value> input_values() const {
    std::vector<Value> values;
    if (data_ == nullptr) return values;
    for (const Tensor& frame : data_->frames) {
      values.insert(values.end(), frame.data.begin(), frame.data.end());
    }
    return values;
  }

  /// What the first reader of the input takes: found by lowering it alone behind a one-lane source.
  int default_source_lanes() {
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      const Layer& layer = network_.layers[i];
      const auto& from = layer.from;
      const auto reads = std::find(from.begin(), from.end(), Layer::kNetworkInput);
      if (reads == from.end()) continue;
      Findings ignored;
      MemoryPlan ignored_plan(scenario_, ignored);
      GraphBuilder probe;
      std::vector<Stream> inputs;
      for (std::size_t k = 0; k < from.size(); ++k) {
        const TensorShape shape = network_.input_shape(layer, k);
        const Port port{shape.channels, shape.type, std::uint64_t(shape.pixels())};
        inputs.push_back(
            {probe.add_node("probe", "", "", std::make_unique<Source>(port, 1, Pressure())), 0});
      }
      try {
        LayerBuilder builder(probe, ignored_plan, scenario_, layer, inputs, nullptr, ignored);
        layer.meaning->lower(builder);
      } catch (const ParameterError&) {
        return 1;
      }
      const int wanted = inputs[reads - from.begin()].kernel;
      for (const Edge& edge : probe.graph().edges) {
        if (edge.from != wanted) continue;
        const KernelNode& reader = probe.graph().nodes[edge.to];
        const Kernel& kernel = *reader.kernel;
        return reader.kind == "dwc" ? kernel.outputs()[0].lanes
                                    : kernel.inputs()[edge.to_port].lanes;
      }
    }
    return 1;
  }

  void add_layer(std::size_t index) {
    const Layer& layer = network_.layers[index];
    std::vector<Stream> inputs;
    for (int from : layer.from) inputs.push_back(take(from));
    try {
      LayerBuilder builder(graph_, plan_, scenario_, layer, std::move(inputs),
                           data_ != nullptr ? &data_->constants[index] : nullptr, findings_);
      publish(static_cast<int>(index), layer.meaning->lower(builder), layer.name);
    } catch (const ParameterError& error) {
      ok_ = false;
      // A folding that was complained of is the cause, not another fault.
      if (findings_.all().size() == findings_before_) {
        findings_.add(layer.place, "layer '" + layer.name + "': " + error.what());
      }
    }
  }

  void add_sink() {
    Stream stream = take(static_cast<int>(network_.layers.size()) - 1);
    const bool in_memory = plan_.moves(kOutputTensor);
    if (in_memory) stream = plan_.write(graph_, kOutputTensor, stream);
    auto sink = std::make_unique<Sink>(graph_.port(stream), scenario_.stimulus.frames,
                                       scenario_.stimulus.sink);
    // Where memory answers at once, the sink stands for the writer.
    const std::string name = in_memory && plan_.answers_at_once() ? kOutputTensor : "sink";
    graph_.graph().sink_node = graph_.add_kernel("", name, std::move(sink), {stream});
    graph_.graph().nodes.back().layer = "sink";
    graph_.graph().nodes.back().outside = true;
    graph_.graph().frames = scenario_.stimulus.frames;
  }

  const Scenario& scenario_;
  MemoryPlan& plan_;
  const Network& network_;
  const RunData* data_;
  Findings& findings_;
  const std::size_t findings_before_;
  GraphBuilder graph_;
  std::vector<int> readers_;                ///< by layer + 1; 0 is the network's input
  std::vector<std::vector<Stream>> ports_;  ///< streams not yet taken, by layer + 1
  bool ok_ = true;
};

}  // namespace

void set_depths(const Scenario& scenario, Dataflow& dataflow,
                const std::function<bool(const std::string& edge)>& may_be_absent,
                Findings& findings) {
  std::map<std::string, Edge*> by_name;
  std::vector<std::string> names;
  for (Edge& edge : dataflow.edges) {
    edge.depth = scenario.default_depth;
    by_name.emplace(edge.name, &edge);
    names.push_back(edge.name);
  }
  for (const EdgeDepth& given : scenario.edges) {
    const auto edge = by_name.find(given.edge);
    if (edge != by_name.end()) {
      edge->second->depth = given.depth;
      continue;
    }
    if (may_be_absent(given.edge)) continue;
    const std::string near = closest(given.edge, names);
    findings.add(
        given.place, "the lowered graph has no edge '" + given.edge + "'",
        (near.empty() ? "" : "did you mean '" + near + "'? ") + "'qnnsim check' lists all edges");
  }
}

Dataflow lower(const Scenario& scenario, const RunData* data, Findings& findings,
               MemoryAnswers answers) {
  if (scenario.kraken) return lower_kraken(scenario, data, findings);
  MemoryPlan plan(scenario, findings);
  if (!scenario.memory.memories.empty() || !scenario.memory.tensors.empty()) {
    Findings told_again;
    Lowering(scenario, plan, nullptr, told_again).run();
  }
  plan.place();
  if (answers == MemoryAnswers::kAtOnce) plan.answer_at_once();
  return Lowering(scenario, plan, data, findings).run();
}

}  // namespace qnnsim
