// SPDX-License-Identifier: Apache-2.0
//
// A channel that skips the cycles in which nothing happens does what one does that is stopped in
// every cycle: the same commands, completions and counts, for random memories and traffic.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "sim/memory/dram_channel.h"
#include "tests/models/draw.h"
#include "tests/sim/memory/random_dram.h"
#include "tests/sim/memory/small_dram.h"

namespace qnnsim::test {
namespace {

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

}  // namespace
}  // namespace qnnsim::test
