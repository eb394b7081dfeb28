// SPDX-License-Identifier: Apache-2.0
#include "analysis/folding/partition.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "analysis/folding/intervals.h"

namespace qnnsim {
namespace {

constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

class Partitioner {
 public:
  Partitioner(const FoldingSpace& space, const SolverTask& task)
      : space_(space), task_(task), ends_(space.cuts()) {
    ends_.insert(ends_.begin(), 1);
    ends_.push_back(space.stages().size() - 1);
    deadline_ = Deadline::after(task.seconds, task.stop);
  }

  Partition over_devices(int devices, double link_bits) {
    const Intervals intervals(space_);
    std::uint64_t low = 0;
    std::uint64_t high = intervals.size();
    std::vector<std::size_t> best;
    while (low < high && !deadline_.passed()) {
      const std::uint64_t middle = low + (high - low) / 2;
      say(fmt::format("{} cycles on {} devices", intervals[middle], devices));
      const std::vector<std::size_t> cuts = fill(intervals[middle], devices, link_bits);
      if (cuts.empty()) {
        low = middle + 1;
      } else {
        high = middle;
        best = cuts;
      }
    }
    if (!best.empty()) finish(best, intervals[high]);
    result_.bound = result_.found && low == high && !unknown_ ? result_.cycles : 0;
    return std::move(result_);
  }

  Partition over_configurations(std::uint64_t batch, std::uint64_t reconfiguration) {
    // By end: the shortest time of all in front of it, and where its last part begins.
    std::vector<std::uint64_t> time(ends_.size(), kNever);
    std::vector<std::size_t> begin(ends_.size(), 0);
    time[0] = 0;
    for (std::size_t last = 1; last < ends_.size() && !deadline_.passed(); ++last) {
      say(fmt::format("the first {} of {} layers", ends_[last] - 1, ends_.back() - 1));
      for (std::size_t first = last; first-- > 0;) {
        if (time[first] == kNever) continue;
        const std::uint64_t before = time[first] + (first > 0 ? reconfiguration : 0);
        if (before >= time[last]) continue;
        const std::uint64_t most =
            time[last] == kNever ? kNever : (time[last] - before - 1) / batch;
        const std::uint64_t interval = shortest(first, last, most);
        if (interval == kNever) continue;
        time[last] = before + batch * interval;
        begin[last] = first;
      }
    }
    result_.interrupted = deadline_.passed();
    if (time.back() == kNever || result_.interrupted) return std::move(result_);
    std::vector<std::size_t> cuts;
    for (std::size_t end = ends_.size() - 1; end > 0; end = begin[end]) cuts.push_back(end);
    std::reverse(cuts.begin(), cuts.end());
    finish(cuts, kNever);
    result_.cycles = time.back();
    result_.bound = unknown_ ? 0 : time.back();
    return std::move(result_);
  }

 private:
  void say(const std::string& what) const {
    if (task_.progress) task_.progress(what);
  }

  bool fits(const FoldingSpace& part, std::uint64_t interval) {
    ++result_.tried;
    const TargetOutcome outcome = TargetSearch(part, task_.limits, interval).find(deadline_);
    unknown_ = unknown_ || outcome.status == TargetOutcome::Status::kUnknown;
    return outcome.status == TargetOutcome::Status::kFits;
  }

  const FoldingSpace& part(std::size_t first, std::size_t last) {
    const auto known = parts_.find({first, last});
    if (known != parts_.end()) return known->second;
    return parts_.emplace(std::make_pair(first, last), space_.segment(ends_[first], ends_[last]))
        .first->second;
  }

