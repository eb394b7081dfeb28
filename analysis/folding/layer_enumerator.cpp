// SPDX-License-Identifier: Apache-2.0
#include "analysis/folding/layer_enumerator.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "analysis/folding/folded_memory.h"
#include "analysis/folding/pareto.h"
#include "analysis/prefetch.h"
#include "models/axi_reader.h"
#include "models/source.h"
#include "sim/graph_builder.h"
#include "sim/memory_plan.h"

namespace qnnsim {
namespace {

constexpr char kProbe[] = "probe";
constexpr char kConverter[] = "dwc";

constexpr char kWeightSource[] = "weight_source";
constexpr char kWeightTile[] = "weight_tile";
constexpr char kBusBits[] = "bus_bits";
constexpr int kLeastBus = 32;  ///< [bits]
constexpr int kMostBus = 512;  ///< [bits]

/// Keys that say what a kernel is made of, and nothing of when its beats move.
bool is_style(std::string_view key) {
  return key == "memory" || key == "compute" || key == kWeightSource || key == kWeightTile;
}

/// Is it what the lowering takes where nothing is said? Of `pe` and `simd` everything is said.
bool goes_without_saying(const FoldingValue& value) {
  return value.value == "false" || value.value == "internal" ||
         (value.value == "1" && (value.key == "mmv" || value.key == kWeightTile));
}

/// Values of which each is at least twice the one before: all that says how often a thing is read.
std::vector<int> doubling(const std::vector<int>& values) {
  std::vector<int> ladder;
  for (int value : values) {
    if (ladder.empty() || value >= 2 * ladder.back()) ladder.push_back(value);
  }
  return ladder;
}

/// A value that the lowering of a layer asked for, and what it may be.
struct Question {
  std::string kind;
  std::string key;
  std::vector<std::string> answers;
};

/// The lowering asked for a value that has not been chosen yet.
struct Unanswered {
  Question question;
};

using Answers = std::vector<FoldingValue>;

/// Lowers one layer behind sources of one lane.
class Probe final : public DataflowBuilder {
 public:
  enum class Open {
    kStop,   ///< a value that was not chosen ends the lowering: Unanswered
    kFirst,  ///< it is the first that is legal
  };

  Probe(const Scenario& scenario, const SpaceOptions& options, const Layer& layer,
        const Answers& answers, Open open)
      : scenario_(scenario), options_(options), layer_(layer), answers_(answers), open_(open) {
    for (std::size_t k = 0; k < layer.from.size(); ++k) {
      const TensorShape shape = scenario.network.input_shape(layer, k);
      const Port port{1, shape.type, std::uint64_t(shape.elements())};
      inputs_.push_back(
          {graph_.add_node(kProbe, kProbe, kProbe, std::make_unique<Source>(port, 1, Pressure())),
           0});
    }
  }

  /// False where the values are not legal together.
  bool run() {
    try {
      output_ = layer_.meaning->lower(*this);
    } catch (const ParameterError&) {
      return false;
    }
    return !complained_;
  }

  bool complained() const { return complained_; }
  const Dataflow& graph() { return graph_.graph(); }
  const std::vector<Stream>& inputs() const { return inputs_; }
  const Port& output() const { return graph_.port(output_); }
  /// The styles that were asked for.
  const std::vector<Question>& styles() const { return styles_; }
  std::uint64_t traffic() const { return traffic_; }  ///< [bytes per frame] from memory

  Stream input(int index) override { return inputs_.at(static_cast<std::size_t>(index)); }
  Port port(Stream stream) const override { return graph_.port(stream); }
  MacStyle dsp_style() const override { return qnnsim::dsp_style(scenario_.platform.dsp_type); }
  const Constants* constants() const override { return nullptr; }
  const std::string& layer() const override { return layer_.name; }
  std::uint64_t frames() const override { return 1; }

  Stream add(std::string_view kind, std::unique_ptr<Kernel> kernel,
             const std::vector<Stream>& inputs) override {
    return {graph_.add_kernel(layer_.name, std::string(kind), std::move(kernel), inputs), 0};
  }
  Stream add_across_frames(std::string_view kind, std::unique_ptr<Kernel> kernel,
                           const std::vector<Stream>& inputs) override {
    return add(kind, std::move(kernel), inputs);
  }
  /// The master alone: its memory takes nothing of the device.
  Stream read_memory(const MemoryRead& what) override {
    const FoldingValue* bus = find(kWeightsTensor, kBusBits);
    AxiTransferParams moved =
        transfer_over(master_of_weights(bus != nullptr ? std::stoi(bus->value) : kLeastBus));
    moved.elements = what.elements;
    moved.passes = what.passes;
    moved.type = what.type;
    traffic_ += moved.passes * moved.bytes();
    return {graph_.add_node(what.tensor, layer_.name, kMemoryReader,
                            std::make_unique<AxiReader>(moved)),
            0};
  }

