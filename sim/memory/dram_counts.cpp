// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sim/memory/dram_channel.h"

namespace qnnsim {

DramCounts& DramCounts::operator+=(const DramCounts& other) {
  for (const auto count :
       {&DramCounts::reads, &DramCounts::writes, &DramCounts::activates, &DramCounts::precharges,
        &DramCounts::refreshes, &DramCounts::read_row_hits, &DramCounts::write_row_hits,
        &DramCounts::conflicts, &DramCounts::lost_precharges, &DramCounts::dual_commands,
        &DramCounts::rank_active_cycles, &DramCounts::rank_idle_cycles, &DramCounts::read_requests,
        &DramCounts::write_requests, &DramCounts::read_latency_sum, &DramCounts::write_latency_sum,
        &DramCounts::flushed_writes}) {
    this->*count += other.*count;
  }
  read_latency_max = std::max(read_latency_max, other.read_latency_max);
  last_read_end = std::max(last_read_end, other.last_read_end);
  read_latency.resize(std::max(read_latency.size(), other.read_latency.size()));
  for (std::size_t i = 0; i < other.read_latency.size(); ++i) {
    read_latency[i] += other.read_latency[i];
  }
  return *this;
}

DramEnergy energy(const DramSpec& spec, const DramCounts& counts) {
  const DramTiming& timing = spec.timing;
  const DramPower& power = spec.power;
  const double tck_ns = static_cast<double>(spec.tck_ps) / 1000.0;
  // V x mA x ns = pJ, for the devices of a rank, which act together.
  const double scale = power.vdd * spec.devices() * tck_ns;
  const double activate =
      power.idd0 * timing.rc() - power.idd3n * timing.ras - power.idd2n * timing.rp;
  const auto times = [](std::uint64_t count) { return static_cast<double>(count); };

  DramEnergy result;
  result.activate = scale * activate * times(counts.activates);
  result.read = scale * (power.idd4r - power.idd3n) * spec.burst_cycles() * times(counts.reads);
  result.write = scale * (power.idd4w - power.idd3n) * spec.burst_cycles() * times(counts.writes);
  result.refresh = scale * (power.idd5ab - power.idd3n) * timing.rfc * times(counts.refreshes);
  result.background = scale * (power.idd3n * times(counts.rank_active_cycles) +
                               power.idd2n * times(counts.rank_idle_cycles));
  return result;
}

}  // namespace qnnsim
