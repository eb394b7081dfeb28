// SPDX-License-Identifier: Apache-2.0
#include "sim/finn_folding.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>

#include "sim/finn_nodes.h"
#include "sim/lowering.h"
#include "sim/scenario.h"
#include "sim/scenario_paths.h"

namespace qnnsim {
namespace {

using Kind = YamlValue::Kind;
using Member = YamlValue::Member;

constexpr std::int64_t kMostLanes = 1 << 20;
constexpr std::int64_t kMostDepth = 1'000'000'000;

/// What FINN calls the memory of a node, in our words.
std::string memory_of(const std::string& ram_style) {
  if (ram_style == "distributed") return "lut";
  if (ram_style == "block") return "bram";
  if (ram_style == "ultra") return "uram";
  return "auto";
}

/// One value of a kernel's folding, and the attribute that it comes from.
struct Taken {
  Member member;
  std::string attribute;
};

/// Turns the attributes of nodes into the folding of kernels.
class Translation {
 public:
  /// Is this key of a kernel given by the scenario itself? What the file says of it may be wrong.
  using IsGiven = std::function<bool(const KernelNode&, const std::string& key)>;

  Translation(const FinnFile& file, const Network& network, IsGiven is_given,
              const Findings& findings)
      : file_(file), network_(network), is_given_(std::move(is_given)), findings_(findings) {}

  /// What `node` says of `kernel`.
  std::vector<Taken> translate(const FinnNode& node, const KernelNode& kernel) {
    taken_.clear();
    node_ = &node;
    kernel_ = &kernel;
    const std::string& kind = kernel.kind;
    take_divisor("PE", "pe");
    take_divisor("SIMD", "simd");
    if (kind == "swg") take_window();
    if (kind == "mvu") take_count("M", "mmv");
    if (kind == "mvu" || kind == "vvu" || kind == "swg" || kind == "threshold") {
      take_choice("ram_style", "memory", {"auto", "distributed", "block", "ultra"},
                  [&](const std::string& style) { add("ram_style", "memory", memory_of(style)); });
    }
    if (kind == "mvu" || kind == "vvu") take_arithmetic();
    return taken_;
  }

 private:
  const YamlValue* attribute(const std::string& name) const {
    return find_attribute(file_, *node_, name);
  }

  /// A reader of the attribute `name` alone, which becomes `key`.
  YamlReader reader(const std::string& name, const std::string& key) const {
    auto map = std::make_shared<YamlValue>();
    map->kind = Kind::kMap;
    const YamlValue* value = attribute(name);
    map->place = value != nullptr ? value->place : node_->place;
    if (value != nullptr) {
      map->members.push_back({name, value->place, std::make_shared<YamlValue>(*value)});
    }
    return {map, node_->name, is_given_(*kernel_, key) ? Findings() : findings_};
  }

  void add(const std::string& attribute_name, const std::string& key, const std::string& text) {
    const YamlValue* value = attribute(attribute_name);
    const Place& place = value != nullptr ? value->place : node_->place;
    taken_.push_back({{key, place, yaml_word(text, place)}, attribute_name});
  }

  void take_count(const std::string& name, const std::string& key) {
    if (attribute(name) == nullptr) return;
    YamlReader values = reader(name, key);
    const std::int64_t count = values.integer(name, {}, 1, kMostLanes);
    if (!values.failed()) add(name, key, std::to_string(count));
  }

  void take_divisor(const std::string& name, const std::string& key) {
    const std::optional<FinnWhole> whole = finn_whole(*kernel_, key, network_);
    if (!whole || attribute(name) == nullptr) return;
    YamlReader values = reader(name, key);
    const std::int64_t count = values.integer(name, {}, 1, kMostLanes);
    if (values.failed()) return;
    if (whole->count % count == 0) return add(name, key, std::to_string(count));
    const std::string who = node_->name.empty() ? "'Defaults'" : node_->name;
    std::string hint =
        fmt::format("legal: {}", fmt::join(divisors(static_cast<int>(whole->count)), ", "));
    if (!node_->name.empty()) {
      hint += fmt::format("; if '{}' is not {}, say which kernel is: nodes: {{{}: <kernel>}}",
                          kernel_->name, who, who);
    }
    values.complain(name,
                    fmt::format("{}: {} of {} does not divide the {} {} of '{}'", name, count, who,
                                whole->count, whole->what, kernel_->name),
                    hint);
  }

