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
/// rules of Schedule and of Fifo. A kernel is advanced as far as these are known. A beat that it
/// pushes is followed downstream at once, through every kernel that can hand it on, into the next
/// buffer; so the FIFOs between hardly ever fill up, and a kernel works off many beats in a row. A
/// kernel with a buffer is advanced when the buffer is full, and when nothing else is left to do;
/// one that waits for room, when a place becomes free. So each beat is looked at once. Which events
/// can be computed depends on counts, never on times: `feed` always ends in the one state where
/// nothing is left to compute.
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

  /// Calls `visit(Time&, std::uint64_t place)` for every time that later events may depend on, in
  /// the same order every time. The place is that of the event in its frame: as long as the counts
  /// stay the same, equal places at the ends of two frames are the same event in both.
  template <class Visit>
  void for_each_live_time(Visit&& visit) {
    visit_state(*this, visit, [](std::int64_t) {});
    for (Stream& s : streams_) {
      if (s.pushed > 0) s.latest = s.push_time(s.pushed - 1);
    }
  }
  /// The state but for its times. If the counts are the same at the ends of two frames, and live
  /// times in the same places differ by a constant, both have the same future, that constant later.
  std::vector<std::int64_t> counts() const {
    std::vector<std::int64_t> counts;
    visit_state(
        *this, [](const Time&, std::uint64_t) {},
        [&](std::int64_t count) { counts.push_back(count); });
    return counts;
  }
  /// The counts, then place and cycle of every live time, the cycle relative to `base`: where this
  /// is the same at the ends of two frames, so is the future, later by what the bases differ in.
  std::vector<std::int64_t> state(std::int64_t base) const {
    std::vector<std::int64_t> state = counts();
    visit_state(
        *this,
        [&](const Time& time, std::uint64_t place) {
          state.push_back(static_cast<std::int64_t>(place));
          state.push_back(time.cycle() - base);
        },
        [](std::int64_t) {});
    return state;
  }

  /// Counts of cycles 0 .. `last`, all of whose events have been computed.
  CycleCount count(int node, std::int64_t last) const;
  FifoStatistics statistics(std::size_t edge, std::int64_t last) const;

 private:
  struct Kernel;

  /// Of an event that is not known.
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  /// When a beat entered a FIFO, and when it left.
  struct Passage {
    Time push;
    Time pop;
  };

  /// How many beats a FIFO held, as far as its passages have been merged into this.
  struct Histogram {
    std::vector<std::uint64_t> cycles;  ///< by number of beats
    std::uint64_t pushes = 0;           ///< merged
    std::uint64_t pops = 0;             ///< merged
    std::int64_t end = 0;               ///< the first cycle that is not counted yet
    /// Counts the cycles up to `edge`, in which nothing moved before that edge.
    void extend(std::int64_t edge);
  };

  /// A FIFO: the passages of its latest beats, as a ring. What every beat touches comes first.
  struct alignas(64) Stream {
    Passage* ring = nullptr;
    std::uint64_t mask = 0;
    std::uint64_t pushed = 0;
    std::uint64_t popped = 0;
    std::uint64_t depth = 0;
    Time latest;                 ///< the latest push, once more
    std::uint64_t ring_end = 0;  ///< a beat before this one overwrites nothing that is needed
    Kernel* reader = nullptr;
    bool writer_waits = false;
    // Statistics
    std::uint64_t max_occupancy = 0;
    std::uint64_t occupancy_cycles = 0;
    std::uint64_t full_cycles = 0;
    // What hardly any beat touches
    std::uint64_t kept = 0;  ///< [beats] that stay in the ring after they have been popped
    Kernel* writer = nullptr;
    std::uint64_t writer_queue = 1;     ///< [beats] pushed that the writer may look back at
    std::uint64_t reader_capacity = 0;  ///< [beats] popped that the reader may look back at
    std::size_t edge = 0;
    std::vector<Passage> passages;
    Histogram histogram;  ///< without `cycles` unless asked for

    Time& push_time(std::uint64_t beat) { return ring[beat & mask].push; }
    Time& pop_time(std::uint64_t beat) { return ring[beat & mask].pop; }
    const Time& push_time(std::uint64_t beat) const { return ring[beat & mask].push; }
    const Time& pop_time(std::uint64_t beat) const { return ring[beat & mask].pop; }
    /// Is it known when the next beat finds room?
    bool has_room() const { return pushed - popped < depth; }
    bool is_empty() const { return popped == pushed; }
  };

  /// A wait of a kernel that has ended, and how: for the cycles in which a beat enters meanwhile.
  struct Wait {
    std::int64_t available;  ///< from this edge on no beat was missing
    std::int64_t end;        ///< the edge of the issue or output beat
  };

  enum class Kind : std::uint8_t { kKernel, kSource, kSink };

  /// A kernel that hands on what comes in, beat by beat: by the number of its inputs and outputs.
  enum class Relay : std::uint8_t { kNone, kOneToOne, kTwoToOne, kOneToTwo };

  struct alignas(64) Kernel {
    Stream* relay_in[2] = {};  ///< the ports of a relay
    Stream* relay_out[2] = {};
    std::uint64_t issued = 0;  ///< [beats on each output] emitted by issues so far
    std::uint64_t latency = 1;
    std::uint64_t queue = 1;       ///< [beats] emitted that may be inside
    std::int64_t room_after = 0;   ///< [cycles]
    Time last;                     ///< the latest issue; of source and sink, the latest beat
    const Issue* issue = nullptr;  ///< the next one
    std::vector<Stream*> in;
    std::vector<Stream*> out;
    const Issue* first_issue = nullptr;  ///< of a period
    const Issue* issues_end = nullptr;
    Time* emissions = nullptr;  ///< ring: issues by number of the beat emitted; a burst has one
    std::uint64_t emissions_mask = 0;
    std::uint64_t burst = 1;
    BusyRule busy = BusyRule::kIssue;
    Kind kind = Kind::kKernel;
    bool offered = false;  ///< of a source
    Relay relay = Relay::kNone;
    bool is_held = false;    ///< It has emitted more than it could push.
    bool is_listed = false;  ///< in the worklist
    CycleCount count;        ///< without `starved`: the rest of the cycles up to `last`
    Stream* first_in = nullptr;
    Stream* first_out = nullptr;
    // Of a buffer
    std::int64_t capacity = 0;
    std::int64_t period_start = 0;  ///< [beats] that entered before the present period
    std::int64_t period_beats = 0;
    std::uint64_t entrance_end = 0;  ///< the first beat that has no place yet
    std::int64_t freed = 0;          ///< [beats] whose place has been given free
    std::vector<Time> free_from;     ///< ring: when the place of a beat became free
    std::uint64_t free_mask = 0;
    std::uint64_t first_wait = 0;
    std::uint64_t end_wait = 0;
    std::vector<Wait> waits;  ///< ring of those not merged with the intake
    std::uint64_t waits_mask = 0;
    std::uint64_t merged_intake = 0;  ///< [beats]
    std::int64_t intake = 1;          ///< [cycles]
    std::vector<std::int64_t> frees;  ///< ring by beat emitted: what `freed` will be when it leaves
    // Of frames
    std::uint64_t period = 0;             ///< of the frame
    std::int64_t frame_gap = 0;           ///< [cycles]
    std::uint64_t frame_beats = 0;        ///< [beats] of input 0; 0: frames overlap
    std::uint64_t frame_results = 0;      ///< [beats] emitted
    std::uint64_t frame_end = 0;          ///< [beats] of input 0 that may be taken
    std::uint64_t frame_results_end = 0;  ///< [beats] that must leave before that is more
    Time frame_open;                      ///< from this edge on the present frame may enter
    const Schedule* schedule = nullptr;
    std::vector<Time> emission_ring;
    // Of source and sink
    Time offer;  ///< of the next beat, if `offered`; else not before

    /// The issue that emitted a beat.
    Time& emission(std::uint64_t beat) { return emissions[beat & emissions_mask]; }
    const Time& emission(std::uint64_t beat) const { return emissions[beat & emissions_mask]; }
  };

  static std::uint64_t ring_size(std::uint64_t entries) {
    std::uint64_t size = 8;
    while (size < entries) size *= 2;
    return size;
  }

  void advance(Kernel& kernel);
  void advance_source(Kernel& source);
  void advance_sink(Kernel& sink);
  /// The one description of what the state is: calls `on_time` with the times that later events may
  /// depend on, and `on_count` with everything else. A time that cannot be later than another that
  /// the same events wait for is not part of it.
  template <class Self, class OnTime, class OnCount>
  static void visit_state(Self& self, OnTime&& on_time, OnCount&& on_count);
  /// The first beat of `first` .. `end` - 1 whose time, `time_of(beat)`, is later than `than`;
  /// these times ascend.
  template <class TimeOf>
  static std::uint64_t first_later(std::uint64_t first, std::uint64_t end, std::int64_t than,
                                   const TimeOf& time_of) {
    while (end > first && time_of(end - 1).cycle() > than) --end;
    return end;
  }
  /// Has a kernel advanced when nothing else is left to do.
  void list(Kernel& kernel);
  void drain();
  bool take_in(Kernel& kernel);
  void set_entrance(Kernel& kernel);
  void let_go(Kernel& kernel, const Stream& output);
  void begin_frame(Kernel& kernel, std::int64_t taken_last);
  static std::int64_t barred(const Kernel& kernel, std::int64_t end);
  static bool is_leaving(const Kernel& kernel);
  void follow(Stream& stream);
  void arrive(Stream& stream);
  void make_place(Stream& stream);
  void grow(Stream& stream);
  static Relay relay_of(const Kernel& kernel);

  // What is done for every beat, or nearly: a call would cost about as much as the thing itself.
  [[gnu::always_inline]] inline bool enter(Kernel& kernel);
  [[gnu::always_inline]] inline bool issue(Kernel& kernel);
  [[gnu::always_inline]] inline bool find_room(const Kernel& kernel, Time& time) const;
  [[gnu::always_inline]] inline void count_issue(Kernel& kernel, std::int64_t ready,
                                                 std::int64_t time);
  [[gnu::always_inline]] inline void step_position(Kernel& kernel, Time issued_at);
  [[gnu::always_inline]] inline void push_out(Kernel& kernel);
  [[gnu::always_inline]] inline bool push_emitted(Kernel& kernel, Stream& output, Time issued_at);
  template <int kInputs, int kOutputs>
  [[gnu::always_inline]] inline Stream* hand_on(Kernel& kernel);
  [[gnu::always_inline]] inline void push(Stream& stream, Time time);
  [[gnu::always_inline]] inline void pop(Stream& stream, Time time);
  [[gnu::always_inline]] inline void count_pop(Stream& stream, std::uint64_t beat);
  /// When a beat that is ready at `time` finds room, which is known.
  [[gnu::always_inline]] inline Time when_room(const Stream& stream, Time time);

  Time paced(Time offer, std::uint64_t beat) const;

  void count_wait(Kernel& kernel, std::int64_t available, std::int64_t end);
  static void merge_intake(Kernel& kernel);
  static void merge_passages(const Stream& stream, std::int64_t last, Histogram& histogram);
  /// The edge from which on nothing that the next issue needs is missing; kNever while something
  /// is.
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

