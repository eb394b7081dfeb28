// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <limits>
#include <vector>

#include "models/fifo.h"
#include "models/kernel.h"
#include "sim/fast/stream_graph.h"

namespace qnnsim {

/// The depth of a FIFO that is never full.
inline constexpr std::uint64_t kUnboundedDepth = std::numeric_limits<std::uint64_t>::max();

/// A clock edge as a bare number; -1 is the one before the first.
class PlainTime {
 public:
  /// Traces nothing.
  struct Trace {
    static PlainTime through(PlainTime time, std::size_t /*edge*/) { return time; }
  };

  PlainTime() = default;
  explicit PlainTime(std::int64_t cycle) : cycle_(cycle) {}
  std::int64_t cycle() const { return cycle_; }
  PlainTime operator+(std::int64_t cycles) const { return PlainTime(cycle_ + cycles); }

 private:
  std::int64_t cycle_ = -1;
};

/// The later of two events; the first of equal ones.
template <class Time>
Time later(Time a, Time b) {
  return b.cycle() > a.cycle() ? b : a;
}

/// When every beat enters and leaves every FIFO, computed beat by beat instead of cycle by cycle.
///
/// The time of a beat is the maximum of the times of the beats it waits for, plus constants: the
/// rules of Schedule and of Fifo. A kernel is advanced as far as these are known; a beat that it
/// pushes advances the kernel behind at once, a place that becomes free the kernel before only if
/// that waits for it. So each beat is looked at once. A kernel that knows that it will take the
/// next beats at once, whenever they come, says so (`open_until`): they are then worked off
/// together, though the FIFO has not that much room. Which events can be computed depends on
/// counts, never on times: `feed` always ends in the one state where nothing is left to compute.
///
/// `Time` is a number that may carry along where it comes from. With `kCounts` it also counts what
/// the kernels did and how full the FIFOs were; `Time` is then PlainTime.
template <class Time, bool kCounts = false>
class BeatTimes {
 public:
  explicit BeatTimes(const StreamGraph& graph);
  BeatTimes(const BeatTimes&) = delete;
  BeatTimes& operator=(const BeatTimes&) = delete;

  /// Back to the state before the first edge, with these depths by edge. Memory is kept.
  void reset(const std::vector<std::uint64_t>& depths);
  /// Goes on from where `other`, of the same graph, stands, but with these depths, which are not
  /// greater. What has happened so far may then be earlier than these depths allow.
  void resume(const BeatTimes& other, const std::vector<std::uint64_t>& depths);
  void record_histograms() { histograms_ = true; }
  /// The source offers a frame every `cycles` at the earliest, its beats evenly spread.
  void set_pace(std::int64_t cycles) { pace_ = cycles; }
  /// No event later than edge `horizon` happens.
  void set_horizon(std::int64_t horizon) { horizon_ = horizon; }

  /// The source gets another `frames` to send; all that follows is worked off.
  void feed(std::uint64_t frames);
  /// Makes a FIFO deeper and works off all that follows.
  void deepen(std::size_t edge, std::uint64_t beats);

  const typename Time::Trace& trace() const { return trace_; }

  const std::vector<Time>& frame_ends() const { return frame_ends_; }
  /// Everything fed has come out.
  bool has_flown() const { return frame_ends_.size() == fed_; }
  std::int64_t first_accepted() const { return first_accepted_; }  ///< -1: not yet
  std::int64_t first_output() const { return first_output_; }      ///< -1: not yet
  /// The latest edge at which anything moved, within kernels too.
  std::int64_t last_move() const;

  std::uint64_t beats_in(std::size_t edge) const { return streams_[edge].pushed; }
  std::uint64_t beats_out(std::size_t edge) const { return streams_[edge].popped; }
  std::uint64_t depth(std::size_t edge) const { return streams_[edge].depth; }
  /// The first cycle that saw the present state of the FIFO.
  std::int64_t moved_at(std::size_t edge) const;

  /// What keeps a node from going on.
  Activity waits(int node) const;
  bool waits_for_input(int node, int port) const;
  bool waits_for_output(int node, int port) const;

