// SPDX-License-Identifier: Apache-2.0
//
// How fast a DRAM channel is, in requests a second: replays of generated traces.
//
//   dram --benchmark_filter=stream
#include <benchmark/benchmark.h>

#include <cstdint>
#include <random>
#include <vector>

#include "sim/memory/address_map.h"
#include "sim/memory/trace_replay.h"

namespace qnnsim {
namespace {

constexpr std::int64_t kRequests = 1 << 18;

AddressField bits(int first, int count) {
  AddressField field;
  for (int bit = first; bit < first + count; ++bit) field.bits.push_back({bit});
  return field;
}

/// DDR4-2400 of eight x8 devices; bank groups in turn, or whole rows.
DramSpec ddr4(bool bank_groups_lowest) {
  DramSpec spec;
  spec.tck_ps = 833;
  spec.bank_groups = 4;
  spec.banks_per_group = 4;
  spec.rows = 65536;
  spec.columns = 1024;
  spec.bus_bits = 64;
  spec.device_bits = 8;
  spec.burst_length = 8;
  spec.timing = {17, 12, 17, 17, 17, 39, 4, 6, 4, 6, 26, 18, 3, 9, 9, 1, 9360, 420, 0};
  spec.map.bank_group = bits(bank_groups_lowest ? 6 : 13, 2);
  spec.map.column = bits(bank_groups_lowest ? 8 : 6, 7);
  spec.map.bank = bits(15, 2);
  spec.map.row = bits(17, 16);
  return spec;
}

void report(benchmark::State& state, const DramSpec& spec, const std::vector<TraceRequest>& trace,
            std::uint64_t max_outstanding = 0) {
  ReplayOptions options;
  options.max_outstanding = max_outstanding;
  double cycles = 0;
  for (auto _ : state) cycles += static_cast<double>(replay(spec, trace, options).end_cycle);
  const double requests = static_cast<double>(trace.size()) * state.iterations();
  state.counters["requests/s"] = benchmark::Counter(requests, benchmark::Counter::kIsRate);
  state.counters["cycles/s"] = benchmark::Counter(cycles, benchmark::Counter::kIsRate);
}

std::vector<TraceRequest> stream(bool writes, Cycle gap) {
  std::vector<TraceRequest> trace;
  for (std::int64_t i = 0; i < kRequests; ++i) {
    trace.push_back({std::uint64_t(i) * 64, writes, Cycle(i) * gap});
  }
  return trace;
}

std::vector<TraceRequest> random(int write_percent) {
  std::mt19937_64 engine(1);
  std::vector<TraceRequest> trace;
  for (std::int64_t i = 0; i < kRequests; ++i) {
    const std::uint64_t address = engine() % (std::uint64_t(1) << 33) / 64 * 64;
    trace.push_back({address, int(engine() % 100) < write_percent, 0});
  }
  return trace;
}

void stream_reads(benchmark::State& state) { report(state, ddr4(true), stream(false, 0)); }
void stream_writes(benchmark::State& state) { report(state, ddr4(true), stream(true, 0)); }
void stream_in_one_bank(benchmark::State& state) { report(state, ddr4(false), stream(false, 0)); }
void stream_eight_outstanding(benchmark::State& state) {
  report(state, ddr4(true), stream(false, 0), 8);
}
void random_reads(benchmark::State& state) { report(state, ddr4(true), random(0)); }
void random_mixed(benchmark::State& state) { report(state, ddr4(true), random(30)); }
void idle_gaps(benchmark::State& state) { report(state, ddr4(true), stream(false, 100000)); }

BENCHMARK(stream_reads)->Unit(benchmark::kMillisecond);
BENCHMARK(stream_writes)->Unit(benchmark::kMillisecond);
BENCHMARK(stream_in_one_bank)->Unit(benchmark::kMillisecond);
BENCHMARK(stream_eight_outstanding)->Unit(benchmark::kMillisecond);
BENCHMARK(random_reads)->Unit(benchmark::kMillisecond);
BENCHMARK(random_mixed)->Unit(benchmark::kMillisecond);
BENCHMARK(idle_gaps)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace qnnsim

BENCHMARK_MAIN();
