// SPDX-License-Identifier: Apache-2.0
#include "analysis/folding/fold.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <map>
#include <utility>

#include "analysis/folding/latency.h"
#include "analysis/folding/remedy.h"
#include "sim/fast/fast_engine.h"
#include "sim/fast/unbounded_depths.h"
#include "sim/lowering.h"
#include "sim/resource_use.h"

namespace qnnsim {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A resource by the name that options give it ("bram" or "bram18"); nullptr where there is none.
const ResourceKind* kind_of(const std::string& name) {
  for (const ResourceKind& kind : kResourceKinds) {
    if (name == kind.key || name + "18" == kind.key) return &kind;
  }
  return nullptr;
}

std::int64_t share_of(std::int64_t whole, double share) {
  return static_cast<std::int64_t>(std::floor(static_cast<double>(whole) * share * (1 + 1e-12)));
}

/// What may be taken of a device.
Resources limits_of(const Resources& device, const FoldingOptions& options, Findings& findings) {
  Resources limits;
  for (const ResourceKind& kind : kResourceKinds) {
    limits.*kind.count = share_of(device.*kind.count, options.utilisation);
  }
  for (const std::string& limit : options.limits) {
    const Place place{"--limit " + limit, 0, 0};
    const std::size_t equals = limit.find('=');
    const ResourceKind* kind =
        equals == std::string::npos ? nullptr : kind_of(limit.substr(0, equals));
    if (kind == nullptr) {
      findings.add(place, "a limit is RESOURCE=SHARE", "RESOURCE: lut, ff, dsp, bram or uram");
      continue;
    }
    double share = -1;
    const char* end = limit.data() + limit.size();
    const auto [rest, error] = std::from_chars(limit.data() + equals + 1, end, share);
    if (error != std::errc() || rest != end || share < 0 || share > 1) {
      findings.add(place, "a share is a number from 0 to 1", "for example --limit lut=0.7");
      continue;
    }
    limits.*kind->count = share_of(device.*kind->count, share);
  }
  return limits;
}

/// What the folding says of a kernel, from its parameters.
std::string folding_text(const KernelNode& node) {
  const Traits traits = node.kernel->traits();
  std::string text;
  for (const char* key : {"pe", "simd", "mmv", "parallel"}) {
    const auto found = traits.find(key);
    if (found == traits.end()) continue;
    const bool is_plain = key == std::string("mmv") || key == std::string("parallel");
    if (is_plain && found->second <= (key == std::string("mmv") ? 1 : 0)) continue;
    text += fmt::format(" {} {}", key, found->second);
  }
  if (const std::string memory = node.kernel->memory_style(); !memory.empty()) text += " " + memory;
  if (node.kernel->dsps() > 0) text += " dsp";
  return text.empty() ? text : node.kind + text;
}

/// A search for a folding, and its rounds.
class Fold {
 public:
  Fold(const std::string& path, const std::vector<std::string>& settings,
       const FoldingOptions& options, Findings& findings)
      : path_(path), settings_(settings), options_(options), findings_(findings) {
    if (!options.platform.empty()) settings_.push_back("platform=" + options.platform);
  }

  FoldingResult run() {
    const Clock::time_point start = Clock::now();
    scenario_ = load_scenario(path_, settings_, findings_);
    if (!findings_.empty()) return {};
    check();
    describe();
    if (!findings_.empty()) return {};
    look_at_given();
    say("enumerating the foldings of each layer");
    SpaceOptions space_options;
    space_options.bits_per_cycle = bits_per_cycle(options_.bandwidth_gb_s);
    FoldingSpace space(scenario_, space_options);
    result_.space_seconds = seconds_since(start);
    result_.layers = scenario_.network.layers.size();
    result_.classes = space.classes();
    result_.options = space.evaluated();
    for (int round = 0; round < std::max(1, options_.rounds); ++round) {
      if (!solve(space) || options_.rounds == 0 || options_.reconfigure_ms) break;
      if (try_out(space)) break;
      if (options_.stop != nullptr && *options_.stop) break;
    }
    result_.seconds = seconds_since(start);
    return std::move(result_);
  }

 private:
  void say(const std::string& what) const {
    if (options_.progress) options_.progress(what);
  }

  double bits_per_cycle(double gb_s) const { return gb_s * 8e3 / scenario_.clock_mhz; }

  Resources use_of(const Dataflow& dataflow) const {
    return resource_use(scenario_.costs, dataflow, scenario_.platform).total;
  }

