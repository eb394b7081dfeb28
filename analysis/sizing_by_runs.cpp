// SPDX-License-Identifier: Apache-2.0
#include "analysis/sizing_by_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>

#include "analysis/deadline.h"
#include "sim/engine.h"
#include "sim/fast/stream_graph.h"
#include "sim/fast/unbounded_depths.h"
#include "sim/lowering.h"
#include "sim/run_counts.h"

namespace qnnsim {
namespace {

using Clock = std::chrono::steady_clock;
using Depths = std::vector<std::uint64_t>;  ///< [beats] by edge

/// No FIFO of a run is ever this full.
constexpr std::uint64_t kDeep = std::uint64_t{1} << 40;
/// Frames of a run that shows an interval; the first half is not looked at.
constexpr std::uint64_t kFrames = 8;
/// Frames after which occupancies that still grow are taken as they are.
constexpr std::uint64_t kMostFramesOfARun = 64;

/// What a run of one design showed.
struct Shown {
  DesignTimes times;
  Depths occupancy;  ///< [beats] highest, by edge
};

class RunSizing {
 public:
  explicit RunSizing(const SizingProblem& problem)
      : problem_(problem), dataflow_(problem.dataflow()), options_(problem.options()) {
    refuse(!options_.limits.empty(), "--limit");
    refuse(options_.latency_us.has_value(), "--max-latency");
  }

  Sizing run() {
    const Clock::time_point start = Clock::now();
    deadline_ = Deadline::after(options_.search.budget_seconds, options_.search.stop);
    best_ = frame_interval(slowest(dataflow_));
    if (!find_enough() || !set_target()) return {};
    lower_one_by_one();
    Sizing sizing = outcome();
    sizing.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return sizing;
  }

 private:
  void refuse(bool given, const char* option) const {
    if (!given) return;
    problem_.findings().add(
        {option, 0, 0},
        fmt::format("is not heeded under the calibration '{}', whose kernels have no "
                    "schedule to compute with",
                    dataflow_.calibration->name),
        "size without it, or with our own timing (--set kernels=)");
  }

  /// Runs `frames` frames; paced: the source gives a frame every `best_` cycles and no more.
  Shown show(const Depths& depths, std::uint64_t frames, bool paced) {
    Scenario scenario = problem_.scenario();
    scenario.edges.clear();
    scenario.stimulus.frames = frames;
    const std::uint64_t beats = dataflow_.source().outputs().front().beats;
    if (paced && scenario.stimulus.source.is_free() && beats < best_) {
      std::vector<Cycle> pause(best_ - beats);
      std::iota(pause.begin(), pause.end(), Cycle{beats});
      scenario.stimulus.source = Pressure::recorded(std::move(pause), best_);
    }
    Findings none;
    Dataflow dataflow = lower(scenario, nullptr, none);
    for (std::size_t i = 0; i < depths.size(); ++i) dataflow.edges[i].depth = depths[i];
    SimulationOptions options;
    options.stop = options_.search.stop;
    Simulation simulation(std::move(dataflow), options);
    run_cycles(simulation);
    const RunCounts counts = counts_of(simulation);
    Shown shown;
    ++tests_;
    frames_ += counts.frame_ends.size();
    for (const FifoCounts& fifo : counts.fifos) {
      shown.occupancy.push_back(fifo.statistics.max_occupancy);
    }
    shown.times.flows = counts.status == RunStatus::kDone;
    if (!shown.times.flows) return shown;
    const std::vector<Cycle>& ends = counts.frame_ends;
    shown.times.latency = ends.front() - *counts.first_accepted;
    for (std::size_t i = std::max<std::size_t>(ends.size() / 2, 1); i < ends.size(); ++i) {
      shown.times.interval = std::max<std::uint64_t>(shown.times.interval, ends[i] - ends[i - 1]);
    }
    return shown;
  }

  Depths deep() const {
    Depths depths;
    for (bool is_endless : endless_edges(wiring(dataflow_))) {
      depths.push_back(is_endless ? kDeepWeightFifo : kDeep);
    }
    return depths;
  }