  /// Calls `visit(Time&)` for every time that later events may depend on; in the same order
  /// wherever the shape is the same.
  template <class Visit>
  void for_each_live_time(Visit&& visit) {
    for (Stream& s : streams_) {
      const std::uint64_t seen = s.pushed - std::min(s.pushed, s.writer_latency);
      for (std::uint64_t i = std::min(seen, s.popped); i < s.pushed; ++i) visit(s.push_time(i));
      for (std::uint64_t i = oldest_live_pop(s); i < s.popped; ++i) visit(s.pop_time(i));
    }
    for (Kernel& k : kernels_) {
      visit(k.last);
      if (k.schedule == nullptr) {
        visit(k.offer);
        continue;
      }
      const std::uint64_t burst = k.schedule->burst;
      std::uint64_t given = k.issued;
      for (const Stream* s : k.out) given = std::min(given, s->pushed);
      for (std::uint64_t i = given / burst; i < k.issued / burst; ++i) {
        visit(k.emissions[i & k.emissions_mask]);
      }
      if (k.capacity == 0) continue;
      const auto entered = static_cast<std::int64_t>(k.first_in->popped);
      for (std::int64_t i = std::max<std::int64_t>(0, entered - k.capacity); i < k.freed; ++i) {
        visit(k.free_from[static_cast<std::uint64_t>(i) & k.free_mask]);
      }
    }
  }
  /// The state but for its times: two equal shapes with times that differ by a constant have the
  /// same future, that constant later.
  void append_shape(std::vector<std::int64_t>& shape) const;

  /// Counts of cycles 0 .. `last`, all of whose events have been computed.
  CycleCount count(int node, std::int64_t last) const;
  FifoStatistics statistics(std::size_t edge, std::int64_t last) const;

 private:
  struct Kernel;

  /// When a beat entered a FIFO, and when it left.
  struct Passage {
    Time push;
    Time pop;
  };

  /// A FIFO: the passages of its latest beats, as a ring. What every beat touches comes first.
  struct alignas(64) Stream {
    Passage* ring = nullptr;
    std::uint64_t mask = 0;
    std::uint64_t pushed = 0;
    std::uint64_t popped = 0;
    std::uint64_t depth = 0;
    Kernel* writer = nullptr;
    Kernel* reader = nullptr;
    std::uint64_t kept = 0;  ///< [beats] that stay in the ring after they have been popped
    // Known beforehand of beats to come, if `depth` > 1: those before number `open_until` that
    // enter at edge `open_from` - 1 or later leave at the next edge, so there is room for them.
    std::uint64_t open_until = 0;
    std::int64_t open_from = 0;
    bool writer_waits = false;
    // Statistics
    std::uint64_t left = 0;  ///< [beats] popped when the latest popped beat was pushed
    std::uint64_t max_occupancy = 0;
    std::uint64_t occupancy_cycles = 0;
    std::uint64_t full_cycles = 0;
    // What no beat touches
    std::uint64_t writer_latency = 1;   ///< [beats] pushed that the writer may look back at
    std::uint64_t reader_capacity = 0;  ///< [beats] popped that the reader may look back at
    std::size_t edge = 0;
    std::vector<Passage> passages;
    // Beats pushed and popped that are in the histogram, and up to when.
    std::vector<std::uint64_t> histogram;
    std::uint64_t merged_pushes = 0;
    std::uint64_t merged_pops = 0;
    std::int64_t merged_to = 0;

    Time& push_time(std::uint64_t beat) { return ring[beat & mask].push; }
    Time& pop_time(std::uint64_t beat) { return ring[beat & mask].pop; }
    const Time& push_time(std::uint64_t beat) const { return ring[beat & mask].push; }
    const Time& pop_time(std::uint64_t beat) const { return ring[beat & mask].pop; }
    bool has_room() const { return pushed < depth || pushed - depth < popped; }
    bool is_empty() const { return popped == pushed; }
    /// [beats] to come that are known to leave at once.
    std::uint64_t open() const {
      return open_until > pushed && depth > 1 ? open_until - pushed : 0;
    }
    void open_up(std::uint64_t until, std::int64_t from) {
      open_until = until;
      open_from = from;
    }
  };

  /// A wait of a kernel that has ended, and how: for the cycles in which a beat enters meanwhile.
  struct Wait {
    std::int64_t available;  ///< from this edge on no beat was missing
    std::int64_t end;        ///< the edge of the issue or output beat
  };

  enum class Kind : std::uint8_t { kKernel, kSource, kSink };

