// SPDX-License-Identifier: Apache-2.0
#include "analysis/folding/folding_space.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <utility>

#include "analysis/folding/layer_enumerator.h"
#include "models/axi_reader.h"
#include "models/axi_writer.h"
#include "models/fork.h"
#include "models/sink.h"
#include "models/source.h"
#include "models/width_converter.h"
#include "sim/memory_plan.h"

namespace qnnsim {
namespace {

/// A space whose options are beats of different widths and nothing else; `traffic` [bytes per
/// frame] from or to memory.
LayerSpace widths(const std::set<int>& lanes, bool reads, std::uint64_t traffic,
                  const std::function<std::uint64_t(int)>& cycles) {
  LayerSpace space;
  for (int width : lanes) {
    LayerStructure structure;
    if (reads) structure.lanes_in = {width};
    structure.lanes_out = width;
    structure.cycles = cycles(width);
    LayerOption option;
    option.structure = static_cast<std::uint32_t>(space.structures.size());
    option.cycles = structure.cycles;
    option.traffic = traffic;
    space.structures.push_back(std::move(structure));
    space.options.push_back(option);
  }
  space.evaluated = space.options.size();
  return space;
}

/// A frame as a master moves it.
AxiTransferParams frame_of(const FoldingSpace::Stage& stage, const TensorSettings& tensor = {}) {
  AxiTransferParams moved = transfer_over(tensor);
  moved.type = stage.type;
  moved.elements = stage.elements;
  return moved;
}

/// A space with nothing to choose.
std::shared_ptr<const LayerSpace> master(const AxiTransferParams& moved, bool reads,
                                         const Resources& resources) {
  LayerSpace space =
      widths({moved.lanes()}, reads, moved.bytes(), [&](int) { return moved.stream_beats(); });
  space.options.front().resources = resources;
  return std::make_shared<LayerSpace>(std::move(space));
}

}  // namespace

std::vector<FoldingValue> LayerSpace::values(const LayerOption& option) const {
  const LayerStructure& from = structures[option.structure];
  std::vector<FoldingValue> values = from.values;
  std::uint32_t rest = option.style;
  for (const std::vector<KernelStyle>* styled : from.styles) {
    const auto count = static_cast<std::uint32_t>(styled->size());
    const std::vector<FoldingValue>& more = (*styled)[rest % count].values;
    values.insert(values.end(), more.begin(), more.end());
    rest /= count;
  }
  return values;
}

FoldingSpace::FoldingSpace(const Scenario& scenario, const SpaceOptions& options)
    : costs_(scenario.costs), options_(options), depth_(scenario.default_depth) {
  const Network& network = scenario.network;
  LayerEnumerator enumerator(scenario, options);
  Stage source;
  source.name = "source";
  source.type = network.input.type;
  source.elements = static_cast<std::uint64_t>(network.input.elements());
  stages_.push_back(std::move(source));
  for (const Layer& layer : network.layers) {
    Stage stage;
    stage.name = layer.name;
    const TensorShape output = layer.meaning->output();
    stage.type = output.type;
    stage.elements = static_cast<std::uint64_t>(output.elements());
    stage.space = enumerator.space(layer);
    for (int from : layer.from) {
      stage.inputs.push_back(from + 1);
      ++stages_[from + 1].readers;
    }
    stages_.push_back(std::move(stage));
  }
  classes_ = enumerator.classes();
  Stage sink;
  sink.name = "sink";
  sink.inputs = {static_cast<int>(stages_.size()) - 1};
  sink.type = stages_.back().type;
  sink.elements = stages_.back().elements;
  ++stages_.back().readers;
  stages_.push_back(std::move(sink));
  add_masters(scenario);
  source_is_tied_ = !scenario.stimulus.source_lanes && reader_ == nullptr;
  stages_.front().space = source_space(scenario);
  stages_.back().space = sink_space(scenario);
}

void FoldingSpace::add_masters(const Scenario& scenario) {
  if (const TensorSettings* input = scenario.memory.find(kInputTensor)) {
    const AxiTransferParams moved = frame_of(stages_.front(), *input);
    reader_ = master(moved, false, costs_.of(AxiReader(moved)));
  }
  if (const TensorSettings* output = scenario.memory.find(kOutputTensor)) {
    const AxiTransferParams moved = frame_of(stages_.back(), *output);
    writer_ = master(moved, true, costs_.of(AxiWriter(moved)));
  }
}

std::shared_ptr<const LayerSpace> FoldingSpace::source_space(const Scenario& scenario) const {
  if (reader_ != nullptr) return reader_;
  std::set<int> lanes;
  if (scenario.stimulus.source_lanes) lanes.insert(*scenario.stimulus.source_lanes);
  for (std::size_t stage = 1; stage < stages_.size() && lanes.empty(); ++stage) {
    for (std::size_t i = 0; i < stages_[stage].inputs.size(); ++i) {
      if (stages_[stage].inputs[i] != 0 || !is_tied(stage, i)) continue;
      if (stages_[stage].space == nullptr) continue;  // the sink
      for (const LayerOption& option : stages_[stage].space->options) {
        lanes.insert(stages_[stage].space->structure(option).lanes_in[i]);
      }
    }
  }
  if (lanes.empty()) lanes.insert(1);
  const std::uint64_t elements = stages_.front().elements;
  const DataType type = stages_.front().type;
  const std::uint64_t traffic = options_.input_in_dram ? frame_of(stages_.front()).bytes() : 0;
  return std::make_shared<LayerSpace>(widths(lanes, false, traffic, [&](int width) {
    const Port port{width, type, elements / static_cast<std::uint64_t>(width)};
    return Source(port, 1, scenario.stimulus.source).frame_interval();
  }));
}

std::shared_ptr<const LayerSpace> FoldingSpace::sink_space(const Scenario& scenario) const {
  if (writer_ != nullptr) return writer_;
  const std::size_t last = stages_.size() - 2;
  std::set<int> lanes;
  for (const LayerOption& option : space(last).options) {
    lanes.insert(space(last).structure(option).lanes_out);
  }
  const std::uint64_t elements = stages_[last].elements;
  const DataType type = stages_[last].type;
  const std::uint64_t traffic = options_.output_in_dram ? frame_of(stages_[last]).bytes() : 0;
  return std::make_shared<LayerSpace>(widths(lanes, true, traffic, [&](int width) {
    const Port port{width, type, elements / static_cast<std::uint64_t>(width)};
    return Sink(port, 1, scenario.stimulus.sink).frame_interval();
  }));
}

bool FoldingSpace::is_tied(std::size_t stage, std::size_t input) const {
  // The sink takes what comes; so does the source what its first reader wants.
  if (stage + 1 == stages_.size()) return writer_ == nullptr;
  if (!source_is_tied_ || stages_[stage].inputs[input] != 0) return false;
  for (std::size_t earlier = 1; earlier <= stage; ++earlier) {
    const std::vector<int>& inputs = stages_[earlier].inputs;
    const auto first = std::find(inputs.begin(), inputs.end(), 0);
    if (first == inputs.end()) continue;
    return earlier == stage && static_cast<std::size_t>(first - inputs.begin()) == input;
  }
  return false;
}

const Link& FoldingSpace::link(std::size_t producer, int from, int to) const {
  if (links_.size() < stages_.size()) links_.resize(stages_.size());
  const auto [place, is_new] = links_[producer].try_emplace({from, to});
  Link& link = place->second;
  if (!is_new) return link;
  const Stage& stage = stages_[producer];
  const std::int64_t bits = stage.type.bits();
  // FIFOs at the ends are no part of the accelerator, but behind a reader and in front of a writer.
  const bool at_source = producer == 0 && stage.readers == 1 && reader_ == nullptr;
  const bool at_sink = producer + 2 == stages_.size() && writer_ == nullptr;
  if (!at_source && !at_sink) link.resources = costs_.of_fifo(from * bits, depth_);
  if (from == to) return link;
  WidthConverterParams p;
  p.lanes_in = from;
  p.lanes_out = to;
  p.elements = stage.elements;
  p.type = stage.type;
  const WidthConverter converter(p);
  link.cycles = converter.frame_interval();
  link.resources += costs_.of(converter);
  link.resources += costs_.of_fifo(to * bits, depth_);
  return link;
}

Link FoldingSpace::fork(std::size_t producer, int lanes) const {
  const Stage& stage = stages_[producer];
  if (stage.readers < 2) return {};
  ForkParams p;
  p.branches = stage.readers;
  p.lanes = lanes;
  p.beats = stage.elements / static_cast<std::uint64_t>(lanes);
  p.type = stage.type;
  const Fork fork(p);
  Link link{fork.frame_interval(), costs_.of(fork)};
  if (producer != 0 || reader_ != nullptr) {
    link.resources += costs_.of_fifo(std::int64_t{lanes} * stage.type.bits(), depth_);
  }
  return link;
}

FoldingTotals FoldingSpace::evaluate(const FoldingChoice& choice) const {
  FoldingTotals totals;
  const auto add = [&](std::uint64_t cycles, const Resources& resources) {
    totals.cycles = std::max(totals.cycles, cycles);
    totals.resources += resources;
  };
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    const LayerOption& option = space(i).options[choice[i]];
    const LayerStructure& structure = space(i).structure(option);
    add(option.cycles, option.resources + stages_[i].extra);
    totals.traffic += option.traffic;
    const Link behind = fork(i, structure.lanes_out);
    add(behind.cycles, behind.resources);
    for (std::size_t k = 0; k < stages_[i].inputs.size(); ++k) {
      const auto producer = static_cast<std::size_t>(stages_[i].inputs[k]);
      const LayerSpace& from = space(producer);
      const int lanes = from.structure(from.options[choice[producer]]).lanes_out;
      const Link& between = link(producer, lanes, structure.lanes_in[k]);
      add(between.cycles, between.resources);
    }
  }
  if (options_.bytes_per_cycle > 0) {
    // The first interval in which memory moves as much (traffic_in).
    auto cycles = static_cast<std::uint64_t>(double(totals.traffic) / options_.bytes_per_cycle);
    while (traffic_in(cycles) < static_cast<std::int64_t>(totals.traffic)) ++cycles;
    totals.cycles = std::max(totals.cycles, cycles);
  }
  return totals;
}