  void take_window() {
    const std::string name = "parallel_window";
    if (attribute(name) == nullptr) return;
    YamlReader values = reader(name, name);
    const std::int64_t parallel = values.integer(name, {}, 0, 1);
    if (!values.failed()) add(name, name, parallel != 0 ? "true" : "false");
  }

  void take_choice(const std::string& name, const std::string& key,
                   const std::vector<std::string>& choices,
                   const std::function<void(const std::string&)>& use) {
    if (attribute(name) == nullptr) return;
    YamlReader values = reader(name, key);
    const std::string choice = values.choice(name, choices);
    if (!values.failed()) use(choice);
  }

  void take_arithmetic() {
    // FINN's kernels in RTL multiply in DSP slices, whatever resType says.
    if (node_->backend == "rtl") {
      add("resType", "compute", "dsp");
    } else {
      take_choice("resType", "compute", {"auto", "lut", "dsp"},
                  [&](const std::string& type) { add("resType", "compute", type); });
    }
    take_choice("mem_mode", "weight_source",
                {"internal_decoupled", "internal_embedded", "external", "decoupled", "const"},
                [&](const std::string& mode) {
                  if (mode == "external") add("mem_mode", "weight_source", "dram");
                });
  }

  const FinnFile& file_;
  const Network& network_;
  const IsGiven is_given_;
  const Findings findings_;
  const FinnNode* node_ = nullptr;
  const KernelNode* kernel_ = nullptr;
  std::vector<Taken> taken_;
};

/// The depths [beats] that FINN gives the FIFOs at the ports of a node; empty where it says none.
std::vector<std::uint64_t> port_depths(const FinnFile& file, const FinnNode& node,
                                       const std::string& name, Findings& findings) {
  std::vector<std::uint64_t> depths;
  const YamlValue* value = find_attribute(file, node, name);
  if (value == nullptr) return depths;
  std::vector<const YamlValue*> items;
  if (value->kind != Kind::kList) items.push_back(value);
  for (const YamlPtr& item : value->items) items.push_back(item.get());
  for (const YamlValue* item : items) {
    const auto depth = whole_number(*item, 0, kMostDepth);
    if (!depth) {
      findings.add(item->place,
                   fmt::format("'{}' must be depths: integers from 0 to {}", name, kMostDepth));
      return {};
    }
    depths.push_back(static_cast<std::uint64_t>(*depth));
  }
  return depths;
}

/// Takes a FINN file into a scenario.
class Import {
 public:
  Import(FinnFolding& finn, Scenario& scenario, Findings& findings)
      : finn_(finn), scenario_(scenario), findings_(findings) {}

  void run() {
    Scenario plain = without_folding();
    Findings ignored;
    const Dataflow probe = lower(plain, nullptr, ignored, MemoryAnswers::kAtOnce);
    const std::size_t before = findings_.all().size();
    map_finn_nodes(probe, scenario_.network, finn_, findings_);
    if (findings_.all().size() > before) return;
    plain.folding.entries = entries_of(probe);
    if (findings_.all().size() > before) return;
    const std::optional<Dataflow> folded = lower_alone(plain);
    if (!folded) {
      // What is wrong is told when the scenario itself is lowered.
      finish();
      return;
    }
    if (repair_ties(*folded)) plain.folding.entries = entries_of(probe);
    std::vector<EdgeDepth> depths;
    if (const std::optional<Dataflow> dataflow = lower_alone(plain)) depths = depths_of(*dataflow);
    finish();
    if (finn_.choice.take == FinnTake::kAll) add_depths(depths);
  }

 private:
  /// The scenario with our own timing and no folding.
  Scenario without_folding() const {
    Scenario plain = scenario_;
    plain.folding = {};
    plain.edges.clear();
    plain.kernels = nullptr;
    return plain;
  }

