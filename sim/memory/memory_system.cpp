// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/memory_system.h"

#include <algorithm>

namespace qnnsim {
namespace {

class DirectLink final : public MemoryLink {
 public:
  DirectLink(Memory& memory, int port) : memory_(memory), port_(port) {}
  bool can_send(Cycle now) override { return memory_.can_send(port_, now); }
  void send(const AxiBurst& burst, Cycle now) override { memory_.send(port_, burst, now); }
  std::uint64_t answered(Cycle now) override { return memory_.answered(port_, now); }

 private:
  Memory& memory_;
  const int port_;
};

}  // namespace

const MemoryMaster* MemorySystem::find(const std::string& tensor) const {
  const auto found = std::find_if(masters.begin(), masters.end(), [&](const MemoryMaster& master) {
    return master.tensor == tensor;
  });
  return found == masters.end() ? nullptr : &*found;
}

MemoryLink& MemorySystem::direct_link(std::size_t master) {
  const MemoryMaster& one = masters[master];
  links_.push_back(std::make_unique<DirectLink>(*memories[one.memory], one.port));
  return *links_.back();
}

}  // namespace qnnsim
