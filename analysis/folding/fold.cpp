// SPDX-License-Identifier: Apache-2.0
#include "analysis/folding/fold.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <map>
#include <utility>

#include "analysis/folding/folded_memory.h"
#include "analysis/folding/latency.h"
#include "analysis/folding/remedy.h"
#include "analysis/sized_run.h"
#include "sim/fast/fast_engine.h"
#include "sim/fast/unbounded_depths.h"
#include "sim/finn_folding.h"
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
  if (node.kind == kMemoryReader) text += fmt::format(" {} bits", traits.at("bus_bits"));
  if (const std::string memory = node.kernel->memory_style(); !memory.empty()) text += " " + memory;
  if (node.kernel->dsps() > 0) text += " dsp";
  return text.empty() ? text : node.kind + text;
}

/// A search for a folding, and its rounds.
class Fold {
 public:
  Fold(const std::string& path, const std::vector<std::string>& settings,
       const FoldingOptions& options, Findings& findings)
      : path_(path),
        settings_(settings),
        options_(options),
        findings_(findings),
        known_fifos_(options.experience.fifos) {
    if (!options.platform.empty()) settings_.push_back("platform=" + options.platform);
  }

  FoldingResult run() {
    const Clock::time_point start = Clock::now();
    scenario_ = load_scenario(path_, settings_, findings_);
    require_dataflow(scenario_, "'qnnsim fold'", findings_);
    if (!findings_.empty()) return {};
    if (options_.dram && !has_memory()) add_memories();
    if (!findings_.empty()) return {};
    check();
    describe();
    if (!findings_.empty()) return {};
    look_at_given();
    say("enumerating the foldings of each layer");
    SpaceOptions space_options;
    const bool is_shared = options_.bandwidth_gb_s > 0;
    space_options.weights_in_dram = has_memory();
    space_options.input_in_dram = is_shared || scenario_.memory.find(kInputTensor) != nullptr;
    space_options.output_in_dram = is_shared || scenario_.memory.find(kOutputTensor) != nullptr;
    space_options.bytes_per_cycle = bytes_per_cycle(result_.memory_limit_gb_s);
    FoldingSpace space(scenario_, space_options);
    charge_fifos(space);
    result_.space_seconds = seconds_since(start);
    result_.layers = scenario_.network.layers.size();
    result_.classes = space.classes();
    result_.options = space.evaluated();
    for (int round = 0; round < std::max(1, options_.rounds); ++round) {
      if (!solve(space) || options_.rounds == 0) break;
      if (options_.reconfigure_ms ? try_out_parts(space) : try_out(space)) break;
      if (options_.stop != nullptr && *options_.stop) break;
    }
    result_.seconds = seconds_since(start);
    return std::move(result_);
  }

 private:
  void say(const std::string& what) const {
    if (options_.progress) options_.progress(what);
  }

  double bytes_per_cycle(double gb_s) const { return gb_s * 1e3 / scenario_.clock_mhz; }
  bool has_memory() const { return !scenario_.memory.memories.empty(); }

