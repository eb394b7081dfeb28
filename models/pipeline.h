// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <cstring>
#include <string>
#include <vector>

#include "models/fifo.h"
#include "models/kernel.h"

namespace qnnsim {

/// Smallest n with 2^n >= value; 0 for value <= 1.
inline int clog2(std::int64_t value) {
  int bits = 0;
  while ((std::int64_t{1} << bits) < value) ++bits;
  return bits;
}

/// A chain of `depth` registers that advances as a whole unless its last register holds a beat that
/// the output FIFO has no room for. A beat issued at edge t is pushed at edge t + depth at the earliest.
///
/// RTL: a valid bit a stage, one common enable `!valid_q[depth-1] || ready_i`.
class Pipeline {
 public:
  static constexpr int kMaxDepth = 63;

  explicit Pipeline(int depth)
      : last_(std::uint64_t{1} << (depth - 1)), mask_((last_ << 1) - 1), depth_(depth) {
    require(depth >= 1 && depth <= kMaxDepth,
            "pipeline depth " + std::to_string(depth) + " is not in 1..63");
  }

  int depth() const { return depth_; }
  bool empty() const { return valid_ == 0; }
  bool stalled(const Fifo& out) const { return (valid_ & last_) != 0 && !out.can_push(); }

  /// One enabled clock edge; must not be called while stalled. `issue` puts a beat into the first
  /// register; with data, its values have been written to `issue_slot()` before.
  void advance(Fifo& out, bool issue) {
    if ((valid_ & last_) != 0) {
      Value* slot = out.push();
      if (slot != nullptr) {
        std::memcpy(slot, &values_[oldest_ * lanes_], sizeof(Value) * lanes_);
        oldest_ = next(oldest_);
      }
    }
    if (issue) newest_ = next(newest_);
    valid_ = ((valid_ << 1) | (issue ? 1u : 0u)) & mask_;
  }

  /// Where the values of the beat to be issued next go; only after `carry_data`.
  Value* issue_slot() { return &values_[newest_ * lanes_]; }

  void carry_data(int lanes) {
    lanes_ = lanes;
    values_.resize(static_cast<std::size_t>(depth_ + 1) * lanes);
  }
  bool carries_data() const { return !values_.empty(); }

 private:
  std::size_t next(std::size_t slot) const {
    return slot == static_cast<std::size_t>(depth_) ? 0 : slot + 1;
  }

  std::uint64_t valid_ = 0;
  const std::uint64_t last_;
  const std::uint64_t mask_;
  const int depth_;
  int lanes_ = 0;
  std::size_t oldest_ = 0;
  std::size_t newest_ = 0;
  std::vector<Value> values_;
};

}  // namespace qnnsim
