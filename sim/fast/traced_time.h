// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace qnnsim {

/// Sets of FIFOs, each under a number; 0 is the empty set.
class FifoSets {
 public:
  /// The set with one FIFO more.
  std::uint32_t with(std::uint32_t set, std::uint32_t edge);
  /// In ascending order.
  const std::vector<std::uint32_t>& members(std::uint32_t set) const { return sets_[set]; }

 private:
  static constexpr std::uint32_t kNone = 0xffffffffu;
  struct Step {
    std::uint32_t from = kNone;
    std::uint32_t to = kNone;
  };
  std::vector<std::vector<std::uint32_t>> sets_ = {{}};
  std::map<std::vector<std::uint32_t>, std::uint32_t> numbers_ = {{{}, 0}};
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> steps_;
  std::vector<Step> latest_;  ///< by FIFO: most questions are the one before
};

/// A clock edge that remembers what made it as late as it is: where the chain of waits behind it
/// began, and which full FIFOs are part of that chain.
class TracedTime {
 public:
  static constexpr std::uint32_t kOutside = 0xffffffffu;  ///< pressure, or the first edge

  /// Knows the FIFOs of all chains.
  struct Trace {
    FifoSets fifos;
    TracedTime through(TracedTime time, std::size_t edge) {
      time.full_ = fifos.with(time.full_, static_cast<std::uint32_t>(edge));
      return time;
    }
  };

  TracedTime() = default;
  explicit TracedTime(std::int64_t cycle) : cycle_(cycle) {}
  std::int64_t cycle() const { return cycle_; }
  TracedTime operator+(std::int64_t cycles) const {
    TracedTime sum = *this;
    sum.cycle_ += cycles;
    return sum;
  }

  /// The chain of waits shall begin here, at a place called `origin`.
  void begin_trace(std::uint32_t origin) {
    origin_ = origin;
    full_ = 0;
  }
  std::uint32_t origin() const { return origin_; }
  std::uint32_t full() const { return full_; }  ///< a set of FIFOs (FifoSets)

 private:
  std::int64_t cycle_ = -1;
  std::uint32_t origin_ = kOutside;
  std::uint32_t full_ = 0;
};

}  // namespace qnnsim
