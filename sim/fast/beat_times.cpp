// SPDX-License-Identifier: Apache-2.0
#include "sim/fast/beat_times.h"

#include "sim/fast/beat_counts.h"
#include "sim/fast/traced_time.h"

namespace qnnsim {
namespace {

/// [beats] that a kernel emits before they are pushed.
std::uint64_t queue_of(const Schedule& schedule) {
  return static_cast<std::uint64_t>(schedule.queue != 0 ? schedule.queue : schedule.latency);
}

/// [beats] of input 0 that a period takes.
std::uint64_t period_beats(const Schedule& schedule) {
  if (schedule.capacity != 0) return static_cast<std::uint64_t>(schedule.beats);
  return static_cast<std::uint64_t>(std::count_if(
      schedule.issues.begin(), schedule.issues.end(),
      [](const Issue& issue) { return issue.first_input == 0 && issue.inputs != 0; }));
}

/// [beats] by which the places given free by an issue may lie beyond the beats that have entered:
/// those of beats that no issue needs.
std::int64_t longest_skip(const Schedule& schedule) {
  std::int64_t longest = 0;
  for (std::size_t i = 0; i < schedule.issues.size(); ++i) {
    const bool wraps = i + 1 == schedule.issues.size();
    const std::int64_t next =
        wraps ? schedule.beats + schedule.issues.front().oldest : schedule.issues[i + 1].oldest;
    longest = std::max<std::int64_t>(longest, next - schedule.issues[i].newest);
  }
  return longest;
}

}  // namespace

template <class Time, bool kCounts>
BeatTimes<Time, kCounts>::BeatTimes(const StreamGraph& graph)
    : graph_(graph), streams_(graph.edges.size()), kernels_(graph.schedules.size()) {
  for (std::size_t i = 0; i < kernels_.size(); ++i) {
    Kernel& kernel = kernels_[i];
    if (static_cast<int>(i) == graph.source) kernel.kind = Kind::kSource;
    if (static_cast<int>(i) == graph.sink) kernel.kind = Kind::kSink;
    if (kernel.kind == Kind::kKernel) kernel.schedule = &graph.schedules[i];
  }
  const auto at = [](std::vector<Stream*>& ports, int port) -> Stream*& {
    if (ports.size() <= static_cast<std::size_t>(port)) ports.resize(port + 1);
    return ports[port];
  };
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    const StreamGraph::Edge& edge = graph.edges[i];
    Stream& stream = streams_[i];
    stream.edge = i;
    stream.writer = &kernels_[edge.from];
    stream.reader = &kernels_[edge.to];
    at(stream.writer->out, edge.from_port) = &stream;
    at(stream.reader->in, edge.to_port) = &stream;
    if (stream.writer->schedule != nullptr)
      stream.writer_queue = queue_of(*stream.writer->schedule);
  }
  for (Kernel& kernel : kernels_) {
    if (!kernel.in.empty()) kernel.first_in = kernel.in.front();
    if (!kernel.out.empty()) kernel.first_out = kernel.out.front();
    if (kernel.schedule == nullptr) continue;
    const Schedule& schedule = *kernel.schedule;
    kernel.first_issue = schedule.issues.data();
    kernel.issues_end = schedule.issues.data() + schedule.issues.size();
    kernel.latency = static_cast<std::uint64_t>(schedule.latency);
    kernel.queue = queue_of(schedule);
    kernel.room_after = schedule.room_after;
    kernel.intake = schedule.intake;
    kernel.frame_gap = schedule.frame_gap;
    if (!schedule.frames_overlap) {
      kernel.frame_beats = schedule.frame_periods * period_beats(schedule);
      for (const Issue& issue : schedule.issues) {
        kernel.frame_results += schedule.frame_periods * issue.emits;
      }
    }
    kernel.burst = schedule.burst;
    kernel.capacity = schedule.capacity;
    kernel.period_beats = schedule.beats;
    kernel.busy = schedule.busy;
    kernel.relay = relay_of(kernel);
    if (kernel.relay != Relay::kNone) {
      std::copy(kernel.in.begin(), kernel.in.end(), kernel.relay_in);
      std::copy(kernel.out.begin(), kernel.out.end(), kernel.relay_out);
    }
    // Before a burst is emitted, the one before has been pushed.
    kernel.emission_ring.resize(kernel.burst == 1 ? ring_size(kernel.queue + 1) : 1);
    kernel.emissions = kernel.emission_ring.data();
    kernel.emissions_mask = kernel.emission_ring.size() - 1;
    if (schedule.holds_until_output) kernel.frees.resize(kernel.emission_ring.size());
    if (schedule.capacity == 0) continue;
    const std::int64_t reach = 2 * schedule.capacity + longest_skip(schedule) + 1;
    kernel.free_from.resize(ring_size(static_cast<std::uint64_t>(reach)));
    kernel.free_mask = kernel.free_from.size() - 1;
    kernel.first_in->reader_capacity = static_cast<std::uint64_t>(reach);
    // An entry is counted once a later result has been pushed.
    if (kernel.busy == BusyRule::kIntakeOrOutput) {
      kernel.first_in->reader_capacity += kernel.queue * static_cast<std::uint64_t>(schedule.beats);
    }
  }
}

