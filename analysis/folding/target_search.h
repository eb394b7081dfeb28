// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/folding/folding_space.h"

namespace qnnsim {

/// LUT, FF, DSP, BRAM18, URAM; where a cost is minimised, the cost behind them.
constexpr std::size_t kKindsOfResource = kResourceKinds.size();
constexpr std::size_t kUses = kKindsOfResource + 1;
using Uses = std::array<std::int64_t, kUses>;
using Weights = std::array<double, kUses>;

/// What a use of resources costs: the sum of its shares of `limits`, in 1e-12.
class ShareCost {
 public:
  explicit ShareCost(const Resources& limits);
  std::int64_t of(const Resources& resources) const;

 private:
  std::array<std::int64_t, kKindsOfResource> units_{};
};

std::array<std::int64_t, kKindsOfResource> as_array(const Resources& resources);

/// When to give up.
struct Deadline {
  std::optional<std::chrono::steady_clock::time_point> end;
  const std::atomic<bool>* stop = nullptr;
  /// `seconds` from now; 0: never.
  static Deadline after(double seconds, const std::atomic<bool>* stop) {
    Deadline deadline;
    deadline.stop = stop;
    using Clock = std::chrono::steady_clock;
    if (seconds > 0) {
      deadline.end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                        std::chrono::duration<double>(seconds));
    }
    return deadline;
  }
  bool passed() const {
    return (stop != nullptr && *stop) || (end && std::chrono::steady_clock::now() > *end);
  }
};

/// Why no folding of at most so many cycles fits.
struct Refusal {
  enum class Kind {
    kNone,     ///< not known
    kLayer,    ///< one layer has no such option
    kWeights,  ///< even the cheapest folding takes more than all of the weighted device
    kSearch,   ///< every folding was ruled out, one resource by one
  };
  Kind kind = Kind::kNone;
  std::size_t stage = 0;  ///< kLayer
  Weights weights{};      ///< kWeights: of the shares of the limits; sum 1
  double least = 0;       ///< kWeights: least weighted share, above 1
};

struct TargetOutcome {
  enum class Status { kFits, kDoesNotFit, kUnknown };
  Status status = Status::kUnknown;
  FoldingChoice choice;  ///< kFits
  Refusal refusal;       ///< kDoesNotFit
  std::int64_t cost = 0;
  std::int64_t cost_bound = 0;  ///< no folding that fits costs less
  double least_overuse = 0;     ///< largest share of a limit in the best folding seen
};

/// Foldings of at most `target` cycles that fit into `limits`, exactly.
///
/// Layers are taken in their order; the state between two is the width of every stream that is
/// alive, so branches need nothing special. For weights of the five resources the cheapest folding
/// is a shortest path over these states. Its cost is a lower bound (Lagrangian duality), and
/// weights under which it exceeds the device prove that nothing fits; the best weights are found by
/// cutting planes, as the solution of a matrix game. Where a gap remains, partial foldings are
/// extended layer by layer, of each state those that no other one beats in all resources, without
/// those that a bound rules out (Handler and Zang, Networks 10, 1980).
class TargetSearch {
 public:
  TargetSearch(const FoldingSpace& space, const Resources& limits, std::uint64_t target);

  /// Any folding that fits.
  TargetOutcome find(const Deadline& deadline);
  /// The one of least ShareCost. `known` is one that fits.
  TargetOutcome cheapest(const FoldingChoice& known, const Deadline& deadline);

  /// The least of one resource alone.
  std::int64_t least(std::size_t resource);
  std::uint64_t labels() const { return labels_; }

 private:
  /// One way through a stage for given widths of its inputs and its output.
  struct Move {
    Uses uses;
    std::uint32_t option;
  };
  struct Moves {
    std::size_t outs = 1;
    std::vector<std::vector<Move>> cells;  ///< [inputs' widths][output's width]
  };
  /// Where a stage stands among the streams that are alive.
  struct Step {
    std::shared_ptr<const Moves> moves;
    Uses extra{};
    std::vector<std::uint32_t> cell;   ///< by state before: first cell
    std::vector<std::uint32_t> after;  ///< by state before: state after with output width 0
    std::uint32_t stride = 0;          ///< of the output's width in the state after
    std::size_t states_after = 1;
  };
  /// Shortest paths to the end under some weights.
  struct Relaxation {
    Weights weights{};
    std::vector<std::vector<double>> rest;  ///< by stage and state after it
    double value = 0;
    Uses uses{};
    FoldingChoice choice;
  };
  struct Label {
    Uses uses;
    double score;
    std::uint32_t state;
    std::uint32_t parent;
    std::uint32_t option;
  };
  struct Found {
    bool exhausted = false;
    std::optional<FoldingChoice> choice;
    std::int64_t cost = 0;
  };

  void find_widths();
  std::shared_ptr<const Moves> moves_of(std::size_t stage,
                                        const std::vector<std::size_t>& producers);
  void lay_out();
  Relaxation relax(const Weights& weights) const;
  bool fits_device(Uses uses) const;
  /// A folding that fits: is it cheaper than the one known?
  void consider(const FoldingChoice& choice, std::int64_t cost);
  double share(const Uses& uses, std::size_t kind) const;
  void note(const Relaxation& relaxation);
  /// Improves weights until they prove that nothing fits, or no longer.
  void play(const Deadline& deadline);
  Found extend(std::size_t width, bool first_suffices, const Deadline& deadline);
  void raise_bound(std::int64_t& bound, const Deadline& deadline);
  TargetOutcome refused(Refusal refusal) const;

  const FoldingSpace& space_;
  const Resources limits_;
  const ShareCost share_cost_;
  const std::uint64_t target_;
  Uses caps_{};
  std::array<bool, kUses> counts_{};                 ///< has a finite limit above 0
  std::optional<std::size_t> impossible_;            ///< a stage without options
  std::vector<std::vector<int>> widths_;             ///< by stage: what its output may be
  std::vector<std::vector<std::uint32_t>> options_;  ///< by stage
  std::map<std::string, std::shared_ptr<const Moves>> known_moves_;
  std::vector<Step> steps_;
  std::vector<Uses> seen_;
  Relaxation best_;  ///< of the weights with the largest lower bound
  double best_value_ = 0;
  std::deque<Relaxation> recent_;         ///< of the weights tried last
  std::optional<FoldingChoice> fitting_;  ///< the cheapest known
  std::int64_t cost_ = 0;                 ///< of it
  double least_overuse_ = 0;
  std::uint64_t labels_ = 0;
};

}  // namespace qnnsim
