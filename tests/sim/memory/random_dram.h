// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "sim/memory/dram_channel.h"
#include "tests/models/draw.h"
#include "tests/sim/memory/small_dram.h"

namespace qnnsim::test {

/// A memory with any timing and policy; without an address map.
inline DramSpec draw_spec(Draw& draw) {
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

inline void expect_equal_counts(const DramCounts& one, const DramCounts& other) {
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

}  // namespace qnnsim::test
