// SPDX-License-Identifier: Apache-2.0
#include "models/pressure.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/kernel.h"

namespace qnnsim {

Pressure Pressure::every(std::uint64_t interval) {
  require(interval >= 1, "interval must be at least 1 cycle");
  Pressure result;
  result.interval_ = interval;
  return result;
}

Pressure Pressure::random(double probability, std::uint64_t seed) {
  require(probability >= 0 && probability < 1, "stall_probability must be in [0, 1)");
  Pressure result;
  result.threshold_ = static_cast<std::uint64_t>(std::ldexp(probability, 64));
  result.seed_ = seed;
  return result;
}

Pressure Pressure::recorded(std::vector<Cycle> stall_cycles, std::uint64_t period) {
  require(period == 0 || stall_cycles.size() < period, "a stall pattern must leave a cycle free");
  Pressure result;
  result.stall_cycles_ = std::move(stall_cycles);
  result.period_ = period;
  return result;
}

bool Pressure::stalls(Cycle now) const {
  if (threshold_ != 0) return draw(seed_, now) < threshold_;
  if (stall_cycles_.empty()) return false;
  const Cycle position = period_ == 0 ? now : now % period_;
  return std::binary_search(stall_cycles_.begin(), stall_cycles_.end(), position);
}

std::uint64_t draw(std::uint64_t seed, std::uint64_t index) {
  std::uint64_t z = seed + (index + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

std::uint64_t derive_seed(std::uint64_t seed, const char* name) {
  std::uint64_t hash = 0xcbf29ce484222325u ^ seed;  // FNV-1a
  for (; *name != '\0'; ++name) {
    hash = (hash ^ static_cast<unsigned char>(*name)) * 0x100000001b3u;
  }
  return draw(hash, 0);
}

}  // namespace qnnsim