  /// The design of the file alone; nothing where it is not legal.
  std::optional<Dataflow> lower_alone(const Scenario& scenario) const {
    Findings ignored;
    Dataflow dataflow = lower(scenario, nullptr, ignored, MemoryAnswers::kAtOnce);
    if (!ignored.empty() || !trial_findings_.empty()) return std::nullopt;
    return dataflow;
  }

  const FinnNode* node_of(const std::string& kernel) const {
    for (const FinnNode& node : finn_.file.nodes) {
      const auto found = finn_.kernels.find(node.name);
      if (found != finn_.kernels.end() && found->second == kernel) return &node;
    }
    return nullptr;
  }

  /// What the file says, as if it were the scenario's folding.
  std::vector<Folding::Entry> entries_of(const Dataflow& probe) {
    taken_.clear();
    const auto is_given = [&](const KernelNode& kernel, const std::string& key) {
      return this->is_given(kernel, key);
    };
    Translation translation(finn_.file, scenario_.network, is_given, findings_);
    std::vector<Folding::Entry> entries;
    std::vector<std::optional<Taken>> pe(probe.nodes.size());
    for (std::size_t i = 0; i < probe.nodes.size(); ++i) {
      const KernelNode& kernel = probe.nodes[i];
      if (finn_.inner.count(kernel.name) > 0) {
        if (kernel.kind != "threshold") continue;
        // It takes what the node around it gives.
        const std::size_t unit = writer_of(probe, i);
        pe[i] = pe[unit];
        if (pe[i]) add_entry(entries, kernel, {*pe[i]}, &probe.nodes[unit]);
        continue;
      }
      FinnNode unnamed;  // to which only "Defaults" apply
      unnamed.op = finn_op(kernel);
      unnamed.place = finn_.choice.place;
      const FinnNode* named = node_of(kernel.name);
      if (named == nullptr && unnamed.op.empty()) continue;
      const std::vector<Taken> taken =
          translation.translate(named != nullptr ? *named : unnamed, kernel);
      for (const Taken& value : taken) {
        if (value.member.key == "pe") pe[i] = value;
      }
      add_entry(entries, kernel, taken);
    }
    return entries;
  }

  static std::size_t writer_of(const Dataflow& dataflow, std::size_t kernel) {
    const auto edge = std::find_if(
        dataflow.edges.begin(), dataflow.edges.end(),
        [&](const Edge& candidate) { return static_cast<std::size_t>(candidate.to) == kernel; });
    return static_cast<std::size_t>(edge->from);
  }

  /// `unit`: what `kernel` is a part of in FINN.
  void add_entry(std::vector<Folding::Entry>& entries, const KernelNode& kernel,
                 const std::vector<Taken>& taken, const KernelNode* unit = nullptr) {
    if (taken.empty()) return;
    auto values = std::make_shared<YamlValue>();
    values->kind = Kind::kMap;
    values->place = taken.front().member.key_place;
    for (const Taken& value : taken) values->members.push_back(value.member);
    entries.push_back(
        {kernel.name, values->place,
         std::make_shared<YamlReader>(YamlPtr(values), kernel.name, trial_findings_)});
    taken_.push_back({&kernel, unit, taken});
  }

  /// Nodes of an op at the same distance from the input stand in an order that FINN does not keep:
  /// the FIFO depths at their outputs tell which is which. Returns whether any changed.
  bool repair_ties(const Dataflow& dataflow) {
    const FinnGraph graph = finn_graph(dataflow, finn_.differences());
    std::map<std::pair<std::string, std::size_t>, std::vector<const FinnNode*>> ties;
    std::map<std::string, std::size_t> index;
    for (std::size_t i = 0; i < dataflow.nodes.size(); ++i) index[dataflow.nodes[i].name] = i;
    for (const FinnNode& node : finn_.file.nodes) {
      const auto kernel = finn_.kernels.find(node.name);
      if (kernel == finn_.kernels.end() || is_told(node.name)) continue;
      ties[{node.op + node.backend, graph.levels[index[kernel->second]]}].push_back(&node);
    }
    bool changed = false;
    for (const auto& [place, nodes] : ties) {
      constexpr std::size_t kMost = 4;
      if (nodes.size() < 2 || nodes.size() > kMost) continue;
      changed = repair_tie(nodes, dataflow, graph) || changed;
    }
    return changed;
  }

