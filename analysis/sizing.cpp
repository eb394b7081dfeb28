// SPDX-License-Identifier: Apache-2.0
#include "analysis/sizing.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "analysis/cheapest_depths.h"
#include "analysis/depth_oracle.h"
#include "sim/fast/fast_engine.h"
#include "sim/lowering.h"

namespace qnnsim {
namespace {

using Depths = std::vector<std::uint64_t>;   ///< [beats] by edge
using Choices = std::vector<std::uint32_t>;  ///< by edge: index into its depths
using Clock = std::chrono::steady_clock;

/// Of a FIFO behind a kernel that gives a beat in every cycle for ever.
constexpr std::uint64_t kDeepWeightFifo = 64;

/// The rate without FIFOs in the way, and who sets it.
struct Pace {
  std::int64_t interval = 0;  ///< [cycles]
  std::string kernel;
};

Pace best_pace(const Dataflow& dataflow) {
  Pace pace;
  for (const KernelNode& node : dataflow.nodes) {
    const auto interval = static_cast<std::int64_t>(node.kernel->frame_interval());
    if (interval > pace.interval) pace = {interval, node.name};
  }
  return pace;
}

/// Tests designs, several at a time.
class TestBench {
 public:
  TestBench(const StreamGraph& graph, const Goal& goal, int threads) {
    for (int i = 0; i < std::max(1, threads); ++i) {
      oracles_.push_back(std::make_unique<DepthOracle>(graph, goal));
    }
  }

  bool begin(const Depths& deepest, const std::atomic<bool>* stop) {
    std::atomic<bool> meets{true};
    for_each(oracles_.size(), [&](std::size_t, std::size_t thread) {
      if (!oracles_[thread]->begin(deepest, stop).meets()) meets = false;
    });
    return meets;
  }

  std::size_t threads() const { return oracles_.size(); }
  Verdict test(const Depths& depths, const std::atomic<bool>* stop, std::size_t thread = 0) {
    ++tests_;
    return oracles_[thread]->test(depths, stop);
  }

  /// Calls `work(item, thread)` for every item, on all threads.
  template <class Work>
  void for_each(std::size_t items, const Work& work) {
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;
    const auto run = [&](std::size_t thread) {
      for (std::size_t i = next++; i < items; i = next++) work(i, thread);
    };
    for (std::size_t i = 1; i < std::min(items, oracles_.size()); ++i) threads.emplace_back(run, i);
    run(0);
    for (std::thread& thread : threads) thread.join();
  }

  std::uint64_t tests() const { return tests_; }
  std::uint64_t frames() const {
    std::uint64_t frames = 0;
    for (const auto& oracle : oracles_) frames += oracle->frames_computed();
    return frames;
  }

 private:
  std::vector<std::unique_ptr<DepthOracle>> oracles_;
  std::atomic<std::uint64_t> tests_{0};
};

/// The search for the cheapest depths, from both sides: demands learnt from designs that miss the
/// goal raise the bound below, designs that meet it lower the one above.
class Search {
 public:
  Search(const StreamGraph& graph, const Goal& goal, std::vector<DepthChoice> fifos,
         const SizingOptions& options)
      : fifos_(std::move(fifos)), options_(options), bench_(graph, goal, options.threads) {
    if (options.budget_seconds > 0) {
      end_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                std::chrono::duration<double>(options.budget_seconds));
    }
  }

  /// Do the deepest FIFOs meet the goal? Else there is nothing to search.
  bool begin() {
    best_ = deepest();
    const auto start = Clock::now();
    const bool meets = bench_.begin(depths(best_), options_.stop);
    tests_are_quick_ = Clock::now() - start < std::chrono::milliseconds(50);
    return meets;
  }

  void run() {
    double bound_then = 0;
    for (int round = 1; !out_of_time(); ++round) {
      if (!raise_bound()) break;
      if (optimal_) return;
      if (round == kRoundsBefore) descend();
      if (round % kPatience != 0) continue;
      // Go on only while the gap closes.
      if (bound_ - bound_then < 0.1 * (cost(best_) - bound_)) break;
      bound_then = bound_;
    }
    if (!minimal_) descend();
  }

