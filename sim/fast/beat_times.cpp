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

/// The number of issues in a period if all take a beat of input 0 and only the last emits; else 0.
std::uint64_t relay_period(const Schedule& schedule) {
  for (const Issue& issue : schedule.issues) {
    const bool is_last = &issue == &schedule.issues.back();
    if (issue.first_input != 0 || issue.inputs == 0 || issue.emits != (is_last ? 1 : 0)) return 0;
  }
  return schedule.capacity == 0 ? schedule.issues.size() : 0;
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
    kernel.issues_end = schedule.issues.data() + schedule.issues.size();
    kernel.latency = static_cast<std::uint64_t>(schedule.latency);
    kernel.burst = schedule.burst;
    kernel.capacity = schedule.capacity;
    kernel.busy = schedule.busy;
    kernel.relay_period = relay_period(schedule);
    kernel.emission_ring.resize(ring_size(kernel.latency + 1));
    kernel.emissions = kernel.emission_ring.data();
    kernel.emissions_mask = kernel.emission_ring.size() - 1;
    if (schedule.capacity == 0) continue;
    const std::int64_t reach = 2 * schedule.capacity + longest_skip(schedule) + 1;
    kernel.free_from.resize(ring_size(static_cast<std::uint64_t>(reach)));
    kernel.free_mask = kernel.free_from.size() - 1;
    kernel.first_in->reader_capacity = static_cast<std::uint64_t>(reach);
  }
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::reset(const std::vector<std::uint64_t>& depths) {
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    Stream& s = streams_[i];
    s.depth = depths[i];
    s.kept = std::max<std::uint64_t>({2, s.writer_latency + 1, s.reader_capacity});
    if (s.depth != kUnboundedDepth) s.kept = std::max(s.kept, s.depth);
    if (s.ring == nullptr) grow(s);
    s.pushed = s.popped = s.left = s.merged_pushes = s.merged_pops = 0;
    s.max_occupancy = s.occupancy_cycles = s.full_cycles = 0;
    s.merged_to = 0;
    s.open_until = s.open_from = 0;
    s.writer_waits = false;
    s.histogram.assign(histograms_ ? 1 : 0, 0);
  }
  for (Kernel& k : kernels_) {
    if (k.schedule != nullptr) k.issue = k.schedule->issues.data();
    k.period_start = k.freed = 0;
    k.issued = k.first_wait = k.end_wait = k.merged_intake = 0;
    k.last = Time();
    k.offer = Time();
    k.offered = false;
    k.count = {};
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
  }
  for (std::size_t i = 0; i < kernels_.size(); ++i) {
    Kernel& k = kernels_[i];
    const Kernel& from = other.kernels_[i];
    k.issue = from.issue;
    k.issued = from.issued;
    k.last = from.last;
    std::copy(from.emission_ring.begin(), from.emission_ring.end(), k.emission_ring.begin());
    k.period_start = from.period_start;
    k.freed = from.freed;
    k.free_from = from.free_from;
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
  streams_[edge].depth += beats;
  advance(*streams_[edge].writer);
  drain();
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::drain() {
  while (!worklist_.empty()) {
    Kernel* kernel = worklist_.back();
    worklist_.pop_back();
    advance(*kernel);
  }
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::advance(Kernel& kernel) {
  if (kernel.kind == Kind::kSource) return advance_source(kernel);
  if (kernel.kind == Kind::kSink) return advance_sink(kernel);
  // As far as possible alone, then the kernels behind, whose pops may be what is missing here.
  for (bool pushed = true; pushed;) {
    pushed = false;
    for (;;) {
      if (kernel.capacity != 0) take_in(kernel);
      const std::uint64_t issued = kernel.issued;
      const Stop stop = issue(kernel);
      const bool gave = push_out(kernel);
      pushed = pushed || gave;
      if (stop == Stop::kNoRoom ? gave : kernel.capacity != 0 && kernel.issued != issued) continue;
      break;
    }
    if (!pushed) break;
    for (Stream* output : kernel.out) {
      if (!output->is_empty()) advance(*output->reader);
    }
  }
  for (Stream* output : kernel.out) {
    if (output->pushed < kernel.issued && !output->has_room()) output->writer_waits = true;
  }
  open_inputs(kernel);
}

/// Which beats to come will this kernel take at once?
template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::open_inputs(Kernel& kernel) {
  if (kernel.busy == BusyRule::kIntakeOrOutput) return open_gearbox(kernel);
  if (kernel.capacity != 0) return open_buffer(kernel);
  if (kernel.relay_period == 0) return;
  // It issues as soon as a beat comes if nothing is left of what it emitted, and if that will leave
  // at once too.
  std::uint64_t open = ~std::uint64_t{0};
  const auto latency = static_cast<std::int64_t>(kernel.latency);
  std::int64_t from = kernel.last.cycle() + 1;
  for (const Stream* output : kernel.out) {
    if (output->pushed != kernel.issued) return;
    open = std::min(open, output->open());
    from = std::max(from, output->open_from - latency);
    if (output->pushed > 0) {
      from = std::max(from, output->push_time(output->pushed - 1).cycle() + 1 - latency);
    }
  }
  const auto silent = static_cast<std::uint64_t>(kernel.issues_end - kernel.issue) - 1;
  for (Stream* input : kernel.in) {
    if (!input->is_empty()) continue;
    std::uint64_t beats = silent + open * kernel.relay_period;
    for (const Stream* other : kernel.in) {
      if (other == input) continue;
      beats = std::min(beats, other->pushed - other->popped);
      if (beats == 0) break;
      from = std::max(from, other->push_time(other->popped + beats - 1).cycle() + 1);
    }
    if (beats > 0) input->open_up(input->pushed + beats, from);
  }
}

/// A beat enters at once as long as places are free.
template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::open_buffer(Kernel& kernel) {
  Stream& input = *kernel.first_in;
  const std::int64_t limit = kernel.period_start + kernel.issue->oldest + kernel.capacity;
  std::int64_t from = 0;
  if (limit > kernel.capacity) {
    const auto last_place = static_cast<std::uint64_t>(limit - 1 - kernel.capacity);
    from = kernel.free_from[last_place & kernel.free_mask].cycle();
  }
  if (input.popped > 0) from = std::max(from, input.pop_time(input.popped - 1).cycle() + 1);
  input.open_up(static_cast<std::uint64_t>(limit), from);
}

/// Where a group has not more output beats than input beats, and these leave at once, every group
/// is handed over before the next is complete.
template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::open_gearbox(Kernel& kernel) {
  Stream& input = *kernel.first_in;
  const Stream& output = *kernel.first_out;
  const auto group = static_cast<std::uint64_t>(kernel.capacity);
  if (kernel.burst > group || output.pushed != kernel.issued) return;
  std::int64_t from = std::max(output.open_from, kernel.last.cycle());
  if (output.pushed > 0) from = std::max(from, output.push_time(output.pushed - 1).cycle());
  if (input.popped > 0) from = std::max(from, input.pop_time(input.popped - 1).cycle() + 1);
  const std::uint64_t groups = 1 + std::min<std::uint64_t>(output.open() / kernel.burst, 1u << 20);
  input.open_up(static_cast<std::uint64_t>(kernel.period_start) + groups * group, from);
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::take_in(Kernel& kernel) {
  Stream& input = *kernel.first_in;
  const auto capacity = static_cast<std::uint64_t>(kernel.capacity);
  const auto limit =
      static_cast<std::uint64_t>(kernel.period_start + kernel.issue->oldest + kernel.capacity);
  const std::uint64_t end = std::min(input.pushed, limit);
  while (input.popped < end) {
    const std::uint64_t beat = input.popped;
    Time time = input.push_time(beat) + 1;
    if (beat > 0) time = later(time, input.pop_time(beat - 1) + 1);
    if (beat >= capacity)
      time = later(time, kernel.free_from[(beat - capacity) & kernel.free_mask]);
    if (time.cycle() > horizon_) break;
    pop(input, time);
    if constexpr (kCounts) merge_intake(kernel);
  }
}

template <class Time, bool kCounts>
typename BeatTimes<Time, kCounts>::Stop BeatTimes<Time, kCounts>::issue(Kernel& kernel) {
  for (;;) {
    const Issue& issue = *kernel.issue;
    Time ready = kernel.last + 1;
    if (issue.newest >= 0) {
      const Stream& input = *kernel.first_in;
      const auto newest = static_cast<std::uint64_t>(kernel.period_start + issue.newest);
      if (input.popped <= newest) return Stop::kNoBeat;
      ready = later(ready, input.pop_time(newest) + 1);
    }
    for (int i = issue.first_input; i < issue.first_input + issue.inputs; ++i) {
      const Stream& input = *kernel.in[i];
      if (input.is_empty()) return Stop::kNoBeat;
      ready = later(ready, input.push_time(input.popped) + 1);
    }
    Time time = ready + (issue.cycles - 1);
    if (issue.emits != 0) {
      for (const Stream* output : kernel.out) {
        if (kernel.issued - output->pushed >= kernel.latency) return Stop::kNoRoom;
        if (kernel.issued >= kernel.latency) {
          time = later(time, output->push_time(kernel.issued - kernel.latency));
        }
      }
    }
    if (time.cycle() > horizon_) return Stop::kHorizon;

    if constexpr (kCounts) count_issue(kernel, ready.cycle(), time.cycle());
    for (int i = issue.first_input; i < issue.first_input + issue.inputs; ++i) {
      pop(*kernel.in[i], time);
    }
    if (issue.emits != 0) {
      const std::uint64_t emission =
          kernel.burst == 1 ? kernel.issued : kernel.issued / kernel.burst;
      kernel.emissions[emission & kernel.emissions_mask] = time;
      kernel.issued += kernel.burst;
    }
    step_position(kernel, time);
  }
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::count_issue(Kernel& kernel, std::int64_t ready, std::int64_t time) {
  CycleCount& count = kernel.count;
  const std::int64_t start = kernel.last.cycle() + 1;
  switch (kernel.busy) {
    case BusyRule::kIssue:
    case BusyRule::kIssueOrIntake:
      count.starved += ready - start;
      count.blocked += time - ready - (kernel.issue->cycles - 1);
      count.busy += kernel.issue->cycles;
      if (kernel.busy == BusyRule::kIssueOrIntake) count_wait(kernel, ready, time);
      break;
    case BusyRule::kOutputFirst: {
      std::int64_t given = start;
      for (const Stream* output : kernel.out) {
        if (kernel.issued == 0) break;
        given = std::max(given, output->push_time(kernel.issued - 1).cycle());
      }
      count.blocked += given - start;
      count.starved += time - given;
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
    kernel.issue = kernel.schedule->issues.data();
    kernel.period_start += kernel.schedule->beats;
  }
  if (kernel.capacity == 0) return;
  const std::int64_t oldest = kernel.period_start + kernel.issue->oldest;
  while (kernel.freed < oldest) {
    kernel.free_from[static_cast<std::uint64_t>(kernel.freed++) & kernel.free_mask] =
        issued_at + kernel.schedule->release;
  }
}

template <class Time, bool kCounts>
bool BeatTimes<Time, kCounts>::push_out(Kernel& kernel) {
  bool moved = false;
  for (Stream* output : kernel.out) {
    Stream& stream = *output;
    while (stream.pushed < kernel.issued) {
      const std::uint64_t emission =
          kernel.burst == 1 ? stream.pushed : stream.pushed / kernel.burst;
      Time ready = kernel.emissions[emission & kernel.emissions_mask] +
                   static_cast<std::int64_t>(kernel.latency);
      std::int64_t start = 0;
      if (stream.pushed != 0) {
        const Time& previous = stream.push_time(stream.pushed - 1);
        start = previous.cycle() + 1;
        ready = later(ready, previous + 1);
      }
      if (!can_push(stream, ready)) break;
      const Time time = when_room(stream, ready);
      if (time.cycle() > horizon_) break;
      if constexpr (kCounts) {
        if (kernel.busy == BusyRule::kIntakeOrOutput) {
          kernel.count.starved += ready.cycle() - start;
          kernel.count.blocked += time.cycle() - ready.cycle();
          kernel.count.busy += 1;
          count_wait(kernel, ready.cycle(), time.cycle());
        }
      }
      push(stream, time);
      moved = true;
    }
  }
  return moved;
}

template <class Time, bool kCounts>
Time BeatTimes<Time, kCounts>::when_room(const Stream& stream, Time time) {
  // Of an open FIFO the pop may not be known yet; it is early enough then.
  if (stream.pushed < stream.depth || stream.pushed - stream.depth >= stream.popped) return time;
  const Time& freed = stream.pop_time(stream.pushed - stream.depth);
  return freed.cycle() + 1 > time.cycle() ? trace_.through(freed, stream.edge) + 1 : time;
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::push(Stream& stream, Time time) {
  const std::uint64_t oldest = stream.popped - std::min(stream.popped, stream.kept);
  if (stream.pushed - oldest > stream.mask) grow(stream);
  // A beat that comes too early waits, and so may those behind it.
  if (time.cycle() + 1 < stream.open_from) stream.open_until = 0;
  stream.push_time(stream.pushed) = time;
  if constexpr (kCounts) count_push(stream, stream.pushed);
  ++stream.pushed;
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::pop(Stream& stream, Time time) {
  stream.pop_time(stream.popped) = time;
  if constexpr (kCounts) count_pop(stream, stream.popped);
  ++stream.popped;
  if (!stream.writer_waits) return;
  stream.writer_waits = false;
  worklist_.push_back(stream.writer);
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
    if (!can_push(output, source.offer)) {
      if (output.is_empty()) break;
      advance(*output.reader);
      if (!can_push(output, source.offer)) break;
    }
    const Time time = when_room(output, source.offer);
    if (time.cycle() > horizon_) break;
    if (first_accepted_ < 0) first_accepted_ = time.cycle();
    if constexpr (kCounts) {
      source.count.starved += source.offer.cycle() - source.last.cycle() - 1;
      source.count.blocked += time.cycle() - source.offer.cycle();
      source.count.busy += 1;
    }
    source.offer = source.offer + static_cast<std::int64_t>(pressure.interval());
    source.offered = false;
    source.last = time;
    push(output, time);
  }
  if (!output.is_empty()) advance(*output.reader);
  output.writer_waits = !output.has_room();
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
      sink.count.starved += ready.cycle() - start.cycle();
      sink.count.blocked += time.cycle() - ready.cycle();
      sink.count.busy += 1;
    }
    if (first_output_ < 0) first_output_ = time.cycle();
    sink.last = time;
    sink.offer = time + static_cast<std::int64_t>(pressure.interval());
    pop(input, time);
    if (input.popped % graph_.sink_beats == 0) frame_ends_.push_back(time);
  }
  if (pressure.is_free()) input.open_up(~std::uint64_t{0} / 2, sink.last.cycle() + 1);
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
    if (k.issued > 0) {
      const std::uint64_t newest = k.issued / k.burst - 1;
      latest = std::max(latest,
                        k.emissions[newest & k.emissions_mask].cycle() + k.schedule->latency - 1);
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
void BeatTimes<Time, kCounts>::append_shape(std::vector<std::int64_t>& shape) const {
  for (const Stream& s : streams_) {
    shape.push_back(static_cast<std::int64_t>(s.pushed - s.popped));
    shape.push_back(static_cast<std::int64_t>(s.popped - oldest_live_pop(s)));
    shape.push_back(static_cast<std::int64_t>(std::min(s.pushed, s.writer_latency)));
  }
  for (const Kernel& k : kernels_) {
    if (k.schedule == nullptr) continue;
    shape.push_back(k.issue - k.schedule->issues.data());
    shape.push_back(static_cast<std::int64_t>(k.issued - k.first_out->pushed));
    if (k.capacity == 0) continue;
    const auto entered = static_cast<std::int64_t>(k.first_in->popped);
    shape.push_back(entered - k.freed);
    shape.push_back(std::min(entered, k.capacity));
  }
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
      --(entry < wait.available ? kernel.count.starved : kernel.count.blocked);
      ++kernel.count.busy;
    }
    ++kernel.merged_intake;
  }
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::count_push(Stream& s, std::uint64_t beat) {
  // Full from the cycle behind this edge to the pop that makes room, if that is known.
  if (beat + 1 < s.depth || beat + 1 - s.depth >= s.popped) return;
  const std::int64_t until = s.pop_time(beat + 1 - s.depth).cycle();
  const std::int64_t from = s.push_time(beat).cycle();
  if (until > from) s.full_cycles += until - from;
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::count_pop(Stream& s, std::uint64_t beat) {
  const std::int64_t pushed = s.push_time(beat).cycle();
  const std::int64_t popped = s.pop_time(beat).cycle();
  s.occupancy_cycles += popped - pushed;
  if (s.depth <= s.pushed - beat) {
    const std::int64_t from = s.push_time(beat + s.depth - 1).cycle();
    if (popped > from) s.full_cycles += popped - from;
  }
  while (s.left < beat && s.pop_time(s.left).cycle() <= pushed) ++s.left;
  const std::uint64_t occupancy = beat + 1 - s.left;
  if (occupancy > s.max_occupancy) {
    s.max_occupancy = occupancy;
    s.kept = std::max(s.kept, occupancy + 1);
  }
  if (s.histogram.empty()) return;
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
  std::uint64_t left = s.left;
  for (std::uint64_t beat = s.popped; beat < s.pushed; ++beat) {
    const std::int64_t pushed = s.push_time(beat).cycle();
    if (pushed == last) break;  // nobody saw it any more
    result.occupancy_cycles += last - pushed;
    while (left < s.popped && s.pop_time(left).cycle() <= pushed) ++left;
    result.max_occupancy = std::max(result.max_occupancy, beat + 1 - left);
    if (beat + 1 - s.popped == s.depth) result.full_cycles += last - pushed;
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
  const std::int64_t from = k.last.cycle() + 1;
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
      const std::int64_t behind =
          output.pushed == 0 ? 0 : output.push_time(output.pushed - 1).cycle() + 1;
      if (output.pushed < k.issued) {
        const std::uint64_t emission = output.pushed / k.burst;
        ready = std::max(behind,
                         k.emissions[emission & k.emissions_mask].cycle() + k.schedule->latency);
      }
      add(behind, ready, 0);
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