std::int64_t FoldingSpace::traffic_in(std::uint64_t cycles) const {
  constexpr double kAny = 1e18;
  if (options_.bytes_per_cycle <= 0) return static_cast<std::int64_t>(kAny);
  return static_cast<std::int64_t>(std::min(kAny, double(cycles) * options_.bytes_per_cycle));
}

bool FoldingSpace::is_legal(const FoldingChoice& choice) const {
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    for (std::size_t k = 0; k < stages_[i].inputs.size(); ++k) {
      if (!is_tied(i, k)) continue;
      const auto producer = static_cast<std::size_t>(stages_[i].inputs[k]);
      const LayerSpace& from = space(producer);
      const int lanes = from.structure(from.options[choice[producer]]).lanes_out;
      if (lanes != space(i).structure(space(i).options[choice[i]]).lanes_in[k]) return false;
    }
  }
  return true;
}

std::string FoldingSpace::folding_yaml(const FoldingChoice& choice, std::size_t first,
                                       std::size_t last) const {
  std::string text;
  for (std::size_t i = first; i < last; ++i) {
    std::vector<std::pair<std::string, std::string>> kernels;
    for (const FoldingValue& value : space(i).values(space(i).options[choice[i]])) {
      if (value.kind == kWeightsTensor) continue;
      auto place = std::find_if(kernels.begin(), kernels.end(),
                                [&](const auto& kernel) { return kernel.first == value.kind; });
      if (place == kernels.end()) place = kernels.insert(kernels.end(), {value.kind, ""});
      place->second += (place->second.empty() ? "" : ", ") + value.key + ": " + value.value;
    }
    for (const auto& [kind, values] : kernels) {
      text +=
          fmt::format("{}{}.{}: {{{}}}", text.empty() ? "" : ", ", stages_[i].name, kind, values);
    }
  }
  return "{" + text + "}";
}

