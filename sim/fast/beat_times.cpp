// SPDX-License-Identifier: Apache-2.0
#include "sim/fast/beat_times.h"

#include "sim/fast/traced_time.h"

namespace qnnsim {
namespace {

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
    if (stream.writer->schedule != nullptr) {
      stream.writer_latency = static_cast<std::uint64_t>(stream.writer->schedule->latency);
    }
  }
  for (Kernel& kernel : kernels_) {
    if (!kernel.in.empty()) kernel.first_in = kernel.in.front();
    if (!kernel.out.empty()) kernel.first_out = kernel.out.front();
    if (kernel.schedule == nullptr) continue;
    const Schedule& schedule = *kernel.schedule;
    kernel.first_issue = schedule.issues.data();
    kernel.issues_end = schedule.issues.data() + schedule.issues.size();
    kernel.latency = static_cast<std::uint64_t>(schedule.latency);
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
    kernel.emission_ring.resize(kernel.burst == 1 ? ring_size(kernel.latency + 1) : 1);
    kernel.emissions = kernel.emission_ring.data();
    kernel.emissions_mask = kernel.emission_ring.size() - 1;
    if (schedule.capacity == 0) continue;
    const std::int64_t reach = 2 * schedule.capacity + longest_skip(schedule) + 1;
    kernel.free_from.resize(ring_size(static_cast<std::uint64_t>(reach)));
    kernel.free_mask = kernel.free_from.size() - 1;
    kernel.first_in->reader_capacity = static_cast<std::uint64_t>(reach);
  }
}

/// A relay takes a beat of every input with each issue, and the last issue of a period emits one.
template <class Time, bool kCounts>
typename BeatTimes<Time, kCounts>::Relay BeatTimes<Time, kCounts>::relay_of(const Kernel& kernel) {
  const Schedule& schedule = *kernel.schedule;
  if (schedule.capacity != 0 || schedule.burst != 1) return Relay::kNone;
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
    s.kept = std::max<std::uint64_t>({2, s.writer_latency + 1, s.reader_capacity});
    if (s.depth != kUnboundedDepth) s.kept = std::max(s.kept, s.depth);
    if (s.ring == nullptr) grow(s);
    s.ring_end = 0;
    s.latest = Time();
    s.pushed = s.popped = s.merged_pushes = s.merged_pops = 0;
    s.max_occupancy = s.occupancy_cycles = s.full_cycles = 0;
    s.merged_to = 0;
    s.writer_waits = false;
    s.histogram.assign(histograms_ ? 1 : 0, 0);
  }
  for (Kernel& k : kernels_) {
    if (k.schedule != nullptr) k.issue = k.schedule->issues.data();
    k.period_start = k.freed = 0;
    k.issued = k.first_wait = k.end_wait = k.merged_intake = 0;
    k.last = Time();
    k.offer = Time();
    k.offered = k.is_held = k.is_listed = false;
    k.count = {};
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
  if (time.cycle() > horizon_) return false;
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
    ready = later(ready, input.pop_time(newest) + 1);
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

  if constexpr (kCounts) count_issue(kernel, ready.cycle(), time.cycle());
  for (Stream* const* input = first; input != end; ++input) pop(**input, time);
  step_position(kernel, time);
  if (issue.emits == 0) return true;
  kernel.emission(kernel.issued) = time;
  kernel.issued += kernel.burst;
  push_out(kernel);
  return true;
}

