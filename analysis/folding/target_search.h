// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/deadline.h"
#include "analysis/folding/folding_space.h"
#include "analysis/folding/move_graph.h"
#include "analysis/folding/path_search.h"

namespace qnnsim {

/// What a folding costs: the sum of its shares of `limits`, and of the `bytes` that memory moves in
/// a frame, in 1e-12.
class ShareCost {
 public:
  ShareCost(const Resources& limits, std::int64_t bytes);
  std::int64_t of(const Resources& resources, std::uint64_t traffic) const;

 private:
  std::array<std::int64_t, kKindsOfResource> units_{};
  std::int64_t byte_unit_ = 0;
};

/// The name of a use, but of the cost.
const char* use_name(std::size_t use);

std::array<std::int64_t, kKindsOfResource> as_array(const Resources& resources);

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

/// Foldings of at most `target` cycles that fit into `limits`, and whose traffic the memory moves
/// in `target` cycles, exactly.
///
/// Layers are taken in their order; the state between two is the width of every stream that is
/// alive, so branches need nothing special. For weights of the resources the cheapest folding
/// is a shortest path over these states. Its cost is a lower bound (Lagrangian duality), and
/// weights under which it exceeds the device prove that nothing fits. This class lays out the
/// graph; PathSearch searches it.
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
  void find_widths();
  std::shared_ptr<const Moves> moves_of(std::size_t stage,
                                        const std::vector<std::size_t>& producers);
  void lay_out();
  /// Proves that what fits costs no less than `bound`, with weights alone.
  void raise_bound(PathSearch& paths, std::int64_t& bound, const Deadline& deadline) const;
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
  MoveGraph graph_;
  double least_overuse_ = 0;
  std::uint64_t labels_ = 0;
};

}  // namespace qnnsim
