// SPDX-License-Identifier: Apache-2.0
//
// A channel that skips the cycles in which nothing happens does what one does that is stopped in
// every cycle: the same commands, completions and counts, for random memories and traffic.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "sim/memory/trace_replay.h"
#include "tests/models/draw.h"
#include "tests/sim/memory/small_dram.h"

namespace qnnsim::test {
namespace {

DramSpec draw_spec(Draw& draw) {
  DramSpec spec = small_dram();
  spec.ranks = draw.pick({1, 1, 2, 4});
  spec.bank_groups = draw.pick({1, 2, 4});
  spec.banks_per_group = draw.pick({1, 2, 4});
  spec.rows = draw.pick<std::int64_t>({2, 8, 64});
  spec.columns = draw.pick<std::int64_t>({32, 128});
  spec.burst_length = draw.pick({4, 8, 16});
  DramTiming& timing = spec.timing;
  timing.cl = draw.between(5, 30);
  timing.cwl = draw.between(3, timing.cl);
  timing.rcd_rd = draw.between(3, 30);
  timing.rcd_wr = draw.between(3, 30);
  timing.rp = draw.between(3, 30);
  timing.ras = timing.rcd_rd + draw.between(1, 30);
  timing.ccd_s = draw.between(1, 8);
  timing.ccd_l = timing.ccd_s + draw.between(0, 6);
  timing.rrd_s = draw.between(1, 9);
  timing.rrd_l = timing.rrd_s + draw.between(0, 6);
  timing.faw = draw.between(4, 60);
  timing.wr = draw.between(3, 30);
  timing.wtr_s = draw.between(1, 16);
  timing.wtr_l = timing.wtr_s + draw.between(0, 10);
  timing.rtp = draw.between(2, 20);
  timing.rtrs = draw.between(0, 3);
  timing.rfc = draw.between(30, 200);
  timing.refi = (timing.rfc + 100) * spec.ranks + draw.between(0, 3000);
  timing.ppd = draw.pick({0, 0, 2, 4});
  DramPolicy& policy = spec.policy;
  policy.page = draw.one_in(3) ? PagePolicy::kClosed : PagePolicy::kOpen;
  policy.unified_queue = draw.one_in(3);
  policy.read_queue = draw.pick({1, 4, 32});
  policy.write_queue = draw.pick({1, 4, 16, 32});
  policy.write_drain_idle = draw.between(0, policy.write_queue);
  policy.bank_queue = draw.pick({1, 2, 8});
  policy.row_hit_cap = draw.pick({1, 4, 16});
  policy.refresh = !draw.one_in(3);
  policy.separate_column_bus = draw.one_in(3);
  return spec;
}

std::vector<Access> draw_traffic(const DramSpec& spec, Draw& draw) {
  const int requests = draw.between(1, 400);
  const int write_percent = draw.pick({0, 20, 50, 100});
  const int largest_gap = draw.pick({0, 3, 40, 5000});
  std::vector<Access> traffic;
  Cycle cycle = 0;
  for (int i = 0; i < requests; ++i) {
    if (draw.one_in(4)) cycle += draw.between(0, largest_gap);
    Access access;
    // Some walk on from the one before.
    if (!traffic.empty() && draw.one_in(2)) {
      access = traffic.back();
      access.column = (access.column + draw.between(0, 1)) % spec.bursts_per_row();
    } else {
      access.rank = draw.between(0, spec.ranks - 1);
      access.bank_group = draw.between(0, spec.bank_groups - 1);
      access.bank = draw.between(0, spec.banks_per_group - 1);
      access.row = draw.between(0, static_cast<int>(spec.rows) - 1);
      access.column = draw.between(0, static_cast<int>(spec.bursts_per_row()) - 1);
    }
    access.write = draw.between(1, 100) <= write_percent;
    access.cycle = cycle;
    traffic.push_back(access);
  }
  return traffic;
}

/// `serve`, stopped in every cycle and skipping none.
Served serve_every_cycle(const DramSpec& spec, const std::vector<Access>& accesses, Cycle until) {
  Served served;
  DramChannel channel(spec);
  channel.skip_nothing();
  channel.observe([&](const DramCommand& command) { served.commands.push_back(command); });
  for (std::size_t i = 0; i < accesses.size(); ++i) {
    const Access& access = accesses[i];
    if (i > 0) channel.run_until(channel.now() + 1);
    while (channel.now() < access.cycle || !channel.accepts(access.write)) {
      channel.run_until(channel.now() + 1);
      for (const DramCompletion& completion : channel.take_completions()) {
        served.completions.push_back(completion);
      }
    }
    channel.accept(access.address(), access.write, i);
  }
  channel.finish();
  while (channel.now() < until) channel.run_until(channel.now() + 1);
  for (const DramCompletion& completion : channel.take_completions()) {
    served.completions.push_back(completion);
  }
  served.counts = channel.counts();
  served.end = channel.now();
  return served;
}

auto key(const DramCommand& command) {
  const DramAddress& address = command.address;
  return std::make_tuple(command.cycle, command.kind, address.rank, address.bank_group,
                         address.bank, address.row, address.column);
}

void expect_equal_counts(const DramCounts& one, const DramCounts& other) {
  EXPECT_EQ(one.reads, other.reads);
  EXPECT_EQ(one.writes, other.writes);
  EXPECT_EQ(one.activates, other.activates);
  EXPECT_EQ(one.precharges, other.precharges);
  EXPECT_EQ(one.refreshes, other.refreshes);
  EXPECT_EQ(one.read_row_hits, other.read_row_hits);
  EXPECT_EQ(one.write_row_hits, other.write_row_hits);
  EXPECT_EQ(one.conflicts, other.conflicts);
  EXPECT_EQ(one.lost_precharges, other.lost_precharges);
  EXPECT_EQ(one.dual_commands, other.dual_commands);
  EXPECT_EQ(one.rank_active_cycles, other.rank_active_cycles);
  EXPECT_EQ(one.rank_idle_cycles, other.rank_idle_cycles);
  EXPECT_EQ(one.read_latency_sum, other.read_latency_sum);
  EXPECT_EQ(one.write_latency_sum, other.write_latency_sum);
  EXPECT_EQ(one.read_latency, other.read_latency);
  EXPECT_EQ(one.flushed_writes, other.flushed_writes);
}

/// Every request is done once, and every command is that of some request or of a refresh.
void expect_sound(const DramSpec& spec, const std::vector<Access>& traffic, const Served& served) {
  std::vector<int> done(traffic.size());
  for (const DramCompletion& completion : served.completions) ++done.at(completion.tag);
  EXPECT_EQ(std::count(done.begin(), done.end(), 1), std::ptrdiff_t(traffic.size()));
  const DramCounts& counts = served.counts;
  const auto writes = std::count_if(traffic.begin(), traffic.end(),
                                    [](const Access& access) { return access.write; });
  EXPECT_EQ(counts.write_requests, std::uint64_t(writes));
  EXPECT_EQ(counts.read_requests, traffic.size() - writes);
  EXPECT_LE(counts.reads, counts.read_requests);
  EXPECT_LE(counts.writes, counts.write_requests);
  EXPECT_EQ(counts.rank_active_cycles + counts.rank_idle_cycles, served.end * spec.ranks);
  EXPECT_EQ(counts.conflicts <= counts.precharges, true);
}

void compare(Draw& draw) {
  const DramSpec spec = draw_spec(draw);
  const std::vector<Access> traffic = draw_traffic(spec, draw);
  const Cycle until = traffic.back().cycle + draw.between(0, 20000);
  const Served skipping = serve(spec, traffic, until);
  const Served plain = serve_every_cycle(spec, traffic, until);
  expect_sound(spec, traffic, skipping);
  EXPECT_EQ(skipping.end, plain.end);
  expect_equal_counts(skipping.counts, plain.counts);
  ASSERT_EQ(skipping.commands.size(), plain.commands.size());
  for (std::size_t i = 0; i < plain.commands.size(); ++i) {
    ASSERT_EQ(key(skipping.commands[i]), key(plain.commands[i])) << "command " << i;
  }
  ASSERT_EQ(skipping.completions.size(), plain.completions.size());
  for (std::size_t i = 0; i < plain.completions.size(); ++i) {
    ASSERT_EQ(skipping.completions[i].tag, plain.completions[i].tag);
    ASSERT_EQ(skipping.completions[i].cycle, plain.completions[i].cycle);
  }
}

TEST(DramSkipping, ChangesNothingForRandomMemoriesAndTraffic) {
  for (int seed = 1; seed <= 600 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Draw draw(seed);
    compare(draw);
  }
}

TEST(DramSkipping, CountsTheRefreshesOfALongRest) {
  for (const int ranks : {1, 2}) {
    DramSpec spec = small_dram();
    spec.ranks = ranks;
    spec.policy.refresh = true;
    const Cycle rest = 1000000;
    const auto run = [&](bool observed) {
      DramChannel channel(spec);
      if (observed) channel.observe([](const DramCommand&) {});
      for (int i = 0; i < 2; ++i) {
        channel.accept({0, 0, 0, i, 5, 0}, false, i);
        channel.run_until(channel.now() + rest);
      }
      channel.accept({0, ranks - 1, 0, 0, 5, 0}, false, 2);
      channel.finish();
      return std::make_pair(channel.counts(), channel.take_completions());
    };
    const auto [skipped, ends] = run(false);
    const auto [simulated, simulated_ends] = run(true);
    EXPECT_EQ(skipped.refreshes, 2 * rest / (spec.timing.refi / ranks));
    expect_equal_counts(skipped, simulated);
    EXPECT_EQ(ends.back().cycle, simulated_ends.back().cycle);
  }
}

TEST(DramSkipping, AWriteThatWaitsForAReadDoesNotWaitForEver) {
  DramSpec spec = small_dram();
  spec.policy.write_queue = 1;
  spec.policy.bank_queue = 1;
  // The read stands behind others for its bank when the write fills its queue.
  std::vector<Access> accesses;
  for (int row = 0; row < 4; ++row) accesses.push_back({false, 0, 0, 0, row, 0, 0});
  accesses.push_back({true, 0, 0, 0, 3, 0, 0});
  accesses.push_back({true, 0, 1, 0, 3, 0, 0});
  const Served served = serve(spec, accesses);
  EXPECT_EQ(served.counts.reads, 4u);
  EXPECT_EQ(served.counts.writes, 2u);
}

TEST(DramSkipping, ReadsOfAPendingWriteTakeItsDataAndReadsOfAPlaceShareACommand) {
  DramSpec spec = small_dram();
  const Served served = serve(spec, {{true, 0, 0, 0, 1, 0, 0},
                                     {false, 0, 0, 0, 1, 0, 0},
                                     {true, 0, 0, 0, 1, 0, 0},
                                     {false, 0, 0, 0, 2, 7, 0},
                                     {false, 0, 0, 0, 2, 7, 0}});
  EXPECT_EQ(served.counts.reads, 1u);
  EXPECT_EQ(served.counts.writes, 1u);
  EXPECT_EQ(served.counts.flushed_writes, 1u);
  ASSERT_EQ(served.completions.size(), 5u);
  EXPECT_EQ(served.completions[1].tag, 1u);
  EXPECT_EQ(served.completions[1].cycle, 2u);
  EXPECT_EQ(served.completions[3].cycle, served.completions[4].cycle);
}

}  // namespace
}  // namespace qnnsim::test