  const Choices& best() const { return best_; }
  bool optimal() const { return optimal_; }
  bool minimal() const { return optimal_ || minimal_; }
  double bound() const { return bound_; }
  std::size_t demands() const { return demands_.size(); }
  TestBench& bench() { return bench_; }
  Verdict test(const Choices& choices, std::size_t thread) {
    Verdict verdict = bench_.test(depths(choices), options_.stop, thread);
    for (const Conflict& conflict : verdict.conflicts) demand(conflict, choices);
    return verdict;
  }

  Depths depths(const Choices& choices) const {
    Depths depths;
    for (std::size_t i = 0; i < choices.size(); ++i) depths.push_back(fifos_[i].depths[choices[i]]);
    return depths;
  }

 private:
  /// Rounds that find the FIFOs which matter, before a minimal design is looked for.
  static constexpr int kRoundsBefore = 4;
  /// Rounds in which the gap must become smaller.
  static constexpr int kPatience = 25;

  double cost(const Choices& choices) const {
    double sum = 0;
    for (std::size_t i = 0; i < choices.size(); ++i) sum += fifos_[i].costs[choices[i]];
    return sum;
  }

  std::uint32_t last_choice(std::size_t fifo) const {
    return static_cast<std::uint32_t>(fifos_[fifo].depths.size() - 1);
  }

  Choices deepest() const {
    Choices choices;
    for (std::size_t i = 0; i < fifos_.size(); ++i) choices.push_back(last_choice(i));
    return choices;
  }

  bool out_of_time() const {
    if (options_.stop != nullptr && options_.stop->load()) return true;
    return end_ && Clock::now() > *end_;
  }

  /// A conflict of a design is a demand on all designs.
  void demand(const Conflict& conflict, const Choices& choices) {
    Demand demand;
    for (std::uint32_t edge : conflict) demand.push_back({edge, choices[edge]});
    const std::lock_guard lock(mutex_);
    if (known_.insert(demand).second) demands_.push_back(std::move(demand));
  }

  /// The cheapest design that no demand forbids: it is the optimum, or teaches a new demand. False
  /// if neither can be told.
  bool raise_bound() {
    const Choices cheapest = cheapest_depths(fifos_, demands_);
    bound_ = cost(cheapest);
    report();
    if (bound_ >= cost(best_)) return optimal_ = true;
    const Verdict verdict = test(cheapest, 0);
    if (verdict.meets()) {
      best_ = cheapest;
      return optimal_ = true;
    }
    bench_.for_each(verdict.conflicts.size(), [&](std::size_t i, std::size_t thread) {
      if (tests_are_quick_) {
        grow_one_by_one(verdict.conflicts[i], cheapest, thread);
      } else {
        grow_together(verdict.conflicts[i], cheapest, thread);
      }
    });
    return verdict.kind != Verdict::Kind::kUnknown;
  }

  /// A stronger demand: how much deeper may each FIFO of a conflict be, and the goal is still
  /// missed whatever the others are?
  void grow_one_by_one(const Conflict& conflict, const Choices& choices, std::size_t thread) {
    Choices trial = deepest();
    for (std::uint32_t edge : conflict) trial[edge] = choices[edge];
    for (std::uint32_t edge : conflict) {
      std::uint32_t missed = trial[edge];
      std::uint32_t enough = last_choice(edge) + 1;
      for (std::uint32_t next = last_choice(edge); missed + 1 < enough && !out_of_time();) {
        trial[edge] = next;
        const Verdict verdict = test(trial, thread);
        (verdict.kind == Verdict::Kind::kMeets ? enough : missed) = next;
        next = (missed + enough) / 2;
      }
      trial[edge] = missed;
    }
  }

  /// The same for all of them in common steps, which double, then halve.
  void grow_together(const Conflict& conflict, const Choices& choices, std::size_t thread) {
    Choices trial = deepest();
    std::uint32_t room = 0;
    for (std::uint32_t edge : conflict) room = std::max(room, trial[edge] - choices[edge]);
    std::uint32_t missed = 0;     // steps that do not suffice
    std::uint32_t enough = room;  // steps that do
    for (std::uint32_t step = 1; missed + 1 < enough && !out_of_time();) {
      const std::uint32_t steps = std::min(missed + step, enough - 1);
      for (std::uint32_t edge : conflict) {
        trial[edge] = std::min(choices[edge] + steps, last_choice(edge));
      }
      if (test(trial, thread).kind == Verdict::Kind::kMeets) {
        enough = steps;
      } else {
        missed = steps;
      }
      step = missed + 2 * step < enough ? 2 * step : std::max(1u, (enough - missed) / 2);
    }
  }

