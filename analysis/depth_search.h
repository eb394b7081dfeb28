// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "analysis/cheapest_depths.h"
#include "analysis/deadline.h"
#include "analysis/depth_oracle.h"

namespace qnnsim {

/// By edge: an index into the depths that its FIFO may have.
using Choices = std::vector<std::uint32_t>;

struct SearchOptions {
  double budget_seconds = 0;  ///< 0: unlimited
  int threads = 1;
  const std::atomic<bool>* stop = nullptr;
  std::function<void(const std::string&)> progress;
};

/// The search for the cheapest depths that meet a goal, from both sides: demands learnt from
/// designs that miss the goal raise the bound below, designs that meet it lower the one above.
class DepthSearch {
 public:
  /// `fifos` by edge. `known` are demands of the same goal or of an easier one.
  DepthSearch(const StreamGraph& graph, const Goal& goal, std::vector<DepthChoice> fifos,
              const SearchOptions& options, std::set<Demand> known = {});

  /// Do the deepest FIFOs meet the goal? Else there is nothing to search, and the verdict says why.
  Verdict begin();
  /// Until the optimum is found, the gap stops closing, or time is out.
  void run();

  /// The cheapest design found that meets the goal.
  const Choices& best() const { return best_; }
  double cost() const { return cost(best_); }
  /// No design that meets the goal costs less.
  double bound() const { return bound_; }
  bool optimal() const { return optimal_; }
  /// With no FIFO one step shallower is the goal met.
  bool minimal() const { return optimal_ || minimal_; }
  /// By the user or the budget.
  bool interrupted() const { return interrupted_; }

  /// For every FIFO of the best design that could be shallower: what is wrong with one step less.
  /// Unknown where time was out before that was known.
  std::vector<Verdict> one_step_less();

  std::vector<std::uint64_t> depths(const Choices& choices) const;
  const std::set<Demand>& demands() const { return demands_; }
  std::uint64_t tests() const { return tests_; }
  std::uint64_t frames() const;

 private:
  using Group = std::vector<std::size_t>;  ///< FIFOs

  Verdict test(const Choices& choices, std::size_t thread);
  /// Calls `work(item, thread)` for every item, on all threads.
  void for_each(std::size_t items, const std::function<void(std::size_t, std::size_t)>& work);
  double cost(const Choices& choices) const;
  std::uint32_t last_choice(std::size_t fifo) const;
  Choices deepest() const;
  bool out_of_time();
  bool raise_bound();
  void grow_one_by_one(const Conflict& conflict, const Choices& choices, std::size_t thread);
  void grow_together(const Conflict& conflict, const Choices& choices, std::size_t thread);
  void descend();
  Choices least_choices() const;
  void lower_together(const Group& group, const Choices& least);
  void lower(std::size_t fifo, std::uint32_t least);
  void report();

  const std::vector<DepthChoice> fifos_;
  const SearchOptions& options_;
  std::vector<std::unique_ptr<DepthOracle>> oracles_;  ///< by thread
  const Deadline deadline_;
  std::mutex mutex_;
  std::set<Demand> demands_;
  Choices best_;
  double bound_ = 0;
  std::atomic<std::uint64_t> tests_{0};
  std::atomic<bool> interrupted_{false};
  const bool tests_are_quick_;
  bool minimal_ = false;
  bool optimal_ = false;
};

}  // namespace qnnsim