  int divisor(std::string_view kind, std::string_view key, int whole, const std::string&,
              int) override {
    if (is_style(key)) return std::stoi(ask_style(kind, key, numbers(doubling(divisors(whole)))));
    return std::stoi(ask(kind, key, [&] { return numbers(divisors(whole)); }));
  }

  int own_divisor(std::string_view kind, std::string_view key, int whole, const std::string&,
                  int fallback) override {
    // Kernels behind one another in a layer have one width: that of the first asked for is chosen.
    if (!own_.insert(std::string(key)).second) {
      int divisor = std::min(whole, std::max(fallback, 1));
      while (whole % divisor != 0) --divisor;
      return divisor;
    }
    return std::stoi(ask(kind, key, [&] { return numbers(divisors(whole)); }));
  }

  bool flag(std::string_view kind, std::string_view key) override {
    return ask(kind, key, [] { return std::vector<std::string>{"false", "true"}; }) == "true";
  }

  std::string choice(std::string_view kind, std::string_view key,
                     const std::vector<std::string>& choices) override {
    if (!is_style(key)) return choices.front();
    if (key == kWeightSource) {
      if (!options_.weights_in_dram) return choices.front();
      return ask_style(kind, key, {choices.front(), "dram"});
    }
    std::vector<std::string> made;  // "auto" is one of the others
    for (const std::string& each : choices) {
      if (each != "auto") made.push_back(each);
    }
    return ask_style(kind, key, made);
  }

  void complain(std::string_view, std::string_view, const std::string&,
                const std::string&) override {
    complained_ = true;
  }

 private:
  static std::vector<std::string> numbers(const std::vector<int>& values) {
    std::vector<std::string> words;
    for (int value : values) words.push_back(std::to_string(value));
    return words;
  }

  const FoldingValue* find(std::string_view kind, std::string_view key) const {
    for (const FoldingValue& answer : answers_) {
      if (answer.kind == kind && answer.key == key) return &answer;
    }
    return nullptr;
  }

  std::string ask_style(std::string_view kind, std::string_view key,
                        const std::vector<std::string>& legal) {
    styles_.push_back({std::string(kind), std::string(key), legal});
    const FoldingValue* answer = find(kind, key);
    return answer != nullptr ? answer->value : legal.front();
  }

  template <class Legal>
  std::string ask(std::string_view kind, std::string_view key, const Legal& legal) {
    if (const FoldingValue* answer = find(kind, key)) return answer->value;
    if (open_ == Open::kFirst) return legal().front();
    throw Unanswered{{std::string(kind), std::string(key), legal()}};
  }

  const Scenario& scenario_;
  const SpaceOptions& options_;
  const Layer& layer_;
  const Answers& answers_;
  const Open open_;
  GraphBuilder graph_;
  std::vector<Stream> inputs_;
  Stream output_;
  std::vector<Question> styles_;
  std::set<std::string> own_;
  std::uint64_t traffic_ = 0;
  bool complained_ = false;
};

std::string port_text(const Port& port) {
  return fmt::format("{}x{}x{}", port.lanes, port.type.name(), port.beats);
}

/// What tells a kernel from others of the layer as far as cycles and cost go, but for its styles.
std::string signature(const KernelNode& node) {
  std::string text = fmt::format("{}/{}", node.kind, node.kernel->block());
  for (const auto& [name, value] : node.kernel->traits())
    text += fmt::format(",{}={}", name, value);
  for (const Port& port : node.kernel->inputs()) text += "<" + port_text(port);
  for (const Port& port : node.kernel->outputs()) text += ">" + port_text(port);
  return text;
}

/// Collects the options of one layer.
class Enumeration {
 public:
  Enumeration(const Scenario& scenario, const SpaceOptions& options, const Layer& layer)
      : scenario_(scenario), costs_(scenario.costs), options_(options), layer_(layer) {}

  std::shared_ptr<const LayerSpace> run() {
    Answers answers;
    descend(answers);
    for (std::size_t i = 0; i < space_->structures.size(); ++i) add_options(i);
    gather();
    for (const ConstantSpec& constant : layer_.meaning->constants()) {
      if (constant.key == "weights") space_->weight_bits = constant.type.bits();
    }
    return space_;
  }

