// SPDX-License-Identifier: Apache-2.0
#include "analysis/sizing_problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/prefetch.h"
#include "sim/lowering.h"

namespace qnnsim {

SizingProblem::SizingProblem(const Scenario& scenario, const SizingOptions& options,
                             Findings& findings)
    : scenario_(scenario),
      options_(options),
      findings_(findings),
      dataflow_(lower(scenario, nullptr, findings, MemoryAnswers::kAtOnce)),
      cost_(options.count_bits ? FifoCost::bits()
                               : FifoCost::hardware(scenario.costs, scenario.platform)) {
  for (const KernelNode& node : dataflow_.nodes) {
    const bool is_tensor = node.name == kInputTensor || node.name == kOutputTensor;
    if (node.kind == kMemoryReader || is_tensor) masters_.push_back(node.name);
  }
  check_options();
  if (!findings.empty() || dataflow_.frames_together == 1) return;
  findings.add({scenario.path, 0, 0},
               "FIFOs cannot be sized where a pass of the weights serves several frames: no frame "
               "is like the one before",
               "size with a 'weight_tile' of one frame at most");
}

std::uint64_t SizingProblem::least_depth(std::size_t edge, std::int64_t best) const {
  const KernelNode& writer = dataflow_.nodes[dataflow_.edges[edge].from];
  const bool is_master = std::find(masters_.begin(), masters_.end(), writer.name) != masters_.end();
  const TensorSettings tensor = scenario_.memory.of(writer.name);
  const int memory = scenario_.memory.memory_of(tensor);
  if (!is_master || memory < 0) return 1;
  const auto masters = std::count_if(masters_.begin(), masters_.end(), [&](const auto& name) {
    return scenario_.memory.memory_of(scenario_.memory.of(name)) == memory;
  });
  const double beats = static_cast<double>(writer.kernel->outputs().front().beats);
  return prefetch_depth(scenario_, scenario_.memory.memories[static_cast<std::size_t>(memory)],
                        tensor, static_cast<std::size_t>(masters) - 1,
                        std::min(1.0, beats / static_cast<double>(best)));
}

void SizingProblem::check_options() const {
  const auto refuse_unless = [&](bool holds, const char* option, const std::string& message) {
    if (!holds) findings_.add({option, 0, 0}, message);
  };
  refuse_unless(!options_.target_fps || *options_.target_fps > 0, "--target-fps",
                "a rate above 0 frames a second is needed");
  refuse_unless(!options_.slack_percent || *options_.slack_percent >= 0, "--slack",
                "a percentage of 0 or more is needed");
  refuse_unless(!options_.latency_us || *options_.latency_us > 0, "--max-latency",
                "a time above 0 us is needed");
  refuse_unless(!options_.target_fps || !options_.slack_percent, "--slack",
                "--target-fps says what the interval must be; give one of the two");
  std::vector<std::string> names;
  for (const Edge& edge : dataflow_.edges) names.push_back(edge.name);
  for (const DepthLimit& limit : options_.limits) {
    if (std::find(names.begin(), names.end(), limit.edge) == names.end()) {
      findings_.add(limit.place, fmt::format("there is no FIFO '{}'", limit.edge),
                    suggest(limit.edge, names));
    }
    const DepthRange range = limits(limit.edge);
    if (limit.least < 1 || range.most < range.least) {
      findings_.add(limit.place, "no depth is within these limits",
                    "a FIFO holds at least one beat; MIN must not be above MAX");
    }
  }
}

DepthRange SizingProblem::limits(std::size_t edge, std::int64_t best) const {
  DepthRange range = limits(dataflow_.edges[edge].name);
  range.least = std::max(range.least, std::min(range.most, least_depth(edge, best)));
  return range;
}

DepthRange SizingProblem::limits(const std::string& edge) const {
  DepthRange range;
  for (const DepthLimit& limit : options_.limits) {
    if (limit.edge != edge) continue;
    range.least = std::max(range.least, limit.least);
    range.most = std::min(range.most, limit.most.value_or(range.most));
  }
  return range;
}

std::int64_t SizingProblem::target(std::int64_t best) const {
  std::int64_t target = best;
  if (options_.target_fps) {
    target = static_cast<std::int64_t>(scenario_.clock_mhz * 1e6 / *options_.target_fps);
  }
  if (options_.slack_percent) {
    target =
        static_cast<std::int64_t>(static_cast<double>(best) * (1 + *options_.slack_percent / 100));
  }
  if (target < best) {
    const double fps = scenario_.clock_mhz * 1e6 / static_cast<double>(best);
    findings_.add({"--target-fps", 0, 0},
                  fmt::format("no FIFO depths reach {} frames a second: the folding reaches "
                              "{:.6g}, where {} takes {} cycles a frame",
                              *options_.target_fps, fps, slowest(dataflow_).name, best),
                  fmt::format("fold {} wider, or ask for {:.6g} or less", slowest(dataflow_).name,
                              std::floor(fps * 1000) / 1000));
  }
  return target;
}

Sizing SizingProblem::begin(std::int64_t best, std::int64_t target) const {
  Sizing sizing;
  sizing.scenario = scenario_.name;
  sizing.platform = scenario_.platform.name;
  sizing.clock_mhz = scenario_.clock_mhz;
  sizing.costs = scenario_.costs;
  sizing.cost_unit = cost_.unit();
  sizing.best_interval = best;
  sizing.bottleneck = slowest(dataflow_).name;
  sizing.target = target;
  sizing.memory_at_once = !masters_.empty();
  if (sizing.memory_at_once) sizing.kept = fifos_of_masters();
  return sizing;
}

std::vector<EdgeDepth> SizingProblem::fifos_of_masters() const {
  std::set<std::string> sized;
  for (const Edge& edge : dataflow_.edges) sized.insert(edge.name);
  Findings ignored;
  std::vector<EdgeDepth> others;
  for (const Edge& edge : lower(scenario_, nullptr, ignored).edges) {
    if (sized.count(edge.name) == 0) others.push_back({edge.name, edge.depth, {}});
  }
  return others;
}

SizedFifo SizingProblem::fifo(std::size_t edge, std::uint64_t seen, std::uint64_t depth) const {
  SizedFifo fifo;
  fifo.name = dataflow_.edges[edge].name;
  fifo.width_bits = width_bits(edge);
  fifo.before = dataflow_.edges[edge].depth;
  fifo.seen = seen;
  fifo.depth = depth;
  if (scenario_.costs.estimates_fifos()) {
    fifo.style = scenario_.costs.fifo_style(fifo.width_bits, depth);
    fifo.resources = scenario_.costs.of_fifo(fifo.width_bits, depth);
  }
  fifo.cost_before = cost_.cost(fifo.width_bits, fifo.before);
  fifo.cost = cost_.cost(fifo.width_bits, depth);
  return fifo;
}

}  // namespace qnnsim