  /// A design that meets the goal, and with no FIFO one step shallower does not. One pass does:
  /// what a FIFO needs beside deeper ones it needs beside shallower ones.
  void descend() {
    // FIFOs without a demand may most probably be as shallow as can be.
    Choices least(fifos_.size(), 0);
    Choices trial = deepest();
    std::vector<bool> demanded(fifos_.size(), false);
    for (const Demand& demand : demands_) {
      for (const auto& [fifo, choice] : demand) {
        demanded[fifo] = true;
        if (demand.size() == 1) least[fifo] = std::max(least[fifo], choice + 1);
      }
    }
    for (std::size_t i = 0; i < trial.size(); ++i) {
      if (!demanded[i]) trial[i] = 0;
    }
    if (cost(trial) < cost(best_) && test(trial, 0).meets()) best_ = trial;

    // Those with a demand one by one, what saves most first; of the others many at a time.
    std::vector<std::size_t> alone;
    std::vector<std::size_t> together;
    for (std::size_t i = 0; i < fifos_.size(); ++i) {
      if (best_[i] > least[i]) (demanded[i] ? alone : together).push_back(i);
    }
    const auto saving = [&](std::size_t i) {
      return fifos_[i].costs[best_[i]] - fifos_[i].costs[least[i]];
    };
    for (auto* order : {&alone, &together}) {
      std::stable_sort(order->begin(), order->end(),
                       [&](std::size_t a, std::size_t b) { return saving(a) > saving(b); });
    }
    for (std::size_t fifo : alone) {
      if (out_of_time()) return;
      report();
      lower(fifo, least[fifo]);
    }
    lower_together(together, least);
    if (out_of_time()) return;
    minimal_ = true;
  }

  /// Makes each of some FIFOs as shallow as the goal allows, in the hope that most can be `least`.
  void lower_together(const std::vector<std::size_t>& some, const Choices& least) {
    if (some.empty() || out_of_time()) return;
    report();
    if (some.size() == 1) return lower(some.front(), least[some.front()]);
    Choices trial = best_;
    for (std::size_t fifo : some) trial[fifo] = least[fifo];
    if (test(trial, 0).meets()) {
      best_ = trial;
      return;
    }
    const auto middle = some.begin() + static_cast<std::ptrdiff_t>(some.size() / 2);
    lower_together({some.begin(), middle}, least);
    lower_together({middle, some.end()}, least);
  }

  /// Makes one FIFO of the best design as shallow as the goal allows, not below `least`.
  void lower(std::size_t fifo, std::uint32_t least) {
    std::uint32_t low = least;
    while (low < best_[fifo] && !out_of_time()) {
      // As many depths at once as there are threads, from the least up to the middle.
      const std::uint32_t middle = low + (best_[fifo] - low) / 2;
      std::vector<std::uint32_t> tried = {low};
      if (bench_.threads() > 1 && middle > low) tried.push_back(middle);
      std::vector<char> meets(tried.size(), 0);
      bench_.for_each(tried.size(), [&](std::size_t i, std::size_t thread) {
        Choices trial = best_;
        trial[fifo] = tried[i];
        meets[i] = test(trial, thread).meets() ? 1 : 0;
      });
      for (std::size_t i = 0; i < tried.size(); ++i) {
        if (meets[i] != 0) {
          best_[fifo] = tried[i];
          break;
        }
        low = tried[i] + 1;
      }
    }
  }

  void report() {
    if (!options_.progress) return;
    options_.progress(fmt::format("{} designs tested, {} conflicts, cost {:.0f} to {:.0f}",
                                  bench_.tests(), demands_.size(), bound_, cost(best_)));
  }

