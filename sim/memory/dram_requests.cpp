// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/dram_requests.h"

namespace qnnsim {

DramRequests::DramRequests(std::size_t most) {
  // Half of the slots stay free, so that a search is short.
  int bits = 1;
  while ((std::size_t(1) << bits) < 2 * most) ++bits;
  slots_.resize(std::size_t(1) << bits);
  mask_ = slots_.size() - 1;
  shift_ = 64 - bits;
  requests_.reserve(most);
}

int DramRequests::find(std::uint64_t place, bool write) const {
  const std::uint64_t wanted = key(place, write);
  for (std::size_t slot = home(wanted);; slot = (slot + 1) & mask_) {
    if (slots_[slot].key == wanted) return slots_[slot].request;
    if (slots_[slot].key == kFree) return kNone;
  }
}

int DramRequests::allocate(const DramRequest& request) {
  if (free_ == kNone) {
    requests_.push_back(request);
    return static_cast<int>(requests_.size()) - 1;
  }
  const int index = free_;
  free_ = requests_[index].next;
  requests_[index] = request;
  return index;
}

int DramRequests::add(const DramRequest& request) {
  const int index = allocate(request);
  const std::uint64_t added = key(request.place, request.write);
  std::size_t slot = home(added);
  while (slots_[slot].key != kFree) slot = (slot + 1) & mask_;
  slots_[slot] = {added, index};
  return index;
}

void DramRequests::merge(int first, const DramRequest& request) {
  const int index = allocate(request);
  requests_[index].next = requests_[first].next;
  requests_[first].next = index;
}

void DramRequests::remove(int request) {
  const std::uint64_t removed = key(requests_[request].place, requests_[request].write);
  std::size_t hole = home(removed);
  while (slots_[hole].key != removed) hole = (hole + 1) & mask_;
  // Entries behind the hole move up unless that puts them before their home.
  for (std::size_t slot = (hole + 1) & mask_; slots_[slot].key != kFree;
       slot = (slot + 1) & mask_) {
    const std::size_t distance = (slot - home(slots_[slot].key)) & mask_;
    if (distance < ((slot - hole) & mask_)) continue;
    slots_[hole] = slots_[slot];
    hole = slot;
  }
  slots_[hole] = Slot();

  int last = request;
  while (requests_[last].next != kNone) last = requests_[last].next;
  requests_[last].next = free_;
  free_ = request;
}

}  // namespace qnnsim
