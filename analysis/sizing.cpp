// SPDX-License-Identifier: Apache-2.0
#include "analysis/sizing.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <utility>

#include "analysis/fifo_reason.h"
#include "analysis/sizing_by_runs.h"
#include "sim/fast/fast_engine.h"
#include "sim/lowering.h"

namespace qnnsim {
namespace {

using Depths = std::vector<std::uint64_t>;  ///< [beats] by edge
using CountedTimes = BeatTimes<PlainTime, true>;

/// Frames after which a schedule that keeps changing is taken as it is.
constexpr std::uint64_t kMostFrames = 1000;
/// Frames that show the steady interval of a design.
constexpr std::uint64_t kFramesShown = 12;

/// No FIFO is ever full.
Depths unbounded_depths(const StreamGraph& graph) {
  Depths depths(graph.edges.size(), kUnboundedDepth);
  for (std::size_t i = 0; i < depths.size(); ++i) {
    const int from = graph.edges[i].from;
    const bool has_input =
        from == graph.source || std::any_of(graph.edges.begin(), graph.edges.end(),
                                            [&](const auto& edge) { return edge.to == from; });
    if (!has_input) depths[i] = kDeepWeightFifo;
  }
  return depths;
}

/// The run of a graph with unbounded FIFOs.
struct Unbounded {
  std::vector<std::uint64_t> seen;  ///< highest occupancy [beats] by edge
  std::int64_t first_accepted = 0;  ///< edge
  std::vector<std::int64_t> ends;   ///< edges by frame
  std::int64_t latency() const { return ends.front() - first_accepted; }
};

/// [beats] that a FIFO held at most, by edge.
Depths highest_occupancies(const StreamGraph& graph, const CountedTimes& times) {
  Depths highest;
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    highest.push_back(times.statistics(i, times.last_move()).max_occupancy);
  }
  return highest;
}

/// As the source likes.
Unbounded run_unbounded(const StreamGraph& graph, std::uint64_t frames) {
  CountedTimes times(graph);
  times.reset(unbounded_depths(graph));
  for (std::uint64_t frame = 0; frame < frames; ++frame) times.feed(1);
  Unbounded result;
  result.seen = highest_occupancies(graph, times);
  result.first_accepted = times.first_accepted();
  for (const PlainTime& end : times.frame_ends()) result.ends.push_back(end.cycle());
  return result;
}

/// The highest occupancies [beats] by edge with unbounded FIFOs, paced to a frame every `interval`
/// cycles: until the schedule repeats; where it never does, in all frames.
Depths seen_at_pace(const StreamGraph& graph, std::int64_t interval) {
  CountedTimes times(graph);
  times.set_pace(interval);
  times.reset(unbounded_depths(graph));
  const bool repeats = graph.is_periodic();
  const std::uint64_t most = repeats ? kMostFrames : graph.frames;
  std::vector<std::int64_t> before;
  for (std::uint64_t frame = 1; frame <= most; ++frame) {
    times.feed(1);
    if (!repeats) continue;
    std::vector<std::int64_t> state = times.state(static_cast<std::int64_t>(frame) * interval);
    if (state == before) break;
    before = std::move(state);
  }
  return highest_occupancies(graph, times);
}

/// A scenario whose FIFOs are to be sized.
class Problem {
 public:
  Problem(const Scenario& scenario, const SizingOptions& options, Findings& findings)
      : scenario_(scenario),
        options_(options),
        findings_(findings),
        dataflow_(lower(scenario, nullptr, findings)),
        cost_(options.count_bits ? FifoCost::bits() : FifoCost::hardware(scenario.platform)) {
    check_options();
    if (!findings.empty()) return;
    if (dataflow_.memory) {
      findings_.add(
          {scenario_.path, 0, 0},
          "FIFOs cannot be sized while tensors are in memory: when a memory answers is "
          "no schedule",
          "size with 'weight_source: stream' and without 'tensors', then run with memory");
      return;
    }
    std::optional<StreamGraph> graph = stream_graph(dataflow_);
    if (!graph) {
      findings_.add(
          {scenario_.path, 0, 0},
          fmt::format("there is no such curve under the calibration '{}': when some of its kernels "
                      "move a beat depends on more than the times of other beats",
                      dataflow_.calibration->name),
          "size without --pareto, or with our own timing (--set kernels=)");
      return;
    }
    graph_ = std::move(*graph);
    best_ = static_cast<std::int64_t>(frame_interval(slowest(dataflow_)));
    free_ = run_unbounded(graph_, graph_.is_periodic() ? 1 : graph_.frames);
    seen_ = seen_at_pace(graph_, best_);
    set_target();
    set_choices();
  }

  const Dataflow& dataflow() const { return dataflow_; }
  const StreamGraph& graph() const { return graph_; }
  const Goal& goal() const { return goal_; }
  std::int64_t best_interval() const { return best_; }
  const std::vector<DepthChoice>& choices() const { return choices_; }

