// SPDX-License-Identifier: Apache-2.0
#include "sim/bottleneck.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "sim/result_text.h"

namespace qnnsim {
namespace {

/// Share of busy cycles above which a kernel counts as saturated.
constexpr double kSaturated = 0.995;

/// Kinds of kernels that go as fast as the kernel behind them wants.
constexpr std::string_view kFollowers[] = {"weights", "start", "memory_port"};

struct Load {
  const KernelResult* kernel = nullptr;
  double busy = 0;  ///< share of the cycles
};

const FifoResult* fullest(const Result& result) {
  const auto fullest = std::max_element(
      result.fifos.begin(), result.fifos.end(),
      [](const FifoResult& a, const FifoResult& b) { return a.full_cycles < b.full_cycles; });
  return fullest == result.fifos.end() || fullest->full_cycles == 0 ? nullptr : &*fullest;
}

/// The tensor whose reader starves most; nullptr where none does.
std::pair<const MemoryResult*, const TensorResult*> hungriest(const Result& result) {
  std::pair<const MemoryResult*, const TensorResult*> found{nullptr, nullptr};
  std::uint64_t most = 0;
  for (const MemoryResult& memory : result.memories) {
    for (const TensorResult& tensor : memory.tensors) {
      if (tensor.starved_cycles <= most) continue;
      most = tensor.starved_cycles;
      found = {&memory, &tensor};
    }
  }
  return found;
}

}  // namespace

void find_bottleneck(Result& result) {
  std::vector<Load> loads;
  for (const KernelResult& kernel : result.kernels) {
    const auto* end = std::end(kFollowers);
    if (std::find(std::begin(kFollowers), end, kernel.kind) == end)
      loads.push_back({&kernel, result.load(kernel)});
  }
  if (loads.size() < 2) return;
  std::stable_sort(loads.begin(), loads.end(),
                   [](const Load& a, const Load& b) { return a.busy > b.busy; });
  const Load& first = loads[0];
  const Load& second = loads[1];
  const std::string rest = fmt::format("{:.1f} % busy; next: {} at {:.1f} %", 100 * first.busy,
                                       second.kernel->name, 100 * second.busy);
  if (first.busy >= kSaturated) {
    result.bottleneck = first.kernel->name;
    result.bottleneck_reason = fmt::format("{}: {}", first.kernel->name, rest);
    return;
  }
  result.bottleneck_reason =
      fmt::format("no kernel is saturated; {}: {}", first.kernel->name, rest);
  if (const auto [memory, tensor] = hungriest(result);
      tensor != nullptr && tensor->starved_cycles * 100 >= result.total_cycles) {
    result.bottleneck = memory->name;
    result.bottleneck_reason =
        fmt::format("{}: {}; {}", memory->name, starvation(result, *memory, *tensor), rest);
    return;
  }
  if (const FifoResult* fifo = fullest(result)) {
    result.bottleneck_reason +=
        fmt::format("; fullest FIFO: {} (depth {}) full {:.1f} % of the time", fifo->name,
                    fifo->depth, 100 * double(fifo->full_cycles) / double(result.total_cycles));
  }
}

}  // namespace qnnsim