 private:
  void descend(Answers& answers) {
    Probe probe(scenario_, options_, layer_, answers, Probe::Open::kStop);
    Question question;
    try {
      if (probe.run()) add_structure(probe, answers);
      return;
    } catch (Unanswered& open) {
      if (probe.complained()) return;
      question = std::move(open.question);
    }
    for (const std::string& value : question.answers) {
      answers.push_back({question.kind, question.key, value});
      descend(answers);
      answers.pop_back();
      // Of a kernel that the layer does not have: any answer will do.
      if (!kinds_.empty() && kinds_.count(question.kind) == 0) break;
    }
  }

  void add_structure(Probe& probe, const Answers& answers) {
    const Dataflow& graph = probe.graph();
    LayerStructure structure;
    std::set<std::string> kinds;
    for (const KernelNode& node : graph.nodes) kinds.insert(node.kind);
    kinds_.insert(kinds.begin(), kinds.end());
    std::string text;
    for (const FoldingValue& answer : answers) {
      if (kinds.count(answer.kind) == 0 || goes_without_saying(answer)) continue;
      structure.values.push_back(answer);
      text += answer.kind + '.' + answer.key + '=' + answer.value + ' ';
    }
    // Answers about kernels that are not there make no other structure.
    if (!known_.insert(text).second) return;
    structure.lanes_in.assign(probe.inputs().size(), 1);
    structure.lanes_out = probe.output().lanes;
    std::vector<bool> is_outside(graph.nodes.size());
    for (std::size_t k = 0; k < probe.inputs().size(); ++k) {
      is_outside[static_cast<std::size_t>(probe.inputs()[k].kernel)] = true;
    }
    for (const Edge& edge : graph.edges) {
      for (std::size_t k = 0; k < probe.inputs().size(); ++k) {
        if (edge.from != probe.inputs()[k].kernel) continue;
        const KernelNode& reader = graph.nodes[static_cast<std::size_t>(edge.to)];
        const bool converts = reader.kind == kConverter;
        structure.lanes_in[k] = converts ? reader.kernel->outputs()[0].lanes
                                         : reader.kernel->inputs()[edge.to_port].lanes;
        // The converter in front, and the FIFO behind it, belong to the link.
        if (converts) is_outside[static_cast<std::size_t>(edge.to)] = true;
      }
    }
    for (const Edge& edge : graph.edges) {
      if (is_outside[static_cast<std::size_t>(edge.from)]) continue;
      structure.fixed += costs_.of_fifo(graph.port(edge).width_bits(), scenario_.default_depth);
    }
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      if (!is_outside[i]) add_kernel(probe, graph.nodes[i], answers, structure);
    }
    space_->structures.push_back(std::move(structure));
  }

  /// [cycles per frame] when nothing keeps it waiting. Of a calibration its pauses count; what
  /// frames that do not overlap cost, only the run of the folded design shows.
  std::uint64_t interval_of(const Kernel& kernel) const {
    const std::uint64_t cycles = kernel.frame_interval();
    if (!scenario_.kernels) return cycles;
    const std::optional<KernelTiming> timing = scenario_.kernels->timing(kernel);
    if (!timing) return cycles;
    return cycles * static_cast<std::uint64_t>(timing->interval) +
           static_cast<std::uint64_t>(timing->frame_gap);
  }

  void add_kernel(const Probe& probe, const KernelNode& node, const Answers& answers,
                  LayerStructure& structure) {
    const std::string name = signature(node);
    structure.cycles = std::max(structure.cycles, known_interval(node));
    std::vector<Question> asked;
    for (const Question& question : probe.styles()) {
      if (question.kind == node.kind) asked.push_back(question);
    }
    if (asked.empty() || node.kind == kConverter) {
      const auto [cost, unknown] = costs_of_.try_emplace(name);
      if (unknown) cost->second = costs_.of(*node.kernel);
      structure.fixed += cost->second;
      return;
    }
    auto styles = space_->styles.find(name);
    if (styles == space_->styles.end()) {
      styles = space_->styles.emplace(name, kernel_styles(node, asked, answers)).first;
    }
    structure.styles.push_back(&styles->second);
  }

