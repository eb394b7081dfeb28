// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "sim/memory/dram_channel.h"

namespace qnnsim::test {

/// A DDR4-2400 of x8 devices, without refresh.
inline DramSpec small_dram() {
  DramSpec spec;
  spec.name = "small";
  spec.tck_ps = 833;
  spec.bank_groups = 4;
  spec.banks_per_group = 4;
  spec.rows = 65536;
  spec.columns = 1024;
  spec.bus_bits = 64;
  spec.device_bits = 8;
  spec.burst_length = 8;
  DramTiming& timing = spec.timing;
  timing.cl = 17;
  timing.cwl = 12;
  timing.rcd_rd = timing.rcd_wr = timing.rp = 17;
  timing.ras = 39;
  timing.ccd_s = 4;
  timing.ccd_l = 6;
  timing.rrd_s = 4;
  timing.rrd_l = 6;
  timing.faw = 26;
  timing.wr = 18;
  timing.wtr_s = 3;
  timing.wtr_l = 9;
  timing.rtp = 9;
  timing.rtrs = 1;
  timing.refi = 9360;
  timing.rfc = 420;
  spec.policy.refresh = false;
  return spec;
}

struct Access {
  bool write = false;
  int rank = 0;
  int bank_group = 0;
  int bank = 0;
  std::int64_t row = 0;
  std::int64_t column = 0;
  Cycle cycle = 0;  ///< seen by the controller no earlier

  DramAddress address() const { return {0, rank, bank_group, bank, row, column}; }
};

/// What a channel did for some accesses, presented one a cycle.
struct Served {
  std::vector<DramCommand> commands;
  std::vector<DramCompletion> completions;
  DramCounts counts;
  Cycle end = 0;

  /// The cycle of command number `n` of a kind.
  Cycle at(DramCommandKind kind, std::size_t n = 0) const {
    for (const DramCommand& command : commands) {
      if (command.kind == kind && n-- == 0) return command.cycle;
    }
    ADD_FAILURE() << "no such command";
    return 0;
  }
};

inline Served serve(const DramSpec& spec, const std::vector<Access>& accesses, Cycle until = 0) {
  Served served;
  DramChannel channel(spec);
  channel.observe([&](const DramCommand& command) { served.commands.push_back(command); });
  for (std::size_t i = 0; i < accesses.size(); ++i) {
    channel.run_until(std::max(channel.now() + (i == 0 ? 0 : 1), accesses[i].cycle));
    channel.run_until_accepts(accesses[i].write, kNever);
    channel.accept(accesses[i].address(), accesses[i].write, i);
  }
  channel.finish();
  if (channel.now() < until) channel.run_until(until);
  served.completions = channel.take_completions();
  served.counts = channel.counts();
  served.end = channel.now();
  return served;
}

}  // namespace qnnsim::test
