// SPDX-License-Identifier: Apache-2.0
//
// A replay against one that goes from cycle to cycle, for random memories and traces.
#include "sim/memory/trace_replay.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "tests/models/draw.h"
#include "tests/sim/memory/random_dram.h"

namespace qnnsim::test {
namespace {

AddressField take_bits(int& bit, std::int64_t places) {
  AddressField field;
  for (; places > 1; places /= 2) field.bits.push_back({bit++});
  return field;
}

/// Channels lowest, then columns; addresses of bursts, one each.
AddressMap map_of(const DramSpec& spec) {
  AddressMap map;
  int bit = 0;
  map.channel = take_bits(bit, spec.channels);
  map.column = take_bits(bit, spec.bursts_per_row());
  map.bank_group = take_bits(bit, spec.bank_groups);
  map.bank = take_bits(bit, spec.banks_per_group);
  map.rank = take_bits(bit, spec.ranks);
  map.row = take_bits(bit, spec.rows);
  return map;
}

std::vector<TraceRequest> draw_trace(const DramSpec& spec, Draw& draw) {
  const std::uint64_t bursts = spec.bytes() / spec.burst_bytes();
  const int requests = draw.between(1, 300);
  const int write_percent = draw.pick({0, 30, 100});
  const int largest_gap = draw.pick({0, 3, 50, 3000});
  std::vector<TraceRequest> trace;
  TraceRequest request;
  for (int i = 0; i < requests; ++i) {
    request.address = draw.one_in(3) ? draw.bits() % bursts : (request.address + 1) % bursts;
    request.write = draw.between(1, 100) <= write_percent;
    if (draw.one_in(4)) request.cycle += draw.between(0, largest_gap);
    trace.push_back(request);
  }
  return trace;
}

/// What the reference runs' driver does, in every cycle.
ReplayResult plain_replay(const DramSpec& spec, const std::vector<TraceRequest>& trace,
                          const ReplayOptions& options) {
  std::vector<std::unique_ptr<DramChannel>> channels;
  for (int i = 0; i < spec.channels; ++i) {
    channels.push_back(std::make_unique<DramChannel>(spec));
    channels.back()->skip_nothing();
  }
  ReplayResult result;
  std::vector<Cycle> ends;
  Cycle cycle = 0;
  for (;; ++cycle) {
    for (const auto& channel : channels) {
      channel->run_until(cycle + 1);
      for (const DramCompletion& completion : channel->take_completions()) {
        ends.push_back(completion.cycle);
      }
    }
    const std::uint64_t done =
        std::count_if(ends.begin(), ends.end(), [&](Cycle end) { return end <= cycle; });
    for (int i = 0; i < options.issue_width && result.requests < trace.size(); ++i) {
      const TraceRequest& request = trace[result.requests];
      if (request.cycle > cycle) break;
      const DramAddress address = spec.map.decode(request.address);
      DramChannel& channel = *channels[address.channel];
      const bool limited =
          options.max_outstanding != 0 && result.requests - done >= options.max_outstanding;
      if (limited || !channel.accepts(request.write)) {
        result.stall_cycles += i == 0;
        break;
      }
      channel.accept(address, request.write, result.requests++);
      result.last_accept_cycle = cycle;
    }
    if (result.requests == trace.size()) break;
  }
  for (const auto& channel : channels) {
    channel->run_until(cycle + 1);
    channel->finish();
    result.end_cycle = std::max(result.end_cycle, channel->now());
  }
  for (const auto& channel : channels) {
    channel->run_until(result.end_cycle);
    result.counts += channel->counts();
  }
  return result;
}

TEST(TraceReplay, IsThatOfADriverWhichSkipsNoCycle) {
  for (int seed = 1; seed <= 300 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Draw draw(seed);
    DramSpec spec = draw_spec(draw);
    spec.channels = draw.pick({1, 1, 2, 4});
    spec.map = map_of(spec);
    const std::vector<TraceRequest> trace = draw_trace(spec, draw);
    ReplayOptions options;
    options.max_outstanding = draw.pick({0, 0, 1, 3, 16});
    options.issue_width = draw.pick({1, 1, 2, 4});
    const ReplayResult skipping = replay(spec, trace, options);
    const ReplayResult plain = plain_replay(spec, trace, options);
    EXPECT_FALSE(skipping.interrupted);
    EXPECT_EQ(skipping.requests, plain.requests);
    EXPECT_EQ(skipping.end_cycle, plain.end_cycle);
    EXPECT_EQ(skipping.last_accept_cycle, plain.last_accept_cycle);
    EXPECT_EQ(skipping.stall_cycles, plain.stall_cycles);
    expect_equal_counts(skipping.counts, plain.counts);
  }
}

TEST(TraceReplay, EndsWhenItIsTold) {
  DramSpec spec = small_dram();
  spec.map = map_of(spec);
  const std::atomic<bool> stop = true;
  ReplayOptions options;
  options.stop = &stop;
  const ReplayResult result = replay(spec, std::vector<TraceRequest>(100), options);
  EXPECT_TRUE(result.interrupted);
  EXPECT_LT(result.requests, 100u);
}

TEST(TraceReplay, OfNothingTakesNoTime) {
  DramSpec spec = small_dram();
  spec.map = map_of(spec);
  const ReplayResult result = replay(spec, {});
  EXPECT_EQ(result.end_cycle, 0u);
  EXPECT_EQ(result.bandwidth_gb_s, 0);
}

}  // namespace
}  // namespace qnnsim::test
