// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "models/data_type.h"

namespace qnnsim {

/// Changes the number of elements of a packet's beats by any ratio, through the least common
/// multiple of both.
///
/// Where a beat that comes holds whole beats that go, it is not kept: whoever offers it keeps it
/// until its last part has left. Else there are two registers: one collects beats, one gives them.
/// What is collected is handed over in the cycle after its last beat (the multiple's, or the
/// packet's), as soon as the giving register is empty or gives its last beat; the first part leaves
/// the cycle after. What the last beat has to spare is dropped (more came than goes) or is 0.
/// RTL: rtl/kraken/qnn_kraken_gearbox.sv.
class PacketGearbox {
 public:
  PacketGearbox(int lanes_in, int lanes_out)
      : lanes_in_(lanes_in),
        lanes_out_(lanes_out),
        group_in_(std::lcm(lanes_in, lanes_out) / lanes_in),
        group_out_(std::lcm(lanes_in, lanes_out) / lanes_out) {}

  /// [elements] of the least common multiple, which each register holds; 0 where there are none.
  static int registers(int lanes_in, int lanes_out) {
    return lanes_in % lanes_out == 0 ? 0 : std::lcm(lanes_in, lanes_out);
  }

  /// A packet of so many beats; the one before must have been handed over.
  void begin(std::uint64_t beats_in, std::uint64_t beats_out) {
    in_left_ = beats_in;
    out_left_ = beats_out;
  }
  /// Has everything that came been handed over?
  bool is_through() const { return in_left_ == 0 && collected_ == 0; }

  /// Is there a beat to give, if one is `offered` that has come?
  bool can_give(bool offered) const {
    return group_in_ == 1 ? offered && in_left_ > 0 : giving_ > 0;
  }
  /// The beat to give.
  const Value* front(const Value* offered) const {
    return group_in_ == 1 ? offered + part_ * lanes_out_
                          : &held_[(held_beats_ - giving_) * lanes_out_];
  }

  /// Was something handed over at the latest edge?
  bool handed_over() const { return handed_over_; }

  /// One clock edge; is the offered beat taken? `values` of it, nullptr when only beats are
  /// carried.
  bool advance(bool offered, const Value* values, bool gives) {
    if (group_in_ == 1) {
      if (!gives) return false;
      --out_left_;
      if (++part_ < group_out_ && out_left_ > 0) return false;
      part_ = 0;
      --in_left_;
      return true;
    }
    if (gives) --giving_;
    handed_over_ = giving_ == 0 && collected_ > 0 && (collected_ == group_in_ || in_left_ == 0);
    if (handed_over_) hand_over();
    if (!offered || in_left_ == 0 || collected_ == group_in_) return false;
    if (values != nullptr) {
      collecting_.resize(std::size_t(group_in_) * lanes_in_);
      std::copy_n(values, lanes_in_, &collecting_[std::size_t(collected_) * lanes_in_]);
    }
    ++collected_;
    --in_left_;
    return true;
  }

 private:
  void hand_over() {
    giving_ = held_beats_ = static_cast<int>(std::min<std::uint64_t>(group_out_, out_left_));
    out_left_ -= giving_;
    collected_ = 0;
    if (collecting_.empty()) return;
    held_.swap(collecting_);
    collecting_.assign(held_.size(), 0);
  }

  const int lanes_in_;
  const int lanes_out_;
  const int group_in_;          ///< [beats] of the least common multiple
  const int group_out_;         ///< [beats]
  std::uint64_t in_left_ = 0;   ///< [beats] of the packet that have not come
  std::uint64_t out_left_ = 0;  ///< [beats] of the packet that have not been handed over
  int part_ = 0;                ///< of the offered beat, if it is not kept
  int collected_ = 0;           ///< [beats]
  int giving_ = 0;              ///< [beats] that are left of what was handed over
  int held_beats_ = 0;          ///< [beats] that it was
  bool handed_over_ = false;
  std::vector<Value> collecting_;
  std::vector<Value> held_;
};

}  // namespace qnnsim