std::vector<WeightsInMemory> FoldingSpace::weights_in_memory(const FoldingChoice& choice,
                                                             std::size_t first,
                                                             std::size_t last) const {
  std::vector<WeightsInMemory> tensors;
  for (std::size_t i = first; i < last; ++i) {
    const LayerOption& option = space(i).options[choice[i]];
    for (const FoldingValue& value : space(i).values(option)) {
      if (value.kind != kWeightsTensor) continue;
      tensors.push_back(
          {stages_[i].name + "." + kWeightsTensor, std::stoi(value.value), option.traffic});
    }
  }
  return tensors;
}

std::vector<std::uint64_t> FoldingSpace::intervals() const {
  std::set<std::uint64_t> intervals;
  std::set<const LayerSpace*> seen;
  for (const Stage& stage : stages_) {
    if (!seen.insert(stage.space.get()).second) continue;
    for (const LayerOption& option : stage.space->options) intervals.insert(option.cycles);
  }
  return {intervals.begin(), intervals.end()};
}

std::uint64_t FoldingSpace::evaluated() const {
  std::uint64_t count = 0;
  std::set<const LayerSpace*> seen;
  for (const Stage& stage : stages_) {
    if (seen.insert(stage.space.get()).second) count += stage.space->evaluated;
  }
  return count;
}