/// Delays an issue that emits until the pipeline has room, if it is known when.
template <class Time, bool kCounts>
bool BeatTimes<Time, kCounts>::find_room(const Kernel& kernel, Time& time) const {
  for (const Stream* output : kernel.out) {
    if (kernel.issued - output->pushed >= kernel.latency) return false;
    if (kernel.issued < kernel.latency) continue;
    time = later(time, output->push_time(kernel.issued - kernel.latency));
  }
  return true;
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::count_issue(Kernel& kernel, std::int64_t ready, std::int64_t time) {
  CycleCount& count = kernel.count;
  const std::int64_t start = kernel.last.cycle() + 1;
  switch (kernel.busy) {
    case BusyRule::kIssue:
    case BusyRule::kIssueOrIntake:
      count.blocked += time - ready - (kernel.issue->cycles - 1);
      count.busy += kernel.issue->cycles;
      if (kernel.busy == BusyRule::kIssueOrIntake) count_wait(kernel, ready, time);
      break;
    case BusyRule::kOutputFirst: {
      std::int64_t given = start;
      for (const Stream* output : kernel.out) {
        given = std::max(given, output->latest.cycle());
      }
      count.blocked += given - start;
      count.busy += 1;
      break;
    }
    case BusyRule::kIntakeOrOutput:
      break;  // counted with the output
  }
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::step_position(Kernel& kernel, Time issued_at) {
  kernel.last = issued_at;
  if (++kernel.issue == kernel.issues_end) {
    kernel.issue = kernel.first_issue;
    kernel.period_start += kernel.period_beats;
  }
  if (kernel.capacity == 0) return;
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
  const std::int64_t oldest = kernel.period_start + kernel.issue->oldest;
  kernel.entrance_end = static_cast<std::uint64_t>(oldest + kernel.capacity);
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
    if (kernel.issued < kernel.latency) continue;
    time = later(time, output.push_time(kernel.issued - kernel.latency));
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

template <class Time, bool kCounts>
std::int64_t BeatTimes<Time, kCounts>::moved_at(std::size_t edge) const {
  const Stream& s = streams_[edge];
  std::int64_t latest = -1;
  if (s.pushed > 0) latest = s.push_time(s.pushed - 1).cycle();
  if (s.popped > 0) latest = std::max(latest, s.pop_time(s.popped - 1).cycle());
  return latest + 1;
}

template <class Time, bool kCounts>
std::int64_t BeatTimes<Time, kCounts>::last_move() const {
  std::int64_t latest = -1;
  for (std::size_t i = 0; i < streams_.size(); ++i) latest = std::max(latest, moved_at(i) - 1);
  for (const Kernel& k : kernels_) {
    latest = std::max(latest, k.last.cycle());
    if (k.kind == Kind::kSource && k.offered) {
      latest = std::max(latest, k.offer.cycle() - 1);
    }
    if (k.schedule == nullptr) continue;
    if (owes(k)) {
      latest = std::max(latest, k.emission(k.issued - 1).cycle() + k.schedule->latency - 1);
    }
    // Issues that do not wait for room go on until the one that does.
    if (k.issue->cycles > 1) {
      const auto newest = static_cast<std::uint64_t>(k.period_start + k.issue->newest);
      if (k.first_in->popped > newest) {
        const std::int64_t ready =
            std::max(k.last.cycle(), k.first_in->pop_time(newest).cycle()) + 1;
        latest = std::max(latest, ready + k.issue->cycles - 2);
      }
    }
  }
  return latest;
}

template <class Time, bool kCounts>
std::int64_t BeatTimes<Time, kCounts>::available(const Kernel& k) const {
  constexpr std::int64_t kNeverSeen = std::numeric_limits<std::int64_t>::max();
  std::int64_t ready = k.last.cycle() + 1;
  if (k.issue->newest >= 0) {
    const auto newest = static_cast<std::uint64_t>(k.period_start + k.issue->newest);
    if (k.first_in->popped <= newest) return kNeverSeen;
    ready = std::max(ready, k.first_in->pop_time(newest).cycle() + 1);
  }
  for (int i = k.issue->first_input; i < k.issue->first_input + k.issue->inputs; ++i) {
    const Stream& input = *k.in[i];
    if (input.is_empty()) return kNeverSeen;
    ready = std::max(ready, input.push_time(input.popped).cycle() + 1);
  }
  return ready;
}

template <class Time, bool kCounts>
bool BeatTimes<Time, kCounts>::owes(const Kernel& k) {
  return std::any_of(k.out.begin(), k.out.end(),
                     [&](const Stream* output) { return output->pushed < k.issued; });
}

template <class Time, bool kCounts>
Activity BeatTimes<Time, kCounts>::waits(int node) const {
  const Kernel& k = kernels_[node];
  switch (k.kind) {
    case Kind::kSource:
      return k.offered ? Activity::kBlocked : Activity::kStarved;
    case Kind::kSink:
      return Activity::kStarved;
    case Kind::kKernel:
      break;
  }
  const bool output_counts =
      k.busy == BusyRule::kOutputFirst || k.busy == BusyRule::kIntakeOrOutput;
  const bool blocked =
      output_counts ? owes(k) : available(k) != std::numeric_limits<std::int64_t>::max();
  return blocked ? Activity::kBlocked : Activity::kStarved;
}

template <class Time, bool kCounts>
bool BeatTimes<Time, kCounts>::waits_for_input(int node, int port) const {
  const Kernel& k = kernels_[node];
  if (k.schedule == nullptr || (port == 0 && k.capacity != 0)) return true;
  return port >= k.issue->first_input && port < k.issue->first_input + k.issue->inputs;
}

template <class Time, bool kCounts>
bool BeatTimes<Time, kCounts>::waits_for_output(int node, int port) const {
  const Kernel& k = kernels_[node];
  return k.schedule == nullptr || k.out[port]->pushed < k.issued;
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::count_wait(Kernel& kernel, std::int64_t available,
                                          std::int64_t end) {
  if (kernel.end_wait - kernel.first_wait == kernel.waits.size()) {
    std::vector<Wait> wider(ring_size(2 * kernel.waits.size()));
    for (std::uint64_t i = kernel.first_wait; i < kernel.end_wait; ++i) {
      wider[i & (wider.size() - 1)] = kernel.waits[i & kernel.waits_mask];
    }
    kernel.waits = std::move(wider);
    kernel.waits_mask = kernel.waits.size() - 1;
  }
  kernel.waits[kernel.end_wait++ & kernel.waits_mask] = {available, end};
  merge_intake(kernel);
}

/// A cycle in which a beat enters was counted as a wait, unless something left in it too.
template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::merge_intake(Kernel& kernel) {
  const Stream& input = *kernel.first_in;
  while (kernel.merged_intake < input.popped && kernel.first_wait < kernel.end_wait) {
    const std::int64_t entry = input.pop_time(kernel.merged_intake).cycle();
    const Wait& wait = kernel.waits[kernel.first_wait & kernel.waits_mask];
    if (wait.end < entry) {
      ++kernel.first_wait;
      continue;
    }
    if (wait.end > entry) {
      if (entry >= wait.available) --kernel.count.blocked;
      ++kernel.count.busy;
    }
    ++kernel.merged_intake;
  }
}

/// Counts the time of a beat in the FIFO, now that it is known.
template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::count_pop(Stream& s, std::uint64_t beat) {
  const std::int64_t pushed = s.push_time(beat).cycle();
  s.occupancy_cycles += s.pop_time(beat).cycle() - pushed;
  // Each beat finds at most one more in the FIFO than the one before.
  if (s.max_occupancy < s.depth && beat >= s.max_occupancy &&
      s.pop_time(beat - s.max_occupancy).cycle() > pushed) {
    ++s.max_occupancy;
    s.kept = std::max(s.kept, s.max_occupancy + 1);
    s.ring_end = s.pushed;
  }
  // It was full from this push to the pop that made room for the next.
  if (s.max_occupancy == s.depth) {
    const std::int64_t room = s.pop_time(beat + 1 - s.depth).cycle();
    s.full_cycles += std::max(room, pushed) - pushed;
  }
  if (histograms_) merge_passages(s, beat);
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::merge_passages(Stream& s, std::uint64_t beat) {
  // The events up to this beat's push, in order of time.
  const auto add = [&](std::int64_t edge) {
    const std::uint64_t fill = s.merged_pushes - s.merged_pops;
    if (fill >= s.histogram.size()) s.histogram.resize(fill + 1);
    s.histogram[fill] += edge + 1 - s.merged_to;
    s.merged_to = edge + 1;
  };
  while (s.merged_pushes <= beat) {
    const std::int64_t in = s.push_time(s.merged_pushes).cycle();
    const std::int64_t out = s.pop_time(s.merged_pops).cycle();
    if (in != out) add(std::min(in, out));
    if (in <= out) ++s.merged_pushes;
    if (out <= in) ++s.merged_pops;
  }
}

template <class Time, bool kCounts>
FifoStatistics BeatTimes<Time, kCounts>::statistics(std::size_t edge, std::int64_t last) const {
  const Stream& s = streams_[edge];
  FifoStatistics result;
  result.max_occupancy = s.max_occupancy;
  result.occupancy_cycles = s.occupancy_cycles;
  result.full_cycles = s.full_cycles;
  result.histogram = s.histogram;
  for (std::uint64_t beat = s.popped; beat < s.pushed; ++beat) {
    const std::int64_t pushed = s.push_time(beat).cycle();
    if (pushed == last) break;  // nobody saw it any more
    result.occupancy_cycles += last - pushed;
    const auto inside = [&](std::uint64_t earlier) {
      return earlier >= s.popped || s.pop_time(earlier).cycle() > pushed;
    };
    if (beat >= result.max_occupancy && inside(beat - result.max_occupancy)) {
      ++result.max_occupancy;
    }
    if (result.max_occupancy < s.depth || !inside(beat + 1 - s.depth)) continue;
    const bool stays = beat + 1 - s.depth >= s.popped;
    result.full_cycles += (stays ? last : s.pop_time(beat + 1 - s.depth).cycle()) - pushed;
  }
  if (result.histogram.empty()) return result;
  std::uint64_t pushes = s.merged_pushes;
  std::uint64_t pops = s.merged_pops;
  std::int64_t to = s.merged_to;
  const auto add = [&](std::int64_t edge_seen) {
    if (edge_seen + 1 == to) return;
    const std::uint64_t fill = pushes - pops;
    if (fill >= result.histogram.size()) result.histogram.resize(fill + 1);
    result.histogram[fill] += edge_seen + 1 - to;
    to = edge_seen + 1;
  };
  constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();
  while (pushes < s.pushed || pops < s.popped) {
    const std::int64_t in = pushes < s.pushed ? s.push_time(pushes).cycle() : kNone;
    const std::int64_t out = pops < s.popped ? s.pop_time(pops).cycle() : kNone;
    if (in != out) add(std::min(in, out));
    if (in <= out) ++pushes;
    if (out <= in) ++pops;
  }
  add(last);
  return result;
}

template <class Time, bool kCounts>
CycleCount BeatTimes<Time, kCounts>::count(int node, std::int64_t last) const {
  const Kernel& k = kernels_[node];
  CycleCount count = k.count;
  const std::int64_t end = last + 1;
  // Cycles from `from` on: starved, from `ready` on busy for a while, then blocked.
  const auto add = [&](std::int64_t from, std::int64_t ready, std::int64_t busy) {
    const std::int64_t first = std::min(std::max(from, ready), end);
    count.starved += first - from;
    const std::int64_t working = std::min(busy, end - first);
    count.busy += working;
    count.blocked += end - first - working;
  };
  constexpr std::int64_t kNeverSeen = std::numeric_limits<std::int64_t>::max();
  const bool counts_output = k.busy == BusyRule::kIntakeOrOutput;
  const std::int64_t from = (counts_output ? k.first_out->latest : k.last).cycle() + 1;
  count.starved = from - count.busy - count.blocked;
  if (k.kind == Kind::kSource) {
    add(from, k.offered ? k.offer.cycle() : kNeverSeen, 0);
    return count;
  }
  if (k.kind == Kind::kSink) {
    const Stream& input = *k.first_in;
    const bool sees = input.popped < input.pushed;
    add(from, sees ? input.push_time(input.popped).cycle() + 1 : kNeverSeen, 0);
    return count;
  }
  std::int64_t ready = kNeverSeen;
  switch (k.busy) {
    case BusyRule::kIssue:
      add(from, available(k), k.issue->cycles - 1);
      return count;
    case BusyRule::kOutputFirst: {
      std::int64_t given = from;
      for (const Stream* output : k.out) {
        if (output->pushed < k.issued) given = end;
        if (output->pushed > 0) {
          given = std::max(given, output->push_time(output->pushed - 1).cycle());
        }
      }
      given = std::min(given, end);
      count.blocked += given - from;
      count.starved += end - given;
      return count;
    }
    case BusyRule::kIssueOrIntake:
      ready = available(k);
      add(from, ready, 0);
      break;
    case BusyRule::kIntakeOrOutput: {
      const Stream& output = *k.first_out;
      if (output.pushed < k.issued) {
        ready = std::max(from, k.emission(output.pushed).cycle() + k.schedule->latency);
      }
      add(from, ready, 0);
      break;
    }
  }
  // Beats that entered since the last wait that has ended.
  const Stream& input = *k.first_in;
  for (std::uint64_t beat = k.merged_intake; beat < input.popped; ++beat) {
    const std::int64_t entry = input.pop_time(beat).cycle();
    --(entry < ready ? count.starved : count.blocked);
    ++count.busy;
  }
  return count;
}

template class BeatTimes<PlainTime, false>;
template class BeatTimes<PlainTime, true>;
template class BeatTimes<TracedTime, false>;

}  // namespace qnnsim