template <class Time, bool kCounts>
template <class Self, class OnTime, class OnCount>
void BeatTimes<Time, kCounts>::visit_state(Self& self, OnTime&& on_time, OnCount&& on_count) {
  const auto before = [](std::uint64_t beat, std::uint64_t beats) {
    return beat - std::min(beat, beats);
  };
  // Places: which FIFO or kernel, what of it, and how many beats before the present one.
  std::uint64_t object = 0;
  const auto visit = [&](auto& time, std::uint64_t what, std::uint64_t back) {
    on_time(time, (object * 4 + what) << 32 | back);
  };
  for (auto& s : self.streams_) {
    ++object;
    on_count(static_cast<std::int64_t>(s.pushed - s.popped));
    // Pushes: those whose beats are inside, the latest, and those that hold back the next issue.
    const auto push_time = [&](std::uint64_t beat) -> auto& { return s.push_time(beat); };
    const std::uint64_t credits =
        first_later(before(s.pushed, s.writer_queue), s.pushed,
                    s.writer->last.cycle() + 1 - s.writer->room_after, push_time);
    for (std::uint64_t beat = std::min({credits, s.popped, before(s.pushed, 1)}); beat < s.pushed;
         ++beat) {
      visit(push_time(beat), 0, s.pushed - beat);
    }
    // Pops: the latest, those that hold back the next push, and the beats in a buffer that hold
    // back the next issue.
    const auto pop_time = [&](std::uint64_t beat) -> auto& { return s.pop_time(beat); };
    const std::int64_t latest_push = s.pushed == 0 ? -1 : push_time(s.pushed - 1).cycle();
    std::uint64_t pop =
        first_later(std::min(before(s.pushed, s.depth), s.popped), s.popped, latest_push, pop_time);
    pop = std::min(pop, before(s.popped, 1));
    if (s.reader->capacity != 0 && &s == s.reader->first_in) {
      const auto oldest = std::min(static_cast<std::uint64_t>(s.reader->freed), s.popped);
      pop = std::min(pop, first_later(oldest, s.popped,
                                      s.reader->last.cycle() + 1 - s.reader->intake, pop_time));
    }
    for (std::uint64_t beat = pop; beat < s.popped; ++beat) {
      visit(pop_time(beat), 1, s.popped - beat);
    }
  }
  for (auto& k : self.kernels_) {
    ++object;
    visit(k.last, 0, 0);
    if (k.schedule == nullptr) {
      visit(k.offer, 1, 0);
      continue;
    }
    on_count(k.issue - k.first_issue);
    on_count(static_cast<std::int64_t>(k.period));
    if (k.frame_beats != 0) {
      on_count(static_cast<std::int64_t>(k.frame_end - k.first_in->popped));
      on_count(static_cast<std::int64_t>(k.frame_results_end - k.first_out->pushed));
    }
    std::uint64_t given = k.issued;
    for (const Stream* s : k.out) given = std::min(given, s->pushed);
    on_count(static_cast<std::int64_t>(k.issued - given));
    for (std::uint64_t beat = given - given % k.schedule->burst; beat < k.issued;
         beat += k.schedule->burst) {
      visit(k.emission(beat), 2, k.issued - beat);
    }
    if (k.frame_beats != 0 && k.first_in->popped + k.frame_beats == k.frame_end) {
      visit(k.frame_open, 1, 0);
    }
    if (k.capacity == 0) continue;
    // Places: those that hold back the next beat to enter.
    const std::uint64_t entered = k.first_in->popped;
    on_count(static_cast<std::int64_t>(entered) - k.freed);
    const std::int64_t latest = entered == 0 ? -1 : k.first_in->pop_time(entered - 1).cycle();
    const auto free_from = [&](std::uint64_t beat) -> auto& {
      return k.free_from[beat & k.free_mask];
    };
    const auto freed = static_cast<std::uint64_t>(k.freed);
    for (std::uint64_t beat =
             first_later(std::min(before(entered, static_cast<std::uint64_t>(k.capacity)), freed),
                         freed, latest + 1, free_from);
         beat < freed; ++beat) {
      visit(free_from(beat), 3, freed - beat);
    }
  }
}

}  // namespace qnnsim
