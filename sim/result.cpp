// SPDX-License-Identifier: Apache-2.0
#include "sim/result.h"

#include <numeric>

#include <algorithm>

namespace qnnsim {

std::optional<double> Result::fps() const {
  if (!interval) return std::nullopt;
  return clock_mhz * 1e6 / double(*interval);
}

std::optional<double> Result::latency_us() const {
  if (!latency) return std::nullopt;
  return double(*latency) / clock_mhz;
}

std::optional<double> Result::batch_cycles(std::uint64_t batch) const {
  if (!latency || (batch > 1 && !interval)) return std::nullopt;
  return double(*latency) + double(batch - 1) * double(interval.value_or(0));
}

std::uint64_t Result::dsps() const {
  return std::accumulate(
      kernels.begin(), kernels.end(), std::uint64_t{0},
      [](std::uint64_t sum, const KernelResult& kernel) { return sum + kernel.dsps; });
}

double Result::load(const KernelResult& kernel) const {
  return interval ? double(kernel.frame_interval) / double(*interval) : kernel.utilisation;
}

Comparison compare(const Result& result, const Published& published) {
  const double cycles_per_second = published.clock_mhz * 1e6;
  Comparison comparison;
  comparison.measured_cycles = double(published.batch) / published.fps * cycles_per_second;
  comparison.predicted_cycles = result.batch_cycles(published.batch);
  if (!comparison.predicted_cycles) return comparison;
  const double predicted = *comparison.predicted_cycles;
  comparison.predicted_fps = double(published.batch) / predicted * cycles_per_second;
  comparison.deviation_percent = 100 * (predicted / comparison.measured_cycles - 1);
  return comparison;
}

std::optional<double> Result::memory_bytes_per_frame() const {
  if (memories.empty() || frames_done == 0) return std::nullopt;
  double bytes = 0;
  for (const MemoryResult& memory : memories) {
    for (const TensorResult& tensor : memory.tensors) bytes += double(tensor.moved_bytes);
  }
  return bytes / double(frames_done);
}

bool Result::rtl_disagrees() const {
  return std::any_of(cosim.begin(), cosim.end(),
                     [](const CosimResult& one) { return !one.first_difference.empty(); });
}

}  // namespace qnnsim