std::vector<std::size_t> FoldingSpace::cuts() const {
  std::vector<std::size_t> cuts;
  for (std::size_t cut = 2; cut + 1 < stages_.size(); ++cut) {
    bool crosses_alone = stages_[cut - 1].readers == 1;
    for (std::size_t stage = cut; stage < stages_.size(); ++stage) {
      for (int from : stages_[stage].inputs) {
        if (static_cast<std::size_t>(from) + 1 < cut) crosses_alone = false;
      }
    }
    if (crosses_alone) cuts.push_back(cut);
  }
  return cuts;
}

FoldingSpace FoldingSpace::segment(std::size_t first, std::size_t last) const {
  FoldingSpace part;
  part.costs_ = costs_;
  part.options_ = options_;
  part.depth_ = depth_;
  part.classes_ = classes_;
  const bool has_source = first == 1;
  const bool has_sink = last + 1 == stages_.size();
  part.source_is_tied_ = has_source ? source_is_tied_ : true;
  if (has_source) part.reader_ = reader_;
  if (has_sink) part.writer_ = writer_;
  part.stages_.push_back(stages_[first - 1]);
  part.stages_.front().name = "source";
  part.stages_.front().inputs.clear();
  part.stages_.front().extra = {};
  for (std::size_t i = first; i < last; ++i) {
    part.stages_.push_back(stages_[i]);
    for (int& from : part.stages_.back().inputs) from -= static_cast<int>(first) - 1;
  }
  Stage sink = stages_.back();
  sink.inputs = {static_cast<int>(part.stages_.size()) - 1};
  sink.type = part.stages_.back().type;
  sink.elements = part.stages_.back().elements;
  part.stages_.push_back(std::move(sink));
  const Scenario unhindered;
  if (!has_source) part.stages_.front().space = part.source_space(unhindered);
  if (!has_sink) part.stages_.back().space = part.sink_space(unhindered);
  return part;
}

}  // namespace qnnsim
