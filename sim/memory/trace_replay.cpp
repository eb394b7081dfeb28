// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/trace_replay.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <queue>

#include "sim/memory/address_map.h"

namespace qnnsim {
namespace {

constexpr std::uint64_t kStopInterval = 4096;  ///< [requests] between two looks at `stop`

double ratio(std::uint64_t sum, std::uint64_t count) {
  return count == 0 ? 0 : static_cast<double>(sum) / static_cast<double>(count);
}

/// The channels, each simulated as far as a request or a limit on requests needs it.
class Replay {
 public:
  Replay(const DramSpec& spec, const ReplayOptions& options)
      : spec_(spec), options_(options), decoder_(spec.map) {
    for (int channel = 0; channel < spec.channels; ++channel) {
      channels_.push_back(std::make_unique<DramChannel>(spec));
    }
  }

  void present(const TraceRequest& request);
  void finish();
  ReplayResult result() const;

 private:
  bool limited() const { return options_.max_outstanding != 0; }
  void collect();
  void wait_for_completion();

  const DramSpec& spec_;
  const ReplayOptions& options_;
  const AddressDecoder decoder_;
  std::vector<std::unique_ptr<DramChannel>> channels_;
  Cycle cycle_ = 0;          ///< requests are presented behind this memory cycle
  int issued_in_cycle_ = 0;  ///< requests accepted in it
  ReplayResult result_;
  std::vector<DramCompletion> taken_;
  std::uint64_t outstanding_ = 0;
  /// Ends of outstanding requests, as far as known, the first on top.
  std::priority_queue<Cycle, std::vector<Cycle>, std::greater<>> ends_;
};

void Replay::collect() {
  for (const auto& channel : channels_) {
    channel->take_completions(taken_);
    if (!limited()) continue;
    for (const DramCompletion& completion : taken_) ends_.push(completion.cycle);
  }
}

/// Goes to the cycle in which the next request is done.
void Replay::wait_for_completion() {
  // No read whose RD is still to come is done earlier than this many cycles from now.
  const Cycle shortest = spec_.timing.cl + spec_.burst_cycles();
  Cycle known = cycle_ + 1;
  for (const auto& channel : channels_) channel->run_until(known);
  collect();
  while (ends_.empty() || ends_.top() > known + shortest) {
    known += shortest;
    for (const auto& channel : channels_) channel->run_until(known);
    collect();
  }
  cycle_ = std::max(cycle_, ends_.top());
}

void Replay::present(const TraceRequest& request) {
  if (issued_in_cycle_ == options_.issue_width || request.cycle > cycle_) {
    if (issued_in_cycle_ > 0) ++cycle_;
    cycle_ = std::max(cycle_, request.cycle);
    issued_in_cycle_ = 0;
  }
  // A cycle that has accepted another request does not stall.
  const Cycle due = issued_in_cycle_ == 0 ? cycle_ : cycle_ + 1;
  const DramAddress address = decoder_.decode(request.address);
  DramChannel& channel = *channels_[address.channel];
  for (;;) {
    while (!ends_.empty() && ends_.top() <= cycle_) {
      ends_.pop();
      --outstanding_;
    }
    if (limited() && outstanding_ >= options_.max_outstanding) {
      wait_for_completion();
      continue;
    }
    channel.run_until(cycle_ + 1);
    if (channel.accepts(request.write)) break;
    channel.run_until_accepts(request.write, kNever);
    cycle_ = channel.now() - 1;
  }
  if (cycle_ >= due) {
    result_.stall_cycles += cycle_ - due;
    issued_in_cycle_ = 0;
  }
  ++issued_in_cycle_;
  channel.accept(address, request.write, result_.requests);
  ++outstanding_;
  ++result_.requests;
  result_.last_accept_cycle = cycle_;
  if (limited()) {
    collect();
  } else {
    channel.take_completions(taken_);
  }
}

void Replay::finish() {
  Cycle end = 0;
  for (const auto& channel : channels_) {
    channel->run_until(cycle_ + 1);
    channel->finish();
    end = std::max(end, channel->now());
  }
  for (const auto& channel : channels_) channel->run_until(end);
}

ReplayResult Replay::result() const {
  ReplayResult result = result_;
  for (const auto& channel : channels_) {
    result.counts += channel->counts();
    result.end_cycle = std::max(result.end_cycle, channel->now());
  }
  const DramCounts& counts = result.counts;
  result.average_read_latency = ratio(counts.read_latency_sum, counts.read_requests);
  result.average_write_latency = ratio(counts.write_latency_sum, counts.writes);
  result.energy = energy(spec_, counts);
  const double ns =
      static_cast<double>(result.end_cycle) * static_cast<double>(spec_.tck_ps) / 1000.0;
  if (ns > 0) {
    result.average_power_mw = result.energy.total() / ns;
    result.bandwidth_gb_s = static_cast<double>(counts.reads + counts.writes) *
                            static_cast<double>(spec_.burst_bytes()) / ns;
  }
  return result;
}

}  // namespace

ReplayResult replay(const DramSpec& spec, const std::vector<TraceRequest>& trace,
                    const ReplayOptions& options) {
  Replay replay(spec, options);
  bool interrupted = false;
  for (std::size_t i = 0; i < trace.size() && !interrupted; ++i) {
    replay.present(trace[i]);
    interrupted = i % kStopInterval == 0 && options.stop != nullptr && options.stop->load();
  }
  if (!interrupted && !trace.empty()) replay.finish();
  ReplayResult result = replay.result();
  result.interrupted = interrupted;
  return result;
}

}  // namespace qnnsim