  /// Depths at which no FIFO is ever in the way.
  bool find_enough() {
    say("running with unbounded FIFOs");
    for (std::uint64_t frames = kFrames;; frames *= 2) {
      const Shown shown = show(deep(), frames, true);
      if (!shown.times.flows) return false;
      const bool settled = shown.occupancy == seen_;
      seen_ = shown.occupancy;
      best_ = std::max(best_, shown.times.interval);
      if (settled || frames >= kMostFramesOfARun || deadline_.passed()) break;
    }
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      depths_.push_back(std::max(seen_[i] + 1, least_depth(i)));
    }
    return true;
  }

  bool set_target() {
    target_ = static_cast<std::uint64_t>(problem_.target(static_cast<std::int64_t>(best_)));
    if (!problem_.findings().empty()) return false;
    // A source that runs ahead of the pace fills FIFOs, and may meet other flow control.
    for (int growth = 0; growth < 8; ++growth) {
      if (meets(depths_)) return true;
      for (std::uint64_t& depth : depths_) depth *= 2;
    }
    problem_.findings().add(
        {"the target", 0, 0},
        fmt::format("no FIFO depths reached {} cycles a frame; with unbounded FIFOs {} "
                    "takes {}",
                    target_, slowest(dataflow_).name, best_));
    return false;
  }

  bool meets(const Depths& depths) {
    const Shown shown = show(depths, std::max(kFrames, problem_.scenario().stimulus.frames), false);
    return shown.times.flows && shown.times.interval <= target_;
  }

  std::uint64_t least_depth(std::size_t edge) const {
    return problem_.least_depth(edge, static_cast<std::int64_t>(best_));
  }

  double cost_of(std::size_t edge, std::uint64_t depth) const {
    return problem_.cost().cost(problem_.width_bits(edge), depth);
  }

  /// The dearest first.
  void lower_one_by_one() {
    std::vector<std::size_t> order(depths_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return cost_of(a, depths_[a]) > cost_of(b, depths_[b]);
    });
    std::size_t done = 0;
    for (std::size_t edge : order) {
      say(fmt::format("{} of {} FIFOs: {}", ++done, order.size(), dataflow_.edges[edge].name));
      const std::int64_t width = problem_.width_bits(edge);
      const std::vector<std::uint64_t> steps =
          problem_.cost().steps(width, depths_[edge], DepthRange{least_depth(edge)});
      std::size_t low = 0;
      std::size_t high = steps.size() - 1;  // known to suffice: it holds as much or more
      while (low < high) {
        if (deadline_.passed()) {
          interrupted_ = true;
          return;
        }
        const std::size_t middle = (low + high) / 2;
        Depths less = depths_;
        less[edge] = steps[middle];
        if (meets(less)) {
          depths_[edge] = steps[middle];
          high = middle;
        } else {
          low = middle + 1;
        }
      }
    }
  }

  Sizing outcome() {
    Sizing sizing =
        problem_.begin(static_cast<std::int64_t>(best_), static_cast<std::int64_t>(target_));
    sizing.interrupted = interrupted_;
    sizing.by_runs = true;
    Depths before;
    for (std::size_t i = 0; i < depths_.size(); ++i) {
      before.push_back(dataflow_.edges[i].depth);
      sizing.fifos.push_back(problem_.fifo(i, seen_[i], depths_[i]));
    }
    const std::uint64_t frames = std::max(kFrames, problem_.scenario().stimulus.frames);
    sizing.before = show(before, frames, false).times;
    sizing.after = show(depths_, frames, false).times;
    sizing.tests = tests_;
    sizing.frames = frames_;
    return sizing;
  }

  void say(const std::string& what) const {
    if (options_.search.progress) options_.search.progress(what);
  }

  const SizingProblem& problem_;
  const Dataflow& dataflow_;
  const SizingOptions& options_;
  Deadline deadline_;
  std::uint64_t best_ = 0;    ///< [cycles]
  std::uint64_t target_ = 0;  ///< [cycles]
  Depths seen_;
  Depths depths_;
  bool interrupted_ = false;
  std::uint64_t tests_ = 0;
  std::uint64_t frames_ = 0;
};

}  // namespace

Sizing size_by_runs(const SizingProblem& problem) {
  RunSizing sizing(problem);
  return problem.findings().empty() ? sizing.run() : Sizing{};
}

}  // namespace qnnsim
