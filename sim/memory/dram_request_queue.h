// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace qnnsim {

/// Requests of a channel in the order of their acceptance, before they are in their banks' queues.
class DramRequestQueue {
 public:
  struct Entry {
    int request;
    int bank;
  };

  /// `most` entries, for banks below `banks`.
  DramRequestQueue(int most, int banks);

  int size() const { return static_cast<int>(entries_.size()); }
  const Entry& operator[](int position) const { return entries_[position]; }
  void push(Entry entry);
  /// Removes an entry.
  Entry take(int position);
  /// Is any for one of these banks, a bit each?
  bool any(const std::vector<std::uint64_t>& banks) const {
    for (std::size_t word = 0; word < banks_.size(); ++word) {
      if ((banks_[word] & banks[word]) != 0) return true;
    }
    return false;
  }

 private:
  std::vector<Entry> entries_;
  std::vector<int> of_bank_;          ///< entries of each bank
  std::vector<std::uint64_t> banks_;  ///< a bit for each bank with entries
};

}  // namespace qnnsim
