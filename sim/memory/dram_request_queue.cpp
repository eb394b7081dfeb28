// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/dram_request_queue.h"

#include <cstddef>

namespace qnnsim {

DramRequestQueue::DramRequestQueue(int most, int banks)
    : of_bank_(banks), banks_((static_cast<std::size_t>(banks) + 63) / 64) {
  entries_.reserve(most);
}

void DramRequestQueue::push(Entry entry) {
  entries_.push_back(entry);
  if (of_bank_[entry.bank]++ == 0) banks_[entry.bank / 64] |= std::uint64_t(1) << (entry.bank % 64);
}

DramRequestQueue::Entry DramRequestQueue::take(int position) {
  const Entry entry = entries_[position];
  entries_.erase(entries_.begin() + position);
  if (--of_bank_[entry.bank] == 0) {
    banks_[entry.bank / 64] &= ~(std::uint64_t(1) << (entry.bank % 64));
  }
  return entry;
}

}  // namespace qnnsim