  /// What the kernel takes in every combination of its styles that no other beats.
  std::vector<KernelStyle> kernel_styles(const KernelNode& node, const std::vector<Question>& asked,
                                         const Answers& answers) {
    std::vector<KernelStyle> styles;
    Answers values;
    const auto choose = [&](const auto& self, std::size_t index) -> void {
      if (index < asked.size()) {
        for (const std::string& value : asked[index].answers) {
          values.push_back({asked[index].kind, asked[index].key, value});
          self(self, index + 1);
          values.pop_back();
          if (!options_.styles && asked[index].key != kWeightSource) break;
        }
        return;
      }
      add_styles(node, answers, values, asked, styles);
    };
    choose(choose, 0);
    if (!options_.prune) return styles;
    const auto at_most = [](const KernelStyle& a, const KernelStyle& b) {
      return a.resources.fit(b.resources) && a.cycles <= b.cycles && a.traffic <= b.traffic;
    };
    std::vector<KernelStyle> best;
    for (std::size_t i = 0; i < styles.size(); ++i) {
      bool beaten = false;
      for (std::size_t k = 0; k < styles.size() && !beaten; ++k) {
        beaten =
            k != i && at_most(styles[k], styles[i]) && (k < i || !at_most(styles[i], styles[k]));
      }
      if (!beaten) best.push_back(styles[i]);
    }
    return best;
  }

  /// The kernel with these values for all that was asked of its styles; with weights from memory,
  /// once for each tile.
  void add_styles(const KernelNode& node, const Answers& answers, const Answers& values,
                  const std::vector<Question>& asked, std::vector<KernelStyle>& styles) {
    Answers all = answers;
    all.insert(all.end(), values.begin(), values.end());
    Probe probe(scenario_, options_, layer_, all, Probe::Open::kFirst);
    if (!probe.run()) return;
    const auto is_dram = [](const FoldingValue& value) { return value.value == "dram"; };
    if (std::any_of(values.begin(), values.end(), is_dram)) {
      // There is no memory on the device to be of any style.
      for (std::size_t k = 0; k < asked.size(); ++k) {
        if (asked[k].key == "memory" && values[k].value != asked[k].answers.front()) return;
      }
      for (const Question& question : probe.styles()) {
        if (question.key != kWeightTile) continue;
        for (const std::string& tile : question.answers) {
          Answers tiled = values;
          tiled.push_back({question.kind, question.key, tile});
          add_from_memory(node, answers, std::move(tiled), styles);
        }
        return;
      }
      add_from_memory(node, answers, values, styles);
      return;
    }
    for (const KernelNode& styled : probe.graph().nodes) {
      if (styled.name == node.name) {
        styles.push_back({said(values), costs_.of(*styled.kernel), 0, 0});
      }
    }
  }

  /// The kernel with its weights from memory, over the narrowest bus that does not slow it down.
  void add_from_memory(const KernelNode& node, const Answers& answers, Answers values,
                       std::vector<KernelStyle>& styles) {
    values.push_back({kWeightsTensor, kBusBits, ""});
    for (int bus = kLeastBus; bus <= kMostBus; bus *= 2) {
      values.back().value = std::to_string(bus);
      Answers all = answers;
      all.insert(all.end(), values.begin(), values.end());
      Probe probe(scenario_, options_, layer_, all, Probe::Open::kFirst);
      if (!probe.run()) return;
      const std::vector<bool> is_added = added_for_memory(probe.graph(), node);
      KernelStyle style;
      style.traffic = probe.traffic();
      std::uint64_t reader = 0;
      for (std::size_t i = 0; i < is_added.size(); ++i) {
        if (!is_added[i]) continue;
        const KernelNode& added = probe.graph().nodes[i];
        style.cycles = std::max(style.cycles, known_interval(added));
        if (added.kind == kMemoryReader) reader = known_interval(added);
      }
      const std::uint64_t cycles = known_interval(node);
      if (reader > cycles && bus < kMostBus) continue;
      style.values = said(values);
      style.resources =
          resources_in_memory(probe.graph(), node, is_added, std::max(style.cycles, cycles));
      styles.push_back(std::move(style));
      return;
    }
  }

  /// By node: is it there because the weights of kernel `of` lie in memory? That is what it reads
  /// them from, and what puts its results into order.
  static std::vector<bool> added_for_memory(const Dataflow& graph, const KernelNode& of) {
    std::vector<bool> is_added(graph.nodes.size());
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      const KernelNode& node = graph.nodes[i];
      if (node.name == of.name) continue;
      is_added[i] = node.kind == kMemoryReader;
      for (const Edge& edge : graph.edges) {
        const auto from = static_cast<std::size_t>(edge.from);
        if (static_cast<std::size_t>(edge.to) != i) continue;
        is_added[i] = is_added[i] || is_added[from] || graph.nodes[from].name == of.name;
      }
    }
    return is_added;
  }