  void check() {
    const auto refuse_unless = [&](bool holds, const char* option, const std::string& message) {
      if (!holds) findings_.add({option, 0, 0}, message);
    };
    refuse_unless(!options_.target_fps || *options_.target_fps > 0, "--target-fps",
                  "a rate above 0 frames a second is needed");
    refuse_unless(options_.objective != FoldingObjective::kResources || options_.target_fps,
                  "--objective", "least resources for which rate? Give --target-fps");
    refuse_unless(options_.utilisation > 0 && options_.utilisation <= 1, "--limit-utilisation",
                  "a share above 0, up to 1, is needed");
    const bool in_parts = options_.devices > 1 || options_.reconfigure_ms;
    refuse_unless(!in_parts || options_.solver == "exact", "--solver",
                  "only the exact solver splits a network");
    refuse_unless(options_.devices == 1 || !options_.reconfigure_ms, "--devices",
                  "several devices, or several configurations of one: give one of the two");
    refuse_unless(
        !in_parts || (options_.objective == FoldingObjective::kThroughput && !options_.target_fps),
        "--objective", "a network is split for throughput only");
    if (!scenario_.memory.memories.empty() || !scenario_.memory.tensors.empty()) {
      findings_.add({path_, 0, 0}, "a scenario with tensors in memory cannot be folded",
                    "fold without 'memories' and 'tensors', then add them: --set memories= --set "
                    "tensors=");
    }
  }

  void describe() {
    result_.scenario = scenario_.name;
    result_.platform = scenario_.platform.name;
    result_.cost_model = scenario_.costs.name();
    result_.solver = options_.solver;
    result_.objective = options_.objective;
    result_.clock_mhz = scenario_.clock_mhz;
    result_.device = limits(scenario_.platform);
    result_.limits = limits_of(result_.device, options_, findings_);
    if (options_.target_fps) {
      result_.target = static_cast<std::uint64_t>(
          std::floor(scenario_.clock_mhz * 1e6 / *options_.target_fps * (1 + 1e-12)));
    }
  }

  /// The scenario's own folding, if it is legal on this platform.
  void look_at_given() {
    Findings ignored;
    const Dataflow dataflow = lower(load_scenario(path_, settings_, ignored), nullptr, ignored);
    if (!ignored.empty()) return;
    DesignUse given;
    given.cycles = frame_interval(slowest(dataflow));
    given.bottleneck = slowest(dataflow).name;
    given.resources = use_of(dataflow);
    result_.given = given;
  }

  Solution solution_of(const FoldingSpace& space, const SolverTask& task) {
    if (options_.devices > 1 || options_.reconfigure_ms) return in_parts(space, task);
    if (options_.solver == "rule") return solve_rule(space, task);
    if (options_.solver == "finn") return solve_finn(space, task);
    if (options_.solver == "brute") return solve_brute(space, task);
    if (options_.solver == "annealing") {
      return solve_annealing(space, task, scenario_.clock_mhz);
    }
    Solution solution = solve_exact(space, task);
    if (options_.objective != FoldingObjective::kLatency || !solution.found) return solution;
    if (!unbounded_graph(space, solution.choice)) {
      findings_.add({"--objective", 0, 0},
                    fmt::format("under the calibration '{}' there are kernels without a schedule, "
                                "whose latency no search computes",
                                scenario_.kernels->name),
                    "fold for throughput, or with our own timing (--set kernels=)");
      return solution;
    }
    // A kernel is busy with a frame at least for the shortest interval.
    result_.latency_bound = solution.interval_bound;
    return shorten_latency(space, task, std::move(solution),
                           [&](const FoldingChoice& choice) { return latency_of(space, choice); });
  }

  Solution in_parts(const FoldingSpace& space, const SolverTask& task) {
    Partition partition;
    if (options_.reconfigure_ms) {
      const auto cycles = static_cast<std::uint64_t>(
          std::ceil(*options_.reconfigure_ms * 1e3 * scenario_.clock_mhz));
      partition = over_configurations(space, task, options_.batch, cycles);
      result_.batch = options_.batch;
      result_.batch_cycles = partition.cycles;
    } else {
      partition = over_devices(space, task, options_.devices, bits_per_cycle(options_.link_gb_s));
    }
    Solution solution;
    solution.tried = partition.tried;
    solution.interrupted = partition.interrupted;
    if (!partition.found) return solution;
    solution.found = true;
    solution.choice = partition.choice;
    solution.totals = space.evaluate(partition.choice);
    solution.cost = ShareCost(task.limits).of(solution.totals.resources);
    solution.has_bound = partition.bound > 0;
    solution.interval_bound =
        options_.reconfigure_ms && solution.has_bound ? solution.totals.cycles : partition.bound;
    result_.parts = partition.parts;
    result_.proof = partition.bound == partition.cycles
                        ? "optimal: every other way to split takes longer, or does not fit"
                        : "none: the search ended early";
    return solution;
  }

