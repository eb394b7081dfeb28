// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sim/memory/dram_spec.h"

namespace qnnsim {

/// A burst that a channel has accepted and not yet served.
struct DramRequest {
  std::uint64_t place = 0;  ///< number of the burst in the channel
  std::uint64_t tag = 0;
  Cycle added = 0;  ///< first cycle in which the controller sees it
  std::int64_t row = 0;
  int column = 0;
  int bank = 0;
  int next = -1;  ///< the next read merged with it
  bool write = false;
};

/// The pending requests of a channel, found by what they access.
///
/// At most one read and one write of a place are found; more reads hang on the first one.
class DramRequests {
 public:
  static constexpr int kNone = -1;

  /// `most` pending requests of different places or directions.
  explicit DramRequests(std::size_t most);

  DramRequest& operator[](int request) { return requests_[request]; }
  const DramRequest& operator[](int request) const { return requests_[request]; }

  int find(std::uint64_t place, bool write) const;
  /// A request that `find` finds from now on.
  int add(const DramRequest& request);
  /// One more read for the place that `first` reads.
  void merge(int first, const DramRequest& request);
  /// Removes a request and those merged with it.
  void remove(int request);

 private:
  struct Slot {
    std::uint64_t key = kFree;
    int request = kNone;
  };
  static constexpr std::uint64_t kFree = ~std::uint64_t(0);

  static std::uint64_t key(std::uint64_t place, bool write) { return place * 2 + (write ? 1 : 0); }
  std::size_t home(std::uint64_t key) const { return key * 0x9E3779B97F4A7C15u >> shift_; }
  int allocate(const DramRequest& request);

  std::vector<DramRequest> requests_;
  int free_ = kNone;  ///< unused requests, linked by `next`
  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  int shift_ = 0;
};

}  // namespace qnnsim
