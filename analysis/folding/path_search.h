// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "analysis/deadline.h"
#include "analysis/folding/move_graph.h"

namespace qnnsim {

/// Paths through a MoveGraph that use no more than the caps, exactly: any one, or the cheapest.
///
/// 1. Weights: no path that fits weighs less than the cheapest under them; the best weights are the
///    solution of a matrix game between uses and paths found so far (cutting planes).
/// 2. Elimination: a move whose best path weighs more than the caps is taken out; then the weights
///    are improved again.
/// 3. Extension: stage by stage, of each state those partial paths that no other beats in what may
///    still become short, as long as they are few.
/// 4. Else the moves of one stage are parted in two by what they use, and both halves are searched.
class PathSearch {
 public:
  /// `counts`: the uses with a finite cap above 0; with that of the last one, the cost, the
  /// cheapest path is sought.
  PathSearch(MoveGraph graph, const Uses& caps, const std::array<bool, kUses>& counts);

  /// The weights under which the cheapest path weighs most, where the caps weigh 1.
  struct Bound {
    double value = 0;  ///< above 1: nothing fits
    Weights weights{};
  };
  Bound bound(const Deadline& deadline);
  /// Looks for a path that fits, and for the cheapest one if the cost counts. False: the time was
  /// over first.
  bool search(const Deadline& deadline);

  /// A path that fits, as it is found.
  void consider(const FoldingChoice& choice, std::int64_t cost);
  /// The cost of a path to look for.
  void set_cost_cap(std::int64_t cap) { caps_[kCost] = cap; }
  /// Of partial paths at a stage, before one is parted: few of them show that it searches exactly,
  /// too.
  void set_most_labels(std::size_t most) { most_labels_ = most; }
  const std::optional<FoldingChoice>& found() const { return found_; }
  std::int64_t cost() const { return cost_; }
  double least_overuse() const { return least_overuse_.value_or(0); }
  std::uint64_t labels() const { return labels_; }

 private:
  /// A part of all paths.
  struct Node {
    MoveGraph graph;
    std::vector<std::shared_ptr<const Path>> rows;  ///< of the game
    std::vector<double> mixture;                    ///< of them: the game's other solution
    std::deque<Relaxation> recent;                  ///< of the weights tried last
    Relaxation best;                                ///< of those with the largest value
    double value = 0;                               ///< of it

    /// Those that are not in the graph any more; true if there were any.
    bool drop_lost_rows();
  };
  struct Label {
    Uses uses;
    double score;
    std::uint32_t state;
    std::uint32_t parent;
    std::uint32_t option;
  };

  bool seeks_least() const { return counts_[kCost]; }
  bool is_done() const { return !seeks_least() && found_; }
  /// With which the cap of one kind weighs 1.
  Weights all_on(std::size_t kind) const;
  /// Scales so that the caps weigh 1.
  void scale(Relaxation& relaxation) const;
  void note(const Path& path);
  void probe(Node& node, const Weights& weights);
  /// Improves weights until their value is within `gap` of the best there is; where it proves that
  /// nothing fits, within `gap_of_proof`.
  void play(Node& node, int rounds, double gap, double gap_of_proof, const Deadline& deadline);
  /// Takes out moves and improves weights in turn. False: nothing is left.
  bool reduce(Node& node, const Deadline& deadline);
  /// True: every path that fits was looked at or ruled out.
  bool extend(const Node& node, std::size_t most_labels, const Deadline& deadline);
  bool explore(Node& node, const Deadline& deadline);
  struct Parting {
    std::size_t stage = 0;
    std::size_t kind = 0;
    std::int64_t most = 0;  ///< [uses of `kind`] of the first part
    bool less_first = true;
  };
  std::optional<Parting> parting(const Node& node) const;

  Uses caps_;
  std::array<bool, kUses> counts_;
  std::vector<std::size_t> kinds_;  ///< that count
  Node root_;
  std::optional<FoldingChoice> found_;
  std::int64_t cost_ = 0;  ///< of it
  std::optional<double> least_overuse_;
  std::size_t most_labels_ = 10'000;  ///< of a stage
  std::uint64_t labels_ = 0;
};

}  // namespace qnnsim
