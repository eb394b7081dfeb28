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
#include "analysis/sizing_problem.h"
#include "sim/fast/fast_engine.h"
#include "sim/fast/unbounded_depths.h"
#include "sim/lowering.h"

namespace qnnsim {
namespace {

using Depths = std::vector<std::uint64_t>;  ///< [beats] by edge
using CountedTimes = BeatTimes<PlainTime, true>;

/// Frames after which a schedule that keeps changing is taken as it is.
constexpr std::uint64_t kMostFrames = 1000;
/// Frames that show the steady interval of a design.
constexpr std::uint64_t kFramesShown = 12;

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

/// A problem all of whose kernels have a schedule.
class ScheduledProblem {
 public:
  ScheduledProblem(const SizingProblem& problem, StreamGraph graph)
      : problem_(problem),
        graph_(std::move(graph)),
        best_(static_cast<std::int64_t>(frame_interval(slowest(problem.dataflow())))),
        target_(problem.target(best_)),
        free_(run_unbounded(graph_, graph_.is_periodic() ? 1 : graph_.frames)),
        seen_(seen_at_pace(graph_, best_)) {
    set_goal();
    set_choices();
  }

  const StreamGraph& graph() const { return graph_; }
  const Goal& goal() const { return goal_; }
  std::int64_t best_interval() const { return best_; }
  const std::vector<DepthChoice>& choices() const { return choices_; }

  /// The deepest FIFOs that the limits allow miss the goal.
  void refuse(const Verdict& verdict) const {
    if (verdict.kind == Verdict::Kind::kUnknown) {
      problem_.findings().add(
          {"the target", 0, 0},
          fmt::format("whether {} cycles a frame can be met shows in no reasonable number "
                      "of frames",
                      target_));
      return;
    }
    std::vector<std::string> names;
    for (const Conflict& conflict : verdict.conflicts) {
      for (std::uint32_t edge : conflict) names.push_back(problem_.dataflow().edges[edge].name);
    }
    const DepthLimit* limit = nullptr;
    for (const DepthLimit& each : problem_.options().limits) {
      if (each.most && std::find(names.begin(), names.end(), each.edge) != names.end()) {
        limit = &each;
      }
    }
    const Place place = limit != nullptr ? limit->place : Place{"the target", 0, 0};
    problem_.findings().add(
        place,
        fmt::format("the target of {} cycles a frame cannot be met within the limits", target_),
        names.empty() ? "" : "one of these must be deeper: " + join(names));
  }

  Sizing outcome(DepthSearch& search) const {
    Sizing sizing = problem_.begin(best_, target_);
    if (goal_.latency > 0) sizing.latency_bound = goal_.latency - free_.first_accepted;
    const Depths depths = search.depths(search.best());
    const std::vector<Verdict> less = search.one_step_less();
    for (std::size_t i = 0; i < depths.size(); ++i) {
      sizing.fifos.push_back(problem_.fifo(i, seen_[i], depths[i]));
      const std::uint32_t choice = search.best()[i];
      if (choice == 0) continue;
      sizing.fifos.back().reason = fifo_reason(problem_.dataflow(), problem_.scenario().network, i,
                                               choices_[i].depths[choice - 1], less[i]);
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
  void set_goal() {
    if (graph_.is_periodic()) {
      goal_.interval = target_;
    } else {
      const std::int64_t later = target_ - best_;
      goal_.frames = graph_.frames;
      goal_.end = free_.ends.back() + later * static_cast<std::int64_t>(graph_.frames);
    }
    if (!problem_.options().latency_us) return;
    const auto bound =
        static_cast<std::int64_t>(*problem_.options().latency_us * problem_.scenario().clock_mhz);
    if (bound < free_.latency()) {
      problem_.findings().add(
          {"--max-latency", 0, 0},
          fmt::format("no FIFO depths reach a latency of {} us: with unbounded FIFOs it "
                      "is {:.6g} us",
                      *problem_.options().latency_us,
                      static_cast<double>(free_.latency()) / problem_.scenario().clock_mhz));
    }
    goal_.latency = bound + free_.first_accepted;
  }

  /// Up to the depth at which the FIFO was never in the way.
  void set_choices() {
    const bool runs_free = goal_.latency > 0 || goal_.end > 0;
    for (std::size_t i = 0; i < graph_.edges.size(); ++i) {
      const std::int64_t width = problem_.width_bits(i);
      const std::uint64_t enough = std::max(seen_[i], runs_free ? free_.seen[i] : 0) + 1;
      DepthChoice choice;
      choice.depths = problem_.cost().steps(width, enough, problem_.limits(i, best_));
      for (std::uint64_t depth : choice.depths)
        choice.costs.push_back(problem_.cost().cost(width, depth));
      choices_.push_back(std::move(choice));
    }
  }

  const SizingProblem& problem_;
  const StreamGraph graph_;
  const std::int64_t best_;    ///< [cycles]
  const std::int64_t target_;  ///< [cycles]
  Goal goal_;
  Unbounded free_;                   ///< as the source likes
  std::vector<std::uint64_t> seen_;  ///< paced to the best interval
  std::vector<DepthChoice> choices_;
};

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
  const auto start = std::chrono::steady_clock::now();
  const SizingProblem given(scenario, options, findings);
  if (!findings.empty()) return {};
  std::optional<StreamGraph> graph = stream_graph(given.dataflow());
  if (!graph) return size_by_runs(given);
  const ScheduledProblem problem(given, std::move(*graph));
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
  const SizingProblem given(scenario, options, findings);
  if (!findings.empty()) return {};
  std::optional<StreamGraph> graph = stream_graph(given.dataflow());
  if (!graph) {
    findings.add({scenario.path, 0, 0},
                 fmt::format("there is no such curve under the calibration '{}': when some of its "
                             "kernels move a beat depends on more than the times of other beats",
                             given.dataflow().calibration->name),
                 "size without --pareto, or with our own timing (--set kernels=)");
    return {};
  }
  const ScheduledProblem problem(given, std::move(*graph));
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
      point.storage_bits += given.width_bits(i) * static_cast<std::int64_t>(depths[i]);
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
  const Dataflow dataflow = lower(scenario, nullptr, findings, MemoryAnswers::kAtOnce);
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