  bool is_told(const std::string& node) const {
    return std::any_of(finn_.choice.nodes.begin(), finn_.choice.nodes.end(),
                       [&](const auto& told) { return told.first.text == node; });
  }

  bool repair_tie(const std::vector<const FinnNode*>& nodes, const Dataflow& dataflow,
                  const FinnGraph& graph) {
    std::vector<std::string> kernels;
    for (const FinnNode* node : nodes) kernels.push_back(finn_.kernels[node->name]);
    std::vector<std::size_t> order(nodes.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::vector<std::size_t> best = order;
    std::size_t least = static_cast<std::size_t>(-1);
    do {
      for (std::size_t i = 0; i < order.size(); ++i) {
        finn_.kernels[nodes[i]->name] = kernels[order[i]];
      }
      const std::size_t wrong = contradictions(dataflow, graph, kernels);
      if (wrong < least && all_legal(nodes, dataflow)) {
        least = wrong;
        best = order;
      }
    } while (std::next_permutation(order.begin(), order.end()));
    for (std::size_t i = 0; i < best.size(); ++i) {
      finn_.kernels[nodes[i]->name] = kernels[best[i]];
    }
    return !std::is_sorted(best.begin(), best.end());
  }

  bool all_legal(const std::vector<const FinnNode*>& nodes, const Dataflow& dataflow) const {
    return std::all_of(nodes.begin(), nodes.end(), [&](const FinnNode* node) {
      return std::any_of(dataflow.nodes.begin(), dataflow.nodes.end(),
                         [&](const KernelNode& kernel) {
                           return kernel.name == finn_.kernels[node->name] &&
                                  is_legal(finn_.file, *node, kernel, scenario_.network);
                         });
    });
  }

  /// FIFOs behind `kernels` of which the nodes at both ends say different depths.
  std::size_t contradictions(const Dataflow& dataflow, const FinnGraph& graph,
                             const std::vector<std::string>& kernels) {
    std::size_t count = 0;
    for (const FinnChain& chain : graph.chains) {
      if (!chain.from || !chain.to || chain.converts) continue;
      const std::string& from = dataflow.nodes[*chain.from].name;
      if (std::find(kernels.begin(), kernels.end(), from) == kernels.end()) continue;
      const auto out = depth_out(dataflow, chain);
      const auto in = depth_in(dataflow, chain);
      if (out && in && *out != *in) ++count;
    }
    return count;
  }

  std::optional<std::uint64_t> depth_at(const Dataflow& dataflow,
                                        const std::optional<std::size_t>& kernel, int port,
                                        const std::string& name) {
    const FinnNode* node = kernel ? node_of(dataflow.nodes[*kernel].name) : nullptr;
    if (node == nullptr) return std::nullopt;
    const std::vector<std::uint64_t> depths = port_depths(finn_.file, *node, name, findings_);
    const auto index = static_cast<std::size_t>(port);
    if (index >= depths.size()) return std::nullopt;
    return depths[index];
  }
  std::optional<std::uint64_t> depth_out(const Dataflow& dataflow, const FinnChain& chain) {
    return depth_at(dataflow, chain.from, chain.from_port, "outFIFODepths");
  }
  std::optional<std::uint64_t> depth_in(const Dataflow& dataflow, const FinnChain& chain) {
    return depth_at(dataflow, chain.to, chain.to_port, "inFIFODepths");
  }

  /// What the nodes at the ends of a FIFO say, the greater where both do.
  std::optional<std::uint64_t> depth_at_ends(const Dataflow& dataflow, const FinnChain& chain,
                                             bool behind) {
    std::vector<std::uint64_t> told;
    if (!behind) {
      if (const auto out = depth_out(dataflow, chain)) told.push_back(*out);
    }
    if (behind || !chain.converts) {
      if (const auto in = depth_in(dataflow, chain)) told.push_back(*in);
    }
    if (told.empty()) return std::nullopt;
    return *std::max_element(told.begin(), told.end());
  }

  /// The `depth` of a StreamingFIFO; 0 after a finding.
  std::uint64_t numbered_depth(const YamlValue& value) {
    const auto number = whole_number(value, 0, kMostDepth);
    if (number) return static_cast<std::uint64_t>(*number);
    findings_.add(value.place, fmt::format("'depth' must be an integer from 0 to {}", kMostDepth));
    return 0;
  }

  /// The FIFO depths that the file gives: those of the nodes at both ends; without them, of the
  /// StreamingFIFO of that number.
  std::vector<EdgeDepth> depths_of(const Dataflow& dataflow) {
    const FinnGraph graph = finn_graph(dataflow, finn_.differences());
    std::map<std::size_t, const FinnNode*> numbered;
    for (const FinnNode& node : finn_.file.nodes) {
      if (node.op == kFinnFifo) numbered[node.number] = &node;
    }
    for (const FinnNode& node : finn_.file.nodes) {
      const bool is_there = (node.op == kFinnFifo && node.number < graph.fifos.size()) ||
                            (node.op == kFinnConverter && node.number < graph.converters.size());
      const bool is_between = node.op == kFinnFifo || node.op == kFinnConverter;
      if (is_between && !is_there) finn_.kept.push_back(node.name);
    }
    std::vector<EdgeDepth> depths;
    for (std::size_t i = 0; i < graph.fifos.size(); ++i) {
      const FinnFifo& fifo = graph.fifos[i];
      const FinnChain& chain = graph.chains[fifo.chain];
      const std::optional<std::size_t> edge = edge_of(graph, fifo);
      if (!edge) continue;
      std::uint64_t depth = 0;
      Place place = finn_.choice.place;
      const auto entry = numbered.find(i);
      if (const auto told = depth_at_ends(dataflow, chain, fifo.behind)) {
        depth = *told;
      } else if (entry != numbered.end()) {
        const YamlValue* value = find_attribute(finn_.file, *entry->second, "depth");
        if (value == nullptr) continue;
        depth = numbered_depth(*value);
        place = value->place;
      }
      // FINN leaves a FIFO of depth 0 out; ours hold at least a beat.
      if (depth > 0) depths.push_back({dataflow.edges[*edge].name, depth, place});
    }
    return depths;
  }

  /// What the scenario says itself wins: for a kernel, or for its layer where that reaches it.
  bool is_given(const KernelNode& kernel, const std::string& key) const {
    if (has(kernel.name, key)) return true;
    const bool is_own = key == "simd" && (kernel.kind == "pad" || kernel.kind == "swg");
    return !is_own && has(kernel.layer, key);
  }
  bool has(const std::string& scope, const std::string& key) const {
    AttributeReader* values = scenario_.folding.find(scope);
    return values != nullptr && values->has(key);
  }

  /// Puts what the file says and the scenario does not into the scenario's folding.
  void finish() {
    for (const OfKernel& of : taken_) {
      auto values = std::make_shared<YamlValue>();
      values->kind = Kind::kMap;
      values->place = of.values.front().member.key_place;
      for (const Taken& value : of.values) {
        const std::string& key = value.member.key;
        if (is_given(*of.kernel, key)) {
          finn_.overridden.insert({of.kernel->name, value.attribute});
        } else if (of.unit != nullptr && is_given(*of.unit, key)) {
          continue;  // it takes what it is given
        } else if (finn_.choice.take != FinnTake::kNames) {
          values->members.push_back(value.member);
        }
      }
      if (!values->members.empty()) merge(of.kernel->name, *values);
    }
  }

  void merge(const std::string& name, const YamlValue& values) {
    std::vector<Folding::Entry>& entries = scenario_.folding.entries;
    const auto own = std::find_if(entries.begin(), entries.end(),
                                  [&](const Folding::Entry& entry) { return entry.name == name; });
    YamlPtr merged = std::make_shared<YamlValue>(values);
    Place place = values.members.front().key_place;
    if (own != entries.end()) {
      for (const Member& member : own->values->members()) merged = with_member(*merged, member);
      place = own->place;
    }
    const std::string owner = fmt::format("the folding of '{}'", name);
    Folding::Entry entry{name, place, std::make_shared<YamlReader>(merged, owner, findings_)};
    if (own != entries.end()) {
      *own = std::move(entry);
    } else {
      entries.push_back(std::move(entry));
    }
  }

  /// Adds the depths of those FIFOs that the design has and the scenario does not name.
  void add_depths(const std::vector<EdgeDepth>& depths) {
    if (depths.empty()) return;
    Scenario timed_as_ours = scenario_;
    timed_as_ours.kernels = nullptr;
    Findings ignored;
    std::set<std::string> names;
    for (const Edge& edge : lower(timed_as_ours, nullptr, ignored, MemoryAnswers::kAtOnce).edges) {
      names.insert(edge.name);
    }
    for (const EdgeDepth& edge : scenario_.edges) names.erase(edge.edge);
    for (const EdgeDepth& depth : depths) {
      if (names.erase(depth.edge) > 0) scenario_.edges.push_back(depth);
    }
  }

  /// What the file says of a kernel.
  struct OfKernel {
    const KernelNode* kernel;
    const KernelNode* unit;  ///< what it is a part of in FINN; nullptr: a node itself
    std::vector<Taken> values;
  };

  FinnFolding& finn_;
  Scenario& scenario_;
  Findings& findings_;
  Findings trial_findings_;  ///< of the file's folding alone; the scenario may have another
  std::vector<OfKernel> taken_;
};

}  // namespace

FinnDifferences FinnFolding::differences() const {
  FinnDifferences differences;
  differences.inner = inner;
  for (const FinnNode& node : file.nodes) {
    const auto kernel = kernels.find(node.name);
    if (kernel == kernels.end() || node.op != "DuplicateStreams") continue;
    const YamlValue* value = find_attribute(file, node, "PE");
    const auto lanes = value != nullptr ? whole_number(*value, 1, kMostLanes) : std::nullopt;
    if (lanes) differences.lanes[kernel->second] = static_cast<int>(*lanes);
  }
  return differences;
}

FinnChoice read_finn_choice(const YamlPtr& value, const Findings& findings) {
  FinnChoice choice;
  choice.place = value->place;
  YamlPtr map = value;
  if (value->kind == Kind::kScalar) {
    auto whole = std::make_shared<YamlValue>();
    whole->kind = Kind::kMap;
    whole->place = value->place;
    whole->members.push_back({"file", value->place, value});
    map = whole;
  }
  YamlReader reader(map, "'finn'", findings);
  reader.require("file", "the path of a FINN folding configuration");
  choice.path = reader.file("file");
  const std::string take = reader.choice("take", {"all", "folding", "names"});
  choice.take = take == "all"       ? FinnTake::kAll
                : take == "folding" ? FinnTake::kFolding
                                    : FinnTake::kNames;
  YamlReader nodes = reader.map("nodes", "'nodes'");
  for (const Member& member : nodes.members()) {
    const std::string kernel = nodes.text(member.key);
    choice.nodes.push_back({{member.key, member.key_place}, {kernel, member.value->place}});
  }
  reader.finish();
  return choice;
}

std::string finn_choice_yaml(const FinnChoice& choice, FinnTake take) {
  // A quoted word may hold anything but quotes, which are doubled.
  const auto quoted = [](std::string text) {
    for (std::size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 2) {
      text.insert(at, "'");
    }
    return "'" + text + "'";
  };
  std::string text = "{file: " + quoted(choice.path);
  if (take != FinnTake::kAll) {
    text += std::string(", take: ") + (take == FinnTake::kFolding ? "folding" : "names");
  }
  std::vector<std::string> nodes;
  for (const auto& [node, kernel] : choice.nodes) {
    nodes.push_back(quoted(node.text) + ": " + quoted(kernel.text));
  }
  if (!nodes.empty()) text += ", nodes: {" + join(nodes) + "}";
  return text + "}";
}

void import_finn(FinnChoice choice, Scenario& scenario, Findings& findings) {
  if (choice.path.empty()) return;
  const std::optional<FinnFile> file = load_finn_file(choice.path, choice.place, findings);
  if (!file || !scenario.network.is_complete) return;
  auto finn = std::make_shared<FinnFolding>();
  finn->choice = std::move(choice);
  finn->file = *file;
  Import(*finn, scenario, findings).run();
  scenario.finn = finn;
}

}  // namespace qnnsim
