// SPDX-License-Identifier: Apache-2.0
#include "analysis/prefetch.h"

#include <algorithm>
#include <cmath>

namespace qnnsim {

std::uint64_t prefetch_depth(const Scenario& scenario, const MemorySettings& memory,
                             const TensorSettings& tensor, std::size_t others,
                             double beats_per_cycle) {
  const DramSpec& spec = memory.spec;
  const DramTiming& t = spec.timing;
  const double cycles_per_ns = scenario.clock_mhz * 1e-3;
  const double closed_row = t.rp + t.rcd_rd + t.cl + spec.burst_cycles();
  const double away_ns = (t.rfc + closed_row) * double(spec.tck_ps) * 1e-3;
  const double burst_ns = tensor.max_burst * (tensor.bus_bits / 8) / spec.peak_gb_s();
  const double cycles = memory.interconnect.request_latency + memory.interconnect.response_latency +
                        (away_ns + double(others) * burst_ns) * cycles_per_ns;
  return std::max<std::uint64_t>(2, std::uint64_t(std::ceil(cycles * beats_per_cycle)));
}

}  // namespace qnnsim
