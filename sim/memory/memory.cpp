// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/memory.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "models/kernel.h"

namespace qnnsim {
namespace {

constexpr int kPortBits = 8;  ///< of a tag, which also holds the number of the access

/// Counts `value` in a histogram of powers of two.
void count_in(std::vector<std::uint64_t>& histogram, std::uint64_t value) {
  std::size_t bin = 0;
  while (value > 1) {
    value /= 2;
    ++bin;
  }
  if (histogram.size() <= bin) histogram.resize(bin + 1);
  ++histogram[bin];
}

Interconnect checked(const Interconnect& interconnect) {
  require_positive("interconnect", "request_latency", interconnect.request_latency);
  require_positive("interconnect", "response_latency", interconnect.response_latency);
  require_positive("interconnect", "queue", interconnect.queue);
  return interconnect;
}

}  // namespace

Memory::Memory(std::string name, DramSpec spec, Interconnect interconnect, std::uint64_t fabric_hz)
    : name_(std::move(name)),
      spec_(std::move(spec)),
      interconnect_(checked(interconnect)),
      clocks_(fabric_hz, static_cast<std::uint64_t>(spec_.tck_ps)),
      addresses_(spec_.map) {
  for (int i = 0; i < spec_.channels; ++i) channels_.emplace_back(spec_);
}

int Memory::add_port(std::string name, int bus_bytes, bool writes) {
  require(ports_.size() < (std::size_t{1} << kPortBits), "memory: more than 256 ports");
  Port port;
  port.name = std::move(name);
  port.bus_bytes = bus_bytes;
  port.writes = writes;
  ports_.push_back(std::move(port));
  return static_cast<int>(ports_.size()) - 1;
}

bool Memory::can_send(int port, Cycle now) { return room_from(port, now) <= now; }

std::deque<Memory::Answer> Memory::take_answers(int port) {
  return std::exchange(ports_[port].answers, {});
}

Cycle Memory::room_from(int port, Cycle now) {
  run_to(now);
  Port& p = ports_[port];
  while (!p.room.empty() && p.room.front() <= now) p.room.pop_front();
  const std::size_t used = p.waiting.size() + p.room.size();
  const std::size_t queue = interconnect_.queue;
  if (used < queue) return 0;
  return used - queue < p.room.size() ? p.room[used - queue] : kNever;
}

void Memory::send(int port, const AxiBurst& burst, Cycle now) {
  Port& p = ports_[port];
  Waiting waiting;
  waiting.burst = burst;
  waiting.arrival = clocks_.memory_from(now + interconnect_.request_latency);
  waiting.next = burst.address - burst.address % spec_.burst_bytes();
  waiting.target = addresses_.decode(waiting.next);
  assert(burst.address + burst.beats * p.bus_bytes <= std::uint64_t(spec_.bytes()));
  p.waiting.push_back(waiting);
  p.sent.push_back(now);
  p.counts.beats += burst.beats;
}

std::uint64_t Memory::answered(int port, Cycle now) {
  run_to(now);
  Port& p = ports_[port];
  while (!p.answers.empty() && p.answers.front().cycle <= now) {
    p.answered = p.answers.front().amount;
    p.answers.pop_front();
  }
  return p.answered;
}

Cycle Memory::access(int port, const AxiBurst& burst, Cycle now) {
  while (!can_send(port, now)) ++now;
  send(port, burst, now);
  const std::uint64_t bursts = ports_[port].counts.bursts + ports_[port].sent.size();
  while (ports_[port].counts.bursts < bursts) run_to(++now);
  return ports_[port].latest;
}

void Memory::run_to(Cycle now) {
  const Cycle end = clocks_.memory_after(now);
  if (end <= memory_now_) return;
  while (memory_now_ < end) {
    Cycle next = end;
    for (const Port& port : ports_) {
      if (!port.waiting.empty()) next = std::min(next, port.waiting.front().arrival);
    }
    memory_now_ = std::max(memory_now_, next);
    if (memory_now_ == end) break;
    for (std::size_t i = 0; i < channels_.size(); ++i) {
      hand_over(channels_[i], static_cast<int>(i));
    }
    ++memory_now_;
  }
  for (Channel& channel : channels_) {
    channel.dram.run_until(end);
    collect(channel);
  }
  for (Port& port : ports_) answer(port);
}

bool Memory::wants(int port, int channel) const {
  const Port& p = ports_[port];
  return p.next_turn <= memory_now_ && !p.waiting.empty() &&
         p.waiting.front().arrival <= memory_now_ && p.waiting.front().target.channel == channel;
}

/// The port whose access the channel takes next; -1: none.
int Memory::choose(const Channel& channel, int index) const {
  const int ports = static_cast<int>(ports_.size());
  if (channel.port >= 0 && wants(channel.port, index) &&
      ports_[channel.port].waiting.front().begun) {
    return channel.port;
  }
  const bool in_turn = interconnect_.arbitration == Arbitration::kRoundRobin;
  const int first = in_turn ? channel.port + 1 : 0;
  for (int i = 0; i < ports; ++i) {
    const int port = (first + i) % ports;
    if (wants(port, index)) return port;
  }
  return -1;
}

void Memory::hand_over(Channel& channel, int index) {
  const int chosen = choose(channel, index);
  if (chosen < 0) return;
  channel.dram.run_until(memory_now_ + 1);
  Port& port = ports_[chosen];
  Waiting& waiting = port.waiting.front();
  const AxiBurst& burst = waiting.burst;
  if (!channel.dram.accepts(burst.write)) return;
  const std::uint64_t number = port.first_access + port.accesses.size();
  channel.dram.accept(waiting.target, burst.write,
                      number << kPortBits | static_cast<std::uint64_t>(chosen));
  channel.port = chosen;
  port.next_turn = memory_now_ + 1;
  ++port.counts.accesses;
  waiting.begun = true;
  waiting.next += spec_.burst_bytes();
  const std::uint64_t end = burst.address + burst.beats * port.bus_bytes;
  const bool last = waiting.next >= end;
  const std::uint64_t there = (std::min(waiting.next, end) - burst.address) / port.bus_bytes;
  port.accesses.push_back({kNever, there, last});
  if (!last) {
    waiting.target = addresses_.decode(waiting.next);
    return;
  }
  port.waiting.pop_front();
  port.room.push_back(clocks_.fabric_from(memory_now_ + 1) + interconnect_.response_latency);
}

void Memory::collect(Channel& channel) {
  channel.dram.take_completions(completions_);
  for (const DramCompletion& completion : completions_) {
    Port& port = ports_[completion.tag & ((1u << kPortBits) - 1)];
    port.accesses[(completion.tag >> kPortBits) - port.first_access].done = completion.cycle;
  }
}

void Memory::answer(Port& port) {
  while (!port.accesses.empty() && port.accesses.front().done != kNever) {
    const Access access = port.accesses.front();
    port.accesses.pop_front();
    ++port.first_access;
    port.latest =
        std::max(port.latest, clocks_.fabric_from(access.done) + interconnect_.response_latency);
    if (!port.writes || access.last) {
      const std::uint64_t amount = port.known + (port.writes ? 1 : access.beats);
      port.answers.push_back({port.latest, amount});
      if (access.last) port.known = amount;
    }
    if (!access.last) continue;
    const Cycle latency = port.latest - port.sent.front();
    port.sent.pop_front();
    ++port.counts.bursts;
    port.counts.latency_sum += latency;
    port.counts.latency_max = std::max(port.counts.latency_max, latency);
    count_in(port.counts.latency, latency);
  }
}

bool Memory::is_idle() const {
  return std::all_of(ports_.begin(), ports_.end(),
                     [](const Port& port) { return port.sent.empty() && port.answers.empty(); });
}

void Memory::finish() {
  for (Channel& channel : channels_) channel.dram.finish();
}

DramCounts Memory::dram_counts() const {
  DramCounts sum;
  for (const Channel& channel : channels_) sum += channel.dram.counts();
  return sum;
}

}  // namespace qnnsim