  /// The design with FIFOs that are never full and one frame; nothing where it is not legal or a
  /// kernel has no schedule.
  std::optional<StreamGraph> unbounded_graph(const FoldingSpace& space,
                                             const FoldingChoice& choice) const {
    std::vector<std::string> settings = settings_;
    settings.push_back("folding=" + space.folding_yaml(choice));
    settings.push_back("fifos=");
    settings.push_back("stimulus.frames=1");
    Findings findings;
    const Dataflow dataflow = lower(load_scenario(path_, settings, findings), nullptr, findings);
    if (!findings.empty()) return std::nullopt;
    std::optional<StreamGraph> graph = stream_graph(dataflow);
    if (!graph) return graph;
    const std::vector<std::uint64_t> depths = unbounded_depths(*graph);
    for (std::size_t i = 0; i < depths.size(); ++i) graph->edges[i].depth = depths[i];
    return graph;
  }

  std::optional<std::uint64_t> latency_of(const FoldingSpace& space,
                                          const FoldingChoice& choice) const {
    const std::optional<StreamGraph> graph = unbounded_graph(space, choice);
    if (!graph) return std::nullopt;
    const RunCounts counts = run_fast(*graph);
    if (counts.status != RunStatus::kDone) return std::nullopt;
    return counts.frame_ends.front() - *counts.first_accepted;
  }

  bool solve(FoldingSpace& space) {
    const Clock::time_point start = Clock::now();
    SolverTask task;
    task.limits = result_.limits;
    task.target = result_.target;
    task.seconds = options_.seconds;
    task.stop = options_.stop;
    task.progress = options_.progress;
    task.seed = options_.seed;
    Solution solution = solution_of(space, task);
    if (!findings_.empty()) return false;
    result_.solver_seconds += seconds_since(start);
    result_.interrupted = result_.interrupted || solution.interrupted;
    const bool found = solution.found;
    if (!found && result_.rounds.empty()) {
      explain_refusal(space, solution, task, scenario_, path_, findings_);
    }
    if (found || result_.rounds.empty()) result_.solution = std::move(solution);
    if (found) {
      if (result_.proof.empty() || result_.parts.empty()) {
        result_.proof = proof_of(space, result_.solution, task);
        if (result_.latency_bound > 0) {
          result_.proof = fmt::format(
              "none of the latency, a local optimum: at least {} cycles; of the interval: {}",
              result_.latency_bound, result_.proof);
        }
      }
      result_.settings = settings_;
      result_.settings.push_back("folding=" + space.folding_yaml(result_.solution.choice));
      result_.settings.push_back(
          fmt::format("fifos={{default_depth: {}}}", scenario_.default_depth));
      result_.settings.push_back("published=");
      describe_choice(space);
    }
    return found;
  }

  /// The slowest kernel and the layers, before FIFOs are sized.
  void describe_choice(const FoldingSpace& space) {
    Findings ignored;
    const Dataflow dataflow =
        lower(load_scenario(path_, result_.settings, ignored), nullptr, ignored);
    if (!ignored.empty()) return;
    result_.bottleneck = slowest(dataflow).name;
    list_layers(dataflow);
    result_.sizing = {};
    for (const Edge& edge : dataflow.edges) {
      SizedFifo fifo;
      fifo.name = edge.name;
      fifo.depth = edge.depth;
      result_.sizing.fifos.push_back(fifo);
    }
    for (std::size_t k = 0; k < result_.parts.size(); ++k) {
      result_.proof += fmt::format("{}part {}: {} to {}", k > 0 ? ", " : "; ", k + 1,
                                   space.stages()[result_.parts[k].first].name,
                                   space.stages()[result_.parts[k].last - 1].name);
    }
  }

