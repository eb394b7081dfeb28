// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "models/data_type.h"

namespace qnnsim {

/// Number of clock edges since reset; the first edge is cycle 0.
using Cycle = std::uint64_t;
/// A cycle that has not come.
inline constexpr Cycle kNever = std::numeric_limits<Cycle>::max();

/// Something that may sleep while none of the FIFOs around it changes.
class Sleeper {
 public:
  virtual ~Sleeper() = default;
  bool asleep() const { return asleep_; }
  /// Something around it has changed: tick again from cycle `next` on. Called in an update phase.
  virtual void wake(Cycle next) = 0;

 protected:
  bool asleep_ = false;
};

class Fifo;

/// The FIFOs written or read in the present cycle, to be committed in its update phase.
class CommitList {
 public:
  explicit CommitList(std::size_t fifos) : touched_(fifos) {}
  void add(Fifo& fifo) { touched_[size_++] = &fifo; }
  /// The update phase: every touched FIFO takes its next state.
  void commit(Cycle now);
  /// Anything moved since the last commit?
  bool empty() const { return size_ == 0; }

 private:
  std::vector<Fifo*> touched_;
  std::size_t size_ = 0;
};

/// What a FIFO saw; every figure counts the state that kernels see during a cycle.
struct FifoStatistics {
  std::uint64_t max_occupancy = 0;       ///< [beats]
  std::uint64_t occupancy_cycles = 0;    ///< [beats x cycles], its time integral
  std::uint64_t full_cycles = 0;         ///< [cycles]
  std::vector<std::uint64_t> histogram;  ///< [cycles] at each occupancy; empty unless requested
};

/// A stream edge with registered state (DESIGN section 2A): depth D holds at most D beats; a beat
/// written at edge t can be read from t+1 on; a slot freed at edge t can be written from t+1 on.
///
/// In a cycle's evaluate phase the observers answer from the state of the previous edge, whatever
/// the two sides have already staged; `commit` is the edge. One push and one pop a cycle at most.
/// RTL: rtl/qnn_fifo.sv.
class alignas(64) Fifo {
 public:
  /// `depth` in beats, at least 1; `lanes` elements a beat.
  Fifo(std::uint64_t depth, int lanes, CommitList& commits);
  Fifo(const Fifo&) = delete;
  Fifo& operator=(const Fifo&) = delete;

  bool can_pop() const { return occupancy_ != 0; }
  bool can_push() const { return occupancy_ < depth_; }
  std::uint64_t occupancy() const { return occupancy_; }
  std::uint64_t depth() const { return depth_; }
  int lanes() const { return lanes_; }
  std::uint64_t beats_in() const { return beats_out_ + occupancy_; }
  std::uint64_t beats_out() const { return beats_out_; }
  /// The first cycle behind the latest beat that entered or left.
  Cycle moved_at() const { return moved_at_; }

  /// The oldest beat, `lanes` values; nullptr when only beats are carried.
  const Value* front() const { return values_ == nullptr ? nullptr : slot(beats_out_); }

  /// Beat number `beat` since reset, which must be inside; nullptr when only beats are carried.
  const Value* inside(std::uint64_t beat) const {
    return values_ == nullptr ? nullptr : slot(beat);
  }
  /// Has a beat been taken, or added, at the present edge? The added one: `inside(beats_in())`.
  bool popping() const { return popped_; }
  bool pushing() const { return pushed_; }

  /// Takes the oldest beat at this edge; `front()` stays readable until the update phase.
  void pop() {
    assert(can_pop() && !popped_);
    popped_ = true;
    touch();
  }

  /// Adds a beat at this edge. Returns where its values go; nullptr when only beats are carried.
  Value* push() {
    assert(can_push() && !pushed_);
    pushed_ = true;
    touch();
    return values_ == nullptr ? nullptr : slot(beats_out_ + occupancy_);
  }

  void commit(Cycle now);

  /// Statistics up to `end`, the first cycle not counted.
  FifoStatistics statistics(Cycle end) const;

  /// Who is woken by a push (`reader`) and by a pop (`writer`).
  void set_sleepers(Sleeper* reader, Sleeper* writer) {
    reader_ = reader;
    writer_ = writer;
  }
  /// From now on beats carry values.
  void carry_data();
  void record_histogram() { statistics_.histogram.resize(1); }

 private:
  void touch() {
    if (touched_) return;
    touched_ = true;
    commits_.add(*this);
  }
  void account(FifoStatistics& statistics, Cycle until) const;
  /// The ring grows with the occupancy: a deep, shallowly used FIFO costs what it uses.
  void grow_ring();

  /// Where beat number `beat` since reset stands in the ring.
  Value* slot(std::uint64_t beat) const { return values_ + (beat & ring_mask_) * lanes_; }

  // What a beat touches fills one cache line, what only a change of occupancy touches the next.
  std::uint64_t occupancy_ = 0;
  const std::uint64_t depth_;
  bool pushed_ = false;
  bool popped_ = false;
  bool touched_ = false;
  const int lanes_;
  CommitList& commits_;
  Sleeper* reader_ = nullptr;
  Sleeper* writer_ = nullptr;
  Cycle since_ = 0;
  std::uint64_t beats_out_ = 0;
  Value* values_ = nullptr;  ///< the ring; nullptr when only beats are carried
  std::uint64_t ring_mask_ = 0;
  Cycle moved_at_ = 0;
  FifoStatistics statistics_;
  std::vector<Value> ring_;
};

}  // namespace qnnsim
