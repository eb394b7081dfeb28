// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <cstring>
#include <string>
#include <type_traits>
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

/// whole / part, rounded up.
template <typename Whole, typename Part>
constexpr std::common_type_t<Whole, Part> divide_up(Whole whole, Part part) {
  return (whole + part - 1) / part;
}

/// A pipeline that never stalls, in front of an output queue: `depth` cycles from issue to push.
///
/// A beat issued at edge t may be pushed at edge t + depth at the earliest. At most `depth` beats
/// are inside, on their way or queued; a beat is issued only if there is room for it, or if one
/// leaves at this very edge. So a full output stops issues and nothing else, no enable reaches into
/// the arithmetic, and how much a kernel holds does not depend on when its beats came: the least
/// depth of a FIFO is a property of the network, not of a run. RTL: depth - 1 registers that shift
/// in every cycle, a queue of `depth` beats (one register where depth is 1), a credit counter.
class Pipeline {
 public:
  static constexpr int kMaxDepth = 63;

  explicit Pipeline(int depth)
      : depth_(checked(depth)), shifting_((std::uint64_t{1} << (depth - 1)) - 1) {}

  int depth() const { return depth_; }
  /// May a beat be issued at this edge?
  bool has_room(const Fifo& out) const { return inside_ < depth_ || leaves(out); }
  /// Nothing moves at this edge without an issue.
  bool is_still(const Fifo& out) const { return in_flight_ == 0 && !leaves(out); }

  /// One clock edge; to be called in every cycle. `issue`, which takes room, puts a beat in; with
  /// data, its values have been written to `issue_slot()` before.
  void advance(Fifo& out, bool issue) {
    if (leaves(out)) {
      Value* slot = out.push();
      if (slot != nullptr) {
        std::memcpy(slot, &values_[oldest_ * lanes_], sizeof(Value) * lanes_);
        oldest_ = next(oldest_);
      }
      --queued_;
      --inside_;
    }
    if (issue) {
      newest_ = next(newest_);
      ++inside_;
    }
    const std::uint64_t shifted = (in_flight_ << 1) | (issue ? 1u : 0u);
    in_flight_ = shifted & shifting_;
    if (shifted != in_flight_) ++queued_;
  }

  /// Where the values of the beat to be issued next go; only after `carry_data`.
  Value* issue_slot() { return &values_[newest_ * lanes_]; }

  void carry_data(int lanes) {
    lanes_ = lanes;
    values_.resize(static_cast<std::size_t>(depth_ + 1) * lanes);
  }
  bool carries_data() const { return !values_.empty(); }

 private:
  static int checked(int depth) {
    require(depth >= 1 && depth <= kMaxDepth,
            "pipeline: depth " + std::to_string(depth) + " is not in 1..63");
    return depth;
  }

  std::size_t next(std::size_t slot) const {
    return slot == static_cast<std::size_t>(depth_) ? 0 : slot + 1;
  }

  bool leaves(const Fifo& out) const { return queued_ > 0 && out.can_push(); }

  const int depth_;
  int inside_ = 0;  ///< [beats] on their way or queued
  int queued_ = 0;  ///< [beats]
  std::uint64_t in_flight_ = 0;
  const std::uint64_t shifting_;  ///< the bits of `in_flight_`
  int lanes_ = 0;
  std::size_t oldest_ = 0;
  std::size_t newest_ = 0;
  std::vector<Value> values_;
};

}  // namespace qnnsim