  struct alignas(64) Kernel {
    const Issue* issue = nullptr;  ///< the next one
    const Issue* issues_end = nullptr;
    Stream* first_in = nullptr;
    Stream* first_out = nullptr;
    std::uint64_t issued = 0;  ///< [beats on each output] emitted by issues so far
    Time last;                 ///< the latest issue; of source and sink, the latest beat
    std::uint64_t latency = 1;
    std::uint64_t burst = 1;
    Time* emissions = nullptr;  ///< ring: issues by number of the burst emitted
    std::uint64_t emissions_mask = 0;
    std::int64_t capacity = 0;
    std::uint64_t relay_period = 0;  ///< of every so many issues the last emits; all take input 0
    BusyRule busy = BusyRule::kIssue;
    Kind kind = Kind::kKernel;
    bool offered = false;  ///< of a source
    CycleCount count;
    const Schedule* schedule = nullptr;
    std::vector<Stream*> in;
    std::vector<Stream*> out;
    std::vector<Time> emission_ring;
    // Of a buffer
    std::int64_t period_start = 0;  ///< [beats] that entered before the present period
    std::int64_t freed = 0;         ///< [beats] whose place has been given free
    std::vector<Time> free_from;    ///< ring: when the place of a beat became free
    std::uint64_t free_mask = 0;
    std::vector<Wait> waits;  ///< ring of those not merged with the intake
    std::uint64_t waits_mask = 0;
    std::uint64_t first_wait = 0;
    std::uint64_t end_wait = 0;
    std::uint64_t merged_intake = 0;  ///< [beats]
    // Of source and sink
    Time offer;  ///< of the next beat, if `offered`; else not before
  };

  /// Why no further issue can be computed.
  enum class Stop { kNoBeat, kNoRoom, kHorizon };

  static std::uint64_t ring_size(std::uint64_t entries) {
    std::uint64_t size = 8;
    while (size < entries) size *= 2;
    return size;
  }

  void advance(Kernel& kernel);
  void advance_source(Kernel& source);
  void advance_sink(Kernel& sink);
  /// The first pop that a later event may depend on: that makes room for the next push, brought a
  /// beat into the buffer that is still there, or must be followed by the next one.
  static std::uint64_t oldest_live_pop(const Stream& stream) {
    std::uint64_t oldest = stream.popped - std::min<std::uint64_t>(stream.popped, 1);
    if (stream.depth < stream.pushed) oldest = std::min(oldest, stream.pushed - stream.depth);
    if (stream.reader->capacity == 0) return oldest;
    return std::min(oldest, static_cast<std::uint64_t>(stream.reader->freed));
  }
  void take_in(Kernel& kernel);
  Stop issue(Kernel& kernel);
  bool push_out(Kernel& kernel);
  void open_inputs(Kernel& kernel);
  void open_buffer(Kernel& kernel);
  void open_gearbox(Kernel& kernel);
  void count_issue(Kernel& kernel, std::int64_t ready, std::int64_t time);
  void step_position(Kernel& kernel, Time issued_at);
  void push(Stream& stream, Time time);
  void pop(Stream& stream, Time time);
  void grow(Stream& stream);
  void drain();
  /// Is it known when a beat that is ready at `time` can be pushed?
  static bool can_push(const Stream& stream, const Time& time) {
    return stream.has_room() || (stream.open() > 0 && time.cycle() + 1 >= stream.open_from);
  }
  /// When it is pushed.
  Time when_room(const Stream& stream, Time time);
  Time paced(Time offer, std::uint64_t beat) const;

  void count_wait(Kernel& kernel, std::int64_t available, std::int64_t end);
  static void merge_intake(Kernel& kernel);
  static void count_pop(Stream& stream, std::uint64_t beat);
  static void count_push(Stream& stream, std::uint64_t beat);
  /// The edge from which on nothing that the next issue needs is missing; the largest number while
  /// something is.
  std::int64_t available(const Kernel& kernel) const;
  /// Has it emitted more than it could push?
  static bool owes(const Kernel& kernel);

  const StreamGraph& graph_;
  typename Time::Trace trace_;
  std::vector<Stream> streams_;
  std::vector<Kernel> kernels_;
  std::vector<Kernel*> worklist_;
  std::vector<Time> frame_ends_;
  std::uint64_t fed_ = 0;  ///< [frames]
  std::int64_t pace_ = 0;
  std::int64_t horizon_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t first_accepted_ = -1;
  std::int64_t first_output_ = -1;
  bool histograms_ = false;
};

}  // namespace qnnsim