  /// Lowers the folding, sizes its FIFOs and runs it. False where it does not fit: `space` then
  /// knows what its FIFOs take.
  bool try_out(FoldingSpace& space) {
    say("sizing the FIFOs");
    const Scenario folded = load_scenario(path_, result_.settings, findings_);
    SizingOptions sizing;
    sizing.search.budget_seconds = options_.sizing_seconds;
    sizing.search.threads = 1;
    sizing.search.stop = options_.stop;
    Dataflow dataflow = lower(folded, nullptr, findings_);
    if (!findings_.empty()) return true;
    FoldingRound round;
    round.estimated_cycles = result_.solution.totals.cycles;
    round.estimated = use_of(dataflow);
    if (options_.objective == FoldingObjective::kLatency) {
      // No FIFO may make a frame later than it need be.
      const std::uint64_t latency = latency_of(space, result_.solution.choice).value_or(0) + 1;
      sizing.latency_us = static_cast<double>(latency) / scenario_.clock_mhz;
    }
    result_.bottleneck = slowest(dataflow).name;
    Sizing sized = size_fifos(folded, sizing, findings_);
    if (!findings_.empty() || sized.fifos.empty()) return true;  // stopped
    result_.sizing = std::move(sized);
    std::vector<Resources> before = by_stage(space, dataflow);
    for (std::size_t i = 0; i < result_.sizing.fifos.size(); ++i) {
      dataflow.edges[i].depth = result_.sizing.fifos[i].depth;
    }
    const std::vector<Resources> after = by_stage(space, dataflow);
    round.measured = result_.sizing.after;
    round.sized = use_of(dataflow);
    list_layers(dataflow);
    round.fits = all_parts_fit(space, round.sized);
    result_.rounds.push_back(round);
    if (round.fits) return true;
    for (std::size_t i = 0; i < after.size(); ++i) learn(before[i], after[i], space.stages()[i]);
    return false;
  }

  /// Does the design with sized FIFOs fit, on each device what is on it?
  bool all_parts_fit(const FoldingSpace& space, const Resources& all) const {
    if (result_.parts.empty()) return all.fit(result_.limits);
    for (const Part& part : result_.parts) {
      Resources sum;
      for (const FoldedLayer& layer : result_.folded) {
        for (std::size_t stage = part.first; stage < part.last; ++stage) {
          if (space.stages()[stage].name == layer.name) sum += layer.resources;
        }
      }
      if (!sum.fit(result_.limits)) return false;
    }
    return true;
  }

  /// [stage] what the FIFOs in front of a layer's kernels take.
  std::vector<Resources> by_stage(const FoldingSpace& space, const Dataflow& dataflow) const {
    std::map<std::string, std::size_t> stage_of;
    for (std::size_t i = 0; i < space.stages().size(); ++i) stage_of[space.stages()[i].name] = i;
    std::vector<Resources> result(space.stages().size());
    for (const Edge& edge : dataflow.edges) {
      const std::string& layer = dataflow.nodes[static_cast<std::size_t>(edge.to)].layer;
      result[stage_of[layer]] +=
          resources_of(scenario_.costs, dataflow, edge).value_or(Resources());
    }
    return result;
  }

  static void learn(const Resources& before, const Resources& after, FoldingSpace::Stage& stage) {
    const auto more = [](std::int64_t was, std::int64_t is, std::int64_t known) {
      return std::max(known, is - was);
    };
    stage.extra.lut = more(before.lut, after.lut, stage.extra.lut);
    stage.extra.ff = more(before.ff, after.ff, stage.extra.ff);
    stage.extra.bram18 = more(before.bram18, after.bram18, stage.extra.bram18);
    stage.extra.uram = more(before.uram, after.uram, stage.extra.uram);
  }

  void list_layers(const Dataflow& dataflow) {
    std::map<std::string, std::size_t> index;
    result_.folded.clear();
    for (const KernelNode& node : dataflow.nodes) {
      if (node.outside) continue;
      const auto [place, is_new] = index.try_emplace(node.layer, result_.folded.size());
      if (is_new) {
        result_.folded.emplace_back();
        result_.folded.back().name = node.layer;
      }
      FoldedLayer& layer = result_.folded[place->second];
      layer.cycles = std::max(layer.cycles, frame_interval(node));
      layer.resources += resources_of(scenario_.costs, node).value_or(Resources());
      const std::string text = folding_text(node);
      if (!text.empty()) layer.folding += (layer.folding.empty() ? "" : ", ") + text;
      if (std::string idle = node.kernel->idle_lanes(); !idle.empty()) {
        layer.idle_lanes.push_back(node.name + ": " + idle);
      }
    }
    for (const Edge& edge : dataflow.edges) {
      const KernelNode& reader = dataflow.nodes[static_cast<std::size_t>(edge.to)];
      const auto place = index.find(reader.layer);
      // What the sink reads counts with the last layer.
      FoldedLayer& layer =
          place == index.end() ? result_.folded.back() : result_.folded[place->second];
      layer.resources += resources_of(scenario_.costs, dataflow, edge).value_or(Resources());
    }
  }

  const std::string path_;
  std::vector<std::string> settings_;
  const FoldingOptions& options_;
  Findings& findings_;
  Scenario scenario_;
  FoldingResult result_;
};

}  // namespace

FoldingResult fold(const std::string& path, const std::vector<std::string>& settings,
                   const FoldingOptions& options, Findings& findings) {
  return Fold(path, settings, options, findings).run();
}

}  // namespace qnnsim