  /// The memories of the platform stand in for those that the scenario does not have.
  void add_memories() {
    settings_.push_back("memories=" + platform_memories(scenario_.platform, findings_));
    if (findings_.empty()) scenario_ = load_scenario(path_, settings_, findings_);
  }

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
    refuse_unless(!has_memory() || options_.devices == 1, "--devices",
                  "which device a memory belongs to is not known: fold for one device, or without "
                  "memories");
  }

  void describe() {
    result_.scenario = scenario_.name;
    result_.platform = scenario_.platform.name;
    result_.cost_model = scenario_.costs.name();
    result_.solver = options_.solver;
    result_.objective = options_.objective;
    result_.clock_mhz = scenario_.clock_mhz;
    result_.device = limits(scenario_.platform);
    const Allowed allowed = allowed_of(result_.device, options_, findings_);
    result_.limits = allowed.limits;
    result_.memory_gb_s = peak_gb_s(scenario_);
    result_.memory_limit_gb_s =
        (options_.bandwidth_gb_s > 0 ? options_.bandwidth_gb_s
                                     : result_.memory_gb_s * allowed.bandwidth) *
        options_.experience.bandwidth;
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
      partition = over_configurations(space, task, options_.batch, reconfiguration_cycles());
      result_.batch = options_.batch;
      result_.batch_cycles = partition.cycles;
    } else {
      partition =
          over_devices(space, task, options_.devices, 8 * bytes_per_cycle(options_.link_gb_s));
    }
    Solution solution;
    solution.tried = partition.tried;
    solution.interrupted = partition.interrupted;
    if (!partition.found) return solution;
    solution.found = true;
    solution.choice = partition.choice;
    solution.totals = space.evaluate(partition.choice);
    solution.cost = cost_of(space, task, solution.totals);
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
    add_folding(space, choice, 1, choice.size() - 1, settings);
    settings.push_back("fifos=");
    settings.push_back("stimulus.frames=1");
    Findings findings;
    const Dataflow dataflow =
        lower(load_scenario(path_, settings, findings), nullptr, findings, MemoryAnswers::kAtOnce);
    if (!findings.empty()) return std::nullopt;
    std::optional<StreamGraph> graph = stream_graph(dataflow);
    if (!graph) return graph;
    const std::vector<std::uint64_t> depths = unbounded_depths(*graph);
    for (std::size_t i = 0; i < depths.size(); ++i) graph->edges[i].depth = depths[i];
    return graph;
  }

  /// What says how the stages [first, last) are folded, and where their weights lie.
  void add_folding(const FoldingSpace& space, const FoldingChoice& choice, std::size_t first,
                   std::size_t last, std::vector<std::string>& settings) const {
    settings.push_back("folding=" + space.folding_yaml(choice, first, last));
    if (scenario_.finn) {
      settings.push_back("folding.finn=" +
                         finn_choice_yaml(scenario_.finn->choice, FinnTake::kNames));
    }
    if (!has_memory()) return;
    settings.push_back("tensors=" +
                       tensors_of(scenario_, space.weights_in_memory(choice, first, last)));
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
    const bool is_stopped = options_.stop != nullptr && *options_.stop;
    if (!found && result_.rounds.empty() && !is_stopped) {
      if (solution.interrupted) {
        findings_.add({"--budget", 0, 0},
                      "the time was over before any folding was found that fits",
                      "allow more seconds, or none: --budget 0");
      } else {
        explain_refusal(space, solution, task, scenario_, path_, findings_);
        result_.refused = true;
      }
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
      const FoldingChoice& choice = result_.solution.choice;
      add_folding(space, choice, 1, choice.size() - 1, result_.settings);
      result_.settings.push_back(
          fmt::format("fifos={{default_depth: {}}}", scenario_.default_depth));
      result_.settings.push_back("published=");
      result_.in_memory = space.weights_in_memory(choice, 1, choice.size() - 1);
      describe_choice(space);
    }
    return found;
  }

  /// The slowest kernel and the layers, before FIFOs are sized.
  void describe_choice(const FoldingSpace& space) {
    Findings ignored;
    const Scenario folded = load_scenario(path_, result_.settings, ignored);
    const Dataflow dataflow = lower(folded, nullptr, ignored);
    if (!ignored.empty()) return;
    result_.bottleneck = frame_interval(slowest(dataflow)) < result_.solution.totals.cycles
                             ? "memory"
                             : slowest(dataflow).name;
    list_layers(dataflow);
    result_.sizing = {};
    // FIFOs as they are sized, though none is.
    for (const Edge& edge : lower(folded, nullptr, ignored, MemoryAnswers::kAtOnce).edges) {
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

  /// A folded design, or a part of one, with sized FIFOs.
  struct Built {
    Dataflow dataflow;
    Resources estimated;    ///< with FIFOs of the scenario's depth
    LayerResources before;  ///< these FIFOs alone
    Sizing sizing;
    DesignTimes measured;
  };

  /// Lowers a scenario, sizes its FIFOs and runs it; nothing where that was stopped or is wrong.
  std::optional<Built> build(const Scenario& folded, std::optional<double> latency_us = {}) {
    Built built;
    built.dataflow = lower(folded, nullptr, findings_);
    if (!findings_.empty()) return std::nullopt;
    built.estimated = use_of(built.dataflow);
    built.before = fifo_use(scenario_.costs, built.dataflow);
    SizingOptions sizing;
    sizing.search.budget_seconds = options_.sizing_seconds;
    sizing.search.threads = 1;
    sizing.search.stop = options_.stop;
    sizing.latency_us = latency_us;
    built.sizing = size_fifos(folded, sizing, findings_);
    if (!findings_.empty() || built.sizing.fifos.empty()) return std::nullopt;
    std::map<std::string, std::uint64_t> depths;
    for (const SizedFifo& fifo : built.sizing.fifos) depths[fifo.name] = fifo.depth;
    for (Edge& edge : built.dataflow.edges) {
      const auto sized = depths.find(edge.name);
      if (sized != depths.end()) edge.depth = sized->second;
    }
    built.measured = built.sizing.after;
    if (built.dataflow.memory) {
      say("running with the memory");
      built.measured = steady_times(folded, built.sizing, options_.stop, findings_);
    }
    return built;
  }

  /// Builds the folded design. False where it does not fit, or waits for memory: `space` then knows
  /// what its FIFOs take, or what memory moves.
  bool try_out(FoldingSpace& space) {
    say("sizing the FIFOs");
    std::optional<double> latency_us;
    if (options_.objective == FoldingObjective::kLatency) {
      // No FIFO may make a frame later than it need be.
      const std::uint64_t latency = latency_of(space, result_.solution.choice).value_or(0) + 1;
      latency_us = static_cast<double>(latency) / scenario_.clock_mhz;
    }
    const Scenario folded = load_scenario(path_, result_.settings, findings_);
    std::optional<Built> built = build(folded, latency_us);
    if (!built) return true;
    FoldingRound round;
    round.estimated_cycles = result_.solution.totals.cycles;
    round.estimated = built->estimated;
    round.measured = built->measured;
    round.sized = use_of(built->dataflow);
    result_.sizing = std::move(built->sizing);
    list_layers(built->dataflow);
    round.fits = round.measured.flows && all_parts_fit(space, round.sized);
    round.waits_for_memory =
        waits_for_memory(result_.solution.totals, round.measured, space.bytes_per_cycle());
    result_.rounds.push_back(round);
    if (!round.fits) learn(*built, space);
    if (round.waits_for_memory) {
      space.set_bytes_per_cycle(space.bytes_per_cycle() * double(round.estimated_cycles) /
                                double(round.measured.interval));
    }
    return round.fits && !round.waits_for_memory;
  }

  /// As try_out, for each part of a network on a device that is configured anew.
  bool try_out_parts(FoldingSpace& space) {
    FoldingRound round;
    round.fits = round.measured.flows = true;
    result_.simulated_parts.clear();
    result_.simulated_batch_cycles =
        reconfiguration_cycles() * static_cast<std::uint64_t>(result_.parts.size() - 1);
    for (std::size_t k = 0; k < result_.parts.size(); ++k) {
      say(fmt::format("sizing the FIFOs of part {} of {}", k + 1, result_.parts.size()));
      const std::optional<Built> built = build(part_of(space, k));
      if (!built) return true;
      SimulatedPart part;
      part.measured = built->measured;
      part.sized = use_of(built->dataflow);
      part.fits = part.measured.flows && part.sized.fit(result_.limits);
      round.fits = round.fits && part.fits;
      round.measured.flows = round.measured.flows && part.measured.flows;
      round.measured.latency += part.measured.latency;
      result_.simulated_batch_cycles +=
          part.measured.latency + (result_.batch - 1) * part.measured.interval;
      for (const ResourceKind& kind : kResourceKinds) {
        const auto most = [&](Resources& sum, const Resources& use) {
          sum.*kind.count = std::max(sum.*kind.count, use.*kind.count);
        };
        most(round.estimated, built->estimated);
        most(round.sized, part.sized);
      }
      if (!part.fits) learn(*built, space);
      keep_depths(built->sizing);
      result_.simulated_parts.push_back(part);
    }
    round.estimated_cycles = (result_.batch_cycles + result_.batch - 1) / result_.batch;
    round.measured.interval = (result_.simulated_batch_cycles + result_.batch - 1) / result_.batch;
    result_.rounds.push_back(round);
    return round.fits;
  }

  /// The layers of a part as a network of their own.
  Scenario part_of(const FoldingSpace& space, std::size_t k) {
    const Part& part = result_.parts[k];
    std::vector<std::string> settings = settings_;
    add_folding(space, result_.solution.choice, part.first, part.last, settings);
    settings.push_back(fmt::format("fifos={{default_depth: {}}}", scenario_.default_depth));
    settings.push_back("published=");
    Scenario scenario = load_scenario(path_, settings, findings_);
    scenario.name += fmt::format("-part{}", k + 1);
    scenario.network = segment(scenario.network, part.first - 1, part.last - 1);
    // What a part hands to the next one is a stream here, as in the search.
    std::vector<TensorSettings>& tensors = scenario.memory.tensors;
    tensors.erase(
        std::remove_if(tensors.begin(), tensors.end(),
                       [&](const TensorSettings& tensor) {
                         return (tensor.name == kInputTensor && k > 0) ||
                                (tensor.name == kOutputTensor && k + 1 < result_.parts.size());
                       }),
        tensors.end());
    if (part.first > 1) {
      scenario.stimulus.source_lanes.reset();
      scenario.stimulus.source = {};
    }
    if (k + 1 < result_.parts.size()) scenario.stimulus.sink = {};
    return scenario;
  }

  std::uint64_t reconfiguration_cycles() const {
    return static_cast<std::uint64_t>(
        std::ceil(options_.reconfigure_ms.value_or(0) * 1e3 * scenario_.clock_mhz));
  }

  /// The depths of a part among those of the whole design.
  void keep_depths(const Sizing& part) {
    for (const SizedFifo& fifo : part.fifos) {
      for (SizedFifo& known : result_.sizing.fifos) {
        if (known.name == fifo.name) known = fifo;
      }
    }
  }

  void learn(const Built& built, FoldingSpace& space) {
    learn_fifos(built.before, fifo_use(scenario_.costs, built.dataflow), known_fifos_);
    charge_fifos(space);
  }

  /// What is in front of no layer counts with the source.
  void charge_fifos(FoldingSpace& space) const {
    std::map<std::string, std::size_t> stage_of;
    for (std::size_t i = 0; i < space.stages().size(); ++i) {
      stage_of[space.stages()[i].name] = i;
      space.stages()[i].extra = {};
    }
    for (const auto& [layer, extra] : known_fifos_) space.stages()[stage_of[layer]].extra += extra;
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
  LayerResources known_fifos_;  ///< beyond the estimate
  Scenario scenario_;
  FoldingResult result_;
};

}  // namespace

Allowed allowed_of(const Resources& device, const FoldingOptions& options, Findings& findings) {
  constexpr char kBandwidth[] = "dram";
  Allowed allowed;
  Resources& limits = allowed.limits;
  allowed.bandwidth = options.utilisation;
  for (const ResourceKind& kind : kResourceKinds) {
    limits.*kind.count = share_of(device.*kind.count, options.utilisation);
  }
  for (const std::string& limit : options.limits) {
    const Place place{"--limit " + limit, 0, 0};
    const std::size_t equals = limit.find('=');
    const ResourceKind* kind =
        equals == std::string::npos ? nullptr : kind_of(limit.substr(0, equals));
    const bool is_bandwidth = equals != std::string::npos && limit.substr(0, equals) == kBandwidth;
    if (kind == nullptr && !is_bandwidth) {
      findings.add(place, "a limit is RESOURCE=SHARE",
                   "RESOURCE: lut, ff, dsp, bram, uram, or dram (bandwidth)");
      continue;
    }
    double share = -1;
    const char* end = limit.data() + limit.size();
    const auto [rest, error] = std::from_chars(limit.data() + equals + 1, end, share);
    if (error != std::errc() || rest != end || share < 0 || share > 1) {
      findings.add(place, "a share is a number from 0 to 1", "for example --limit lut=0.7");
      continue;
    }
    if (is_bandwidth) {
      allowed.bandwidth = share;
    } else {
      limits.*kind->count = share_of(device.*kind->count, share);
    }
  }
  return allowed;
}

LayerResources fifo_use(const CostModel& costs, const Dataflow& dataflow) {
  LayerResources use;
  for (const Edge& edge : dataflow.edges) {
    const std::string& layer = dataflow.nodes[static_cast<std::size_t>(edge.to)].layer;
    use[layer] += resources_of(costs, dataflow, edge).value_or(Resources());
  }
  return use;
}

void learn_fifos(const LayerResources& before, const LayerResources& after, LayerResources& known) {
  for (const auto& [layer, use] : after) {
    const auto estimated = before.find(layer);
    Resources& extra = known[layer];
    for (const ResourceKind& kind : kResourceKinds) {
      const std::int64_t less = estimated == before.end() ? 0 : estimated->second.*kind.count;
      extra.*kind.count = std::max(extra.*kind.count, use.*kind.count - less);
    }
  }
}

bool waits_for_memory(const FoldingTotals& estimated, const DesignTimes& measured,
                      double bytes_per_cycle) {
  constexpr double kTolerance = 1.005;
  constexpr double kBusy = 0.5;
  const auto cycles = double(estimated.cycles);
  return measured.flows && double(measured.interval) > kTolerance * cycles && bytes_per_cycle > 0 &&
         double(estimated.traffic) > kBusy * bytes_per_cycle * cycles;
}

FoldingResult fold(const std::string& path, const std::vector<std::string>& settings,
                   const FoldingOptions& options, Findings& findings) {
  return Fold(path, settings, options, findings).run();
}

}  // namespace qnnsim