  /// The deepest FIFOs that the limits allow miss the goal.
  void refuse(const Verdict& verdict) const {
    if (verdict.kind == Verdict::Kind::kUnknown) {
      findings_.add(
          {"the target", 0, 0},
          fmt::format("whether {} cycles a frame can be met shows in no reasonable number "
                      "of frames",
                      target_));
      return;
    }
    std::vector<std::string> names;
    for (const Conflict& conflict : verdict.conflicts) {
      for (std::uint32_t edge : conflict) names.push_back(dataflow_.edges[edge].name);
    }
    const DepthLimit* limit = nullptr;
    for (const DepthLimit& each : options_.limits) {
      if (each.most && std::find(names.begin(), names.end(), each.edge) != names.end()) {
        limit = &each;
      }
    }
    const Place place = limit != nullptr ? limit->place : Place{"the target", 0, 0};
    findings_.add(
        place,
        fmt::format("the target of {} cycles a frame cannot be met within the limits", target_),
        names.empty() ? "" : "one of these must be deeper: " + join(names));
  }

  Sizing outcome(DepthSearch& search) const {
    Sizing sizing;
    sizing.scenario = scenario_.name;
    sizing.platform = scenario_.platform.name;
    sizing.clock_mhz = scenario_.clock_mhz;
    sizing.cost_unit = cost_.unit();
    sizing.best_interval = best_;
    sizing.bottleneck = slowest(dataflow_).name;
    sizing.target = target_;
    if (goal_.latency > 0) sizing.latency_bound = goal_.latency - free_.first_accepted;
    const Depths depths = search.depths(search.best());
    const std::vector<Verdict> less = search.one_step_less();
    for (std::size_t i = 0; i < depths.size(); ++i) {
      sizing.fifos.push_back(sized(i, depths[i]));
      const std::uint32_t choice = search.best()[i];
      if (choice == 0) continue;
      sizing.fifos.back().reason =
          fifo_reason(dataflow_, scenario_.network, i, choices_[i].depths[choice - 1], less[i]);
    }
    sizing.minimal = search.minimal();
    sizing.optimal = search.optimal();
    sizing.cost_bound = search.bound();
    sizing.interrupted = search.interrupted();
    sizing.tests = search.tests();
    sizing.frames = search.frames();
    sizing.conflicts = search.demands().size();
    sizing.before = times_of(graph_.depths());
    sizing.after = times_of(depths);
    return sizing;
  }

  DesignTimes times_of(const Depths& depths) const {
    StreamGraph graph = graph_;
    for (std::size_t i = 0; i < depths.size(); ++i) graph.edges[i].depth = depths[i];
    if (graph.is_periodic()) graph.frames = std::max(graph.frames, kFramesShown);
    const RunCounts counts = run_fast(graph);
    DesignTimes times;
    times.flows = counts.status == RunStatus::kDone;
    if (!times.flows) return times;
    const std::vector<Cycle>& ends = counts.frame_ends;
    times.latency = ends.front() - *counts.first_accepted;
    if (ends.size() < 2) return times;
    // Stalls make every interval another: then the mean.
    times.interval = graph.is_periodic() ? ends.back() - ends[ends.size() - 2]
                                         : (ends.back() - ends.front()) / (ends.size() - 1);
    return times;
  }

 private:
  void check_options() const {
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
      if (limit.least < 1 || (limit.most && *limit.most < limit.least)) {
        findings_.add(limit.place, "no depth is within these limits",
                      "a FIFO holds at least one beat; MIN must not be above MAX");
      }
    }
  }

  void set_target() {
    target_ = best_;
    if (options_.target_fps) {
      target_ = static_cast<std::int64_t>(scenario_.clock_mhz * 1e6 / *options_.target_fps);
    }
    if (options_.slack_percent) {
      target_ = static_cast<std::int64_t>(static_cast<double>(best_) *
                                          (1 + *options_.slack_percent / 100));
    }
    if (target_ < best_) {
      const double fps = scenario_.clock_mhz * 1e6 / static_cast<double>(best_);
      findings_.add({"--target-fps", 0, 0},
                    fmt::format("no FIFO depths reach {} frames a second: the folding reaches "
                                "{:.6g}, where {} takes {} cycles a frame",
                                *options_.target_fps, fps, slowest(dataflow_).name, best_),
                    fmt::format("fold {} wider, or ask for {:.6g} or less", slowest(dataflow_).name,
                                std::floor(fps * 1000) / 1000));
    }
    if (graph_.is_periodic()) {
      goal_.interval = target_;
    } else {
      const std::int64_t later = target_ - best_;
      goal_.frames = graph_.frames;
      goal_.end = free_.ends.back() + later * static_cast<std::int64_t>(graph_.frames);
    }
    if (!options_.latency_us) return;
    const auto bound = static_cast<std::int64_t>(*options_.latency_us * scenario_.clock_mhz);
    if (bound < free_.latency()) {
      findings_.add({"--max-latency", 0, 0},
                    fmt::format("no FIFO depths reach a latency of {} us: with unbounded FIFOs it "
                                "is {:.6g} us",
                                *options_.latency_us,
                                static_cast<double>(free_.latency()) / scenario_.clock_mhz));
    }
    goal_.latency = bound + free_.first_accepted;
  }