/// A relay takes a beat of every input with each issue, and the last issue of a period emits one.
template <class Time, bool kCounts>
typename BeatTimes<Time, kCounts>::Relay BeatTimes<Time, kCounts>::relay_of(const Kernel& kernel) {
  const Schedule& schedule = *kernel.schedule;
  if (schedule.capacity != 0 || schedule.burst != 1 || !schedule.frames_overlap) {
    return Relay::kNone;
  }
  for (const Issue& issue : schedule.issues) {
    const bool is_last = &issue == &schedule.issues.back();
    if (issue.first_input != 0 || issue.inputs != kernel.in.size()) return Relay::kNone;
    if (issue.emits != (is_last ? 1 : 0)) return Relay::kNone;
  }
  const auto has_ports = [&](std::size_t inputs, std::size_t outputs) {
    return kernel.in.size() == inputs && kernel.out.size() == outputs;
  };
  if (has_ports(1, 1)) return Relay::kOneToOne;
  if (has_ports(2, 1)) return Relay::kTwoToOne;
  if (has_ports(1, 2)) return Relay::kOneToTwo;
  return Relay::kNone;
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::reset(const std::vector<std::uint64_t>& depths) {
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    Stream& s = streams_[i];
    s.depth = depths[i];
    s.kept = std::max<std::uint64_t>({2, s.writer_queue + 1, s.reader_capacity});
    if (s.depth != kUnboundedDepth) s.kept = std::max(s.kept, s.depth);
    if (s.ring == nullptr) grow(s);
    s.ring_end = 0;
    s.latest = Time();
    s.pushed = s.popped = 0;
    s.max_occupancy = s.occupancy_cycles = s.full_cycles = 0;
    s.writer_waits = false;
    s.histogram = {};
    if (histograms_) s.histogram.cycles.resize(1);
  }
  for (Kernel& k : kernels_) {
    k.issue = k.first_issue;
    k.period_start = k.freed = 0;
    k.issued = k.first_wait = k.end_wait = k.merged_intake = 0;
    k.last = Time();
    k.offer = Time();
    k.offered = k.is_held = k.is_listed = false;
    k.count = {};
    k.period = 0;
    k.frame_end = k.frame_beats;
    k.frame_results_end = k.frame_results;
    k.frame_open = Time();
    if (k.capacity != 0) set_entrance(k);
  }
  frame_ends_.clear();
  fed_ = 0;
  first_accepted_ = first_output_ = -1;
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::resume(const BeatTimes& other,
                                      const std::vector<std::uint64_t>& depths) {
  reset(depths);
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    Stream& s = streams_[i];
    const Stream& from = other.streams_[i];
    s.passages = from.passages;
    s.ring = s.passages.data();
    s.mask = from.mask;
    s.pushed = from.pushed;
    s.popped = from.popped;
    s.latest = from.latest;
    s.writer_waits = from.writer_waits;
  }
  for (std::size_t i = 0; i < kernels_.size(); ++i) {
    Kernel& k = kernels_[i];
    const Kernel& from = other.kernels_[i];
    k.issue = from.issue;
    k.issued = from.issued;
    k.is_held = from.is_held;
    k.last = from.last;
    std::copy(from.emission_ring.begin(), from.emission_ring.end(), k.emission_ring.begin());
    k.period_start = from.period_start;
    k.freed = from.freed;
    k.free_from = from.free_from;
    k.frees = from.frees;
    k.period = from.period;
    k.frame_end = from.frame_end;
    k.frame_results_end = from.frame_results_end;
    k.frame_open = from.frame_open;
    if (k.capacity != 0) set_entrance(k);
    k.offer = from.offer;
    k.offered = from.offered;
  }
  frame_ends_ = other.frame_ends_;
  fed_ = other.fed_;
  first_accepted_ = other.first_accepted_;
  first_output_ = other.first_output_;
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::feed(std::uint64_t frames) {
  // Some kernels can begin before the first beat comes: weight memories, padding.
  if (fed_ == 0) {
    for (Kernel& kernel : kernels_) {
      if (kernel.kind == Kind::kKernel) advance(kernel);
    }
  }
  fed_ += frames;
  advance(kernels_[graph_.source]);
  drain();
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::deepen(std::size_t edge, std::uint64_t beats) {
  Stream& stream = streams_[edge];
  stream.depth += beats;
  stream.kept = std::max(stream.kept, stream.depth);
  stream.ring_end = stream.pushed;
  advance(*stream.writer);
  drain();
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::list(Kernel& kernel) {
  if (kernel.is_listed) return;
  kernel.is_listed = true;
  worklist_.push_back(&kernel);
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::drain() {
  while (!worklist_.empty()) {
    Kernel* kernel = worklist_.back();
    worklist_.pop_back();
    kernel->is_listed = false;
    advance(*kernel);
  }
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::advance(Kernel& kernel) {
  if (kernel.kind == Kind::kSource) return advance_source(kernel);
  if (kernel.kind == Kind::kSink) return advance_sink(kernel);
  if (kernel.is_held) push_out(kernel);
  do {
    while (issue(kernel)) {
    }
  } while (kernel.capacity != 0 && take_in(kernel));
}

/// The beats that wait in the FIFO before a buffer enter it, as far as it has places for them.
template <class Time, bool kCounts>
bool BeatTimes<Time, kCounts>::take_in(Kernel& kernel) {
  bool entered = false;
  while (!kernel.first_in->is_empty() && enter(kernel)) entered = true;
  return entered;
}

/// A beat enters the buffer, if a place is known to be free for it.
template <class Time, bool kCounts>
bool BeatTimes<Time, kCounts>::enter(Kernel& kernel) {
  Stream& input = *kernel.first_in;
  const std::uint64_t beat = input.popped;
  if (beat >= kernel.entrance_end) return false;
  const auto capacity = static_cast<std::uint64_t>(kernel.capacity);
  Time time = input.push_time(beat) + 1;
  if (beat > 0) time = later(time, input.pop_time(beat - 1) + 1);
  if (beat >= capacity) time = later(time, kernel.free_from[(beat - capacity) & kernel.free_mask]);
  const bool begins = kernel.frame_beats != 0 && beat + kernel.frame_beats == kernel.frame_end;
  if (begins) time = later(time, kernel.frame_open);
  if (time.cycle() > horizon_) return false;
  if (begins) begin_frame(kernel, beat == 0 ? -1 : input.pop_time(beat - 1).cycle());
  pop(input, time);
  if constexpr (kCounts) {
    if (kernel.first_wait != kernel.end_wait) merge_intake(kernel);
  }
  return true;
}

/// Computes the next issue, if all that it waits for is known.
template <class Time, bool kCounts>
bool BeatTimes<Time, kCounts>::issue(Kernel& kernel) {
  const Issue& issue = *kernel.issue;
  Time ready = kernel.last + 1;
  if (issue.newest >= 0) {
    const Stream& input = *kernel.first_in;
    const auto newest = static_cast<std::uint64_t>(kernel.period_start + issue.newest);
    if (input.popped <= newest) return false;
    ready = later(ready, input.pop_time(newest) + kernel.intake);
  }
  const bool begins = kernel.frame_beats != 0 && kernel.capacity == 0 && issue.inputs != 0 &&
                      issue.first_input == 0 && kernel.first_in->popped % kernel.frame_beats == 0;
  if (begins) {
    if (kernel.first_in->popped == kernel.frame_end) return false;
    ready = later(ready, kernel.frame_open);
  }
  Stream* const* const first = kernel.in.data() + issue.first_input;
  Stream* const* const end = first + issue.inputs;
  for (Stream* const* input = first; input != end; ++input) {
    if ((*input)->is_empty()) return false;
    ready = later(ready, (*input)->push_time((*input)->popped) + 1);
  }
  Time time = ready + (issue.cycles - 1);
  if (issue.emits != 0 && !find_room(kernel, time)) return false;
  if (time.cycle() > horizon_) return false;

  if (begins) begin_frame(kernel, kernel.last.cycle());
  if constexpr (kCounts) count_issue(kernel, ready.cycle(), time.cycle());
  for (Stream* const* input = first; input != end; ++input) pop(**input, time);
  step_position(kernel, time);
  if (issue.emits == 0) return true;
  kernel.emission(kernel.issued) = time;
  if (!kernel.frees.empty()) {
    kernel.frees[kernel.issued & kernel.emissions_mask] =
        kernel.period_start + kernel.issue->oldest;
  }
  kernel.issued += kernel.burst;
  push_out(kernel);
  return true;
}

/// Delays an issue that emits until the pipeline has room, if it is known when.
template <class Time, bool kCounts>
bool BeatTimes<Time, kCounts>::find_room(const Kernel& kernel, Time& time) const {
  for (const Stream* output : kernel.out) {
    if (kernel.issued - output->pushed >= kernel.queue) return false;
    if (kernel.issued < kernel.queue) continue;
    time = later(time, output->push_time(kernel.issued - kernel.queue) + kernel.room_after);
  }
  return true;
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::step_position(Kernel& kernel, Time issued_at) {
  kernel.last = issued_at;
  if (++kernel.issue == kernel.issues_end) {
    kernel.issue = kernel.first_issue;
    kernel.period_start += kernel.period_beats;
    if (++kernel.period == kernel.schedule->frame_periods) {
      kernel.period = 0;
      if (kernel.frame_gap != 0) {
        kernel.last = issued_at + kernel.frame_gap;
        if constexpr (kCounts) kernel.count.busy += static_cast<std::uint64_t>(kernel.frame_gap);
      }
    }
  }
  if (kernel.capacity == 0 || !kernel.frees.empty()) return;
  const std::int64_t oldest = kernel.period_start + kernel.issue->oldest;
  if (kernel.freed >= oldest) return;
  const Time free = issued_at + kernel.schedule->release;
  while (kernel.freed < oldest) {
    kernel.free_from[static_cast<std::uint64_t>(kernel.freed++) & kernel.free_mask] = free;
  }
  set_entrance(kernel);
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::set_entrance(Kernel& kernel) {
  const std::int64_t oldest =
      kernel.frees.empty() ? kernel.period_start + kernel.issue->oldest : kernel.freed;
  kernel.entrance_end = static_cast<std::uint64_t>(oldest + kernel.capacity);
  if (kernel.frame_beats != 0)
    kernel.entrance_end = std::min(kernel.entrance_end, kernel.frame_end);
}

/// A result has been pushed: what waits for that may enter.
template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::let_go(Kernel& kernel, const Stream& output) {
  if (!kernel.frees.empty()) {
    const std::int64_t oldest = kernel.frees[(output.pushed - 1) & kernel.emissions_mask];
    while (kernel.freed < oldest) {
      kernel.free_from[static_cast<std::uint64_t>(kernel.freed++) & kernel.free_mask] =
          output.latest + kernel.schedule->release;
    }
  }
  if (kernel.frame_beats != 0 && output.pushed == kernel.frame_results_end) {
    kernel.frame_end += kernel.frame_beats;
    kernel.frame_results_end += kernel.frame_results;
    kernel.frame_open = output.latest + 1;
  }
  if (kernel.capacity != 0) set_entrance(kernel);
}

/// The first beat of a frame is taken; the last of the frame before was at edge `taken_last`.
template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::begin_frame(Kernel& kernel, std::int64_t taken_last) {
  if constexpr (kCounts) {
    if (kernel.busy == BusyRule::kIntakeOrOutput || kernel.busy == BusyRule::kOutputFirst) return;
    const std::int64_t idle = std::max(taken_last, kernel.last.cycle()) + 1;
    kernel.count.blocked += std::max<std::int64_t>(kernel.frame_open.cycle() - 1 - idle, 0);
  }
}

/// Pushes what was emitted, as far as it is known when there is room for it.
template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::push_out(Kernel& kernel) {
  kernel.is_held = false;
  for (Stream* output : kernel.out) {
    while (output->pushed < kernel.issued) {
      output->writer_waits = !output->has_room();
      if (output->writer_waits || !push_emitted(kernel, *output, kernel.emission(output->pushed))) {
        kernel.is_held = true;
        break;
      }
      follow(*output);
    }
  }
}

/// Pushes the next beat of an output that has room, unless that is beyond the horizon.
template <class Time, bool kCounts>
bool BeatTimes<Time, kCounts>::push_emitted(Kernel& kernel, Stream& output, Time issued_at) {
  const Time ready =
      later(issued_at + static_cast<std::int64_t>(kernel.latency), output.latest + 1);
  const Time time = when_room(output, ready);
  if (time.cycle() > horizon_) return false;
  if constexpr (kCounts) {
    if (kernel.busy == BusyRule::kIntakeOrOutput) {
      kernel.count.blocked += time.cycle() - ready.cycle();
      kernel.count.busy += 1;
      count_wait(kernel, ready.cycle(), time.cycle());
    }
  }
  push(output, time);
  if (!kernel.frees.empty() || kernel.frame_beats != 0) let_go(kernel, output);
  return true;
}

template <class Time, bool kCounts>
Time BeatTimes<Time, kCounts>::when_room(const Stream& stream, Time time) {
  if (stream.pushed < stream.depth) return time;
  const Time& freed = stream.pop_time(stream.pushed - stream.depth);
  return freed.cycle() + 1 > time.cycle() ? trace_.through(freed, stream.edge) + 1 : time;
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::push(Stream& stream, Time time) {
  if (stream.pushed >= stream.ring_end) make_place(stream);
  stream.push_time(stream.pushed) = time;
  stream.latest = time;
  ++stream.pushed;
}

/// Follows a beat that has just been pushed. If it is not the only one in its FIFO, its reader
/// waits for something else.
template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::follow(Stream& first) {
  for (Stream* stream = &first; stream != nullptr && stream->pushed - stream->popped == 1;) {
    Kernel& reader = *stream->reader;
    switch (reader.is_held ? Relay::kNone : reader.relay) {
      case Relay::kOneToOne:
        stream = hand_on<1, 1>(reader);
        break;
      case Relay::kTwoToOne:
        stream = hand_on<2, 1>(reader);
        break;
      case Relay::kOneToTwo:
        stream = hand_on<1, 2>(reader);
        break;
      case Relay::kNone:
        return arrive(*stream);
    }
  }
}

/// A beat has come to a kernel that is no relay. Where there is a buffer it is worth the while to
/// wait until that is full.
template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::arrive(Stream& stream) {
  Kernel& reader = *stream.reader;
  if (reader.capacity != 0 && &stream == reader.first_in) {
    if (!enter(reader)) return;
    if (stream.popped < reader.entrance_end) return list(reader);
  }
  advance(reader);
}

/// What `advance` does with a relay that has pushed all it has emitted and gets a beat. Returns the
/// FIFO into which it is handed on and where it is to be followed, if any.
template <class Time, bool kCounts>
template <int kInputs, int kOutputs>
typename BeatTimes<Time, kCounts>::Stream* BeatTimes<Time, kCounts>::hand_on(Kernel& kernel) {
  Time ready = kernel.last + 1;
  for (int i = 0; i < kInputs; ++i) {
    const Stream& input = *kernel.relay_in[i];
    if (kInputs > 1 && input.is_empty()) return nullptr;
    ready = later(ready, (kInputs > 1 ? input.push_time(input.popped) : input.latest) + 1);
  }
  const bool emits = kernel.issue->emits != 0;
  Time time = ready;
  for (int i = 0; emits && i < kOutputs; ++i) {
    const Stream& output = *kernel.relay_out[i];
    if (!output.has_room()) {
      advance(kernel);
      return nullptr;
    }
    if (kernel.issued < kernel.queue) continue;
    time = later(time, output.push_time(kernel.issued - kernel.queue) + kernel.room_after);
  }
  if (time.cycle() > horizon_) return nullptr;

  if constexpr (kCounts) count_issue(kernel, ready.cycle(), time.cycle());
  for (int i = 0; i < kInputs; ++i) pop(*kernel.relay_in[i], time);
  step_position(kernel, time);
  if (!emits) return nullptr;
  kernel.emission(kernel.issued++) = time;
  Stream* last = nullptr;
  for (int i = 0; i < kOutputs; ++i) {
    if (last != nullptr) follow(*last);
    const bool is_pushed = push_emitted(kernel, *kernel.relay_out[i], time);
    last = is_pushed ? kernel.relay_out[i] : nullptr;
    if (!is_pushed) kernel.is_held = true;
  }
  return last;
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::pop(Stream& stream, Time time) {
  stream.pop_time(stream.popped) = time;
  if constexpr (kCounts) count_pop(stream, stream.popped);
  ++stream.popped;
  if (!stream.writer_waits) return;
  stream.writer_waits = false;
  list(*stream.writer);
}

/// Finds out how many more beats the ring can take, and widens it if that is none.
template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::make_place(Stream& stream) {
  const std::uint64_t oldest = stream.popped - std::min(stream.popped, stream.kept);
  if (stream.pushed - oldest > stream.mask) grow(stream);
  stream.ring_end = oldest + stream.mask + 1;
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::grow(Stream& stream) {
  const std::uint64_t size = ring_size(stream.passages.size() + 1);
  std::vector<Passage> passages(size);
  const std::uint64_t oldest =
      stream.pushed - std::min<std::uint64_t>(stream.pushed, stream.passages.size());
  for (std::uint64_t beat = oldest; beat < stream.pushed; ++beat) {
    passages[beat & (size - 1)] = stream.ring[beat & stream.mask];
  }
  stream.passages = std::move(passages);
  stream.ring = stream.passages.data();
  stream.mask = size - 1;
}

template <class Time, bool kCounts>
Time BeatTimes<Time, kCounts>::paced(Time offer, std::uint64_t beat) const {
  if (pace_ == 0) return offer;
  const std::uint64_t beats = graph_.source_beats;
  const auto within =
      static_cast<std::int64_t>(beat % beats * static_cast<std::uint64_t>(pace_) / beats);
  return later(offer, Time(static_cast<std::int64_t>(beat / beats) * pace_ + within));
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::advance_source(Kernel& source) {
  Stream& output = *source.first_out;
  const Pressure& pressure = graph_.source_pressure;
  while (output.pushed < fed_ * graph_.source_beats) {
    if (!source.offered) {
      Time offer = later(paced(source.offer, output.pushed), source.last + 1);
      while (pressure.stalls(static_cast<Cycle>(offer.cycle()))) offer = offer + 1;
      source.offer = offer;
      source.offered = true;
    }
    if (!output.has_room()) {
      output.writer_waits = true;
      return;
    }
    const Time time = when_room(output, source.offer);
    if (time.cycle() > horizon_) return;
    if (first_accepted_ < 0) first_accepted_ = time.cycle();
    if constexpr (kCounts) {
      source.count.blocked += time.cycle() - source.offer.cycle();
      source.count.busy += 1;
    }
    source.offer = source.offer + static_cast<std::int64_t>(pressure.interval());
    source.offered = false;
    source.last = time;
    push(output, time);
    follow(output);
  }
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::advance_sink(Kernel& sink) {
  Stream& input = *sink.first_in;
  const Pressure& pressure = graph_.sink_pressure;
  while (input.popped < input.pushed) {
    const Time start = sink.last + 1;
    const Time ready = later(start, input.push_time(input.popped) + 1);
    Time time = later(ready, sink.offer);
    while (pressure.stalls(static_cast<Cycle>(time.cycle()))) time = time + 1;
    if (time.cycle() > horizon_) return;
    if constexpr (kCounts) {
      sink.count.blocked += time.cycle() - ready.cycle();
      sink.count.busy += 1;
    }
    if (first_output_ < 0) first_output_ = time.cycle();
    sink.last = time;
    sink.offer = time + static_cast<std::int64_t>(pressure.interval());
    pop(input, time);
    if (input.popped % graph_.sink_beats == 0) frame_ends_.push_back(time);
  }
}

template class BeatTimes<PlainTime, false>;
template class BeatTimes<PlainTime, true>;
template class BeatTimes<TracedTime, false>;

}  // namespace qnnsim
