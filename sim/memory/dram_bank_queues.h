// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sim/memory/dram_requests.h"
#include "sim/memory/dram_timing_state.h"

namespace qnnsim {

enum class DramCommandKind { kActivate, kPrecharge, kRead, kWrite, kRefresh };

/// The queue of every bank, with what each could do next.
///
/// In a queue the oldest request whose command the timing allows goes first, so row hits overtake.
/// A row is closed for the oldest request only, and only when no request hits the row or its hits
/// are used up. A write waits for older reads of its place.
class DramBankQueues {
 public:
  DramBankQueues(const DramSpec& spec, const DramRequests& requests, const DramTimingState& banks);

  int queued() const { return queued_; }  ///< requests in all queues
  bool has_room(int bank) const { return (room_[bank / 64] >> (bank % 64) & 1) != 0; }
  /// A bit for each bank whose queue has room.
  const std::vector<std::uint64_t>& room() const { return room_; }

  void push(int bank, int request);
  /// Removes the request in `position`.
  void pop(int bank, int position);
  /// A command has opened or closed the bank, or changed when it takes the next.
  void changed(int bank) { survey(bank); }

  /// A command and the place in its queue of the request that wants it.
  struct Choice {
    DramCommandKind kind;
    int position;
  };
  /// The earliest cycle in which the bank's queue has a command; kNever if it is empty.
  Cycle ready_at(int bank) const {
    const Ready& ready = ready_[bank];
    const Cycle column = std::min(std::max(ready.read, ready.group->read),
                                  std::max(ready.write, ready.group->write));
    const Cycle row = std::min(std::max(ready.activate, ready.group->activate), ready.precharge);
    return std::min(column, row);
  }
  /// Its command in `now`, which is not before `ready_at`.
  Choice choose(int bank, Cycle now) const;
  int request(int bank, int position) const { return entries_[bank * depth_ + position].request; }

  /// Calls `visit(bank)` for every bank with a request, in turn from the bank behind `last`, until
  /// it returns true.
  template <typename Visit>
  void visit(int last, Visit visit) const {
    const int words = static_cast<int>(occupied_.size());
    const int start = (last + 1) % static_cast<int>(states_.size());
    int word = start / 64;
    std::uint64_t rest = occupied_[word] & (~std::uint64_t(0) << (start % 64));
    for (int seen = 0; seen <= words; ++seen) {
      for (; rest != 0; rest &= rest - 1) {
        if (visit(word * 64 + __builtin_ctzll(rest))) return;
      }
      word = word + 1 == words ? 0 : word + 1;
      rest = occupied_[word];
      if (seen + 1 == words) rest &= ~(~std::uint64_t(0) << (start % 64));
    }
  }

 private:
  static constexpr int kNone = -1;

  struct Entry {
    std::int64_t row;
    int column;
    int request : 31;
    bool write : 1;
  };
  struct State {
    int size = 0;
    int read = kNone;   ///< position of the oldest read of the open row
    int write = kNone;  ///< of the oldest such write that need not wait for a read
  };
  /// When the bank itself allows what its queue wants; kNever for what it does not want.
  struct Ready {
    Cycle activate = kNever;
    Cycle precharge = kNever;
    Cycle read = kNever;
    Cycle write = kNever;
    const DramTimingState::GroupLimits* group = nullptr;
  };

  void survey(int bank);
  bool waits_for_a_read(const Entry* queue, int position) const;

  const DramRequests& requests_;
  const DramTimingState& banks_;
  const int depth_;
  const int row_hit_cap_;
  int queued_ = 0;
  std::vector<Entry> entries_;  ///< `depth_` of each bank
  std::vector<State> states_;
  std::vector<Ready> ready_;
  std::vector<std::uint64_t> occupied_;  ///< a bit for each bank with requests
  std::vector<std::uint64_t> room_;
};

}  // namespace qnnsim