  /// Up to the depth at which the FIFO was never in the way.
  void set_choices() {
    const bool runs_free = goal_.latency > 0 || goal_.end > 0;
    for (std::size_t i = 0; i < graph_.edges.size(); ++i) {
      const std::int64_t width = dataflow_.port(dataflow_.edges[i]).width_bits();
      const std::uint64_t most = std::max(seen_[i], runs_free ? free_.seen[i] : 0) + 1;
      DepthChoice choice;
      choice.depths = limited(cost_.steps(width, 1, most), dataflow_.edges[i].name);
      for (std::uint64_t depth : choice.depths) choice.costs.push_back(cost_.cost(width, depth));
      choices_.push_back(std::move(choice));
    }
  }

  std::vector<std::uint64_t> limited(std::vector<std::uint64_t> depths,
                                     const std::string& edge) const {
    for (const DepthLimit& limit : options_.limits) {
      if (limit.edge != edge) continue;
      for (std::uint64_t& depth : depths) {
        depth = std::max(depth, limit.least);
        if (limit.most) depth = std::min(depth, *limit.most);
      }
      depths.erase(std::unique(depths.begin(), depths.end()), depths.end());
    }
    return depths;
  }

  SizedFifo sized(std::size_t edge, std::uint64_t depth) const {
    SizedFifo fifo;
    fifo.name = dataflow_.edges[edge].name;
    fifo.width_bits = dataflow_.port(dataflow_.edges[edge]).width_bits();
    fifo.before = dataflow_.edges[edge].depth;
    fifo.seen = seen_[edge];
    fifo.depth = depth;
    fifo.use_before = cost_.use(fifo.width_bits, fifo.before);
    fifo.use = cost_.use(fifo.width_bits, depth);
    fifo.cost_before = cost_.cost(fifo.width_bits, fifo.before);
    fifo.cost = cost_.cost(fifo.width_bits, depth);
    return fifo;
  }

  const Scenario& scenario_;
  const SizingOptions& options_;
  Findings& findings_;
  const Dataflow dataflow_;
  const FifoCost cost_;
  StreamGraph graph_;
  std::int64_t best_ = 0;    ///< [cycles]
  std::int64_t target_ = 0;  ///< [cycles]
  Goal goal_;
  Unbounded free_;                   ///< as the source likes
  std::vector<std::uint64_t> seen_;  ///< paced to the best interval
  std::vector<DepthChoice> choices_;
};

/// Is there a kernel without schedule, and nothing else in the way?
bool needs_runs(const Scenario& scenario) {
  Findings ignored;
  const Dataflow dataflow = lower(scenario, nullptr, ignored);
  return ignored.empty() && !dataflow.memory && !stream_graph(dataflow);
}

template <class Number, class Term>
Number sum_of(const std::vector<SizedFifo>& fifos, const Term& term) {
  Number sum = 0;
  for (const SizedFifo& fifo : fifos) sum += term(fifo);
  return sum;
}

}  // namespace

DepthLimit parse_limit(const std::string& text, Findings& findings) {
  DepthLimit limit;
  limit.place = {"--limit " + text, 0, 0};
  // An edge's name has no '=', but a '>' and maybe a '.'.
  const std::size_t equals = text.rfind('=');
  const std::string range = equals == std::string::npos ? "" : text.substr(equals + 1);
  limit.edge = text.substr(0, equals);
  const std::size_t colon = range.find(':');
  const auto number = [&](const std::string& digits) -> std::uint64_t {
    std::uint64_t value = 0;
    const char* end = digits.data() + digits.size();
    const auto [rest, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc() || rest != end) {
      findings.add(limit.place, fmt::format("'{}' is no depth", digits),
                   "EDGE=MIN:MAX, in beats, e.g. conv0.swg->conv0.mvu=2:512");
    }
    return value;
  };
  limit.least = number(range.substr(0, colon));
  if (colon == std::string::npos) {
    limit.most = limit.least;
  } else if (colon + 1 < range.size()) {
    limit.most = number(range.substr(colon + 1));
  }
  return limit;
}

double Sizing::cost() const {
  return sum_of<double>(fifos, [](const SizedFifo& fifo) { return fifo.cost; });
}

double Sizing::cost_before() const {
  return sum_of<double>(fifos, [](const SizedFifo& fifo) { return fifo.cost_before; });
}