  /// The ends of the parts if every device takes what fits; empty where there are too few.
  std::vector<std::size_t> fill(std::uint64_t interval, int devices, double link_bits) {
    std::vector<std::size_t> cuts;
    std::vector<std::size_t> legal;
    for (std::size_t end = 1; end < ends_.size(); ++end) {
      const FoldingSpace::Stage& before = space_.stages()[ends_[end] - 1];
      const double bits = static_cast<double>(before.elements) * before.type.bits();
      const bool is_last = end + 1 == ends_.size();
      if (is_last || link_bits <= 0 || bits <= link_bits * static_cast<double>(interval)) {
        legal.push_back(end);
      }
    }
    std::size_t first = 0;
    while (first + 1 < ends_.size()) {
      if (static_cast<int>(cuts.size()) == devices) return {};
      // The furthest end that fits; nearer ones do as well.
      auto low = std::upper_bound(legal.begin(), legal.end(), first);
      auto high = legal.end();
      if (low == high || !fits(part(first, *low), interval)) return {};
      while (high - low > 1) {
        const auto middle = low + (high - low) / 2;
        (fits(part(first, *middle), interval) ? low : high) = middle;
      }
      first = *low;
      cuts.push_back(first);
    }
    return cuts;
  }

  /// The shortest interval of a part if it is at most `most`, else kNever.
  std::uint64_t shortest(std::size_t first, std::size_t last, std::uint64_t most) {
    std::uint64_t& bound = bounds_[{first, last}];
    if (last - first > 1) {
      for (const auto& within :
           {std::make_pair(first + 1, last), std::make_pair(first, last - 1)}) {
        const auto known = bounds_.find(within);
        if (known != bounds_.end()) bound = std::max(bound, known->second);
      }
    }
    if (bound > most || bound == kNever) return kNever;
    const FoldingSpace& space = part(first, last);
    const Intervals all(space);
    std::uint64_t low = all.at_least(bound);
    std::uint64_t high = most == kNever ? all.size() : all.at_least(most + 1);
    if (low >= high || !fits(space, all[high - 1])) {
      bound = high == all.size() ? kNever : std::max(bound, all[high]);
      return kNever;
    }
    --high;  // fits
    while (low < high) {
      const std::uint64_t middle = low + (high - low) / 2;
      if (fits(space, all[middle])) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    bound = all[high];
    return all[high];
  }

  /// The parts with these ends, each as short as it can be but not below `interval`, at least cost.
  void finish(const std::vector<std::size_t>& cuts, std::uint64_t interval) {
    result_.choice.assign(space_.stages().size(), 0);
    std::size_t first = 0;
    for (std::size_t end : cuts) {
      const FoldingSpace& space = part(first, end);
      SolverTask task = task_;
      task.progress = nullptr;
      if (interval != kNever) task.target = interval;
      const Solution solution = solve_exact(space, task);
      if (!solution.found) return;
      for (std::size_t k = 1; k + 1 < solution.choice.size(); ++k) {
        result_.choice[ends_[first] - 1 + k] = solution.choice[k];
      }
      if (first == 0) result_.choice.front() = solution.choice.front();
      if (end + 1 == ends_.size()) result_.choice.back() = solution.choice.back();
      result_.parts.push_back({ends_[first], ends_[end], solution.totals});
      result_.cycles = std::max(result_.cycles, solution.totals.cycles);
      first = end;
    }
    result_.found = true;
  }

  const FoldingSpace& space_;
  const SolverTask& task_;
  std::vector<std::size_t> ends_;  ///< stages at which parts may begin or end
  Deadline deadline_;
  std::map<std::pair<std::size_t, std::size_t>, FoldingSpace> parts_;
  std::map<std::pair<std::size_t, std::size_t>, std::uint64_t> bounds_;  ///< of their intervals
  bool unknown_ = false;
  Partition result_;
};

}  // namespace

Partition over_devices(const FoldingSpace& space, const SolverTask& task, int devices,
                       double link_bits) {
  return Partitioner(space, task).over_devices(devices, link_bits);
}

Partition over_configurations(const FoldingSpace& space, const SolverTask& task,
                              std::uint64_t batch, std::uint64_t reconfiguration) {
  return Partitioner(space, task).over_configurations(batch, reconfiguration);
}

}  // namespace qnnsim
