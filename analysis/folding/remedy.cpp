// SPDX-License-Identifier: Apache-2.0
#include "analysis/folding/remedy.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "sim/lowering.h"

namespace qnnsim {
namespace {

/// [s] for what is only a hint.
constexpr double kHintSeconds = 5;

/// Why a layer alone has no folding of at most `target` cycles within the limits.
std::string lack_of_layer(const FoldingSpace& space, std::size_t stage, const Resources& limits,
                          std::uint64_t target) {
  const std::string& name = space.stages()[stage].name;
  const LayerOption* nearest = nullptr;
  double least = 0;
  std::size_t kind = 0;
  std::uint64_t fastest = std::numeric_limits<std::uint64_t>::max();
  const auto have = as_array(limits);
  for (const LayerOption& option : space.space(stage).options) {
    fastest = std::min(fastest, option.cycles);
    if (option.cycles > target) continue;
    const auto use = as_array(option.resources);
    double most = 0;
    std::size_t of = 0;
    for (std::size_t j = 0; j < kKindsOfResource; ++j) {
      const double share = use[j] == 0 ? 0 : double(use[j]) / std::max(double(have[j]), 1e-9);
      if (share > most) {
        most = share;
        of = j;
      }
    }
    if (nearest != nullptr && most >= least) continue;
    nearest = &option;
    least = most;
    kind = of;
  }
  if (nearest == nullptr) {
    return fmt::format("layer '{}' takes {} cycles however it is folded", name, fastest);
  }
  const std::int64_t use = as_array(nearest->resources)[kind];
  return fmt::format(
      "layer '{}' alone takes {} {}, {} more than the {} that it may take, in the "
      "folding that comes nearest",
      name, use, kResourceKinds[kind].name, use - have[kind], have[kind]);
}

/// What proves that no folding of at most `cycles` fits.
std::string reason(const FoldingSpace& space, const Refusal& refusal, const Resources& limits,
                   std::uint64_t target) {
  switch (refusal.kind) {
    case Refusal::Kind::kLayer:
      return lack_of_layer(space, refusal.stage, limits, target);
    case Refusal::Kind::kWeights: {
      std::string weights;
      for (std::size_t j = 0; j < kCost; ++j) {
        if (refusal.weights[j] < 5e-5) continue;
        weights += fmt::format("{}{:.4f} {}", weights.empty() ? "" : " + ", refusal.weights[j],
                               use_name(j));
      }
      return fmt::format(
          "every such folding whose layers fit alone takes at least {:.2f} % of the "
          "limits weighted {}",
          100 * refusal.least, weights);
    }
    case Refusal::Kind::kSearch:
      return "every such folding was ruled out";
    case Refusal::Kind::kNone:
      break;
  }
  return "not known";
}

/// What is lacking of each resource alone; empty where each alone would do.
std::string shortage(TargetSearch& search, const Resources& limits, std::int64_t bytes) {
  const auto have = as_array(limits);
  std::string text;
  for (std::size_t j = 0; j < kKindsOfResource; ++j) {
    const std::int64_t need = search.least(j);
    if (need <= have[j]) continue;
    text += fmt::format(
        "{}at least {} {}, {} more than the {} that it may take ({:.1f} % over)",
        text.empty() ? "" : "; ", need, kResourceKinds[j].name, need - have[j], have[j],
        have[j] > 0 ? 100.0 * static_cast<double>(need - have[j]) / static_cast<double>(have[j])
                    : 100.0);
  }
  if (const std::int64_t need = search.least(kTraffic); need > bytes) {
    text += fmt::format("{}at least {} bytes a frame from and to memory, which moves {}",
                        text.empty() ? "" : "; ", need, bytes);
  }
  return text;
}

/// The stage whose fastest option is slowest.
const std::string& slowest_at_best(const FoldingSpace& space) {
  std::size_t slowest = 0;
  std::uint64_t most = 0;
  for (std::size_t i = 0; i < space.stages().size(); ++i) {
    std::uint64_t fastest = std::numeric_limits<std::uint64_t>::max();
    for (const LayerOption& option : space.space(i).options) {
      fastest = std::min(fastest, option.cycles);
    }
    if (fastest <= most) continue;
    most = fastest;
    slowest = i;
  }
  return space.stages()[slowest].name;
}

bool fits_within(const FoldingSpace& space, const Resources& limits, std::uint64_t target,
                 const std::atomic<bool>* stop) {
  constexpr double kSeconds = 1;
  const Deadline deadline = Deadline::after(kSeconds, stop);
  return !deadline.passed() &&
         TargetSearch(space, limits, target).find(deadline).status == TargetOutcome::Status::kFits;
}

/// The least of the known platforms, by LUTs, on which it fits with the same shares.
std::string platform_that_does(const Scenario& scenario, const SpaceOptions& options,
                               const SolverTask& task, std::uint64_t target) {
  const auto given = as_array(limits(scenario.platform));
  const auto allowed = as_array(task.limits);
  std::vector<Platform> platforms;
  Findings ignored;
  for (const std::string& name : config_names("platforms")) {
    Platform platform = load_platform(name, {}, ignored);
    if (platform.lut > 0 && name != scenario.platform.name) platforms.push_back(platform);
  }
  std::sort(platforms.begin(), platforms.end(),
            [](const Platform& a, const Platform& b) { return a.lut < b.lut; });
  const Deadline deadline = Deadline::after(4 * kHintSeconds, task.stop);
  for (const Platform& platform : platforms) {
    if (deadline.passed()) return {};
    auto have = as_array(limits(platform));
    for (std::size_t j = 0; j < kKindsOfResource; ++j) {
      const double share =
          given[j] > 0 ? static_cast<double>(allowed[j]) / static_cast<double>(given[j]) : 0.8;
      have[j] = static_cast<std::int64_t>(static_cast<double>(have[j]) * share);
    }
    Scenario other = scenario;
    other.platform = platform;
    other.costs = CostModel::load(scenario.costs.name(), platform, {}, ignored);
    if (!ignored.empty()) return {};
    FoldingSpace space(other, options);
    space.set_bytes_per_cycle(0);  // what memory it has depends on the design
    if (fits_within(space, {have[0], have[1], have[2], have[3], have[4]}, target, task.stop)) {
      return platform.name;
    }
  }
  return {};
}

/// The least share of every resource with which it fits; above 1 where none does.
double share_that_does(const FoldingSpace& space, const Scenario& scenario, std::uint64_t target,
                       const std::atomic<bool>* stop) {
  const auto at = [&](double share) {
    Resources part = limits(scenario.platform);
    for (const ResourceKind& kind : kResourceKinds) {
      part.*kind.count = static_cast<std::int64_t>(static_cast<double>(part.*kind.count) * share);
    }
    return part;
  };
  double low = 0;
  double high = 1;
  if (!fits_within(space, at(high), target, stop)) return 2;
  constexpr double kPrecision = 0.005;
  while (high - low > kPrecision) {
    const double middle = (low + high) / 2;
    (fits_within(space, at(middle), target, stop) ? high : low) = middle;
  }
  return high;
}

}  // namespace

std::string proof_of(const FoldingSpace& space, const Solution& solution, const SolverTask& task) {
  if (!solution.has_bound) return "none: this solver proves nothing";
  const auto gap = [](double value, double bound) { return 100 * (value - bound) / value; };
  std::string text;
  if (task.target) {
    text = "the target is kept";
  } else if (solution.optimal()) {
    const bool can_be_shorter = solution.refused && *solution.refused < solution.totals.cycles;
    text = can_be_shorter
               ? fmt::format("optimal: {} cycles or less do not fit: {}", *solution.refused,
                             reason(space, solution.refusal, task.limits, *solution.refused))
               : fmt::format("optimal: '{}' takes as long however it is folded",
                             slowest_at_best(space));
  } else {
    text = fmt::format("gap {:.3g} %: whether less than {} cycles fit is not known below {}",
                       gap(double(solution.totals.cycles), double(solution.interval_bound)),
                       solution.totals.cycles, solution.interval_bound);
  }
  if (solution.least()) return text + "; of these foldings the cheapest";
  return text + fmt::format("; the cheapest of these foldings costs at most {:.3g} % less",
                            gap(double(solution.cost), double(solution.cost_bound)));
}

void explain_refusal(const FoldingSpace& space, const Solution& solution, const SolverTask& task,
                     const Scenario& scenario, const std::string& path, Findings& findings) {
  constexpr std::uint64_t kAnyInterval = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t target = task.target.value_or(kAnyInterval);
  constexpr std::int64_t kPlenty = std::int64_t{1} << 40;
  TargetSearch search(space, {kPlenty, kPlenty, kPlenty, kPlenty, kPlenty}, target);
  const bool is_proven = solution.refusal.kind != Refusal::Kind::kNone && solution.has_bound;
  const std::string what =
      task.target ? fmt::format("at {} cycles a frame", *task.target) : "however it is folded";
  std::string message = fmt::format("network '{}' does not fit on {} {}", scenario.network.name,
                                    scenario.platform.name, what);
  if (!is_proven && solution.has_bound) message += ", as far as the search came";
  if (!solution.has_bound) {
    findings.add({path, 0, 0}, message + ", as this solver folds it", "try --solver exact");
    return;
  }
  const std::string lacking = shortage(search, task.limits, space.traffic_in(target));
  message += ": " + (lacking.empty() ? reason(space, solution.refusal, task.limits, target)
                                     : "it needs " + lacking);

  std::vector<std::string> hints;
  if (task.target) {
    SolverTask relaxed = task;
    relaxed.target.reset();
    relaxed.seconds = kHintSeconds;
    relaxed.progress = nullptr;
    const Solution best = solve_exact(space, relaxed);
    if (best.found) {
      hints.push_back(fmt::format("{:.6g} frames a second fit ({} cycles)",
                                  scenario.clock_mhz * 1e6 / double(best.totals.cycles),
                                  best.totals.cycles));
    }
  }
  if (const double share = share_that_does(space, scenario, target, task.stop); share <= 1) {
    hints.push_back(fmt::format("{:.2f} of each resource would do (--limit-utilisation)", share));
  }
  if (const std::string name = platform_that_does(scenario, space.options(), task, target);
      !name.empty()) {
    hints.push_back(fmt::format("the least of the known platforms that would do: {}", name));
  }
  if (hints.empty()) hints.push_back("no known platform would do");
  findings.add({path, 0, 0}, message, join(hints, "; "));
}

}  // namespace qnnsim