std::int64_t Sizing::storage_bits() const {
  return sum_of<std::int64_t>(fifos, [](const SizedFifo& fifo) {
    return fifo.width_bits * static_cast<std::int64_t>(fifo.depth);
  });
}

std::int64_t Sizing::storage_bits_before() const {
  return sum_of<std::int64_t>(fifos, [](const SizedFifo& fifo) {
    return fifo.width_bits * static_cast<std::int64_t>(fifo.before);
  });
}

Sizing size_fifos(const Scenario& scenario, const SizingOptions& options, Findings& findings) {
  if (scenario.kernels && needs_runs(scenario)) return size_by_runs(scenario, options, findings);
  const auto start = std::chrono::steady_clock::now();
  const Problem problem(scenario, options, findings);
  if (!findings.empty()) return {};
  DepthSearch search(problem.graph(), problem.goal(), problem.choices(), options.search);
  const Verdict verdict = search.begin();
  if (!verdict.meets()) {
    Sizing nothing;
    nothing.interrupted = options.search.stop != nullptr && options.search.stop->load();
    if (!nothing.interrupted) problem.refuse(verdict);
    return nothing;
  }
  search.run();
  Sizing sizing = problem.outcome(search);
  sizing.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return sizing;
}

std::vector<ParetoPoint> pareto_curve(const Scenario& scenario, const SizingOptions& options,
                                      int points, Findings& findings) {
  const Problem problem(scenario, options, findings);
  if (!findings.empty()) return {};
  std::vector<ParetoPoint> curve;
  // What a slower design must not do, a faster one must not do either.
  std::set<Demand> demands;
  const auto solve = [&](std::int64_t target) {
    Goal goal = problem.goal();
    goal.interval = target;
    DepthSearch search(problem.graph(), goal, problem.choices(), options.search, demands);
    if (!search.begin().meets()) return false;
    search.run();
    demands.insert(search.demands().begin(), search.demands().end());
    const Depths depths = search.depths(search.best());
    ParetoPoint point;
    point.target = target;
    point.times = problem.times_of(depths);
    point.cost = search.cost();
    point.cost_bound = search.bound();
    for (std::size_t i = 0; i < depths.size(); ++i) {
      const Port& port = problem.dataflow().port(problem.dataflow().edges[i]);
      point.storage_bits += port.width_bits() * static_cast<std::int64_t>(depths[i]);
    }
    point.minimal = search.minimal();
    point.optimal = search.optimal();
    curve.push_back(point);
    return !search.interrupted();
  };
  // So slow that only deadlocks count; how fast that is, is the slow end of the curve.
  const std::int64_t best = problem.best_interval();
  if (!solve(best * 1000) || !curve.front().times.flows) return curve;
  const auto slowest = static_cast<std::int64_t>(curve.front().times.interval);
  curve.front().target = slowest;
  for (int i = 1; i < points; ++i) {
    const double share = static_cast<double>(points - 1 - i) / (points - 1);
    const auto target = static_cast<std::int64_t>(
        std::round(static_cast<double>(best) *
                   std::pow(static_cast<double>(slowest) / static_cast<double>(best), share)));
    if (target >= curve.back().target) continue;
    if (!solve(target)) break;
  }
  return curve;
}

std::vector<StallLoss> stall_losses(const Scenario& scenario, const Sizing& sizing,
                                    double probability, std::uint64_t seeds) {
  Findings findings;
  const Dataflow dataflow = lower(scenario, nullptr, findings);
  const StreamGraph graph = stream_graph(dataflow).value();
  Depths depths;
  for (const SizedFifo& fifo : sizing.fifos) depths.push_back(fifo.depth);
  const auto cycles = [](const StreamGraph& stalled, const Depths& chosen) {
    BeatTimes<PlainTime> times(stalled);
    times.reset(chosen);
    times.feed(stalled.frames);
    return static_cast<double>(times.frame_ends().back().cycle() + 1);
  };
  std::vector<StallLoss> losses;
  for (const char* where : {"source", "sink"}) {
    StallLoss loss{where, probability, seeds, 0, 0};
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      StreamGraph stalled = graph;
      stalled.frames = std::max(graph.frames, kFramesShown);
      const std::uint64_t stall_seed = derive_seed(scenario.seed + seed, where);
      (std::string(where) == "source" ? stalled.source_pressure : stalled.sink_pressure) =
          Pressure::random(probability, stall_seed);
      const double percent =
          100 * (cycles(stalled, depths) / cycles(stalled, unbounded_depths(stalled)) - 1);
      loss.mean_percent += percent / static_cast<double>(seeds);
      loss.worst_percent = std::max(loss.worst_percent, percent);
    }
    losses.push_back(loss);
  }
  return losses;
}

}  // namespace qnnsim
