// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "analysis/folding/folding_space.h"

namespace qnnsim {

/// LUT, FF, DSP, BRAM18, URAM; then bytes from and to memory; then, where a cost is minimised, the
/// cost.
constexpr std::size_t kKindsOfResource = kResourceKinds.size();
constexpr std::size_t kTraffic = kKindsOfResource;
constexpr std::size_t kCost = kTraffic + 1;
constexpr std::size_t kUses = kCost + 1;
using Uses = std::array<std::int64_t, kUses>;
using Weights = std::array<double, kUses>;

inline Uses operator+(Uses a, const Uses& b) {
  for (std::size_t j = 0; j < kUses; ++j) a[j] += b[j];
  return a;
}

/// Is no part of `a` more than that of `b`?
inline bool at_most(const Uses& a, const Uses& b) {
  for (std::size_t j = 0; j < kUses; ++j) {
    if (a[j] > b[j]) return false;
  }
  return true;
}

inline double weigh(const Weights& weights, const Uses& uses) {
  double sum = 0;
  for (std::size_t j = 0; j < kUses; ++j) sum += weights[j] * static_cast<double>(uses[j]);
  return sum;
}

/// The weight of what cannot be.
constexpr double kForbidden = std::numeric_limits<double>::infinity();
/// Relative: what sums of so many doubles may be off.
constexpr double kRounding = 1e-9;

/// One way through a stage for given widths of its inputs and its output.
struct Move {
  Uses uses;
  std::uint32_t option;
};

/// Every way through a stage. A cell is a choice of its inputs' widths and its output's width.
struct Moves {
  std::size_t outs = 1;              ///< widths of its output
  std::vector<std::uint32_t> first;  ///< by cell; behind the last one: the number of moves
  std::vector<Move> list;

  std::size_t cells() const { return first.size() - 1; }
};

/// Where a stage stands among the streams that are alive.
struct StageStep {
  std::shared_ptr<const Moves> moves;
  Uses extra{};
  std::vector<std::uint32_t> cell;   ///< by state before: first cell
  std::vector<std::uint32_t> after;  ///< by state before: state after with output width 0
  std::uint32_t stride = 0;          ///< of the output's width in the state after
  std::size_t states_after = 1;
};

/// A way through all stages.
struct Path {
  Uses uses{};
  FoldingChoice choice;
  std::vector<std::uint32_t> cells;  ///< by stage
  std::vector<Uses> parts;           ///< by stage, without StageStep::extra
};

/// Shortest paths to the end under some weights.
struct Relaxation {
  Weights weights{};
  std::vector<std::vector<double>> rest;  ///< by stage and state before it
  double value = 0;
  Path path;
};

/// The stages one behind another, with the moves that are left of each. Copies share what no one
/// changes.
class MoveGraph {
 public:
  MoveGraph() = default;
  explicit MoveGraph(std::vector<StageStep> steps);

  const std::vector<StageStep>& steps() const { return *steps_; }
  const Moves& moves(std::size_t stage) const { return *moves_[stage]; }
  std::size_t size() const;  ///< moves left
  bool has(const Path& path) const;

  Relaxation relax(const Weights& weights) const;
  /// Takes out every move whose best path under `bounds` weighs more than 1 by one of them: no path
  /// whose uses weigh at most 1 by each takes such a move. Bounds of a graph that had more moves
  /// will do.
  void eliminate(const std::vector<Relaxation>& bounds);
  /// Keeps of a stage the moves that use at most `most` of `kind`, or those that use more.
  void keep(std::size_t stage, std::size_t kind, std::int64_t most, bool less);
  /// The most that the stages from one on may use, by stage and state before it.
  std::vector<std::vector<Uses>> most_to_come() const;

 private:
  std::shared_ptr<const std::vector<StageStep>> steps_;
  std::vector<std::shared_ptr<const Moves>> moves_;  ///< by stage
};

}  // namespace qnnsim
