// SPDX-License-Identifier: Apache-2.0
#include "analysis/optimise/optimise.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <set>
#include <utility>

#include "analysis/optimise/rounds_journal.h"
#include "analysis/sized_run.h"
#include "sim/lowering.h"
#include "sim/resource_use.h"

namespace qnnsim {
namespace {

using SteadyClock = std::chrono::steady_clock;

double seconds_from(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

/// Which task follows which round. Of the intervals asked for, those that meet the target and those
/// that miss it are kept apart: the cheapest design lies at the longest that meets it.
class Course {
 public:
  explicit Course(std::uint64_t target) : target_(target) { task_.interval = target; }

  const RoundTask& task() const { return task_; }
  OptimiseResult::End end() const { return end_; }

  /// The task behind `round`. False where there is none: nothing moves, or nothing helps.
  bool go_on(const OptimiseRound& round) {
    if (!choose(round)) return false;
    return known_.insert(to_json(task_).dump()).second;
  }

 private:
  /// Share of the target below which the gap between what meets it and what misses it is left.
  static constexpr std::uint64_t kGaps = 200;

  bool choose(const OptimiseRound& round) {
    known_.insert(to_json(round.task).dump());
    if (!round.refusal.empty()) return behind_refusal();
    const std::uint64_t asked = task_.interval > 0 ? task_.interval : round.estimated_cycles;
    if (!round.measured.flows) return give_up(OptimiseResult::End::kStandsStill);
    if (!round.fits) {
      task_.experience = round.learnt;
      return true;
    }
    if (round.meets(target_)) {
      met_ = std::max(met_, asked);
      // Behind a longer interval there may be the same design: then the gap is closed at once.
      const bool is_loose = round.sized_for < asked;
      return is_loose ? close_gap(missed_.value_or(1) - 1) : halve_gap();
    }
    // From the interval that the FIFOs keep on, the design is the same.
    missed_ = std::min({missed_.value_or(asked), asked, round.sized_for});
    if (round.waits_for_memory) {
      task_.experience = round.learnt;
      return true;
    }
    if (task_.interval == 0) return give_up(OptimiseResult::End::kNoFolding);
    // As much faster as the run was too slow.
    const double share = double(target_) / double(round.measured.interval);
    const auto faster = static_cast<std::uint64_t>(double(round.sized_for) * share);
    const std::uint64_t next = std::min(faster, *missed_ - 1);
    if (next <= met_) return halve_gap();
    task_.interval = std::max<std::uint64_t>(next, 1);
    return next > 0;
  }

  /// Where an interval that the last run asked for is out of reach, the least that is not.
  bool behind_refusal() {
    if (met_ > 0) return halve_gap();
    if (!missed_ || task_.interval == 0) return give_up(OptimiseResult::End::kNoFolding);
    task_.interval = 0;
    task_.experience.bandwidth = 1;  // what one folding had of it need not be what others have
    return true;
  }

  bool halve_gap() { return close_gap(met_ + (missed_.value_or(met_) - met_) / 2); }

  /// Asks for an interval between those that meet the target and those that miss it, if there is
  /// any to speak of.
  bool close_gap(std::uint64_t interval) {
    const bool is_open = missed_ && *missed_ > met_ + std::max<std::uint64_t>(1, target_ / kGaps);
    if (is_open) task_.interval = interval;
    return is_open;
  }

  bool give_up(OptimiseResult::End end) {
    if (met_ == 0) end_ = end;
    return false;
  }

  const std::uint64_t target_;
  RoundTask task_;
  std::uint64_t met_ = 0;  ///< [cycles] longest interval asked for that met the target
  std::optional<std::uint64_t> missed_;  ///< [cycles] shortest that missed it
  std::set<std::string> known_;          ///< tasks
  OptimiseResult::End end_ = OptimiseResult::End::kSettled;
};

class Optimise {
 public:
  Optimise(const std::string& path, const std::vector<std::string>& settings,
           const OptimiseOptions& options, Findings& findings)
      : path_(path), settings_(settings), options_(options), findings_(findings) {
    // Depths are an outcome here; so that the scenario left gives itself, they are no input.
    settings_.emplace_back("fifos=");
  }

  OptimiseResult run() {
    const SteadyClock::time_point start = SteadyClock::now();
    describe();
    if (!findings_.empty()) return {};
    std::unique_ptr<RoundsJournal> journal;
    if (!options_.journal.empty()) {
      journal = std::make_unique<RoundsJournal>(
          options_.journal, rounds_key(path_, settings_, options_.folding), options_.anew);
    }
    Course course(result_.target);
    result_.end = OptimiseResult::End::kRoundsOver;
    while (result_.rounds.size() < static_cast<std::size_t>(options_.rounds)) {
      const bool is_new = !add_known(journal.get(), course.task());
      if (is_new) {
        const std::optional<OptimiseRound> round = play(course.task());
        if (!findings_.empty()) return {};
        if (!round) {
          result_.end = OptimiseResult::End::kInterrupted;
          break;
        }
        if (journal) journal->add(*round);
        result_.rounds.push_back(*round);
      }
      rate();
      if (options_.round_ended) options_.round_ended(result_);
      if (!course.go_on(result_.rounds.back())) {
        result_.end = course.end();
        break;
      }
    }
    result_.seconds = seconds_from(start);
    return std::move(result_);
  }

 private:
  void describe() {
    std::vector<std::string> settings = settings_;
    if (!options_.folding.platform.empty()) {
      settings.push_back("platform=" + options_.folding.platform);
    }
    const Scenario scenario = load_scenario(path_, settings, findings_);
    result_.scenario = scenario.name;
    result_.platform = scenario.platform.name;
    result_.cost_model = scenario.costs.name();
    result_.clock_mhz = scenario.clock_mhz;
    result_.device = limits(scenario.platform);
    result_.limits = allowed_of(result_.device, options_.folding, findings_).limits;
    result_.target_fps = options_.target_fps;
    const Place place{"--target-fps", 0, 0};
    if (!(options_.target_fps > 0) || std::isinf(options_.target_fps)) {
      findings_.add(place, "a rate above 0 frames a second is needed");
      return;
    }
    const double cycles = scenario.clock_mhz * 1e6 / options_.target_fps * (1 + 1e-12);
    const bool is_known = scenario.clock_mhz > 0;
    if (is_known && cycles < 1) {
      findings_.add(place, fmt::format("at {:.6g} MHz there are not so many cycles in a second",
                                       scenario.clock_mhz));
    }
    constexpr double kMost = 1e15;
    result_.target = static_cast<std::uint64_t>(std::min(cycles, kMost));
  }

  bool add_known(const RoundsJournal* journal, const RoundTask& task) {
    if (journal == nullptr) return false;
    std::optional<OptimiseRound> round = journal->find(task);
    if (!round) return false;
    result_.rounds.push_back(std::move(*round));
    ++result_.resumed;
    return true;
  }

  bool is_stopped() const {
    return options_.folding.stop != nullptr && options_.folding.stop->load();
  }

  void say(const std::string& what) const {
    if (options_.folding.progress) options_.folding.progress(what);
  }

  /// A rate of which the whole cycles of a frame are `interval`, whichever way it is rounded.
  double fps_of(std::uint64_t interval) const {
    return result_.clock_mhz * 1e6 / (double(interval) + 0.5);
  }

  /// One round; nothing where it was stopped or something is wrong.
  std::optional<OptimiseRound> play(const RoundTask& task) {
    const SteadyClock::time_point start = SteadyClock::now();
    OptimiseRound round;
    round.task = task;
    FoldingOptions folding = options_.folding;
    folding.rounds = 0;
    folding.experience = task.experience;
    if (task.interval > 0) folding.target_fps = fps_of(task.interval);
    Findings wrong;
    const FoldingResult folded = fold(path_, settings_, folding, wrong);
    if (is_stopped()) return std::nullopt;
    if (folded.refused) {
      round.refusal = wrong.all().front().message;
      round.hint = wrong.all().front().hint;
    } else if (!wrong.empty()) {
      for (const Finding& each : wrong.all()) findings_.add(each.place, each.message, each.hint);
      return std::nullopt;
    } else if (!build(folded, round)) {
      return std::nullopt;
    }
    round.seconds = seconds_from(start);
    return round;
  }

  /// Sizes the folded design and runs it. False where that was stopped or something is wrong.
  bool build(const FoldingResult& folded, OptimiseRound& round) {
    round.estimated_cycles = folded.solution.totals.cycles;
    round.bottleneck = folded.bottleneck;
    round.proof = folded.proof;
    round.changes.assign(folded.settings.begin() + std::ptrdiff_t(settings_.size()),
                         folded.settings.end());
    for (const FoldedLayer& layer : folded.folded) round.folding[layer.name] = layer.folding;
    const Scenario scenario = load_scenario(path_, folded.settings, findings_);
    Dataflow dataflow = lower(scenario, nullptr, findings_);
    if (!findings_.empty()) return false;
    const LayerResources before = fifo_use(scenario.costs, dataflow);
    say("sizing the FIFOs");
    const std::optional<Sizing> sizing = size(scenario, round);
    if (!sizing) return false;
    for (const SizedFifo& fifo : sizing->fifos) round.fifos.push_back({fifo.name, fifo.depth, {}});
    round.kept = sizing->kept;
    round.sized_for = static_cast<std::uint64_t>(sizing->target);
    round.fifo_bits = sizing->storage_bits();
    round.fifo_cost = sizing->cost();
    round.fifo_cost_unit = sizing->cost_unit;
    round.fifos_optimal = sizing->optimal;
    say("running the design");
    round.measured = steady_times(scenario, *sizing, options_.folding.stop, findings_);
    if (!findings_.empty() || is_stopped()) return false;
    std::map<std::string, std::uint64_t> depths;
    for (const EdgeDepth& fifo : round.fifos) depths[fifo.edge] = fifo.depth;
    for (Edge& edge : dataflow.edges) {
      const auto depth = depths.find(edge.name);
      if (depth != depths.end()) edge.depth = depth->second;
    }
    round.resources = resource_use(scenario.costs, dataflow, scenario.platform).total;
    round.fits = round.resources.fit(result_.limits);
    learn(folded, *sizing, before, fifo_use(scenario.costs, dataflow), round);
    return true;
  }

  /// The FIFOs for the interval asked for; under stalls, and where memory or the ends are slower,
  /// for the shortest there is.
  std::optional<Sizing> size(const Scenario& scenario, const OptimiseRound& round) {
    SizingOptions options;
    options.search.budget_seconds = options_.folding.sizing_seconds;
    options.search.stop = options_.folding.stop;
    options.search.progress = options_.folding.progress;
    const Stimulus& stimulus = scenario.stimulus;
    const std::uint64_t interval =
        frame_interval(slowest(lower(scenario, nullptr, findings_, MemoryAnswers::kAtOnce)));
    const bool is_steady = stimulus.source.is_periodic() && stimulus.sink.is_periodic();
    if (is_steady && round.task.interval >= interval) {
      options.target_fps = fps_of(round.task.interval);
    }
    Sizing sizing = size_fifos(scenario, options, findings_);
    if (!findings_.empty() || is_stopped() || sizing.fifos.empty()) return std::nullopt;
    return sizing;
  }

  /// What the round has shown to the next one.
  void learn(const FoldingResult& folded, const Sizing& sizing, const LayerResources& before,
             const LayerResources& after, OptimiseRound& round) const {
    round.learnt = round.task.experience;
    if (!round.fits) learn_fifos(before, after, round.learnt.fifos);
    // Not as slow as FIFOs of the least depth make it.
    FoldingTotals expected = folded.solution.totals;
    expected.cycles = std::max(expected.cycles, sizing.after.interval);
    const double bytes_per_cycle = folded.memory_limit_gb_s * 1e3 / folded.clock_mhz;
    round.waits_for_memory =
        sizing.memory_at_once && waits_for_memory(expected, round.measured, bytes_per_cycle);
    if (round.fits && round.waits_for_memory) {
      const double moved = double(expected.traffic) / double(round.measured.interval);
      round.learnt.bandwidth *= std::min(1.0, moved / bytes_per_cycle);
    }
  }

  /// Is round `a` better than round `b`, both of which fit?
  bool is_better(const OptimiseRound& a, const OptimiseRound& b) const {
    if (a.meets(result_.target) != b.meets(result_.target)) return a.meets(result_.target);
    if (!a.meets(result_.target)) return a.measured.interval < b.measured.interval;
    const ShareCost cost(result_.limits, 0);
    return cost.of(a.resources, 0) < cost.of(b.resources, 0);
  }

  /// Is the last round the best?
  void rate() {
    const OptimiseRound& last = result_.rounds.back();
    if (!last.fits || last.measured.interval == 0) return;
    if (!result_.best || is_better(last, result_.rounds[*result_.best])) {
      result_.best = result_.rounds.size() - 1;
    }
  }

  const std::string path_;
  std::vector<std::string> settings_;
  const OptimiseOptions& options_;
  Findings& findings_;
  OptimiseResult result_;
};

}  // namespace

OptimiseResult optimise(const std::string& path, const std::vector<std::string>& settings,
                        const OptimiseOptions& options, Findings& findings) {
  return Optimise(path, settings, options, findings).run();
}

}  // namespace qnnsim
