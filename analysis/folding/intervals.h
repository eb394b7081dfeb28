// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/folding/folding_space.h"

namespace qnnsim {

/// The intervals [cycles per frame] that a folding may have, ascending, from that of the layer on
/// that cannot be fast: those of all options, or, where memory may set the interval, every number.
class Intervals {
 public:
  explicit Intervals(const FoldingSpace& space);

  std::uint64_t size() const { return options_.empty() ? kMany : options_.size(); }
  std::uint64_t operator[](std::uint64_t index) const {
    return options_.empty() ? least_ + index : options_[index];
  }
  /// The first that is not shorter.
  std::uint64_t at_least(std::uint64_t cycles) const;

 private:
  static constexpr std::uint64_t kMany = std::uint64_t{1} << 42;

  std::uint64_t least_ = 0;
  std::vector<std::uint64_t> options_;  ///< empty: every number
};

}  // namespace qnnsim