  /// What kernel `of` takes with all kernels and FIFOs that were added for its weights, at `cycles`
  /// a frame.
  Resources resources_in_memory(const Dataflow& graph, const KernelNode& of,
                                const std::vector<bool>& is_added, std::uint64_t cycles) const {
    Resources sum;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      const KernelNode& node = graph.nodes[i];
      if (is_added[i] || node.name == of.name) sum += costs_.of(*node.kernel);
    }
    for (const Edge& edge : graph.edges) {
      const auto from = static_cast<std::size_t>(edge.from);
      const KernelNode& writer = graph.nodes[from];
      if (!is_added[from] && writer.name != of.name) continue;
      std::uint64_t depth = scenario_.default_depth;
      if (writer.kind == kMemoryReader) {
        const TensorSettings tensor =
            master_of_weights(static_cast<const AxiReader&>(*writer.kernel).params().bus_bits);
        const double beats = double(graph.port(edge).beats) / double(cycles);
        depth = std::max(depth, prefetch_depth(scenario_, scenario_.memory.memories.front(), tensor,
                                               0, std::min(1.0, beats)));
      }
      sum += costs_.of_fifo(graph.port(edge).width_bits(), depth);
    }
    return sum;
  }

  /// [cycles per frame] of a kernel, computed once for all that are equal.
  std::uint64_t known_interval(const KernelNode& node) {
    const auto [place, is_new] = intervals_.try_emplace(signature(node), 0);
    if (is_new) place->second = interval_of(*node.kernel);
    return place->second;
  }

  static Answers said(const Answers& values) {
    Answers said;
    for (const FoldingValue& value : values) {
      if (!goes_without_saying(value)) said.push_back(value);
    }
    return said;
  }

  /// Options of one structure: its styles in all combinations.
  void add_options(std::size_t index) {
    const LayerStructure& structure = space_->structures[index];
    std::uint32_t count = 1;
    for (const auto* styles : structure.styles) count *= static_cast<std::uint32_t>(styles->size());
    auto& group = groups_[{structure.lanes_in, structure.lanes_out}];
    for (std::uint32_t style = 0; style < count; ++style) {
      LayerOption option;
      option.structure = static_cast<std::uint32_t>(index);
      option.style = style;
      option.cycles = structure.cycles;
      option.resources = structure.fixed;
      std::uint32_t rest = style;
      for (const auto* styles : structure.styles) {
        const auto size = static_cast<std::uint32_t>(styles->size());
        const KernelStyle& chosen = (*styles)[rest % size];
        option.resources += chosen.resources;
        option.cycles = std::max(option.cycles, chosen.cycles);
        option.traffic += chosen.traffic;
        rest /= size;
      }
      ++space_->evaluated;
      insert(group, option);
    }
  }

  static bool beats(const LayerOption& a, const LayerOption& b) {
    return a.cycles <= b.cycles && a.traffic <= b.traffic && a.resources.fit(b.resources);
  }

  void insert(std::vector<LayerOption>& group, const LayerOption& option) const {
    if (options_.prune) {
      insert_if_best(group, option, beats);
    } else {
      group.push_back(option);
    }
  }

  void gather() {
    for (auto& [lanes, group] : groups_) {
      std::sort(group.begin(), group.end(), [](const LayerOption& a, const LayerOption& b) {
        return std::tie(a.cycles, a.structure, a.style) < std::tie(b.cycles, b.structure, b.style);
      });
      space_->options.insert(space_->options.end(), group.begin(), group.end());
    }
  }

  const Scenario& scenario_;
  const CostModel& costs_;
  const SpaceOptions& options_;
  const Layer& layer_;
  std::shared_ptr<LayerSpace> space_ = std::make_shared<LayerSpace>();
  std::set<std::string> known_;                     ///< values of the structures
  std::set<std::string> kinds_;                     ///< of its kernels
  std::map<std::string, std::uint64_t> intervals_;  ///< by signature
  std::map<std::string, Resources> costs_of_;       ///< by signature
  std::map<std::pair<std::vector<int>, int>, std::vector<LayerOption>> groups_;
};

}  // namespace

std::shared_ptr<const LayerSpace> LayerEnumerator::space(const Layer& layer) {
  // Two layers are equal if they lower to equal kernels, at least when nothing is folded.
  std::string name = layer.op;
  for (const ConstantSpec& constant : layer.meaning->constants()) {
    name += fmt::format(";{}:{}{}", constant.key, constant.type.name(), constant.narrow ? "n" : "");
  }
  const Answers none;
  Probe probe(scenario_, options_, layer, none, Probe::Open::kFirst);
  if (!probe.run()) {
    throw ParameterError("layer '" + layer.name + "' cannot be lowered without folding");
  }
  for (const KernelNode& node : probe.graph().nodes) name += ";" + signature(node);
  std::shared_ptr<const LayerSpace>& space = spaces_[name];
  if (space == nullptr) {
    space = Enumeration(scenario_, options_, layer).run();
  }
  return space;
}

}  // namespace qnnsim