  const std::vector<DepthChoice> fifos_;
  const SizingOptions& options_;
  TestBench bench_;
  std::optional<Clock::time_point> end_;
  std::mutex mutex_;
  std::vector<Demand> demands_;
  std::set<Demand> known_;
  Choices best_;
  bool tests_are_quick_ = false;
  bool minimal_ = false;
  bool optimal_ = false;
  double bound_ = 0;
};

/// Depths with which no FIFO is ever full, at a paced rate.
struct Unbounded {
  std::vector<std::uint64_t> seen;  ///< highest occupancy [beats] by edge
  std::int64_t latency = 0;         ///< [cycles]
};

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

std::vector<std::uint64_t> highest_occupancies(const StreamGraph& graph, std::int64_t interval,
                                               std::uint64_t frames) {
  BeatTimes<PlainTime, true> times(graph);
  times.set_pace(interval);
  times.reset(unbounded_depths(graph));
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> cycles;
  // Until the schedule repeats; stalls never do.
  for (std::uint64_t frame = 1;; ++frame) {
    times.feed(1);
    std::vector<std::int64_t> new_shape;
    std::vector<std::int64_t> new_cycles;
    times.append_shape(new_shape);
    times.for_each_live_time([&](const PlainTime& time) {
      new_cycles.push_back(time.cycle() - static_cast<std::int64_t>(frame) * interval);
    });
    if (new_shape == shape && new_cycles == cycles) break;
    if (interval == 0 && frame >= frames) break;
    if (frame >= 1000) break;
    shape = std::move(new_shape);
    cycles = std::move(new_cycles);
  }
  std::vector<std::uint64_t> seen;
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    seen.push_back(times.statistics(i, times.last_move()).max_occupancy);
  }
  return seen;
}

}  // namespace

double Sizing::cost() const {
  double sum = 0;
  for (const SizedFifo& fifo : fifos) sum += fifo.cost;
  return sum;
}

double Sizing::cost_before() const {
  double sum = 0;
  for (const SizedFifo& fifo : fifos) sum += fifo.cost_before;
  return sum;
}

std::int64_t Sizing::storage_bits() const {
  std::int64_t sum = 0;
  for (const SizedFifo& fifo : fifos)
    sum += fifo.width_bits * static_cast<std::int64_t>(fifo.depth);
  return sum;
}

std::int64_t Sizing::storage_bits_before() const {
  std::int64_t sum = 0;
  for (const SizedFifo& fifo : fifos) {
    sum += fifo.width_bits * static_cast<std::int64_t>(fifo.before);
  }
  return sum;
}

Sizing size_fifos(const Scenario& scenario, const SizingOptions& options, Findings& findings) {
  const auto start = Clock::now();
  const Dataflow dataflow = lower(scenario, nullptr, findings);
  if (!findings.empty()) return {};
  const StreamGraph graph = stream_graph(dataflow).value();
  Sizing sizing;
  const Pace pace = best_pace(dataflow);
  sizing.best_interval = pace.interval;
  sizing.bottleneck = pace.kernel;
  sizing.target = pace.interval;
  Goal goal;
  goal.interval = sizing.target;
  const std::vector<std::uint64_t> seen = highest_occupancies(graph, sizing.target, graph.frames);
  const FifoCost cost =
      options.count_bits ? FifoCost::bits() : FifoCost::hardware(scenario.platform);
  std::vector<DepthChoice> choices;
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    DepthChoice choice;
    const std::int64_t width = dataflow.port(dataflow.edges[i]).width_bits();
    choice.depths = cost.steps(width, 1, seen[i] + 1);
    for (std::uint64_t depth : choice.depths) choice.costs.push_back(cost.cost(width, depth));
    choices.push_back(std::move(choice));
  }
  Search search(graph, goal, std::move(choices), options);
  if (!search.begin()) throw std::logic_error("no depths meet the goal");
  search.run();
  const Depths depths = search.depths(search.best());
  for (std::size_t i = 0; i < depths.size(); ++i) {
    SizedFifo fifo;
    fifo.name = dataflow.edges[i].name;
    fifo.width_bits = dataflow.port(dataflow.edges[i]).width_bits();
    fifo.before = dataflow.edges[i].depth;
    fifo.seen = seen[i];
    fifo.depth = depths[i];
    fifo.cost = cost.cost(fifo.width_bits, fifo.depth);
    fifo.cost_before = cost.cost(fifo.width_bits, fifo.before);
    sizing.fifos.push_back(fifo);
  }
  sizing.minimal = search.minimal();
  sizing.optimal = search.optimal();
  sizing.cost_bound = search.bound();
  sizing.tests = search.bench().tests();
  sizing.frames = search.bench().frames();
  sizing.conflicts = search.demands();
  sizing.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return sizing;
}

}  // namespace qnnsim
